"""Commands about who gives: ``party``, ``earmark``, ``received``, ``reciprocity``, ``sheet``.

With them come ``appeal``, ``contribution`` and ``fund``, which have modules of their own.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sampan.cli.appeals import On, appeal_app, day_of, report
from sampan.cli.contributions import contribution_app
from sampan.cli.control import Day, KnownBy, end_of_day
from sampan.cli.funds import fund_app
from sampan.cli.options import HERE, OFFICER, As, Json, NodeFolder, opened
from sampan.cli.say import as_json, said, table

party_app = typer.Typer(no_args_is_help=True, help="Donors and others that are no country.")
earmark_app = typer.Typer(no_args_is_help=True, help="What donors allow their gifts to be used for.")
sheet_app = typer.Typer(no_args_is_help=True, help="Your own lists as CSV: in, out, and blank.")

SheetName = Annotated[
    str, typer.Argument(metavar="SHEET", help="parties, earmarks, appeals, contributions, deliveries.")
]


def register(app: typer.Typer) -> None:
    """Adds the commands to the command line."""
    app.add_typer(appeal_app, name="appeal")
    app.add_typer(contribution_app, name="contribution")
    app.add_typer(fund_app, name="fund")
    app.add_typer(party_app, name="party")
    app.add_typer(earmark_app, name="earmark")
    app.add_typer(sheet_app, name="sheet")
    app.command()(received)
    app.command()(reciprocity)


@party_app.command("add")
def add_party(
    code: Annotated[str, typer.Argument(help="Capitals, digits, dots and dashes.")],
    name: Annotated[str, typer.Argument(help="What it is called; no person's name.")],
    kind: Annotated[
        str, typer.Option(help="central government, local government, business, NGO, foundation, …")
    ],
    country: Annotated[str, typer.Option(help="Where it belongs.")],
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    on: On = None,
    json: Json = False,
) -> None:
    """Record a donor or another party. Individuals stand together, or under a pseudonym.

    Example: sampan party add ITA-CRI "Italian Red Cross" --kind NGO --country Italy
    """
    from sampan.desks.assistance.donors import record_party
    from sampan.world.places import find

    with opened(folder, person) as node:
        where = find(country).code
        done = record_party(node.session, code, name=name, donor_kind=kind, country=where, day=day_of(on))
    report(done, json)


@party_app.command("list")
def list_parties(folder: NodeFolder = HERE, json: Json = False) -> None:
    """List the parties that the office has recorded.

    Example: sampan party list
    """
    from sampan.world.parties import recorded

    with opened(folder) as node:
        found = list(recorded(node.session.ledger).values())
    if json:
        as_json(found)
        return
    table(["code", "name", "kind", "of"], [[p.code, p.name, p.donor_kind, p.partner] for p in found])
    if not found:
        said("No party is recorded: countries and organisations need no recording.")


@earmark_app.command("add")
def add_earmark(
    code: Annotated[str, typer.Argument(help="Letters, digits, dots and dashes.")],
    donor: Annotated[str, typer.Option(help="Whose it is.")],
    level: Annotated[str, typer.Option(help="unearmarked, softly, earmarked or tightly.")],
    recipients: Annotated[
        list[str] | None, typer.Option("--for", help="A code or a region; repeat it.")
    ] = None,
    items: Annotated[list[str] | None, typer.Option("--item", help="An item; repeat it.")] = None,
    purpose: Annotated[str, typer.Option(help="In a few words.")] = "",
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    on: On = None,
    json: Json = False,
) -> None:
    """Record what a donor allows: for whom, of what, for which purpose.

    Example: sampan earmark add WHO-20 --donor CHN --level tightly --for WHO --purpose "COVID-19 response"
    """
    from sampan.desks.assistance.donors import record_earmark
    from sampan.world.parties import find_party

    with opened(folder, person) as node:
        done = record_earmark(
            node.session,
            code,
            donor=find_party(node.session.ledger, donor).code,
            level=level,
            recipients=recipients or (),
            items=items or (),
            purpose=purpose,
            day=day_of(on),
        )
    report(done, json)


@earmark_app.command("list")
def list_earmarks(folder: NodeFolder = HERE, json: Json = False) -> None:
    """List the earmarks.

    Example: sampan earmark list
    """
    from sampan.desks.assistance.donors import sentence
    from sampan.world.earmarks import earmarks

    with opened(folder) as node:
        found = list(earmarks(node.session.ledger).values())
    if json:
        as_json([{**earmark.body(), "says": sentence(earmark)} for earmark in found])
        return
    table(["code", "donor", "says"], [[e.code, e.donor, sentence(e)] for e in found])
    if not found:
        said("No earmark: sampan earmark add")


def received(
    folder: NodeFolder = HERE, day: Day = None, known_by: KnownBy = None, json: Json = False
) -> None:
    """Show what others gave us: how far it has come, where it is used, whether we have thanked.

    Example: sampan received --as-of 2020-03-26
    """
    from sampan.desks.assistance.lines import shown
    from sampan.desks.assistance.tracing import received as view

    with opened(folder) as node:
        found = view(node.session, as_of=day_of(day), known_on=end_of_day(known_by))
    if json:
        as_json(found)
        return
    table(
        ["number", "from", "kind", "status", "delivered", "used in", "thanked"],
        [
            [
                each.row.number,
                each.row.donor_name,
                each.row.donor_kind,
                each.row.status,
                [shown(line.kind, line.item, line.delivered) for line in each.row.lines],
                [f"{place}: {what}" for place, what in each.used],
                each.row.thanked,
            ]
            for each in found
        ],
    )
    unthanked = [
        each.row.number
        for each in found
        if not each.row.thanked and any(line.delivered for line in each.row.lines)
    ]
    if unthanked:
        said(f"Not thanked yet: {', '.join(unthanked)}.")
    if not found:
        said("Nobody has given us anything: sampan contribution pledge records what is promised.")


def reciprocity(
    partner: Annotated[
        str | None, typer.Argument(help="A country or an organisation.", show_default="all")
    ] = None,
    folder: NodeFolder = HERE,
    monthly: Annotated[bool, typer.Option("--monthly", help="Month by month.")] = False,
    day: Day = None,
    known_by: KnownBy = None,
    json: Json = False,
) -> None:
    """Show what went each way between home and each partner: goods, money, services, people.

    Examples: sampan reciprocity Italy --monthly; sampan reciprocity --as-of 2020-03-26
    """
    from sampan.desks.assistance.reciprocity import reciprocity as view
    from sampan.desks.assistance.reciprocity import shown_thing
    from sampan.world.parties import find_party

    with opened(folder) as node:
        whose = find_party(node.session.ledger, partner).partner if partner else None
        found = view(
            node.session, partner=whose, monthly=monthly, as_of=day_of(day), known_on=end_of_day(known_by)
        )
    if json:
        as_json(found)
        return
    table(
        ["partner", "since" if not monthly else "month", "given", "received"],
        [
            [
                each.name,
                f"{line.month:%Y-%m}",
                shown_thing(line, line.given),
                shown_thing(line, line.received),
            ]
            for each in found
            for line in each.lines
        ],
    )
    if not found:
        said("Nothing has gone either way.")


@sheet_app.command("blank")
def blank(name: SheetName, out: Annotated[Path, typer.Argument(metavar="FILE")]) -> None:
    """Write an empty sheet with one row of examples, to be filled in.

    Example: sampan sheet blank contributions gifts.csv
    """
    from sampan.core.files import write_whole
    from sampan.desks.assistance.templates import template

    chosen = template(name)
    write_whole(out, chosen.blank())
    said(f"Wrote {out}: {chosen.says}")
    for column in chosen.columns:
        said(f"  {column.name}{' (required)' if column.required else ''}: {column.says}")


@sheet_app.command("import")
def import_(
    name: SheetName,
    file: Annotated[Path, typer.Argument(metavar="FILE")],
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    json: Json = False,
) -> None:
    """Record a whole sheet, or nothing of it. A fault is named with its line and column.

    Example: sampan sheet import contributions gifts.csv
    """
    from sampan.core.files import read_bytes
    from sampan.desks.assistance.templates import bring_in

    with opened(folder, person) as node:
        done = bring_in(node.session, name, read_bytes(file), file=str(file))
    if json:
        as_json(done)
        return
    said(f"Recorded {file} (rows: {done.rows}, entries: {len(done.entries)}).")


@sheet_app.command("export")
def export(
    name: SheetName, out: Annotated[Path, typer.Argument(metavar="FILE")], folder: NodeFolder = HERE
) -> None:
    """Write everything of one sheet, as it can be imported at another node.

    Example: sampan sheet export contributions gifts.csv
    """
    from sampan.core.files import write_whole
    from sampan.desks.assistance.templates import take_out

    with opened(folder) as node:
        write_whole(out, take_out(node.session, name))
    said(f"Wrote {out}.")
