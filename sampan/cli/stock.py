"""Commands ``stock …``: what lies in our depots, how it came, and what a count found."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sampan.cli.appeals import On, day_of, report
from sampan.cli.control import Day, KnownBy, end_of_day
from sampan.cli.options import HERE, OFFICER, As, Json, NodeFolder, opened
from sampan.cli.say import as_json, said, table

if TYPE_CHECKING:
    from sampan.access.session import Session
    from sampan.records.assistance import LotLine

stock_app = typer.Typer(no_args_is_help=True, help="What lies in our depots, by lot and expiry.")

Depot = Annotated[str, typer.Option(help="Name of the depot.")]
Reason = Annotated[str, typer.Option(help="Why it differs.")]
Lots = Annotated[
    list[str] | None, typer.Argument(metavar="ITEM=UNITS[@LOT[/EXPIRY]]…", help="mask=2000@LOT7/2022-05-31.")
]
File = Annotated[
    Path | None,
    typer.Option("--file", help="Stock list: CSV with item, quantity, unit, lot, expiry … or label."),
]


def register(app: typer.Typer) -> None:
    """Adds the commands to the command line."""
    app.add_typer(stock_app, name="stock")


def lots_of(session: Session, texts: list[str] | None, file: Path | None) -> list[tuple[LotLine, str]]:
    """The lots that a person named, or that a stock list names, each with its reason."""
    from sampan.core.errors import InputError
    from sampan.core.files import read_bytes
    from sampan.desks.assistance.depots import scanned
    from sampan.desks.assistance.stock_lists import read_lots

    found = [(lot, "") for lot in named_lots(texts)]
    if file is not None:
        found += read_lots(
            read_bytes(file), name=str(file), resolve=lambda label, count: scanned(session, label, count)
        )
    if not found:
        raise InputError("Nothing is named.", way_out="Write mask=2000@LOT7/2022-05-31, or --file stock.csv.")
    return found


def named_lots(texts: list[str] | None) -> list[LotLine]:
    """Lots as they are typed."""
    from sampan.core.errors import InputError
    from sampan.desks.assistance.lines import read_arrival
    from sampan.desks.assistance.stock_lists import lot_line

    found = []
    for text in texts or []:
        said_ = read_arrival(text)
        if said_.kind != "goods":
            raise InputError(f"{text} is no goods.", way_out="Only goods lie in a depot.")
        found.append(lot_line(said_.item, said_.quantity, lot=said_.lot, expiry=said_.expiry))
    return found


@stock_app.command()
def produce(
    lots: Lots = None,
    source: Annotated[str, typer.Option(help="The works, or the feed, whose figure it is.")] = "",
    file: File = None,
    depot: Depot = "home",
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    on: On = None,
    json: Json = False,
) -> None:
    """Take what works have delivered into a depot.

    Example: sampan stock produce mask=200000@L7/2022-05-31 --source "Works 3"
    """
    from sampan.desks.assistance.depots import produce as act

    with opened(folder, person) as node:
        lines = [line for line, _ in lots_of(node.session, lots, file)]
        report(act(node.session, lines, source=source, depot=depot, day=day_of(on)), json)


@stock_app.command()
def count(
    lots: Lots = None,
    file: File = None,
    reason: Reason = "",
    whole: Annotated[bool, typer.Option("--all", help="What is not named was not found.")] = False,
    depot: Depot = "home",
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    on: On = None,
    json: Json = False,
) -> None:
    """Set the books to what people found. Opening stock is a count too.

    Example: sampan stock count --file stock.csv --all --reason "year's count"
    """
    from sampan.desks.assistance.depots import count as act

    with opened(folder, person) as node:
        found = [(line, why or reason) for line, why in lots_of(node.session, lots, file)]
        report(act(node.session, found, depot=depot, whole_depot=whole, reason=reason, day=day_of(on)), json)


@stock_app.command(context_settings={"ignore_unknown_options": True})
def adjust(
    item: Annotated[str, typer.Argument(metavar="ITEM[@LOT[/EXPIRY]]")],
    change: Annotated[int, typer.Argument(metavar="CHANGE", help="Units more, or with a minus less.")],
    reason: Reason = "",
    depot: Depot = "home",
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    on: On = None,
    json: Json = False,
) -> None:
    """Correct one lot by so many units, with a reason.

    Example: sampan stock adjust mask@L7 -40 --reason "water damage"
    """
    from sampan.desks.assistance.depots import adjust as act

    name, at, lot = item.partition("@")
    (line,) = named_lots([f"{name}=1{at}{lot}"])
    with opened(folder, person) as node:
        report(act(node.session, line, change, reason=reason, depot=depot, day=day_of(on)), json)


@stock_app.command()
def expire(
    depot: Depot = "home",
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    on: On = None,
    json: Json = False,
) -> None:
    """Take out what is past its day.

    Example: sampan stock expire --depot home
    """
    from sampan.desks.assistance.depots import expire as act

    with opened(folder, person) as node:
        report(act(node.session, depot=depot, day=day_of(on)), json)


@stock_app.command()
def move(
    goods: Annotated[list[str], typer.Argument(metavar="ITEM=UNITS…", help="mask=20000, or mask=20000@LOT.")],
    to: Annotated[str, typer.Option(help="Depot that takes them; CN-HB is Hubei's own.")],
    depot: Annotated[str, typer.Option("--from", help="Depot that gives them.")] = "home",
    reason: Annotated[str, typer.Option(help="The plan, the call.")] = "as planned",
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    on: On = None,
    json: Json = False,
) -> None:
    """Take goods from one of our depots to another, those that expire first.

    Example: sampan stock move mask=20000 --from CN-GD --to CN-HB
    """
    from sampan.desks.assistance.depots import move as act

    with opened(folder, person) as node:
        lots = named_lots(goods)
        report(act(node.session, lots, depot=depot, to=to, reason=reason, day=day_of(on)), json)


@stock_app.command()
def reserve(
    item: Annotated[str, typer.Argument()],
    units: Annotated[int, typer.Argument(min=0)],
    reason: Annotated[str, typer.Option(help="What it is kept for.")] = "home's own need",
    depot: Depot = "home",
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    on: On = None,
    json: Json = False,
) -> None:
    """Keep so many units for home, in place of what was kept before.

    Example: sampan stock reserve ventilator 500
    """
    from sampan.desks.assistance.depots import reserve as act

    with opened(folder, person) as node:
        report(act(node.session, item, units, reason=reason, depot=depot, day=day_of(on)), json)


@stock_app.command()
def code(
    gtin: Annotated[str, typer.Argument(metavar="GTIN")],
    item: Annotated[str, typer.Argument()],
    units: Annotated[int, typer.Argument(min=1, help="Base units in what carries the label.")],
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    json: Json = False,
) -> None:
    """Say once what a GTIN on a label stands for.

    Example: sampan stock code 07032069804988 mask 2000
    """
    from sampan.desks.assistance.depots import name_code

    with opened(folder, person) as node:
        report(name_code(node.session, gtin, item, units), json)


@stock_app.command()
def scan(
    label: Annotated[str, typer.Argument(metavar="LABEL", help="(01)GTIN(10)lot(17)YYMMDD, or as scanned.")],
    packs: Annotated[
        int | None, typer.Option(help="How many packs carry it.", show_default="the label's (37)")
    ] = None,
    source: Annotated[
        str, typer.Option(help="The works it comes from: takes it in.", show_default="only shows it")
    ] = "",
    depot: Depot = "home",
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    on: On = None,
    json: Json = False,
) -> None:
    """Read a GS1 label, and take the goods in if --source is named.

    Example: sampan stock scan "(01)07032069804988(10)L7(17)220531" --packs 40 --source "Works 3"
    """
    from sampan.desks.assistance.depots import produce as act
    from sampan.desks.assistance.depots import scanned

    with opened(folder, person) as node:
        line = scanned(node.session, label, packs)
        if source:
            report(act(node.session, [line], source=source, depot=depot, day=day_of(on)), json)
        elif json:
            as_json(line)
        else:
            table(["item", "units", "lot", "expires"], [[line.item, line.units, line.lot, line.expiry]])


@stock_app.command("list")
def list_(
    item: Annotated[str | None, typer.Argument(help="Only this item, lot by lot.")] = None,
    depot: Annotated[str | None, typer.Option(help="Only this depot.")] = None,
    lots: Annotated[bool, typer.Option("--lots", help="Lot by lot, what expires first in front.")] = False,
    folder: NodeFolder = HERE,
    as_of: Day = None,
    known_by: KnownBy = None,
    json: Json = False,
) -> None:
    """Show what is at hand, with home's reserve apart.

    Examples: sampan stock list; sampan stock list mask --as-of 2020-03-12
    """
    from sampan.desks.assistance import lists

    day, known = day_of(as_of), end_of_day(known_by)
    with opened(folder) as node:
        by_lot = list(lists.lots(node.session, depot=depot, item=item, as_of=day, known_on=known))
        stock = lists.stock(node.session, depot=depot, as_of=day, known_on=known)
    if json:
        as_json(by_lot if lots or item else stock)
        return
    if lots or item:
        table(
            ["depot", "item", "lot", "expires", "earmark", "units", "expired"],
            [[x.depot, x.item, x.lot, x.expiry, x.earmark, x.units, x.expired] for x in by_lot],
        )
    else:
        table(
            ["depot", "item", "at hand", "expired", "kept for home", "free"],
            [[x.depot, x.item, x.at_hand, x.expired, x.reserve, x.free] for x in stock.items],
        )
    if not by_lot:
        said("Nothing is at hand: sampan stock count, or sampan stock produce.")
