"""One round of assistance: from the latest forecast to a proposed plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from sampan.access.people import require
from sampan.access.session import Session
from sampan.core.errors import InputError
from sampan.desks.assistance import capacity as capacities
from sampan.desks.assistance import needs, plan
from sampan.desks.assistance.assumptions import Assumptions
from sampan.desks.assistance.deciding import Progress, Question, decide
from sampan.desks.assistance.depots import may_be_planned
from sampan.desks.assistance.earmarked import free, tied
from sampan.desks.assistance.needs import NeedEstimate
from sampan.desks.assistance.plan import Decision
from sampan.desks.assistance.stock import depot, with_stock
from sampan.records.assistance import Supply
from sampan.world.assisted import sent
from sampan.world.forecasts import latest
from sampan.world.places import place


@dataclass(frozen=True)
class Proposed:
    """A decision, and the entry of the plan that records it; None if it was only tried."""

    entry: str | None
    decision: Decision
    estimate: NeedEstimate


def estimated(session: Session, assumptions: Assumptions) -> NeedEstimate:
    """Need by recipient, from the latest published forecast and the capacity that was loaded."""
    outlook = latest(session.ledger, session.blobs)
    known, cites = capacities.known(session)
    return needs.estimate(outlook, known, assumptions, home=session.home, cites=cites)


@dataclass(frozen=True, eq=False)
class Round:
    """What a round asks, and the need of everybody, those included whom the policy does not assist."""

    question: Question
    everybody: NeedEstimate


def opened(
    session: Session,
    *,
    assumptions: Assumptions,
    day: date | None = None,
    counted: Mapping[str, int] | None = None,
) -> Round:
    """Estimates need and counts the depot, on ``day`` (the last day of the forecast's figures unless told).

    ``counted`` is stock by item, in place of what the depot's books say; of an item that neither knows,
    stock is assumed. Raises InputError if nobody need be assisted.
    """
    given = _for_home(session, assumptions)
    everybody = estimated(session, given)
    estimate = needs.served(everybody)
    day = _decision_day(day, estimate.outlook.last_day)
    earlier = sent(session.ledger, as_of=day)
    at_hand = may_be_planned(session.ledger, as_of=day) if counted is None else counted
    wished = tied(session.ledger, at_hand, as_of=day) if counted is None else ()
    booked = free(at_hand, wished)
    given = with_stock(given, booked)
    since = day if counted is not None else _opened(session, day)
    assumed = depot(given, estimate.items, day=day, opened=since, sent=() if counted is not None else earlier)
    question = Question(
        estimate, assumed.holding(booked), given, day, weights(estimate, given), earlier, wished
    )
    return Round(question, everybody)


def _decision_day(day: date | None, last_day: date) -> date:
    """``day`` if the forecast still speaks of it. Raises InputError for a day before its figures or long after."""
    if day is None or last_day <= day <= last_day + timedelta(weeks=2):
        return day or last_day
    raise InputError(
        f"A plan for {day} cannot rest on figures up to {last_day}.",
        way_out="Load the figures of that day and publish a forecast, or plan for a day within two weeks.",
    )


def asked_otherwise(session: Session, question: Question, edited: Assumptions) -> Question:
    """The question under edited assumptions; stock that was not edited stays as the depot holds it."""
    now, then = question.assumptions, edited
    of_need = ("pool", "hard_hit", "weak_system", "prepare_for")
    same_need = all(getattr(now.policy, name) == getattr(then.policy, name) for name in of_need)
    estimate = question.estimate if same_need else needs.served(estimated(session, then))
    stock = {item: s.stock for item, s in then.supply.items() if s.stock != now.supply[item].stock}
    fresh = depot(then, estimate.items, day=question.day, opened=question.day, sent=())
    held = dict(zip(question.depot.items, question.depot.at_hand, strict=True)) | stock
    return replace(
        question,
        estimate=estimate,
        depot=fresh.holding(held),
        assumptions=then,
        weights=weights(estimate, then),
    )


def propose(
    session: Session,
    *,
    assumptions: Assumptions,
    day: date | None = None,
    counted: Mapping[str, int] | None = None,
    record: bool = True,
    progress: Progress | None = None,
) -> Proposed:
    """Estimates need, sets home's own aside, allocates the rest, and records need and plan.

    ``record=False`` writes nothing; the rest is as for ``opened``.
    """
    if record:
        require(session.person, "plan")
    this = opened(session, assumptions=assumptions, day=day, counted=counted)
    decision, estimate = decide(this.question, progress=progress), this.question.estimate
    if not record:
        return Proposed(None, decision, estimate)
    supply = _record_supply(session, this.question.assumptions, this.question.day)
    need = needs.record(session, this.everybody)
    entry = plan.record(
        session,
        decision,
        weeks=estimate.samples.shape[1],
        exercise=estimate.outlook.exercise,
        refs=[need, supply],
    )
    return Proposed(entry, decision, estimate)


def weights(estimate: NeedEstimate, assumptions: Assumptions) -> np.ndarray:
    """(recipients, items): harm per unit unmet, by the published formula of ``engines/priority``.

    A recipient that answers for several places has the mean of theirs, weighted by their need.
    """
    by_place = estimate.by_place
    patients = (by_place.series("severe_bed") + by_place.series("critical_bed")).mean(axis=0).max(axis=0)
    harm = [assumptions.harm[item] for item in estimate.items]
    found = needs.prioritised(estimate.places, by_place.capacity, patients=patients, harm=harm)
    need = by_place.need.sum(axis=1).mean(axis=0) + 1e-12
    total = estimate.grouping @ need
    return np.asarray(estimate.grouping @ (need * found.weights) / total)


def _for_home(session: Session, assumptions: Assumptions) -> Assumptions:
    reference = assumptions.reference_home
    if not reference or reference == session.home:
        return assumptions
    return assumptions.for_home(place(session.home).population, place(reference).population)


def _opened(session: Session, day: date) -> date:
    """The day on which the depot's opening stock was assumed: that of the first supply entry."""
    first = next(session.ledger.entries(kind=Supply.kind, limit=1), None)
    return first.effective.date() if first else day


def _record_supply(session: Session, assumptions: Assumptions, day: date) -> str:
    """The entry of the assumptions; the last one, if nothing has been edited since."""
    file = session.keep("assumptions.toml", assumptions.text)
    for entry in session.ledger.entries(kind=Supply.kind, newest_first=True, limit=1):
        if Supply.read(entry.body).file.digest == file.digest:
            return entry.id
    record = Supply(file=file, assumptions=len(assumptions.assumed))
    (entry,) = session.write("plan", [record], effective=day)
    return entry.id
