"""What does each recipient need, what of it can it use, and what must still come, week by week?

Recipients are countries, organisations (a share of their members' need; what they appealed for stands
beside it), home, and the provinces of a country. Every amount is a range over the samples of the forecast.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import compress

import numpy as np

from sampan.access.session import Session
from sampan.core.errors import InputError
from sampan.desks.assistance import rounds
from sampan.desks.assistance.assumptions import Assumptions
from sampan.desks.assistance.holdings import Supply, supply_of
from sampan.desks.assistance.needs import ITEMS, NeedEstimate
from sampan.desks.assistance.parameters import Numbers
from sampan.desks.assistance.priorities import appealed
from sampan.desks.assistance.recipients import Recipient, home_places, provinces
from sampan.engines.needs import Needs, explain, needs, net_of
from sampan.engines.needs.explain import Step
from sampan.world.places import place

BLOCK = 8
"""Places whose need of everything is computed at a time: many medicines of many samples in little memory."""


@dataclass(frozen=True)
class Range:
    """Units over the samples: their mean, and the quantiles at 5, 50 and 95 %."""

    mean: int
    """Mean over the samples, in base units."""
    low: int
    """Quantile at 5 % of the samples, in base units."""
    median: int
    """Quantile at 50 % of the samples, in base units."""
    high: int
    """Quantile at 95 % of the samples, in base units."""


@dataclass(frozen=True)
class Amounts:
    """What is needed; what of it beds, staff and laboratories can use; and of each what must still come after
    stock in hand and assured arrivals. ``week`` counts from 1; None is all weeks together."""

    week: int | None
    need: Range
    absorbable: Range
    net: Range
    net_absorbable: Range


@dataclass(frozen=True)
class NeedRow:
    """Need of one recipient for one item. ``at_hand`` is stock in hand and ``assured`` what will arrive within
    the weeks, as far as we know; ``appealed`` what an open appeal still asks for (None: no appeal)."""

    recipient: str
    name: str
    kind: str
    item: str
    unit: str
    at_hand: int
    assured: int
    appealed: int | None
    total: Amounts
    weekly: tuple[Amounts, ...]


@dataclass(frozen=True)
class Needed:
    """The rows, those with the most need of an item first, and what they rest on.

    ``assumed`` are places of which some capacity is assumed, ``uncapped`` those whose beds nobody knows: all
    that is needed there counts as absorbable.
    """

    last_day: date
    weeks: int
    items: tuple[str, ...]
    rows: tuple[NeedRow, ...]
    cites: tuple[str, ...]
    assumed: tuple[str, ...]
    uncapped: tuple[str, ...]
    exercise: bool


def needed(
    session: Session,
    assumptions: Assumptions,
    *,
    recipients: Sequence[str] = (),
    items: str = "",
    weeks: int | None = None,
    weekly: bool = False,
    of_provinces: bool = False,
    numbers: Numbers | None = None,
) -> Needed:
    """Need, absorbable and net need by recipient and item, from the latest published forecast.

    ``recipients`` are codes; none means all. ``items`` are names or codes with commas between, or ``all``
    or ``medicines``; the five of the request unless told. ``weekly`` fills the weeks of every row.
    ``of_provinces``: of the provinces of the countries named, or of home, in their place. ``numbers`` stand in
    place of those that were loaded.
    """
    estimate = rounds.estimated(session, assumptions, numbers=numbers, weeks=weeks)
    wanted = _recipients(estimate, recipients, of_provinces=of_provinces)
    codes = items_of(items, estimate.numbers)
    supply = _supply(session, assumptions, estimate, wanted, codes)
    asked = appealed(session.ledger)
    rows = [
        row
        for at, one in enumerate(wanted)
        for row in _rows(
            estimate,
            one,
            codes,
            Supply(supply.stock[at], supply.coming[:, at]),
            asked.get(one.code, {}),
            weekly=weekly,
        )
    ]
    order = {item: position for position, item in enumerate(codes)}
    there = {code for one in wanted for code in one.places}
    unknown = compress(estimate.places, estimate.by_place.uncapped["beds"])
    rows.sort(key=lambda row: (order[row.item], -row.total.need.mean, row.recipient))
    return Needed(
        estimate.outlook.last_day,
        estimate.samples.shape[1],
        codes,
        tuple(rows),
        estimate.cites,
        tuple(code for code in estimate.assumed if code in there),
        tuple(code for code in unknown if code in there),
        estimate.outlook.exercise,
    )


def explained(
    session: Session,
    assumptions: Assumptions,
    code: str,
    item: str,
    week: int,
    *,
    capped: bool = False,
    numbers: Numbers | None = None,
) -> list[Step]:
    """The arithmetic of one place's need for ``item`` in ``week`` (from 1), from cases to units, step by step.

    It follows the path of cases whose need is the median; ``capped`` explains the absorbable. Raises
    InputError for a place that was not reported, an unknown item, or a week beyond the forecast.
    """
    estimate = rounds.estimated(session, assumptions, numbers=numbers)
    weeks = estimate.samples.shape[1]
    if code not in estimate.places:
        members = any(one.code == code and one.kind == "organisation" for one in estimate.recipients)
        raise InputError(
            f"{code} has no cases of its own: its need is a share of its members'."
            if members
            else f"{code} has reported nothing.",
            way_out="Name a country or area with reports.",
        )
    if not 1 <= week <= weeks:
        raise InputError(f"There is no week {week}.", way_out=f"The forecast has weeks 1 to {weeks}.")
    codes = (item_of(item, estimate.numbers),)
    (one,) = _recipients(estimate, [code], of_provinces=False)
    supply = _supply(session, assumptions, estimate, [one], codes)
    return explain(_needs(estimate, (code,), codes, supply), 0, week - 1, codes[0], capped=capped)


def items_of(said: str, numbers: Numbers) -> tuple[str, ...]:
    """The codes that a person means by names or codes with commas between, ``all`` or ``medicines``.

    Raises InputError with the nearest.
    """
    table = numbers.table
    found: dict[str, None] = {}
    for part in [word.strip() for word in said.split(",") if word.strip()] or ITEMS:
        if part == "all":
            found |= dict.fromkeys((*ITEMS, *table.items))
        elif part == "medicines" and not numbers.medicines:
            raise InputError(
                "No list of medicines is loaded.", way_out="sampan load medicines FILE", field="items"
            )
        elif part == "medicines":
            found |= dict.fromkeys(numbers.medicines)
        else:
            found[item_of(part, numbers)] = None
    return tuple(found)


def item_of(said: str, numbers: Numbers) -> str:
    """The code of the item that a person means by its code or a part of its name. Raises InputError."""
    known = numbers.table.requestable()
    if said in known:
        return said
    folded = said.casefold()
    names = {code: one.name for code, one in numbers.table.items.items()}
    near = [code for code, name in names.items() if folded in name.casefold()]
    if len(near) == 1:
        return near[0]
    near = near or difflib.get_close_matches(folded, known, n=3)
    raise InputError(
        f'"{said}" is no item whose need is counted.' if len(near) < 2 else f'"{said}" may be several items.',
        way_out=f"Did you mean {' or '.join(near[:5])}?" if near else "sampan needs --items all lists them.",
        field="items",
    )


def unit_of(item: str, numbers: Numbers) -> str:
    """The unit of an item: that of what it is made of."""
    parts = numbers.table.counts_as(item)
    return numbers.table.items[next(iter(parts))].unit


def _recipients(estimate: NeedEstimate, wanted: Sequence[str], *, of_provinces: bool) -> list[Recipient]:
    """Those asked for, home among them. Raises InputError where a country has no reports by province."""
    if of_provinces:
        countries = list(wanted) or [estimate.home_code]
        found = [one for country in countries for one in provinces(estimate.places, country)]
        if not found:
            raise InputError(
                f"No province of {', '.join(countries)} has reports.",
                way_out="Load figures by province, or leave the provinces out.",
            )
        return found
    code = estimate.home_code
    home = Recipient(
        code, "country", f"{place(code).name('en')} (home)", "home", home_places(estimate.places, code)
    )
    everybody = [*estimate.recipients, home]
    known = {one.code for one in everybody}
    inland = [c for c in wanted if c not in known and c in estimate.places and place(c).parent]
    everybody += [one for c in inland for one in provinces([c], place(c).parent or "")]
    missing = [c for c in wanted if c not in known and c not in inland]
    if missing:
        raise InputError(
            f"{missing[0]} has reported nothing.", way_out="Name a country or area with reports."
        )
    return [one for one in everybody if not wanted or one.code in wanted]


def _rows(
    estimate: NeedEstimate,
    one: Recipient,
    items: Sequence[str],
    supply: Supply,
    asked: Mapping[str, int],
    *,
    weekly: bool,
) -> list[NeedRow]:
    """One row for each item of which the recipient needs, holds or asks for anything."""
    need, absorbable = _amounts(estimate, one, items)
    given = supply.coming.copy()
    given[0] += supply.stock
    series = (need, absorbable, net_of(need, given), net_of(absorbable, given))
    by_week = [_ranges(each) for each in series] if weekly else []
    weeks = range(need.shape[1] if weekly else 0)
    total = [_ranges(each.sum(axis=1, keepdims=True)) for each in series]
    rows = []
    for i, item in enumerate(items):
        if total[0][0][i].mean == 0 and item not in asked:
            continue
        rows.append(
            NeedRow(
                one.code,
                one.name,
                one.kind,
                item,
                unit_of(item, estimate.numbers),
                round(supply.stock[i]),
                round(supply.coming[:, i].sum()),
                asked.get(item),
                Amounts(None, *(each[0][i] for each in total)),
                tuple(Amounts(t + 1, *(each[t][i] for each in by_week)) for t in weeks),
            )
        )
    return rows


def _ranges(amounts: np.ndarray) -> list[list[Range]]:
    """By week and item, from (samples, weeks, items)."""
    mean = amounts.mean(axis=0)
    low, median, high = np.quantile(amounts, [0.05, 0.5, 0.95], axis=0)
    rounded = [each.round().astype(np.int64).tolist() for each in (mean, low, median, high)]
    return [[Range(*cells) for cells in zip(*week, strict=True)] for week in zip(*rounded, strict=True)]


def _amounts(estimate: NeedEstimate, one: Recipient, items: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Need and absorbable of a recipient, (samples, weeks, items): those of its places, its share of them."""
    if set(items) <= set(estimate.items):
        columns = [estimate.items.index(item) for item in items]
        at = [estimate.places.index(code) for code in one.places]
        need, absorbable = (
            each[:, :, at][..., columns].sum(axis=2) * one.share
            for each in (estimate.by_place.need, estimate.by_place.absorbable)
        )
        return need, absorbable
    samples, weeks = estimate.samples.shape[:2]
    need, absorbable = np.zeros((2, samples, weeks, len(items)))
    for first in range(0, len(one.places), BLOCK):
        part = _needs(estimate, one.places[first : first + BLOCK], items)
        need += part.need.sum(axis=2)
        absorbable += part.absorbable.sum(axis=2)
    return need * one.share, absorbable * one.share


def _needs(
    estimate: NeedEstimate, places: Sequence[str], items: Sequence[str], supply: Supply | None = None
) -> Needs:
    """The needs of some places for any items, on the paths of cases of the estimate."""
    at = [estimate.places.index(code) for code in places]
    made = estimate.by_place
    return needs(
        made.cases[at].transpose(2, 1, 0),
        recent_cases=estimate.outlook.recent_weeks[:, at],
        capacity=made.capacity.at(at),
        parameters=estimate.numbers.at(places),
        items=tuple(items),
        stock=None if supply is None else supply.stock,
        inbound=None if supply is None else supply.coming,
    )


def _supply(
    session: Session,
    assumptions: Assumptions,
    estimate: NeedEstimate,
    recipients: Sequence[Recipient],
    items: Sequence[str],
) -> Supply:
    return supply_of(
        session.ledger,
        recipients,
        items,
        assumptions=rounds.for_home(session, assumptions),
        home=session.home,
        day=estimate.outlook.last_day,
        weeks=estimate.samples.shape[1],
    )
