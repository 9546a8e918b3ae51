"""How does what somebody hands in, in plain words or as a file, become an act of this desk, or come out of it?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sampan.access.session import Session
from sampan.core.money import read_rate
from sampan.desks.assistance import depots, packing_lists, roster, statements
from sampan.desks.assistance.done import Done
from sampan.desks.assistance.iati import Publishing, as_iati
from sampan.desks.assistance.statements import Statement
from sampan.desks.assistance.stock import DEPOT
from sampan.records.assistance import LotLine
from sampan.records.control import Snapshot
from sampan.world.places import place


@dataclass(frozen=True)
class Enrolled:
    """The entries of the experts who were put on the roster."""

    entries: tuple[str, ...]


def keep(session: Session, name: str, data: bytes) -> Snapshot:
    """Keeps a document beside the ledger, and returns how an entry cites it."""
    session.require("contribute")
    return session.keep(name, data)


def count(
    session: Session,
    lots: Sequence[LotLine],
    *,
    depot: str = DEPOT,
    whole_depot: bool = False,
    reason: str = "",
    day: date | None = None,
) -> Done:
    """Sets the books to what people found, lot by lot, in base units. Opening stock is a count too.

    ``whole_depot``: what is not named was not found. Raises InputError for a difference without ``reason``.
    """
    found = [(lot, reason) for lot in lots]
    return depots.count(session, found, depot=depot, whole_depot=whole_depot, reason=reason, day=day)


def enrol(
    session: Session,
    handle: str,
    *,
    skills: Sequence[str],
    languages: Sequence[str] = (),
    available: Sequence[str] = (),
    day: date | None = None,
) -> Enrolled:
    """Puts an expert on the roster, under a pseudonym such as E-0417, or replaces what it says of them.

    ``available`` are runs of days, as 2020-03-01/2020-04-30.
    """
    somebody = roster.expert(handle, skills, languages, available)
    return Enrolled(roster.enrol(session, [somebody], day=day))


def enrol_sheet(session: Session, name: str, data: bytes, *, day: date | None = None) -> Enrolled:
    """Puts every expert of a CSV sheet on the roster, or none. Raises InputError naming the line."""
    return Enrolled(roster.enrol(session, roster.read_roster(data, name=name), day=day))


def statement(
    session: Session,
    fund: str | None = None,
    *,
    first_day: date | None = None,
    last_day: date | None = None,
    known_on: datetime | None = None,
    rates: Sequence[str] = (),
) -> Statement:
    """The statement of account of a fund, by currency and earmark, line by line.

    ``rates`` bring other currencies to the fund's own, as "EUR/USD 1.0843 ECB 2020-03-26".
    """
    until = last_day or session.today()
    used = [read_rate(text, day=until) for text in rates]
    return statements.account_of(
        session, fund, first_day=first_day, last_day=until, known_on=known_on, rates=used
    )


def iati(
    session: Session,
    *,
    reporter: str | None = None,
    glide: str | None = None,
    appeal: str | None = None,
    as_of: date | None = None,
    known_on: datetime | None = None,
) -> bytes:
    """The whole desk as IATI activities 2.03. Nothing is published if a rule of the standard does not hold."""
    mine = reporter or f"{place(session.home).alpha2}-SAMPAN"
    publishing = Publishing(mine, glide, appeal, exercise=session.exercise)
    return as_iati(session, publishing, as_of=as_of, known_on=known_on)


def packing_list(session: Session, batch: int) -> bytes:
    """A batch as a workbook: a summary, then a sheet for each consignment."""
    return packing_lists.as_sheet(session, batch)
