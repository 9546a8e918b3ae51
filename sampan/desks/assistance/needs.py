"""Who will need what, week by week?"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from sampan.access.session import Session
from sampan.core.errors import InputError
from sampan.desks.assistance.assumptions import Assumptions
from sampan.desks.assistance.recipients import Recipient, countries, home_places, pools
from sampan.engines.needs import Capacity, Needs, needs
from sampan.engines.needs.parameters import load
from sampan.records.assistance import Need
from sampan.world.capacity import Capacities
from sampan.world.forecasts import Outlook
from sampan.world.places import places
from sampan.world.responsible import state_of

ITEMS = ("test_kit", "mask", "protective_suit", "thermometer_gun", "ventilator")
SAMPLES = 100


@dataclass(frozen=True)
class NeedEstimate:
    """Need by recipient, and home's own, as samples driven by the forecast. Units are the items' own.

    ``samples`` is (samples, weeks, recipients, items), ``home`` (samples, weeks, items), and
    ``absorbable`` the part of ``samples`` that beds, staff and laboratories could put to use.
    ``grouping`` is (recipients, places): the share of a place's need that goes through a recipient.
    """

    outlook: Outlook
    places: tuple[str, ...]
    recipients: tuple[Recipient, ...]
    items: tuple[str, ...]
    samples: np.ndarray
    absorbable: np.ndarray
    home: np.ndarray
    grouping: np.ndarray
    by_place: Needs
    cites: tuple[str, ...]
    assumed: tuple[str, ...]


def estimate(
    outlook: Outlook,
    capacities: Capacities,
    assumptions: Assumptions,
    *,
    home: str,
    cites: Sequence[str] = (),
    items: Sequence[str] = ITEMS,
    samples: int = SAMPLES,
) -> NeedEstimate:
    """Derives need from a published forecast and what is known of each place's capacity.

    Weaker health systems are helped to prepare: they count at least ``prepare_for`` cases a week, and
    are among the places even where nothing has been reported. ``cites`` are the entries of the capacity.
    """
    policy = assumptions.policy
    weaker = _weaker(policy.weaker_systems, home)
    places = outlook.places + tuple(code for code in weaker if code not in outlook.places)
    cases = _padded(outlook.samples(samples), len(places))
    prepared = np.where(np.isin(places, weaker), float(policy.prepare_for), 0.0)
    by_place = needs(
        np.maximum(cases, prepared),
        recent_cases=_padded(outlook.recent_weeks, len(places)),
        capacity=Capacity(**capacities.arrays(places)),
        items=items,
    )
    recipients = countries(places, home) + pools(
        places, home, share=policy.pool, worldwide=policy.weaker_systems
    )
    grouping = _grouping(recipients, places)
    at_home = np.isin(places, home_places(places, home))
    return NeedEstimate(
        outlook,
        places,
        recipients,
        tuple(items),
        _grouped(by_place.need, grouping),
        _grouped(by_place.absorbable, grouping),
        by_place.need[:, :, at_home].sum(axis=2),
        grouping,
        by_place,
        (*outlook.cites, *cites),
        capacities.assumed(places),
    )


def _weaker(income_groups: Sequence[str], home: str) -> list[str]:
    """The countries abroad whose health systems count as weaker, by income group."""
    return [p.code for p in places().values() if p.income_group in income_groups and state_of(p.code) == p.code != home]


def _padded(array: np.ndarray, places: int) -> np.ndarray:
    """``array`` with zeros for the places at its end that nobody has reported from."""
    return np.pad(array, [(0, 0)] * (array.ndim - 1) + [(0, places - array.shape[-1])])


def _grouped(by_place: np.ndarray, grouping: np.ndarray) -> np.ndarray:
    """(samples, weeks, recipients, items) from (samples, weeks, places, items)."""
    return np.asarray(np.matmul(grouping, by_place))


def _grouping(recipients: Sequence[Recipient], places: Sequence[str]) -> np.ndarray:
    column = {code: index for index, code in enumerate(places)}
    grouping = np.zeros((len(recipients), len(places)))
    for row, recipient in enumerate(recipients):
        grouping[row, [column[code] for code in recipient.places]] = recipient.share
    return grouping


@dataclass(frozen=True)
class NeedRow:
    """Need of one recipient for one item over all weeks: expected, and the range that holds 90 %."""

    recipient: str
    name: str
    item: str
    expected: int
    low: int
    high: int
    absorbable: int


def summary(estimate: NeedEstimate) -> tuple[NeedRow, ...]:
    """One row per recipient and item with any need, largest expected first within an item."""
    total = estimate.samples.sum(axis=1)
    low, high = np.quantile(total, [0.05, 0.95], axis=0)
    usable = estimate.absorbable.sum(axis=1).mean(axis=0)
    expected = total.mean(axis=0)
    rows = [
        NeedRow(
            recipient.code,
            recipient.name,
            item,
            round(expected[r, i]),
            round(low[r, i]),
            round(high[r, i]),
            round(usable[r, i]),
        )
        for i, item in enumerate(estimate.items)
        for r, recipient in enumerate(estimate.recipients)
        if expected[r, i] >= 0.5
    ]
    order = {item: position for position, item in enumerate(estimate.items)}
    return tuple(sorted(rows, key=lambda row: (order[row.item], -row.expected, row.recipient)))


def record(session: Session, estimate: NeedEstimate) -> str:
    """Writes the estimate to the ledger, citing the forecast; returns the entry's id."""
    if not estimate.recipients:
        raise InputError("No country abroad has reported a case.", way_out="Load figures of other countries.")
    last_day: date = estimate.outlook.last_day
    need = Need(
        last_day=last_day,
        weeks=estimate.samples.shape[1],
        samples=estimate.samples.shape[0],
        recipients=len(estimate.recipients),
        items=estimate.items,
        parameters=load().version,
        table=session.keep(f"need-{last_day}.parquet", parquet(estimate)),
        exercise=estimate.outlook.exercise,
    )
    (entry,) = session.write("plan", [need], effective=last_day, refs=estimate.cites)
    return entry.id


def parquet(estimate: NeedEstimate) -> bytes:
    """The estimate as a Parquet table: recipient, item, week, and the mean and range of need in units."""
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
        }
    )
    written = io.BytesIO()
    table.write_parquet(written, compression="zstd")
    return written.getvalue()
