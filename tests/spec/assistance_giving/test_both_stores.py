"""The tables of giving say the same on SQLite and on PostgreSQL, live and made again from the log."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from sampan.access.people import Person
from sampan.access.session import Session
from sampan.core.time import StandingClock
from sampan.desks.assistance import appeals, contributions, deliveries, giving
from sampan.desks.assistance.lines import read_arrival, read_lines
from sampan.desks.assistance.reciprocity import reciprocity
from sampan.desks.assistance.statements import account_of
from sampan.ledger.blobs import Blobs
from sampan.ledger.ledger import Ledger
from sampan.node import read_models
from sampan.records.assistance import AppealLine
from sampan.world.appeals import appeals as listed
from sampan.world.parties import recorded
from tests.giving import furnish, give
from tests.ledgers import KEY, NOON, ORIGIN

MARCH = date(2020, 3, 1)


def _views(session: Session) -> tuple[object, ...]:
    rows = giving.contributions(session)
    return (
        [(row.number, row.status, row.lines, row.side, row.thanked) for row in rows],
        giving.by_donor_kind(session),
        reciprocity(session, monthly=True),
        account_of(session).positions,
        [(each.number, each.met, each.state) for each in listed(session.ledger)],
        recorded(session.ledger),
    )


def test_both_stores_tell_the_same_story(place: str | Path, tmp_path: Path) -> None:
    clock = StandingClock(NOON)
    with Ledger.create(place, origin=ORIGIN, key=KEY, clock=clock, read_models=read_models()) as ledger:
        session = Session(ledger, Blobs(tmp_path / "blobs"), clock, "CHN", Person("officer", ("officer",)))
        furnish(session)
        appeals.record_appeal(
            session, requester="ITA", lines=[AppealLine(kind="goods", item="mask", quantity=10)], day=MARCH
        )
        appeals.move_appeal(session, "A-0001", "verified", "embassy", day=MARCH)
        give(session, "CHN-FND", "ITA", "mask=4", confirmed="GRN 1", appeal="A-0001", day=MARCH)
        give(session, "CHN-MOF", "CHN", "USD=100.00", day=MARCH)
        number = contributions.pledge(
            session, donor="CHN", recipient="WHO", lines=read_lines(["USD=60.00"]), day=MARCH
        ).number
        contributions.commit(session, number, day=MARCH)
        deliveries.deliver(session, number, [read_arrival("USD=25.00")], day=MARCH)
        contributions.cancel(session, number, read_lines(["USD=5.00"]), note="less", day=MARCH)
        before = _views(session)
        ledger.rebuild()
        assert _views(session) == before
    statuses, kinds, both_ways, positions, asked, parties = before
    said = [status for _, status, *_ in statuses]  # type: ignore[attr-defined]
    assert said == ["delivered", "delivered", "paid, not confirmed"]
    assert asked == [("A-0001", "partly met", "verified")]
    assert [(x.given, x.received) for each in both_ways for x in each.lines] == [(4, 0), (25_00, 0)]  # type: ignore[attr-defined]
    assert [(p.closing, p.disbursed, p.outstanding) for p in positions] == [(45_00, 25_00, 30_00)]  # type: ignore[attr-defined]
    assert len(kinds) == 2 and len(parties) == 4  # type: ignore[arg-type]
