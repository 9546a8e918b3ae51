"""Commands that speak to others: ``partner``, ``bundle``, ``export``."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sampan.cli.appeals import On, day_of
from sampan.cli.control import Day
from sampan.cli.options import HERE, OFFICER, As, Json, NodeFolder, opened
from sampan.cli.say import as_json, said, table

if TYPE_CHECKING:
    from sampan.core.money import Money
    from sampan.exchange.arrivals import Counted
    from sampan.exchange.notices import Taken

partner_app = typer.Typer(no_args_is_help=True, help="Whose node do we trust, by which key?")
bundle_app = typer.Typer(no_args_is_help=True, help="Notices and receipts between two nodes, by file.")
export_app = typer.Typer(
    no_args_is_help=True, help="Write what others read: IATI, HXL, FTS, EPCIS, packing lists."
)

Out = Annotated[Path | None, typer.Option("--out", help="File to write.", show_default="standard output")]
Number = Annotated[str, typer.Argument(metavar="NUMBER", help="Of the consignment, as this node calls it.")]
Packed = Annotated[bool, typer.Option("--gz", help="Compress it.")]


def register(app: typer.Typer) -> None:
    """Adds the commands to the command line."""
    app.add_typer(partner_app, name="partner")
    app.add_typer(bundle_app, name="bundle")
    app.add_typer(export_app, name="export")


def _written(data: bytes, out: Path | None) -> None:
    from sampan.core.errors import InputError
    from sampan.core.files import write_whole

    if out is None and data[:2] == b"\x1f\x8b":
        raise InputError("Compressed bytes are not for a screen.", way_out="Name a file with --out.")
    if out is None:
        sys.stdout.write(data.decode())
        return
    write_whole(out, data)
    said(f"Wrote {out}, {len(data):,} bytes.")


@partner_app.command()
def add(
    name: Annotated[str, typer.Argument(help="Country or organisation.")],
    key: Annotated[
        str, typer.Argument(metavar="KEY", help="Its line name+1a2b3c4d+base64, or a file of it.")
    ],
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    json: Json = False,
) -> None:
    """Trust the key of another node. Have it told to you by another way than the file that it signs.

    Example: sampan partner add Italy italy.key
    """
    from sampan.core.files import read_bytes
    from sampan.exchange.partners import add as act

    line = key if "+" in key else read_bytes(Path(key)).decode(errors="replace")
    with opened(folder, person) as node:
        known = act(node.session, name, line)
    if json:
        as_json({"partner": known.code, "key": str(known.key), "entry": known.entry})
        return
    said(f"{known.code} signs as {known.key.name}. Recorded as entry {known.entry}.")


@partner_app.command()
def key(out: Out = None, folder: NodeFolder = HERE) -> None:
    """Write this node's own key, to hand to partners: what it signs can be checked with it.

    Example: sampan partner key --out china.key
    """
    with opened(folder) as node:
        line = f"{node.session.ledger.verifier}\n"
    _written(line.encode(), out)


@partner_app.command("list")
def list_(folder: NodeFolder = HERE, json: Json = False) -> None:
    """List the partners and their keys.

    Example: sampan partner list
    """
    from sampan.exchange.partners import partners

    with opened(folder) as node:
        known = [
            {"partner": each.code, "key": str(each.key)} for each in partners(node.session.ledger).values()
        ]
    if json:
        as_json(known)
        return
    table(["partner", "key"], [[each["partner"], each["key"]] for each in known])
    if not known:
        said("This node trusts nobody yet: sampan partner add")


@bundle_app.command("export")
def export_(number: Number, out: Out = None, packed: Packed = False, folder: NodeFolder = HERE) -> None:
    """Write the notice of a consignment that has left, or the receipt of one that came (CHN/4-ITA).

    Examples: sampan bundle export 4-ITA --out notice.json; sampan bundle export CHN/4-ITA --out receipt.json
    """
    from sampan.exchange.notices import export_notice, export_receipt

    with opened(folder) as node:
        write = export_receipt if "/" in number else export_notice
        data = write(node.session, number, packed=packed)
    _written(data, out)


@bundle_app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A bundle that a partner wrote.")],
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    json: Json = False,
) -> None:
    """Verify a partner's bundle and take in what it says: goods on the way to us, or a receipt of ours.

    Example: sampan bundle import notice.json
    """
    from sampan.core.files import read_bytes
    from sampan.exchange.bundle import LARGEST_FILE
    from sampan.exchange.notices import take_in

    data = read_bytes(file, most=LARGEST_FILE + 1)
    with opened(folder, person) as node:
        taken = take_in(node.session, data)
    _say(taken, json)


@bundle_app.command()
def notices(folder: NodeFolder = HERE, json: Json = False) -> None:
    """List what partners have announced, and what of it is still to be signed for.

    Example: sampan bundle notices
    """
    from sampan.exchange.arrivals import notices as view

    with opened(folder) as node:
        found = view(node.session.ledger)
    rows = [
        {
            "number": each.notice.number, "item": what.item, "lot": what.lot, "expiry": what.expiry,
            "earmark": what.earmark, "left": left,
        }
        for each in found for what, left in each.left.items()
    ]  # fmt: skip
    if json:
        as_json(rows)
        return
    table(["notice", "item", "lot", "expiry", "earmark", "to sign for"], [list(row.values()) for row in rows])
    if not rows:
        said("Nobody has announced anything: sampan bundle import")


@bundle_app.command()
def receive(
    number: Number,
    line: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ITEM[@LOT]=GOOD[/DAMAGED[/MISSING]]", help="As counted; repeat.", show_default="all good"
        ),
    ] = None,
    reason: Annotated[str, typer.Option(help="Why some are damaged or missing.")] = "",
    depot: Annotated[str, typer.Option(help="Where the good ones lie now.")] = "home",
    note: Annotated[str, typer.Option(help="A word for the sender.")] = "",
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    on: On = None,
    json: Json = False,
) -> None:
    """Sign for what has come of a notice. Then send the receipt: sampan bundle export CHN/4-ITA

    Example: sampan bundle receive CHN/4-ITA --line mask@LOT7=19990/10 --reason "carton wet"
    """
    from sampan.exchange.arrivals import receive as act

    counted = [_counted(text, reason) for text in line] if line else None
    with opened(folder, person) as node:
        signed = act(node.session, number, counted, depot=depot, note=note, day=day_of(on))
    if json:
        as_json(signed)
        return
    said(
        f"{signed.good:,} units good, {signed.claimed:,} damaged or missing. Recorded as entry {signed.entry}."
    )


def _counted(text: str, reason: str) -> Counted:
    from sampan.core.errors import InputError
    from sampan.core.quantities import whole
    from sampan.exchange.arrivals import Counted

    what, equals, counts = text.partition("=")
    item, _, lot = what.partition("@")
    good, _, rest = counts.partition("/")
    damaged, _, missing = rest.partition("/")
    if not equals:
        raise InputError(f'"{text}" says no quantity.', way_out="Write mask@LOT7=19990/10.", field="line")
    return Counted(
        item, whole(good, what=item), whole(damaged or 0, what=item), whole(missing or 0, what=item),
        lot or None, reason,
    )  # fmt: skip


def _say(taken: Taken, json: bool) -> None:
    if json:
        as_json(taken)
        return
    said(f"{taken.said}. Recorded as entry {taken.entries[0]}.")


@export_app.command()
def iati(
    out: Out = None,
    reporter: Annotated[
        str | None, typer.Option(help="Your identifier as a publisher.", show_default="<country>-SAMPAN")
    ] = None,
    glide: Annotated[str | None, typer.Option(help="GLIDE number of the emergency.")] = "EP-2020-000012-001",
    appeal: Annotated[str | None, typer.Option(help="Code of the humanitarian plan.")] = "HCOVD20",
    values: Annotated[
        Path | None, typer.Option(help="Documented unit values: CSV with item, value, currency.")
    ] = None,
    day: Day = None,
    folder: NodeFolder = HERE,
) -> None:
    """Write the whole desk as IATI activities 2.03: gifts given and received, consignments, teams.

    Nothing is written if a rule of the standard does not hold.

    Example: sampan export iati --reporter XM-DAC-742-1 --out activities.xml
    """
    from sampan.desks.assistance.iati import Publishing, as_iati
    from sampan.world.places import place

    with opened(folder) as node:
        mine = reporter or f"{place(node.session.home).alpha2}-SAMPAN"
        publishing = Publishing(
            mine, glide, appeal, _values(values) if values else {}, node.settings.exercise
        )
        data = as_iati(node.session, publishing, as_of=day.date() if day else None)
    _written(data, out)
    if reporter is None:
        said(f"Published as {mine}; name your registered identifier with --reporter.")


def _values(file: Path) -> Mapping[str, Money]:
    from sampan.core.files import read_bytes
    from sampan.desks.assistance.iati import read_values

    return read_values(read_bytes(file), name=str(file))


@export_app.command()
def hxl(out: Out = None, day: Day = None, folder: NodeFolder = HERE) -> None:
    """Write contributions as CSV with HXL hashtags.

    Example: sampan export hxl --out gifts.csv
    """
    from sampan.desks.assistance.flows import as_hxl

    with opened(folder) as node:
        data = as_hxl(node.session, as_of=day.date() if day else None)
    _written(data, out)


@export_app.command()
def fts(out: Out = None, day: Day = None, folder: NodeFolder = HERE) -> None:
    """Write contributions as flows in the terms of OCHA's Financial Tracking Service.

    Example: sampan export fts --out flows.csv
    """
    from sampan.desks.assistance.flows import as_fts

    with opened(folder) as node:
        data = as_fts(node.session, as_of=day.date() if day else None)
    _written(data, out)


@export_app.command()
def epcis(
    number: Annotated[str | None, typer.Argument(metavar="CONSIGNMENT", show_default="all")] = None,
    out: Out = None,
    folder: NodeFolder = HERE,
) -> None:
    """Write what happened to consignments as EPCIS 2.0 events in JSON.

    Example: sampan export epcis 4-ITA --out events.json
    """
    from sampan.desks.assistance.events import as_epcis

    with opened(folder) as node:
        data = as_epcis(node.session, number)
    _written(data, out)


@export_app.command()
def packing(
    batch: Annotated[int, typer.Argument(help="Number of the batch.")],
    out: Annotated[Path, typer.Option("--out", help="File to write: .xlsx or .csv.")],
    folder: NodeFolder = HERE,
) -> None:
    """Write a batch as a spreadsheet: a summary, and a packing list for each consignment.

    Example: sampan export packing 4 --out batch-4.xlsx
    """
    from sampan.desks.assistance.packing_lists import as_sheet

    with opened(folder) as node:
        data = as_sheet(node.session, batch, kind=out.suffix)
    _written(data, out)
