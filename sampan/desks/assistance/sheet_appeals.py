"""Which appeals does a sheet hold?"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from sampan.access.session import Session
from sampan.core.time import read_day
from sampan.desks.assistance.appeals import check_appeal, read_glide
from sampan.desks.assistance.lines import read_quantity, read_what
from sampan.desks.assistance.sheets import (
    NOTE,
    QUANTITY,
    WHAT,
    Cells,
    Column,
    Dated,
    Template,
    entries_of,
    grouped,
    thing,
)
from sampan.records.assistance.appeals import Appeal, AppealLine
from sampan.world.appeals import Standing, appeals, standing_of
from sampan.world.parties import find_party


def _read_appeals(session: Session, rows: list[Cells]) -> list[Dated]:
    found: list[Dated] = []
    known: list[Standing] = list(appeals(session.ledger))
    for group in grouped(rows, "number", ("day", "requester", "glide", "follows", "note")):
        first = group[0]
        day = first.get("day", read_day)
        said = Appeal(
            number=first.text("number"),
            requester=first.get("requester", lambda text: find_party(session.ledger, text).code),
            lines=tuple(_asked(row) for row in group),
            glide=first.maybe("glide", partial(read_glide, on=day)),
            follows=first.text("follows") or None,
            note=first.text("note"),
        )
        first.checked(partial(check_appeal, session, said, day, known))
        known.append(standing_of(said, entry="", day=day, state="received", answers=[]))
        found.append((day, said))
    return found


def _asked(row: Cells) -> AppealLine:
    kind, item = row.get("what", read_what)
    quantity = row.get("quantity", partial(read_quantity, kind, item))
    return AppealLine(kind=kind, item=item, quantity=quantity, needed_by=row.maybe("needed_by", read_day))


def _write_appeals(session: Session) -> list[Mapping[str, object]]:
    return [
        {
            "day": entry.effective.date(),
            **{name: entry.body[name] for name in ("number", "requester", "glide", "follows", "note")},
            **thing(line),
            "needed_by": line["needed_by"],
        }
        for entry in entries_of(session, Appeal.kind)
        for line in entry.body["lines"]
    ]


APPEALS = Template(
    "appeals",
    "Requests for help, one row for each thing asked for.",
    (
        Column("number", "The same in all rows of one appeal.", "A-0001", required=True),
        Column("day", "The day of the appeal, as 2020-03-26.", "2020-03-26", required=True),
        Column("requester", "A country or an organisation.", "ITA", required=True),
        WHAT,
        QUANTITY,
        Column("needed_by", "The day by which it is needed.", "2020-04-15"),
        Column("glide", "As EP-2020-000012-001.", "EP-2020-000012-001"),
        Column("follows", "The number of an earlier appeal that this adds to.", ""),
        NOTE,
    ),
    _read_appeals,
    _write_appeals,
)
