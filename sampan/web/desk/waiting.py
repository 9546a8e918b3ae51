"""What waits for whom? Counts with the page on which something can be done about each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from sampan.access.people import Act
from sampan.access.session import Session
from sampan.desks.assistance import batches, depots, lists, teams, underway
from sampan.desks.assistance.depots import LotOnHand
from sampan.desks.press.standing import standings
from sampan.desks.science.alerts import alerts
from sampan.desks.science.standing import status as submissions
from sampan.desks.science.terms import reader_of
from sampan.exchange.desk import notice_list
from sampan.web.desk.tables import SOON
from sampan.world.appeals import appeals


@dataclass(frozen=True)
class Waits:
    """So many of something wait: what (a word of ``words.WAITING``), for whoever may do which act, and where.

    An act of None is never the reader's own.
    """

    word: str
    count: int
    act: Act | None
    key: str
    said: tuple[tuple[str, str], ...] = ()


def waiting(session: Session) -> tuple[Waits, ...]:
    """Everything that waits, as ``session.person`` sees it: nobody decides on a plan of their own."""
    return tuple(one for look in _LOOKS for one in look(session) if one.count)


def _plans(session: Session) -> Iterator[Waits]:
    every = [row for row in batches.batches(session) if row.waiting and row.superseded_by is None]
    rows = [row for row in every if row.proposed_by != session.person.handle]
    yield Waits("own_plans", len(every) - len(rows), None, "assistance.batches")
    if len(rows) == 1:
        yield Waits("plans", 1, "approve", "assistance.plan", (("entry", rows[0].plan),))
    else:
        yield Waits("plans", len(rows), "approve", "assistance.batches")


def _consignments(session: Session) -> Iterator[Waits]:
    ledger, everywhere = session.ledger, underway.everywhere(session.ledger)
    under_way = everywhere["under way"]
    silent = underway.silent(ledger, under_way, session.today())
    yield Waits("to_pack", len(everywhere["decided"]), "consign", *_listed("decided"))
    yield Waits("to_hand_over", len(everywhere["packed"]), "consign", *_listed("packed"))
    yield Waits("silent", len(silent), "consign", *_listed("under way"))
    yield Waits("receipts", len(under_way), "receive", *_listed("under way"))
    yield Waits("claims", len(everywhere["claimed"]), "consign", "assistance.claims")


def _listed(where: underway.At) -> tuple[str, tuple[tuple[str, str], ...]]:
    return "assistance.consignments", (("at", where),)


def _stock(session: Session) -> Iterator[Waits]:
    lots = depots.on_hand(session.ledger, as_of=session.today())
    yield Waits("expired", sum(lot.expired for lot in lots), "stock", "assistance.stock")
    soon = [lot for lot in lots if expires_soon(lot, session)]
    yield Waits("stock", len(soon), "stock", "assistance.stock")


def expires_soon(lot: LotOnHand, session: Session) -> bool:
    """Whether a lot in date will not be for long."""
    return lot.expiry is not None and not lot.expired and lot.expiry <= session.today() + timedelta(days=SOON)


def _appeals(session: Session) -> Iterator[Waits]:
    states = [one.state for one in appeals(session.ledger) if one.open]
    new = states.count("received")
    yield Waits("to_verify", new, "contribute", "assistance.appeals")
    answered = states.count("answered")
    yield Waits("to_answer", len(states) - new - answered, "contribute", "assistance.appeals")


def _teams(session: Session) -> Iterator[Waits]:
    late = [row for row in teams.rows(session) if row.state == "deployed" and row.unreported_days > 0]
    yield Waits("team_reports", len(late), "roster", "assistance.teams")
    asked = [row for row in lists.requests(session.ledger) if row.state == "open"]
    yield Waits("team_requests", len(asked), "roster", "assistance.team_requests")


def _briefs(session: Session) -> Iterator[Waits]:
    states = [one.state for one in standings(session)]
    yield Waits("to_review", states.count("draft") + states.count("correcting"), "review", "press.briefs")
    yield Waits("to_release", states.count("agreed"), "release", "press.briefs")


def _notices(session: Session) -> Iterator[Waits]:
    numbers = {row.number for row in notice_list(session.ledger) if row.left}
    yield Waits("notices", len(numbers), "receive", "exchange.notices")


def _genomes(session: Session) -> Iterator[Waits]:
    if reader_of(session) != "staff":
        return
    rows = submissions(session)
    to_approve = sum(row.processed > 0 and row.by != session.person.handle for row in rows)
    yield Waits("genomes", to_approve, "approve", "science.submissions")
    yield Waits("approved_genomes", sum(row.approved > 0 for row in rows), "curate", "science.submissions")
    open_ = [each for each in alerts(session, open_only=True) if each.state != "acknowledged"]
    yield Waits("alerts", len(open_), "curate", "science.alerts")


_LOOKS: tuple[Callable[[Session], Iterator[Waits]], ...] = (
    _plans,
    _consignments,
    _stock,
    _appeals,
    _teams,
    _briefs,
    _notices,
    _genomes,
)
