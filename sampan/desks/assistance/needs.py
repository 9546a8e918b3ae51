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

ITEMS = ("test_kit", "mask", "protective_suit", "thermometer_gun", "ventilator")
SAMPLES = 100


@dataclass(frozen=True)
class NeedEstimate:
    """Need by recipient, and home's own, as samples driven by the forecast. Units are the items' own.

    ``samples`` is (samples, weeks, recipients, items), ``home`` (samples, weeks, items), and
    ``absorbable`` the part of ``samples`` that beds, staff and laboratories could put to use.
    """

    outlook: Outlook
    recipients: tuple[Recipient, ...]
    items: tuple[str, ...]
    samples: np.ndarray
    absorbable: np.ndarray
    home: np.ndarray
    by_place: Needs
    assumed: tuple[str, ...]


def estimate(
    outlook: Outlook,
    capacities: Capacities,
    assumptions: Assumptions,
    *,
    home: str,
    items: Sequence[str] = ITEMS,
    samples: int = SAMPLES,
) -> NeedEstimate:
    """Derives need from a published forecast and what is known of each place's capacity."""
    reported = outlook.places
    cases = outlook.samples(samples)
    by_place = needs(
        cases,
        recent_cases=outlook.recent_weeks,
        capacity=_capacity(capacities, reported),
        parameters=load(),
        items=items,
    )
    policy = assumptions.policy
    recipients = countries(reported, home) + pools(
        reported, home, share=policy.pool, worldwide=policy.emergency_pool_members
    )
    grouping = _grouping(recipients, reported)
    at_home = np.isin(reported, home_places(reported, home))
    return NeedEstimate(
        outlook,
        recipients,
        tuple(items),
        np.einsum("swpi,rp->swri", by_place.need, grouping, optimize=True),
        np.einsum("swpi,rp->swri", by_place.absorbable, grouping, optimize=True),
        by_place.need[:, :, at_home].sum(axis=2),
        by_place,
        capacities.assumed(reported),
    )


def _grouping(recipients: Sequence[Recipient], reported: Sequence[str]) -> np.ndarray:
    """(recipients, places): the share of each place's need that goes through each recipient."""
    column = {code: index for index, code in enumerate(reported)}
    grouping = np.zeros((len(recipients), len(reported)))
    for row, recipient in enumerate(recipients):
        grouping[row, [column[code] for code in recipient.places]] = recipient.share
    return grouping


def _capacity(capacities: Capacities, places: Sequence[str]) -> Capacity:
    arrays = capacities.arrays(places)
    return Capacity(**arrays)


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
    (entry,) = session.write("plan", [need], effective=last_day, refs=estimate.outlook.cites)
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
