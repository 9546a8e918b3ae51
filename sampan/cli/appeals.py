"""Commands ``appeal …``: who asks for help, and what has become of it."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sampan.cli.control import Day, KnownBy, end_of_day
from sampan.cli.options import HERE, OFFICER, As, Json, NodeFolder, one_of, opened
from sampan.cli.say import as_json, said, table

if TYPE_CHECKING:
    from sampan.access.session import Session
    from sampan.desks.assistance.done import Done
    from sampan.records.assistance.appeals import AppealState
    from sampan.records.control import Snapshot

appeal_app = typer.Typer(no_args_is_help=True, help="Take in appeals, verify them, answer them.")

On = Annotated[
    datetime | None,
    typer.Option(
        "--on", formats=["%Y-%m-%d"], help="The day on which it is true.", show_default="today, in UTC"
    ),
]
Document = Annotated[Path | None, typer.Option(help="The letter or form: kept beside the ledger, by digest.")]
Note = Annotated[str, typer.Option(help="A word for the record; nothing personal.")]
Number = Annotated[str, typer.Argument(metavar="NUMBER")]


def day_of(on: datetime | None) -> date | None:
    """The calendar day of an option."""
    return on.date() if on else None


def kept(session: Session, document: Path | None) -> Snapshot | None:
    """The citation of a document, kept beside the ledger."""
    from sampan.core.files import read_bytes

    return session.keep(document.name, read_bytes(document)) if document else None


def report(done: Done, json: bool) -> None:
    """Says what an act wrote."""
    if json:
        as_json(done)
        return
    said(f"{done.said}. Recorded as entry {', '.join(done.entries)}.")


@appeal_app.command()
def record(
    requester: Annotated[str, typer.Argument(help="A country or an organisation.")],
    things: Annotated[
        list[str],
        typer.Argument(metavar="WHAT=QUANTITY…", help="mask=200000, USD=1500000, people:nurse=300."),
    ],
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    needed_by: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="When it is needed.")
    ] = None,
    glide: Annotated[str | None, typer.Option(help="GLIDE number, as EP-2020-000012-001.")] = None,
    follows: Annotated[str | None, typer.Option(help="An earlier appeal that this adds to.")] = None,
    number: Annotated[str | None, typer.Option(help="Your own number.", show_default="the next")] = None,
    note: Note = "",
    document: Document = None,
    on: On = None,
    json: Json = False,
) -> None:
    """Take in an appeal. It waits to be verified, and is refused if it is open already.

    Example: sampan appeal record Italy mask=1000000 ventilator=500 --glide EP-2020-000012-001
    """
    from sampan.desks.assistance.appeals import record_appeal
    from sampan.desks.assistance.lines import read_lines
    from sampan.records.assistance.appeals import AppealLine
    from sampan.world.parties import find_party

    lines = tuple(
        AppealLine(kind=line.kind, item=line.item, quantity=line.quantity, needed_by=day_of(needed_by))
        for line in read_lines(things)
    )
    with opened(folder, person) as node:
        recorded = record_appeal(
            node.session,
            requester=find_party(node.session.ledger, requester).code,
            lines=lines,
            glide=glide,
            follows=follows,
            note=note,
            document=kept(node.session, document),
            number=number,
            day=day_of(on),
        )
    if json:
        as_json(recorded)
        return
    report(recorded.done, json)
    if recorded.overlaps:
        said(f"Perhaps the same need as {', '.join(recorded.overlaps)}: ask before answering.")


def _move(state: AppealState, does: str, says: str) -> None:
    """Adds the command that moves an appeal to ``state``."""

    def move(
        number: Number,
        how: Annotated[str, typer.Argument(help="The channel, the letter or the answer, in a few words.")],
        folder: NodeFolder = HERE,
        person: As = OFFICER,
        document: Document = None,
        on: On = None,
        json: Json = False,
    ) -> None:
        from sampan.desks.assistance.appeals import move_appeal

        with opened(folder, person) as node:
            paper = kept(node.session, document)
            report(move_appeal(node.session, number, state, how, document=paper, day=day_of(on)), json)

    appeal_app.command(does, help=f"{says}\n\nExample: sampan appeal {does} A-0001 'note verbale 35/2020'")(
        move
    )


_move("verified", "verify", "Say how the requester was verified: by which channel, with whom.")
_move("acknowledged", "acknowledge", "Say how the appeal was acknowledged.")
_move("answered", "answer", "Say what was answered; what is promised is pledged as a contribution.")
_move("withdrawn", "withdraw", "Say how the requester withdrew it.")


@appeal_app.command("list")
def list_(
    folder: NodeFolder = HERE,
    day: Day = None,
    known_by: KnownBy = None,
    unmet: Annotated[bool, typer.Option("--open", help="Only those not met and not withdrawn.")] = False,
    state: Annotated[
        str | None,
        typer.Option(
            metavar="STATE",
            help="Only received, verified, acknowledged, answered or withdrawn ones.",
            show_default="all",
        ),
    ] = None,
    json: Json = False,
) -> None:
    """List the appeals, with what was pledged and delivered on each.

    Examples: sampan appeal list --open; sampan appeal list --state received
    """
    from typing import get_args

    from sampan.desks.assistance.lines import shown
    from sampan.records.assistance.appeals import AppealState
    from sampan.world.appeals import appeals

    only = one_of(state, get_args(AppealState), "--state") if state else None
    with opened(folder) as node:
        found = appeals(node.session.ledger, state=only, as_of=day_of(day), known_on=end_of_day(known_by))
    rows = [each for each in found if each.open or not unmet]
    if json:
        as_json(rows)
        return
    table(
        ["appeal", "day", "from", "state", "met", "asked", "pledged", "delivered", "by"],
        [
            [
                each.number if line is each.lines[0] else "",
                each.day,
                each.requester,
                each.state,
                each.met,
                shown(line.kind, line.item, line.quantity),
                shown(line.kind, line.item, line.pledged),
                shown(line.kind, line.item, line.delivered),
                line.needed_by,
            ]
            for each in rows
            for line in each.lines
        ],
    )
    if not rows:
        said(f"No appeal is {state}." if state else "No appeal: sampan appeal record")
