"""Commands ``contribution …``: pledge, commit, deliver, cancel, use, thank."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from sampan.cli.appeals import Document, Note, Number, On, day_of, kept, report
from sampan.cli.control import Day, KnownBy, end_of_day
from sampan.cli.options import HERE, OFFICER, As, Json, NodeFolder, opened
from sampan.cli.say import as_json, said, table

if TYPE_CHECKING:
    from sampan.desks.assistance.lines import Arrival
    from sampan.records.assistance.contributions import Line
    from sampan.world.contributions import Side as OneSide

contribution_app = typer.Typer(no_args_is_help=True, help="What is given and received, from pledge to use.")

Things = Annotated[
    list[str],
    typer.Argument(
        metavar="WHAT=QUANTITY…", help="mask=200000, USD=20000000.00, people:nurse=30, service:laboratory=3."
    ),
]
Parts = Annotated[
    list[str] | None,
    typer.Argument(metavar="WHAT=QUANTITY…", help="As mask=1000@LOT7/2022-05-31.", show_default="all of it"),
]


class Side(StrEnum):
    """Sides of the books."""

    given = "given"
    received = "received"
    domestic = "domestic"


def _arrivals(parts: list[str] | None) -> tuple[Arrival, ...] | None:
    from sampan.desks.assistance.lines import read_arrival

    return tuple(map(read_arrival, parts)) if parts else None


def _lines(parts: list[str] | None) -> tuple[Line, ...] | None:
    from sampan.desks.assistance.lines import read_lines

    return read_lines(parts) if parts else None


@contribution_app.command()
def pledge(
    donor: Annotated[str, typer.Argument(help="A party: sampan party list.")],
    recipient: Annotated[str, typer.Argument(help="A party; home itself, or one abroad.")],
    things: Things,
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    earmark: Annotated[str | None, typer.Option(help="Code of the donor's earmark.")] = None,
    purpose: Annotated[str, typer.Option(help="What the recipient shall do with it.")] = "",
    appeal: Annotated[str | None, typer.Option(help="The appeal that it answers.")] = None,
    parent: Annotated[str | None, typer.Option(help="The contribution that it passes on.")] = None,
    number: Annotated[str | None, typer.Option(help="Your own number.", show_default="the next")] = None,
    note: Note = "",
    document: Document = None,
    on: On = None,
    json: Json = False,
) -> None:
    """Record what a donor promises: to us, or to a partner abroad.

    Examples: sampan contribution pledge CHN WHO USD=20000000; sampan contribution pledge Italy CHN mask=5000
    """
    from sampan.desks.assistance.contributions import pledge as act
    from sampan.desks.assistance.lines import read_lines
    from sampan.world.parties import find_party

    lines = read_lines(things)
    with opened(folder, person) as node:
        done = act(
            node.session,
            donor=find_party(node.session.ledger, donor).code,
            recipient=find_party(node.session.ledger, recipient).code,
            lines=lines,
            earmark=earmark,
            purpose=purpose,
            appeal=appeal,
            parent=parent,
            note=note,
            document=kept(node.session, document),
            number=number,
            day=day_of(on),
        )
    if json:
        as_json(done)
        return
    said(f"{done.number}: {done.said}. Recorded as entry {done.entries[0]}.")


@contribution_app.command()
def commit(
    number: Number,
    parts: Parts = None,
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    fund: Annotated[
        str | None, typer.Option(help="Where home's money comes from.", show_default="the only one")
    ] = None,
    note: Note = "",
    on: On = None,
    json: Json = False,
) -> None:
    """Make a pledge binding; home's money is set aside in its fund, the tightest earmark first.

    Example: sampan contribution commit C-0001 --fund relief
    """
    from sampan.desks.assistance.contributions import commit as act

    with opened(folder, person) as node:
        report(act(node.session, number, _lines(parts), fund=fund, note=note, day=day_of(on)), json)


@contribution_app.command()
def deliver(
    number: Number,
    parts: Parts = None,
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    into: Annotated[
        str | None, typer.Option(help="The depot or the fund at home.", show_default="home")
    ] = None,
    paid: Annotated[str | None, typer.Option(help="What was paid in another currency: EUR=1000.00.")] = None,
    rate: Annotated[str | None, typer.Option(help='"EUR/USD 1.0843 ECB 2020-03-26"')] = None,
    confirmed: Annotated[str, typer.Option(help="The word of a recipient abroad: a receipt, a letter.")] = "",
    carried_by: Annotated[
        str | None, typer.Option(help="The consignment or deployment that carried it.")
    ] = None,
    note: Note = "",
    document: Document = None,
    on: On = None,
    json: Json = False,
) -> None:
    """Record that what was committed is there: paid, in the depot, rendered.

    Examples: sampan contribution deliver C-0002 mask=1000@LOT7/2022-05-31; sampan contribution pay C-0001
    """
    from sampan.core.money import read_rate
    from sampan.desks.assistance.deliveries import deliver as act
    from sampan.desks.assistance.lines import read_money

    arrivals, money = _arrivals(parts), read_money(paid) if paid else None
    with opened(folder, person) as node:
        day = day_of(on)
        used = read_rate(rate, day=day or node.session.today()) if rate else None
        done = act(
            node.session,
            number,
            arrivals,
            into=into,
            paid=money,
            rate=used,
            confirmed=confirmed,
            carried_by=carried_by,
            note=note,
            document=kept(node.session, document),
            day=day,
        )
    report(done, json)


contribution_app.command(
    "pay", help="The same as deliver, for money.\n\nExample: sampan contribution pay C-0001"
)(deliver)


@contribution_app.command()
def cancel(
    number: Number,
    because: Annotated[str, typer.Option(help="Why.")],
    parts: Parts = None,
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    on: On = None,
    json: Json = False,
) -> None:
    """Give up what is still to come, or part of it; money set aside goes back to its fund.

    Example: sampan contribution cancel C-0003 mask=500 --because "flight grounded"
    """
    from sampan.desks.assistance.contributions import cancel as act

    with opened(folder, person) as node:
        report(act(node.session, number, _lines(parts), note=because, day=day_of(on)), json)


@contribution_app.command()
def use(
    number: Number,
    place: Annotated[str, typer.Option("--in", help="Where it serves: an area, as CN-HB, or a party.")],
    parts: Parts = None,
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    depot: Annotated[str, typer.Option(help="The depot that it leaves.")] = "home",
    note: Note = "",
    on: On = None,
    json: Json = False,
) -> None:
    """Say where a gift to us is used. Its donor's earmark holds here too.

    Example: sampan contribution use C-0002 mask=700 --in Hubei
    """
    from sampan.desks.assistance.deliveries import use as act
    from sampan.world.parties import find_party

    arrivals = _arrivals(parts)
    with opened(folder, person) as node:
        where = find_party(node.session.ledger, place).code
        report(act(node.session, number, arrivals, place=where, depot=depot, note=note, day=day_of(on)), json)


@contribution_app.command()
def thank(
    number: Number,
    words: Annotated[str, typer.Argument(help="How, or in which words.")],
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    document: Document = None,
    on: On = None,
    json: Json = False,
) -> None:
    """Record the recipient's thanks for what has come.

    Example: sampan contribution thank C-0002 "letter of 1 March"
    """
    from sampan.desks.assistance.contributions import thank as act

    with opened(folder, person) as node:
        report(act(node.session, number, words, document=kept(node.session, document), day=day_of(on)), json)


@contribution_app.command("list")
def list_(
    folder: NodeFolder = HERE,
    side: Annotated[Side | None, typer.Option(help="One side only.", show_default="all")] = None,
    by_kind: Annotated[bool, typer.Option("--by-kind", help="Sum what came by kind of donor.")] = False,
    day: Day = None,
    known_by: KnownBy = None,
    json: Json = False,
) -> None:
    """List contributions and how far each has come.

    Examples: sampan contribution list --side received; sampan contribution list --by-kind
    """
    from sampan.desks.assistance.giving import by_donor_kind, contributions
    from sampan.desks.assistance.lines import shown

    only: OneSide | None = side.value if side else None
    with opened(folder) as node:
        until, known_on = day_of(day), end_of_day(known_by)
        if by_kind:
            kinds = by_donor_kind(node.session, only=only, as_of=until, known_on=known_on)
        rows = contributions(node.session, only=only, as_of=until, known_on=known_on)
    if json:
        as_json(kinds if by_kind else rows)
        return
    if by_kind:
        table(
            ["kind of donor", "donors", "delivered", "contributions"],
            [[k.donor_kind, k.donors, shown(k.kind, k.item, k.delivered), k.contributions] for k in kinds],
        )
        return
    table(
        ["number", "day", "from", "to", "status", "pledged", "delivered", "earmark", "thanked"],
        [
            [
                row.number if line is row.lines[0] else "",
                row.day,
                row.donor,
                row.recipient,
                row.status,
                shown(line.kind, line.item, line.pledged),
                shown(line.kind, line.item, line.delivered),
                row.earmark or row.drawn_on,
                row.thanked,
            ]
            for row in rows
            for line in row.lines
        ],
    )
    if not rows:
        said("No contribution: sampan contribution pledge")


@contribution_app.command()
def show(number: Number, folder: NodeFolder = HERE, json: Json = False) -> None:
    """Tell one contribution from pledge to use, and where its goods are now.

    Example: sampan contribution show C-0002
    """
    from sampan.desks.assistance.lines import shown
    from sampan.desks.assistance.tracing import story

    with opened(folder) as node:
        told = story(node.session, number)
    if json:
        as_json(told)
        return
    row = told.row
    title = f"{row.number}  {row.donor_name} to {row.recipient_name}: {row.said} ({row.status})"
    table(
        ["day", "step", "what", "by", "detail"],
        [[each.day, each.step, each.lines, each.by, each.detail] for each in told.steps],
        title=title,
    )
    if row.earmark:
        said(f"Earmark {row.earmark}: {row.earmark_says}.")
    if row.drawn_on:
        said(f"Paid out of money under {', '.join(row.drawn_on)}.")
    if told.whereabouts:
        table(
            ["now in", "what", "lot", "earmark"],
            [
                [
                    w.account,
                    shown(w.commodity.kind, w.commodity.item, w.quantity),
                    w.commodity.lot,
                    w.commodity.earmark,
                ]
                for w in told.whereabouts
            ],
        )
