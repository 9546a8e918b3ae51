"""What should somebody look at: something that grows, primers that no longer fit, terms that are about to end?

Growth is that of a lineage's or a mutation's share among the genomes of a country, week by week; what is reported is
held to a share of false alarms over all that was looked at. Each subject is raised once, until its alert is closed.
Whoever acknowledges it has it in hand; what nobody does within some days goes up.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from sampan.access.session import Session
from sampan.core.errors import InputError
from sampan.desks.science.collection import collection, require_staff
from sampan.desks.science.done import Done, several
from sampan.desks.science.frequencies import course, frequencies
from sampan.desks.science.indexing import level, seen_viruses
from sampan.desks.science.primers import watched
from sampan.desks.science.releases import untold
from sampan.desks.science.search import Look, counts, look_of
from sampan.desks.science.watching import oligos_of
from sampan.engines.genome_search.oligos import Oligo
from sampan.engines.growth.logistic import Growth, discoveries, growth
from sampan.records.record import Record
from sampan.records.science_exchange import Alert, AlertKind, AlertStep, AlertStepKind

WEEKS = 12
"""How far back growth is looked for."""
FEWEST_WEEKS = 4
MOST_MUTATIONS = 200
"""Mutations that are looked at in one country, the most frequent first."""
FIXED = 0.98
"""A share above which there is nothing left to grow into."""


@dataclass(frozen=True)
class AlertState:
    """An alert, and what was done about it."""

    number: str
    about: AlertKind
    subject: str
    place: str
    day: date
    says: str
    share: float | None
    """Of the covered genomes, how many have it: a share, from 0 to 1; null of terms."""
    low: float | None
    """Growth of the log odds of the share in a week: lower end of the 95 % interval; null of all but growth."""
    high: float | None
    """The same: upper end."""
    count: int | None
    """Genomes that it is about."""
    covered: int | None
    """Genomes that were read there; null of terms."""
    state: str
    """open, overdue, acknowledged, escalated or closed."""
    by: str
    note: str


@dataclass(frozen=True)
class Subject:
    """A lineage, a mutation, an oligo or terms that something waits about, over all its places.

    What has not been counted is null.
    """

    about: AlertKind
    subject: str
    places: tuple[str, ...]
    count: int | None
    """Genomes that have it, or that the primer does not fit, in all these places together."""
    covered: int | None
    """Genomes that were read there, in all these places together."""
    share: float | None
    """Of the genomes that were read there, how many have it: a share, from 0 to 1."""
    first_seen: date
    """Day on which the first of these alerts was raised (ISO 8601)."""
    alerts: tuple[AlertState, ...]
    """Place by place."""


@dataclass(frozen=True)
class Digest:
    """All that waits, in one piece."""

    day: date
    open: int
    """Alerts that nobody has in hand, and that are not late."""
    overdue: int
    """Alerts that nobody took in time, or that were passed up."""
    acknowledged: int
    """Alerts that somebody has in hand."""
    subjects: tuple[Subject, ...]


@dataclass(frozen=True)
class _Candidate:
    """Something whose share may grow in a place: counts and covered genomes week by week."""

    subject: str
    place: str
    counts: tuple[int, ...]
    covered: tuple[int, ...]


def raise_alerts(
    session: Session,
    *,
    virus: str | None = None,
    least: int = 20,
    false_share: float = 0.05,
    mismatch: float = 0.1,
    warn_days: int = 14,
    after_days: int = 3,
) -> Done:
    """Looks for what grows, which of the watched primers no longer fit, and what is about to end.

    ``least`` genomes are needed for an alert; of those about growth, no more than ``false_share`` are expected to be
    chance. What nobody acknowledged within ``after_days`` days is escalated, and the public log is told of genomes
    that opened by themselves. Raises InputError for parameters that
    make no sense.
    """
    if least < 1 or not 0 < false_share < 1 or not 0 < mismatch <= 1 or warn_days < 0 or after_days < 0:
        raise InputError(
            "One of these makes no sense.",
            way_out="Shares lie between 0 and 1; days and counts are not negative.",
        )
    session.require("curate")
    new = list(_ending(session, warn_days))
    there = seen_viruses(session)
    for each in [virus] if virus else there:
        look = look_of(session, level(session, each))
        found = list(_growing(look, least=least, false_share=false_share))
        found += _unfit(look, oligos_of(session, each), least=least, mismatch=mismatch)
        new += [_of_virus(each, said) if len(there) > 1 else said for said in found]

    def draft() -> list[Record]:
        known = alerts(session, after_days=after_days)
        raised = {(each.about, each.subject, each.place) for each in known if each.state != "closed"}
        fresh = [each for each in new if (each["about"], each["subject"], each["place"]) not in raised]
        written: list[Record] = [
            Alert(number=f"A-{len(known) + place:04d}", **said) for place, said in enumerate(fresh, 1)
        ]
        up = [each for each in known if each.state == "overdue"]
        written += [AlertStep(number=each.number, step="escalated", to="approver") for each in up]
        return written + untold(session)

    if not draft():
        return Done("", (), "nothing new")
    entries = session.decide("curate", draft)
    made, up = (sum(entry.kind == kind for entry in entries) for kind in (Alert.kind, AlertStep.kind))
    return Done("", tuple(entry.id for entry in entries), f"alerts raised: {made}; escalated: {up}")


def move_alert(session: Session, number: str, step: AlertStepKind, *, to: str = "", note: str = "") -> Done:
    """Acknowledges, escalates or closes an alert. ``to`` is a role or an office.

    Raises InputError for an alert that is not there, or is closed.
    """

    def draft() -> list[Record]:
        known = next((each for each in alerts(session) if each.number == number), None)
        if known is None or known.state == "closed":
            raise InputError(
                f'There is no open alert "{number}".',
                field="number",
                way_out="sampan science alerts lists those there are.",
            )
        return [AlertStep(number=number, step=step, to=to, note=note)]

    (entry,) = session.decide("curate", draft)
    return Done(number, (entry.id,), f"{number}: {step}")


def alerts(session: Session, *, after_days: int = 3, open_only: bool = False) -> list[AlertState]:
    """Every alert as it stands, the oldest first: for the people of this node."""
    require_staff(session)
    steps: dict[str, tuple[str, AlertStep]] = {}
    for entry in session.ledger.entries(kind=AlertStep.kind):
        step = AlertStep.read(entry.body)
        steps[step.number] = (entry.actor, step)
    found = []
    for entry in session.ledger.entries(kind=Alert.kind):
        said = Alert.read(entry.body)
        actor, last = steps.get(said.number, ("", None))
        late = session.today() - said.day > timedelta(after_days)
        state = last.step if last else "overdue" if late else "open"
        if open_only and state == "closed":
            continue
        found.append(
            AlertState(
                said.number,
                said.about,
                said.subject,
                said.place,
                said.day,
                said.says,
                said.share,
                said.low,
                said.high,
                said.count,
                said.covered,
                state,
                actor,
                last.note if last else "",
            )
        )
    return found


def digest(session: Session, *, after_days: int = 3) -> Digest:
    """All that waits, by what it is about, what is overdue first: one piece to read instead of a trickle."""
    waiting = [each for each in alerts(session, after_days=after_days) if each.state != "closed"]
    ranked = sorted(waiting, key=lambda each: (_URGENCY.index(each.state), each.day))
    by_subject: dict[tuple[AlertKind, str], list[AlertState]] = {}
    for each in ranked:
        by_subject.setdefault((each.about, each.subject), []).append(each)
    return Digest(
        session.today(),
        sum(each.state == "open" for each in waiting),
        sum(each.state in ("overdue", "escalated") for each in waiting),
        sum(each.state == "acknowledged" for each in waiting),
        tuple(_subject(about, subject, some) for (about, subject), some in by_subject.items()),
    )


_URGENCY = ("escalated", "overdue", "open", "acknowledged")


def _subject(about: AlertKind, subject: str, some: Sequence[AlertState]) -> Subject:
    count, covered = (_sum([getattr(each, name) for each in some]) for name in ("count", "covered"))
    return Subject(
        about,
        subject,
        tuple(sorted({each.place for each in some if each.place})),
        count,
        covered,
        count / covered if count is not None and covered else None,
        min(each.day for each in some),
        tuple(some),
    )


def _sum(counted: Sequence[int | None]) -> int | None:
    """The sum of what was counted; None if nothing was."""
    known = [each for each in counted if each is not None]
    return sum(known) if known else None


def _ending(session: Session, warn_days: int) -> Iterator[dict[str, Any]]:
    """Terms that are about to end, by submission and day."""
    today = session.today()
    soon: dict[tuple[str, date], int] = {}
    for one in collection(session).held.values():
        until = one.terms.until
        if until and one.state == "released" and today < until <= today + timedelta(warn_days):
            soon[one.number, until] = soon.get((one.number, until), 0) + 1
    for (number, until), count in sorted(soon.items()):
        yield {
            "about": "terms",
            "subject": f"{number} {until}",
            "place": "",
            "day": today,
            "count": count,
            "says": f"{number}: {several(count)} open to all from {until}.",
        }


def growing(session: Session, *, virus: str | None = None, least: int = 20) -> list[tuple[str, str, Growth]]:
    """Every lineage and mutation that was looked at, with its place and growth: for those who check an alert."""
    require_staff(session)
    return _fitted(_candidates(look_of(session, level(session, virus)), least))


def _growing(look: Look, *, least: int, false_share: float) -> Iterator[dict[str, Any]]:
    fitted = _fitted(_candidates(look, least))
    found = discoveries(np.array([float(each.p[0]) for _, _, each in fitted]), false_share=false_share)
    for (subject, place, fit), holds in zip(fitted, found, strict=True):
        if holds:
            yield {
                "about": "growth",
                "subject": subject,
                "place": place,
                "day": look.day,
                "share": float(fit.share[0]),
                "low": float(fit.low[0]) * 7,
                "high": float(fit.high[0]) * 7,
                "count": int(fit.count[0]),
                "covered": int(fit.covered[0]),
                "says": f"{subject}: {float(fit.share[0]):.0%} of the genomes of {place} by now; odds × "
                f"{np.exp(7 * fit.low[0]):.2f} to {np.exp(7 * fit.high[0]):.2f} a week (95 %).",
            }


def _fitted(candidates: Sequence[_Candidate]) -> list[tuple[str, str, Growth]]:
    """The growth of each candidate, a day being the unit of time."""
    times = np.arange(-WEEKS + 1, 1, dtype=float) * 7
    return [
        (each.subject, each.place, growth(np.array([each.counts]), np.array([each.covered]), times))
        for each in candidates
    ]


def _candidates(look: Look, least: int) -> list[_Candidate]:
    """What has enough genomes in enough weeks to say anything about."""
    first = look.day - timedelta(7 * WEEKS - 1)
    window = f"date={first}..{look.day}"
    found = []
    for (code,), n in zip(*_countries(look, window), strict=True):
        if code == "unknown" or n < least:
            continue
        query = f"{window} & place={code}"
        found += list(_lineages(look, query, code, least)) + list(_mutations(look, query, code, least))
    return found


def _countries(look: Look, window: str) -> tuple[Sequence[tuple[str, ...]], Sequence[int]]:
    by = counts(look, window, by=("country",))
    return by.rows, by.counts


def _lineages(look: Look, query: str, code: str, least: int) -> Iterator[_Candidate]:
    by = counts(look, query, by=("lineage", "day"))
    weekly: dict[str, list[int]] = {}
    for (lineage, day), n in zip(by.rows, by.counts, strict=True):
        week = _week(day, look.day)
        if week is not None:
            weekly.setdefault(lineage, [0] * WEEKS)[week] += n
    whole = tuple(map(sum, zip(*weekly.values(), strict=True))) if weekly else ()
    for lineage, some in weekly.items():
        if lineage != "unknown" and _enough(some, whole, least):
            yield _Candidate(f"lineage {lineage}", code, tuple(some), whole)


def _mutations(look: Look, query: str, code: str, least: int) -> Iterator[_Candidate]:
    frequent = frequencies(look, query, level="amino acid", least=0.01, most=MOST_MUTATIONS).rows
    for row in frequent:
        if row.count < least or row.share > FIXED:
            continue
        some, whole = [0] * WEEKS, [0] * WEEKS
        for each in course(look, query, row.mutation, by=("day",)).rows:
            week = _week(each.labels[0], look.day)
            if week is not None:
                some[week] += each.count
                whole[week] += each.covered
        if _enough(some, whole, least):
            yield _Candidate(row.mutation, code, tuple(some), tuple(whole))


def _week(day: str, last: date) -> int | None:
    """Which of the weeks a day lies in; None if only its month is known, or it lies outside."""
    if len(day) != 10:
        return None
    back = (last - date.fromisoformat(day)).days // 7
    return WEEKS - 1 - back if 0 <= back < WEEKS else None


def _enough(some: Sequence[int], whole: Sequence[int], least: int) -> bool:
    return sum(some) >= least and sum(some) < sum(whole) and sum(n > 0 for n in whole) >= FEWEST_WEEKS


def _of_virus(virus: str, said: dict[str, Any]) -> dict[str, Any]:
    """An alert of a node that has genomes of several viruses: it says of which it is."""
    return {**said, "subject": f"{virus}: {said['subject']}", "says": f"{virus}: {said['says']}"}


def _unfit(look: Look, oligos: Sequence[Oligo], *, least: int, mismatch: float) -> Iterator[dict[str, Any]]:
    """Primers and probes that do not fit a share of the genomes of a country in the last month that has any."""
    latest: dict[tuple[str, str], tuple[str, float, int, int]] = {}
    for row in watched(look, "", oligos, by=("month", "country")).rows:
        month, code = row.labels
        if len(month) == 7 and row.covered >= least and month >= latest.get((row.oligo, code), ("",))[0]:
            latest[row.oligo, code] = (month, row.share, row.mismatched, row.covered)
    for (oligo, code), (month, share, count, covered) in sorted(latest.items()):
        if share >= mismatch:
            yield {
                "about": "primer",
                "subject": oligo,
                "place": code,
                "day": look.day,
                "share": share,
                "count": count,
                "covered": covered,
                "says": f"{oligo} does not fit {share:.0%} of the genomes of {code} in {month} ({count} of {covered}).",
            }
