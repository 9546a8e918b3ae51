"""Who is found elsewhere than where they were infected?

A travel kernel gives, for every place, the chance that a person infected there is found, infectious, in
each other place. By default it is gravity: large and near places draw more.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sampan.core.errors import InputError
from sampan.engines.outbreak.scenario import Floats, Ints, Scenario


def gravity(
    people: Floats, home: NDArray[np.bool_], scenario: Scenario, position: ArrayLike | None
) -> Floats:
    """(places, places) chance that a person infected in the row is found in the column.

    Abroad and between home's areas are two kernels, each row of which sums to its own trip chance.
    """
    pull = np.broadcast_to(people**scenario.attraction, (len(people), len(people))).copy()
    if position is not None:
        pull /= 1 + _distances(position, len(people)) / scenario.distance_scale_km
    np.fill_diagonal(pull, 0.0)
    within = home[:, None] & home[None, :]
    abroad = _rows_to(np.where(within, 0.0, pull), scenario.trip_chance)
    return abroad + _rows_to(np.where(within, pull, 0.0), scenario.home_trip_chance)


def _rows_to(pull: Floats, chance: float) -> Floats:
    row = pull.sum(axis=1, keepdims=True)
    share: Floats = np.divide(chance * pull, row, out=np.zeros_like(pull), where=row > 0)
    return share


def _distances(position: ArrayLike, places: int) -> Floats:
    """(places, places) kilometres along the great circle (haversine); unknown ones at the median."""
    degrees = np.asarray(position, dtype=np.float64)
    if degrees.shape != (places, 2):
        raise InputError(
            f"position has shape {degrees.shape}.", field="position", way_out=f"Give ({places}, 2), degrees."
        )
    latitude, longitude = np.radians(degrees).T
    half = (
        np.sin((latitude[:, None] - latitude) / 2) ** 2
        + np.cos(latitude[:, None]) * np.cos(latitude) * np.sin((longitude[:, None] - longitude) / 2) ** 2
    )
    km = 2 * 6371.0 * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0)))
    known = km[~np.isnan(km) & ~np.eye(places, dtype=bool)]
    return np.asarray(np.where(np.isnan(km), np.median(known) if known.size else 0.0, km))


def given_kernel(travel: ArrayLike, places: int) -> Floats:
    """The caller's own kernel, checked; its diagonal is ignored."""
    kernel = np.array(travel, dtype=np.float64)
    if kernel.shape != (places, places):
        raise InputError(
            f"travel has shape {kernel.shape}.", field="travel", way_out=f"Give ({places}, {places})."
        )
    np.fill_diagonal(kernel, 0.0)
    if not np.all(kernel >= 0) or kernel.sum(axis=1).max() > 1 + 1e-9:
        raise InputError(
            "travel holds a negative or missing chance, or a row above 1.",
            field="travel",
            way_out="Each row gives the chances of being found elsewhere.",
        )
    return kernel


def chooser(kernel: Floats) -> Floats:
    """(places²,) increasing: row q of the kernel, cumulated to 1 and shifted by q, for one binary search."""
    cumulative = np.cumsum(kernel, axis=1)
    row = cumulative[:, -1:]
    cumulative = np.divide(cumulative, row, out=np.ones_like(cumulative), where=row > 0)
    return np.asarray((cumulative + np.arange(len(kernel))[:, None]).ravel())


def arrivals(gone: Ints, choices: Floats, rng: np.random.Generator) -> Ints:
    """(places,) travellers by destination, from (places,) travellers by the place they left;
    ``choices`` is the kernel's ``chooser``."""
    places = len(gone)
    left = np.repeat(np.arange(places), gone)
    cell = np.searchsorted(choices, left + rng.random(len(left)), side="right")
    return np.bincount(np.minimum(cell - left * places, places - 1), minlength=places).astype(np.int64)
