"""Who will need what, week by week?"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import compress

import numpy as np
import polars as pl

from sampan.access.session import Session
from sampan.core.errors import InputError
from sampan.desks.assistance.assumptions import Assumptions, Policy
from sampan.desks.assistance.parameters import Numbers
from sampan.desks.assistance.recipients import Recipient, countries, home_places, pools, provinces
from sampan.engines.needs import Capacity, Needs, needs
from sampan.engines.needs.parameters import load
from sampan.engines.priority import Formula, Priority, priority
from sampan.records.assistance import Need
from sampan.world.capacity import Capacities
from sampan.world.forecasts import Outlook
from sampan.world.places import place

ITEMS = ("test_kit", "mask", "protective_suit", "thermometer_gun", "ventilator")
SAMPLES = 100
MOST_WEEKS = 12
"""WHO's own caveat on its needs logic: no more than 12 weeks ahead."""

HARD_HIT, WEAK, POOL = "hard hit", "weaker health system", "stocks for its members"
PROVINCE = "province of home"
"""The grounds on which the policy assists."""


@dataclass(frozen=True)
class NeedEstimate:
    """Need by recipient, and home's own, as samples driven by the forecast. Units are the items' own.

    ``samples`` is (samples, weeks, recipients, items), ``home`` (samples, weeks, items), and
    ``absorbable`` the part of ``samples`` that beds, staff and laboratories could put to use.
    ``grouping`` is (recipients, places): the share of a place's need that goes through a recipient.
    ``grounds`` says for each recipient why the policy assists it; empty where it does not.
    """

    outlook: Outlook
    places: tuple[str, ...]
    recipients: tuple[Recipient, ...]
    grounds: tuple[tuple[str, ...], ...]
    items: tuple[str, ...]
    samples: np.ndarray
    absorbable: np.ndarray
    home: np.ndarray
    home_code: str
    home_absorbable: np.ndarray
    grouping: np.ndarray
    by_place: Needs
    numbers: Numbers
    cites: tuple[str, ...]
    assumed: tuple[str, ...]


def estimate(
    outlook: Outlook,
    capacities: Capacities,
    assumptions: Assumptions,
    *,
    home: str,
    cites: Sequence[str] = (),
    numbers: Numbers | None = None,
    items: Sequence[str] = ITEMS,
    samples: int = SAMPLES,
    weeks: int | None = None,
    with_provinces: bool = False,
) -> NeedEstimate:
    """Derives need from a published forecast and what is known of each place's capacity.

    A weaker health system that has reported a case is helped to prepare for ``prepare_for`` a week.
    ``cites`` are the entries of the capacity, ``numbers`` the office's own, WHO's unless given. ``weeks`` are
    all that are forecast unless fewer are asked; ``with_provinces`` puts those of home after the recipients
    abroad. Raises InputError for more weeks than are forecast.
    """
    policy, places, numbers = assumptions.policy, outlook.places, numbers or Numbers(load())
    capacity = Capacity(**capacities.arrays(places))
    grounds = _grounds(
        outlook, weakness(places, capacity, assumptions.priority) >= policy.weak_system, policy
    )
    prepared = np.array([policy.prepare_for if WEAK in why else 0 for why in grounds], dtype=float)
    by_place = needs(
        np.maximum(outlook.samples(samples)[:, : _horizon(outlook, weeks)], prepared),
        recent_cases=outlook.recent_weeks,
        capacity=capacity,
        parameters=numbers.at(places),
        items=items,
    )
    weak = [code for code, why in zip(places, grounds, strict=True) if WEAK in why]
    recipients = countries(places, home) + pools(places, home, share=policy.pool, worldwide=weak)
    if with_provinces:
        recipients += provinces(places, home)
    grouping = _grouping(recipients, places)
    at_home = np.isin(places, home_places(places, home))
    return NeedEstimate(
        outlook,
        places,
        recipients,
        tuple(_grounds_of(recipient, places, grounds) for recipient in recipients),
        tuple(items),
        _grouped(by_place.need, grouping),
        _grouped(by_place.absorbable, grouping),
        by_place.need[:, :, at_home].sum(axis=2),
        home,
        by_place.absorbable[:, :, at_home].sum(axis=2),
        grouping,
        by_place,
        numbers,
        (*outlook.cites, *cites, *numbers.cites),
        capacities.assumed(places),
    )


def _horizon(outlook: Outlook, weeks: int | None) -> int:
    if weeks is None or 1 <= weeks <= outlook.record.weeks:
        return weeks or outlook.record.weeks
    raise InputError(
        f"{weeks} weeks are asked for, and the forecast has {outlook.record.weeks}.",
        way_out=f"Publish a longer one: sampan forecast --weeks {min(weeks, MOST_WEEKS)} --publish."
        if weeks > 0
        else "Ask for 1 or more.",
        field="weeks",
    )


def served(estimate: NeedEstimate) -> NeedEstimate:
    """The same for those whom the policy assists. Raises InputError if that is nobody."""
    keep = np.array([bool(why) for why in estimate.grounds])
    if not any(why and why != (POOL,) for why in estimate.grounds):
        raise InputError(
            "No country abroad is hard hit, or has a weaker health system and a case.",
            way_out="Nothing need be planned; or lower hard_hit or weak_system in the assumptions.",
        )
    return replace(
        estimate,
        recipients=tuple(compress(estimate.recipients, keep)),
        grounds=tuple(compress(estimate.grounds, keep)),
        samples=estimate.samples[:, :, keep],
        absorbable=estimate.absorbable[:, :, keep],
        grouping=estimate.grouping[keep],
    )


def weakness(places: Sequence[str], capacity: Capacity, formula: Formula) -> np.ndarray:
    """(places,): how weak each health system is, from 0 to 1, by the formula of ``engines/priority``."""
    nobody = np.zeros(len(places))
    return prioritised(places, capacity, patients=nobody, harm=[1.0], formula=formula).weak_system


def prioritised(
    places: Sequence[str],
    capacity: Capacity,
    *,
    patients: np.ndarray,
    harm: Sequence[float],
    formula: Formula,
) -> Priority:
    """The priority of every place, given (places,) expected patients at the worst week."""
    return priority(
        patients,
        population=_population(places),
        beds=capacity.beds,
        health_workers=capacity.doctors + capacity.nurses,
        income_group=[_income_group(code) for code in places],
        harm=harm,
        formula=formula,
    )


def _population(places: Sequence[str]) -> np.ndarray:
    return np.array([place(code).population or np.nan for code in places], dtype=float)


def _income_group(code: str) -> str:
    """As the World Bank writes it; empty where it has no group."""
    group = place(code).income_group
    return f"{group} income".capitalize() if group else ""


def _grounds(outlook: Outlook, weak: np.ndarray, policy: Policy) -> list[tuple[str, ...]]:
    """Why each place is assisted. A place that has reported nothing, or whose population is unknown, is not hit."""
    last_week = outlook.recent_weeks[-1]
    rate = last_week * 1e6 / _population(outlook.places)
    hit = (rate >= policy.hard_hit) & (last_week >= policy.hard_hit_least)
    hit |= last_week >= policy.hard_hit_cases
    reported = np.nan_to_num(outlook.known.reports.cases[-1]) > 0
    return [
        tuple(ground for ground, holds in ((HARD_HIT, h), (WEAK, w)) if holds and r)
        for h, w, r in zip(hit, weak, reported, strict=True)
    ]


def _grounds_of(
    recipient: Recipient, places: Sequence[str], grounds: Sequence[tuple[str, ...]]
) -> tuple[str, ...]:
    """Those of a country itself, or of the territories it answers for; an organisation stocks for its members."""
    if recipient.kind != "country":
        return (POOL,) if recipient.kind == "organisation" else (PROVINCE,)
    found = [why for code, why in zip(places, grounds, strict=True) if code in recipient.places]
    return tuple(dict.fromkeys(ground for why in found for ground in why))


def _grouped(by_place: np.ndarray, grouping: np.ndarray) -> np.ndarray:
    """(samples, weeks, recipients, items) from (samples, weeks, places, items)."""
    return np.asarray(np.matmul(grouping, by_place))


def _grouping(recipients: Sequence[Recipient], places: Sequence[str]) -> np.ndarray:
    column = {code: index for index, code in enumerate(places)}
    grouping = np.zeros((len(recipients), len(places)))
    for row, recipient in enumerate(recipients):
        grouping[row, [column[code] for code in recipient.places]] = recipient.share
    return grouping


def record(session: Session, estimate: NeedEstimate) -> str:
    """Writes the estimate to the ledger, citing the forecast; returns the entry's id."""
    last_day: date = estimate.outlook.last_day
    need = Need(
        last_day=last_day,
        weeks=estimate.samples.shape[1],
        samples=estimate.samples.shape[0],
        recipients=len(estimate.recipients),
        items=estimate.items,
        parameters=estimate.by_place.parameters.version,
        table=session.keep(f"need-{last_day}.parquet", parquet(estimate)),
        exercise=estimate.outlook.exercise,
    )
    (entry,) = session.write("plan", [need], effective=last_day, refs=estimate.cites)
    return entry.id


def parquet(estimate: NeedEstimate) -> bytes:
    """The estimate as a Parquet table: recipient, item, week, the mean and range of need in units, and the mean
    of what of it is absorbable."""
    _, weeks, recipients, items = estimate.samples.shape
    low, middle, high = np.quantile(estimate.samples, [0.05, 0.5, 0.95], axis=0)
    codes = np.array([recipient.code for recipient in estimate.recipients])
    table = pl.DataFrame(
        {
            "week": np.repeat(np.arange(1, weeks + 1, dtype=np.int16), recipients * items),
            "recipient": np.tile(np.repeat(codes, items), weeks),
            "item": np.tile(np.array(estimate.items), weeks * recipients),
            "mean": estimate.samples.mean(axis=0).ravel(),
            "low": low.ravel(),
            "median": middle.ravel(),
            "high": high.ravel(),
            "absorbable": estimate.absorbable.mean(axis=0).ravel(),
        }
    )
    written = io.BytesIO()
    table.write_parquet(written, compression="zstd")
    return written.getvalue()
