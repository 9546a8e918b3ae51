"""How do an office's own lists come in and go out: parties, earmarks, appeals, contributions, deliveries?

Each is a CSV sheet. A whole sheet is recorded, or nothing of it. What goes out can come in at another node
and goes out there the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sampan.access.session import Session
from sampan.core.errors import InputError
from sampan.desks.assistance import sheets
from sampan.desks.assistance.sheet_appeals import APPEALS
from sampan.desks.assistance.sheet_deliveries import DELIVERIES
from sampan.desks.assistance.sheet_donors import EARMARKS, PARTIES
from sampan.desks.assistance.sheet_pledges import CONTRIBUTIONS
from sampan.desks.assistance.sheets import Template


@dataclass(frozen=True)
class Imported:
    """What a sheet became."""

    sheet: str
    rows: int
    """Rows that were read."""
    entries: tuple[str, ...]


def bring_in(session: Session, name: str, data: bytes, *, file: str) -> Imported:
    """Records a whole sheet, or nothing of it.

    Raises InputError naming file, line and column, Refused naming file and line.
    """
    chosen = template(name)
    rows = sheets.read(data, chosen.columns, name=file)
    entries = session.decide_dated("contribute", lambda: chosen.records(session, rows))
    return Imported(name, len(rows), tuple(entry.id for entry in entries))


def take_out(session: Session, name: str) -> bytes:
    """Everything of one sheet that the ledger holds, as ``bring_in`` reads it."""
    chosen = template(name)
    return sheets.write(chosen.columns, chosen.lines(session))


def template(name: str) -> Template:
    """The sheet called ``name``. Raises InputError with those there are."""
    if name not in TEMPLATES:
        raise InputError(f'There is no sheet "{name}".', way_out=f"Choose {', '.join(TEMPLATES)}.")
    return TEMPLATES[name]


TEMPLATES: Mapping[str, Template] = {
    each.name: each for each in (PARTIES, EARMARKS, APPEALS, CONTRIBUTIONS, DELIVERIES)
}
"""The sheets, in the order in which a new node takes them in."""
