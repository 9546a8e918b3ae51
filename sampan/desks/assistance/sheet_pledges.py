"""Which pledges does a sheet hold?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from sampan.access.session import Session
from sampan.core.errors import InputError
from sampan.core.time import read_day
from sampan.desks.assistance.contributions import check_pledge
from sampan.desks.assistance.lines import (
    read_money,
    read_quantity,
    read_what,
    write_quantity,
    write_what,
)
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
)
from sampan.records.assistance.contributions import (
    Contribution,
    GiftKind,
    Line,
)
from sampan.world.parties import find_party

_PLEDGE = ("day", "donor", "recipient", "earmark", "purpose", "appeal", "parent", "note")


def _read_contributions(session: Session, rows: list[Cells]) -> list[Dated]:
    found: list[Dated] = []
    numbers: set[str] = set()
    for group in grouped(rows, "number", _PLEDGE):
        first = group[0]
        day = first.get("day", read_day)
        said = Contribution(
            number=first.text("number"),
            donor=first.get("donor", lambda text: find_party(session.ledger, text).code),
            recipient=first.get("recipient", lambda text: find_party(session.ledger, text).code),
            lines=_pledged(group),
            earmark=first.text("earmark") or None,
            purpose=first.text("purpose"),
            appeal=first.text("appeal") or None,
            parent=first.text("parent") or None,
            note=first.text("note"),
        )
        first.checked(partial(check_pledge, session, said, also=numbers))
        numbers.add(said.number)
        found.append((day, said))
    return found


def _pledged(group: Sequence[Cells]) -> tuple[Line, ...]:
    lines: dict[tuple[GiftKind, str], Line] = {}
    for row in group:
        kind, item = row.get("what", read_what)
        if (kind, item) in lines:
            raise row.wrong(InputError(f"{item} is pledged twice.", way_out="Add the lines up."), "what")
        quantity = row.get("quantity", partial(read_quantity, kind, item))
        lines[kind, item] = Line(
            kind=kind, item=item, quantity=quantity, worth=row.maybe("worth", read_money)
        )
    return tuple(lines.values())


def _write_contributions(session: Session) -> list[Mapping[str, object]]:
    return [
        {
            "number": said.number,
            "day": entry.effective.date(),
            **{name: getattr(said, name) for name in _PLEDGE if name != "day"},
            "what": write_what(line.kind, line.item),
            "quantity": write_quantity(line.kind, line.item, line.quantity),
            "worth": line.worth and f"{line.worth.currency}={line.worth.amount}",
        }
        for entry in entries_of(session, Contribution.kind)
        for said in [Contribution.read(entry.body)]
        for line in said.lines
    ]


CONTRIBUTIONS = Template(
    "contributions",
    "Pledges, given and received, one row for each thing pledged.",
    (
        Column("number", "The same in all rows of one contribution.", "C-0001", required=True),
        Column("day", "The day of the pledge, as 2020-03-26.", "2020-03-26", required=True),
        Column("donor", "A party.", "ITA-CRI", required=True),
        Column("recipient", "A party.", "CHN", required=True),
        WHAT,
        QUANTITY,
        Column("worth", "The documented value of a gift in kind, as EUR=1000.00.", ""),
        Column("earmark", "Its code.", "CRI-1"),
        Column("purpose", "What the recipient shall do with it.", ""),
        Column("appeal", "The number of the appeal that it answers.", ""),
        Column("parent", "The number of the contribution that it passes on.", ""),
        NOTE,
    ),
    _read_contributions,
    _write_contributions,
)
