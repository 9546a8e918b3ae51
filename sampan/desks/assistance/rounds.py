"""One round of assistance: from the latest forecast to a proposed plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sampan.access.people import require
from sampan.access.session import Session
from sampan.core.errors import InputError
from sampan.desks.assistance import capacity as capacities
from sampan.desks.assistance import needs, parameters, plan
from sampan.desks.assistance.assumptions import Assumptions
from sampan.desks.assistance.deciding import Progress, decide
from sampan.desks.assistance.depots import is_province, plannable
from sampan.desks.assistance.earmarked import Tied, free, tied
from sampan.desks.assistance.needs import NeedEstimate
from sampan.desks.assistance.parameters import Numbers
from sampan.desks.assistance.plan import Decision
from sampan.desks.assistance.posing import Question
from sampan.desks.assistance.priorities import weights
from sampan.desks.assistance.recipients import provinces
from sampan.desks.assistance.stock import Store, depot, with_stock
from sampan.records.assistance import Expiry, Production, StockCount, Supply, Transfer
from sampan.records.control import Snapshot
from sampan.world.assisted import sent
from sampan.world.forecasts import Outlook, latest
from sampan.world.places import place


@dataclass(frozen=True)
class Proposed:
    """A decision, and the entry of the plan that records it; None if it was only tried."""

    entry: str | None
    decision: Decision
    estimate: NeedEstimate


Counted = Mapping[str, Mapping[str, int]]
"""Units by depot and item, as somebody counted them."""


def estimated(
    session: Session,
    assumptions: Assumptions,
    *,
    numbers: Numbers | None = None,
    weeks: int | None = None,
    with_provinces: bool = False,
    outlook: Outlook | None = None,
) -> NeedEstimate:
    """Need by recipient, from the latest published forecast and the capacity and numbers that were loaded.

    ``numbers`` and ``outlook`` stand in place of those.
    """
    outlook = outlook or latest(session.ledger, session.blobs)
    known, cites = capacities.known(session)
    return needs.estimate(
        outlook,
        known,
        assumptions,
        home=session.home,
        cites=cites,
        numbers=numbers or parameters.known(session),
        weeks=weeks,
        with_provinces=with_provinces,
    )


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
    counted: Counted | None = None,
    with_provinces: bool | None = None,
) -> Round:
    """Estimates need and counts the depots, on ``day`` (the last day of the forecast's figures unless told).

    ``counted`` is stock by depot and item, in place of what the books say; of an item that neither knows,
    stock is assumed. Home's provinces are recipients too if they are asked for, or, unless told, if any of
    them has stock of its own. Raises InputError if nobody need be assisted.
    """
    given = for_home(session, assumptions)
    outlook = latest(session.ledger, session.blobs)
    day = _decision_day(day, outlook.last_day)
    held = plannable(session.ledger, as_of=day) if counted is None else counted
    inland = _inland(session.home, outlook.places, held, with_provinces)
    everybody = estimated(session, given, with_provinces=inland, outlook=outlook)
    estimate = needs.served(everybody)
    earlier = sent(session.ledger, as_of=day)
    wished = _wished(session, held, day) if counted is None else ()
    national, stores = _apart(session.home, held, wished)
    given = with_stock(given, national)
    since = day if counted is not None else _opened(session, day)
    held_now = depot(
        given,
        estimate.items,
        day=day,
        opened=since,
        sent=() if counted is not None else earlier,
        counted=national,
    )
    if not inland:
        wished, stores = tuple(lot for lot in wished if not is_province(lot.depot)), ()
    question = Question(
        estimate,
        held_now,
        given,
        day,
        weights(estimate, given),
        earlier,
        wished,
        stores,
    )
    return Round(question, everybody)


def _inland(home: str, places: Sequence[str], held: Counted, asked: bool | None) -> bool:
    """Whether home's provinces are recipients: as asked, or if any has reports and some store has something.

    Raises InputError where they are asked for and none has reports.
    """
    reported = bool(provinces(places, home))
    if asked and not reported:
        raise InputError(
            f"No province of {home} has reports.",
            way_out="Load figures by province, or plan without the provinces.",
        )
    stocked = any(_own(home, name) and any(units.values()) for name, units in held.items())
    return reported and (stocked if asked is None else asked)


def _own(home: str, depot: str) -> bool:
    return is_province(depot) and place(depot).parent == home


def _wished(session: Session, held: Counted, day: date) -> tuple[Tied, ...]:
    """Every depot's lots that a donor tied, within what may be planned of that depot."""
    return tuple(
        lot for name, units in held.items() for lot in tied(session.ledger, units, as_of=day, depot=name)
    )


def _apart(home: str, held: Counted, wished: Sequence[Tied]) -> tuple[dict[str, int], tuple[Store, ...]]:
    """What is free in the nation's depots together, by item, and in each province's own."""
    national: dict[str, int] = {}
    stores = []
    for name, units in held.items():
        left = free(units, [lot for lot in wished if lot.depot == name])
        if _own(home, name):
            stores.append(Store(name, left))
            continue
        if is_province(name):
            raise InputError(
                f"{name} is a province of {place(name).parent}: what lies there is not home's to plan.",
                field="depot",
                way_out=f"Name a depot of {home}, or one of its provinces.",
            )
        for item, count in left.items():
            national[item] = national.get(item, 0) + count
    return national, tuple(stores)


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
    same_need &= now.priority == then.priority
    inland = bool(question.provinces)
    estimate = (
        question.estimate
        if same_need
        else needs.served(estimated(session, then, with_provinces=inland, outlook=question.estimate.outlook))
    )
    stock = {item: s.stock for item, s in then.supply.items() if s.stock != now.supply[item].stock}
    held = dict(zip(question.depot.items, question.depot.at_hand, strict=True)) | stock
    return replace(
        question,
        estimate=estimate,
        depot=depot(then, estimate.items, day=question.day, opened=question.day, sent=(), counted=held),
        assumptions=then,
        weights=weights(estimate, then),
    )


def propose(
    session: Session,
    *,
    assumptions: Assumptions,
    day: date | None = None,
    counted: Counted | None = None,
    stock_list: Snapshot | None = None,
    with_provinces: bool | None = None,
    record: bool = True,
    progress: Progress | None = None,
) -> Proposed:
    """Estimates need, sets home's own aside, allocates the rest, and records need and plan.

    The plan cites the need (which cites forecast, reports, capacity and numbers), the forecast and the numbers
    themselves, the assumptions with the ``stock_list`` that was counted, or the last entries of the books.
    ``record=False`` writes nothing; the rest is as for ``opened``.
    """
    if record:
        require(session.person, "plan")
    this = opened(session, assumptions=assumptions, day=day, counted=counted, with_provinces=with_provinces)
    decision, estimate = decide(this.question, progress=progress), this.question.estimate
    if not record:
        return Proposed(None, decision, estimate)
    supply = _record_supply(session, this.question.assumptions, this.question.day, stock_list)
    need = needs.record(session, this.everybody)
    books = () if counted is not None else _books(session)
    entry = plan.record(
        session,
        decision,
        weeks=estimate.samples.shape[1],
        exercise=estimate.outlook.exercise,
        refs=[need, supply, estimate.outlook.entry, *estimate.numbers.cites, *books],
    )
    return Proposed(entry, decision, estimate)


def for_home(session: Session, assumptions: Assumptions) -> Assumptions:
    """The assumptions with supply scaled to this node's home."""
    reference = assumptions.reference_home
    if not reference or reference == session.home:
        return assumptions
    return assumptions.for_home(place(session.home).population, place(reference).population)


def _opened(session: Session, day: date) -> date:
    """The day on which the depot's opening stock was assumed: that of the first supply entry."""
    first = next(session.ledger.entries(kind=Supply.kind, limit=1), None)
    return first.effective.date() if first else day


def _books(session: Session) -> tuple[str, ...]:
    """The last entry of each kind by which the depots' books came to be as they are."""
    kinds = (StockCount.kind, Production.kind, Expiry.kind, Transfer.kind)
    found = (next(session.ledger.entries(kind=kind, newest_first=True, limit=1), None) for kind in kinds)
    return tuple(entry.id for entry in found if entry is not None)


def _record_supply(session: Session, assumptions: Assumptions, day: date, stock: Snapshot | None) -> str:
    """The entry of the assumptions and the stock list; the last one, if nothing has been edited since."""
    file = session.keep("assumptions.toml", assumptions.text)
    for entry in session.ledger.entries(kind=Supply.kind, newest_first=True, limit=1):
        last = Supply.read(entry.body)
        if (last.file.digest, last.stock) == (file.digest, stock):
            return entry.id
    record = Supply(file=file, assumptions=len(assumptions.assumed), stock=stock)
    (entry,) = session.write("plan", [record], effective=day)
    return entry.id
