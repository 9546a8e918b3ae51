"""How do drivers become amounts of items: by rates each week, or by the most that was ever in use?"""

from __future__ import annotations

import numpy as np

from sampan.engines.needs.drivers import DAILY, DAYS_PER_WEEK, STAFF, Drivers
from sampan.engines.needs.parameters import FloatArray, Parameters

#: 0.1 × 910 is 91, whatever the last bit says
_ROUNDING = 1e-9


class Recipe:
    """Items as a matrix of rates per driver (consumables) and a list of running maxima (reusables)."""

    def __init__(self, table: Parameters, items: tuple[str, ...]) -> None:
        self.table, self.items = table, items
        consumed: list[dict[str, FloatArray]] = [{} for _ in items]
        self.kept: list[tuple[int, FloatArray, dict[str, FloatArray]]] = []
        for at, item in enumerate(items):
            for part, factor in table.counts_as(item).items():
                times = np.asarray(factor.value) / np.asarray(table.value(f"{part}:extended_use"))
                if table.items[part].reusable:
                    self.kept.append((at, times, levels(table, part)))
                    continue
                for driver, rate in weekly(table, part).items():
                    consumed[at][driver] = consumed[at].get(driver, np.zeros(())) + times * rate
        self.drivers = list(dict.fromkeys(driver for rates in consumed for driver in rates))
        self.rates = _matrix(
            [[rates.get(driver, np.zeros(())) for driver in self.drivers] for rates in consumed]
        )

    def at(self, places: slice) -> Recipe:
        """The same for some of the places."""
        table = self.table.at(places)
        return self if table is self.table else Recipe(table, self.items)

    def amounts(self, made: Drivers, *, out: FloatArray) -> None:
        """Fills ``out`` (places, items, weeks, samples)."""
        places, items, weeks, samples = out.shape
        stack = np.empty((places, len(self.drivers), weeks, samples))
        for at, driver in enumerate(self.drivers):
            stack[:, at] = made[driver]
        flat = stack.reshape(places, len(self.drivers), weeks * samples)
        np.matmul(self.rates, flat, out=out.reshape(places, items, weeks * samples))
        pieces: dict[tuple[tuple[str, bytes], ...], FloatArray] = {}
        for at, times, rates in self.kept:
            same = tuple((driver, rate.tobytes()) for driver, rate in sorted(rates.items()))
            if same not in pieces:
                level = np.zeros((places, weeks, samples))
                for driver, rate in rates.items():
                    level += made[driver] * _column(rate)
                pieces[same] = issued(level)
            out[:, at] += _column(times) * pieces[same]


def _matrix(rates: list[list[FloatArray]]) -> FloatArray:
    """Rates by item and driver as (items, drivers), or (places, items, drivers) where any differs by place."""
    shape = (len(rates), len(rates[0]) if rates else 0)
    flat = np.broadcast_arrays(np.zeros(()), *(rate for row in rates for rate in row))[1:]
    return np.stack(flat, axis=-1).reshape(*flat[0].shape, *shape) if flat else np.zeros(shape)


def weekly(table: Parameters, item: str) -> dict[str, FloatArray]:
    """Driver → pieces per unit of the driver and week, for a consumable."""
    return {
        driver: np.asarray(rate.value) * (DAYS_PER_WEEK if driver in DAILY else 1.0)
        for driver, rate in table.rates(item).items()
    }


def levels(table: Parameters, item: str) -> dict[str, FloatArray]:
    """Driver → pieces in use per unit of the driver, for a reusable: whole pieces for staff who use any."""
    pieces = np.asarray(table.value("pieces_per_worker"))
    return {
        driver: np.where(np.asarray(rate.value) > 0, pieces, 0.0)
        if driver in STAFF
        else np.asarray(rate.value)
        for driver, rate in table.rates(item).items()
    }


def issued(level: FloatArray) -> FloatArray:
    """Whole pieces to issue each week so that as many are there as the ``level`` in use: its new maxima only."""
    there = np.ceil(level - _ROUNDING)
    # week by week, not np.maximum.accumulate: rows of samples lie together in memory, weeks do not
    for week in range(1, there.shape[1]):
        np.maximum(there[:, week], there[:, week - 1], out=there[:, week])
    for week in range(there.shape[1] - 1, 0, -1):
        there[:, week] -= there[:, week - 1]
    return there


def _column(value: FloatArray) -> FloatArray:
    return value if value.ndim == 0 else value[:, None, None]
