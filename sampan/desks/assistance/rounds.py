"""One round of assistance: from the latest forecast to a proposed plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from sampan.access.people import require
from sampan.access.session import Session
from sampan.desks.assistance import capacity as capacities
from sampan.desks.assistance import needs, plan
from sampan.desks.assistance.assumptions import Assumptions
from sampan.desks.assistance.depots import may_be_planned
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


def propose(
    session: Session,
    *,
    assumptions: Assumptions,
    day: date | None = None,
    counted: Mapping[str, int] | None = None,
    record: bool = True,
    progress: plan.Progress | None = None,
) -> Proposed:
    """Estimates need, sets home's own aside, allocates the rest, and records need and plan.

    ``counted`` is stock by item, in place of what the depot's books say; of an item that neither knows,
    stock is assumed. ``day`` is the decision day (the last day of the forecast's figures unless told).
    ``record=False`` writes nothing.
    """
    if record:
        require(session.person, "plan")
    given = _for_home(session, assumptions)
    everybody = estimated(session, given)
    estimate = needs.served(everybody)
    day = day or estimate.outlook.last_day
    earlier = sent(session.ledger, as_of=day)
    booked = may_be_planned(session.ledger, as_of=day) if counted is None else counted
    given = with_stock(given, booked)
    opened = day if counted is not None else _opened(session, day)
    assumed = depot(
        given, estimate.items, day=day, opened=opened, sent=() if counted is not None else earlier
    )
    decision = plan.decide(
        estimate,
        assumed.holding(booked),
        given,
        day=day,
        weights=weights(estimate, given),
        sent=earlier,
        progress=progress,
    )
    if not record:
        return Proposed(None, decision, estimate)
    supply = _record_supply(session, given, day)
    need = needs.record(session, everybody)
    return Proposed(plan.propose(session, decision, estimate, refs=[need, supply]), decision, estimate)


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
