"""What waits for whom? Counts with the page on which something can be done about each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sampan.access.people import Act
from sampan.access.session import Session
from sampan.desks.assistance import batches, depots, lists, teams, underway
from sampan.desks.press.standing import standings
from sampan.desks.science.alerts import alerts
from sampan.desks.science.standing import status as submissions
from sampan.desks.science.terms import reader_of
from sampan.exchange.desk import notice_list
from sampan.records.assistance.consignments import recipient_of
from sampan.web.desk.tables import SOON, expires_soon
from sampan.world.appeals import appeals


@dataclass(frozen=True)
class Waits:
    """So many of something wait: what (a word of ``words.WAITING``), for whoever may do which act, and where.

    An act of None is never the reader's own. ``due`` is the day by which the first of them should be done, where
    the ledger has one.
    """

    word: str
    count: int
    act: Act | None
    key: str
    said: tuple[tuple[str, str], ...] = ()
    due: date | None = None


def waiting(session: Session) -> tuple[Waits, ...]:
    """Everything that waits, as ``session.person`` sees it, the most urgent first.

    Nobody decides on a plan of their own, or signs for another.
    """
    found = (one for look in _LOOKS for one in look(session) if one.count)
    return tuple(sorted(found, key=lambda one: one.due or date.max))


def _first(days: Iterable[date | None]) -> date | None:
    return min((day for day in days if day), default=None)


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
    yield Waits("claims", len(everywhere["claimed"]), "consign", "assistance.claims")


def _receipts(session: Session) -> Iterator[Waits]:
    """What is under way waits for those who may sign for it."""
    party, under_way = session.person.party or session.home, underway.everywhere(session.ledger)["under way"]
    own = sum(recipient_of(number) == party for number in under_way)
    key, step = _listed("under way")
    yield Waits("receipts", own, "receive", key, (("recipient", party), *step))
    yield Waits("receipts", len(under_way) - own, None, key, step)


def _listed(where: underway.At) -> tuple[str, tuple[tuple[str, str], ...]]:
    return "assistance.consignments", (("step", where),)


def _stock(session: Session) -> Iterator[Waits]:
    today = session.today()
    lots = depots.on_hand(session.ledger, as_of=today)
    expired = [lot.expiry for lot in lots if lot.expired]
    soon = [lot.expiry for lot in lots if expires_soon(lot, today)]
    gone = (("expires_by", (today - timedelta(days=1)).isoformat()),)
    going = (("expires_by", (today + timedelta(days=SOON)).isoformat()), ("expires_from", today.isoformat()))
    yield Waits("expired", len(expired), "stock", "assistance.lots", gone, _first(expired))
    yield Waits("stock", len(soon), "stock", "assistance.lots", going, _first(soon))


def _appeals(session: Session) -> Iterator[Waits]:
    waits = [one for one in appeals(session.ledger) if one.open and one.state != "answered"]
    new = [one.needed_by for one in waits if one.state == "received"]
    known = [one.needed_by for one in waits if one.state != "received"]
    said = (("state", "received"),)
    yield Waits("to_verify", len(new), "contribute", "assistance.appeals", said, _first(new))
    yield Waits("to_answer", len(known), "contribute", "assistance.appeals", due=_first(known))


def _teams(session: Session) -> Iterator[Waits]:
    late = [row for row in teams.rows(session) if row.state == "deployed" and row.unreported_days > 0]
    yield Waits("team_reports", len(late), "roster", "assistance.teams")
    asked = [row.start for row in lists.requests(session.ledger, state="open")]
    said = (("state", "open"),)
    yield Waits("team_requests", len(asked), "roster", "assistance.team_requests", said, _first(asked))


def _briefs(session: Session) -> Iterator[Waits]:
    every = standings(session)
    review = [one.day for one in every if one.state in ("draft", "correcting")]
    release = [one.day for one in every if one.state == "agreed"]
    yield Waits("to_review", len(review), "review", *_of_days(review), _first(review))
    yield Waits("to_release", len(release), "release", *_of_days(release), _first(release))
    moved = [one.day for one in every if one.state in ("released", "corrected") and one.changed]
    yield Waits("to_correct", len(moved), "release", *_of_days(moved))


def _of_days(days: Sequence[date]) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Where briefs are read: the one that there is, or all."""
    if len(days) == 1:
        return "press.brief_standing", (("day", days[0].isoformat()),)
    return "press.briefs", ()


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
    _receipts,
    _stock,
    _appeals,
    _teams,
    _briefs,
    _notices,
    _genomes,
)
