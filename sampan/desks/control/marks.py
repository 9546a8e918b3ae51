"""Which reports look odd, what was made of them, and for which does somebody vouch?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from sampan.access.session import Session
from sampan.core.errors import InputError
from sampan.desks.control.situation import Assessed
from sampan.records.control import Vouch
from sampan.world.places import place
from sampan.world.vouches import vouched


@dataclass(frozen=True)
class MarkedDay:
    """One odd day of one place: people as reported, and as used. ``reported`` is None where nothing was."""

    place: str
    name: str
    day: date
    reported: int | None
    """People reported; null where nothing was."""
    used: int
    """People, as they are used in place of those that were reported."""
    marks: tuple[str, ...]
    vouched_for: bool


def marked_days(session: Session, assessed: Assessed, *, places: Sequence[str] = ()) -> tuple[MarkedDay, ...]:
    """Every silent, corrected or anomalous day of ``places`` (all, unless named), and every day vouched for."""
    reports, incidence = assessed.known.reports, assessed.incidence
    trusted = vouched(session.ledger, reports)
    kinds = {"silent": incidence.silent, "corrected": incidence.corrected, "anomaly": incidence.anomaly}
    odd = np.logical_or.reduce([*kinds.values(), trusted])
    return tuple(
        MarkedDay(
            code,
            place(code).name("en"),
            reports.days[day],
            None if math.isnan(incidence.raw[day, column]) else int(incidence.raw[day, column]),
            round(float(np.nan_to_num(incidence.used[day, column]))),
            tuple(name for name, mask in kinds.items() if mask[day, column]),
            bool(trusted[day, column]),
        )
        for column, code in enumerate(reports.places)
        if not places or code in places
        for day in np.flatnonzero(odd[:, column])
    )


def vouch(
    session: Session, assessed: Assessed, code: str, day: date, *, holds: bool = True, note: str = ""
) -> str:
    """Records that the figure of ``code`` on ``day`` is right although it looks odd, or takes that back.

    Raises InputError if the figures do not hold that place and day, Refused if the person may not.
    """
    reports = assessed.known.reports
    reports.column(code)
    if not reports.days[0] <= day <= reports.days[-1]:
        raise InputError(
            f"The figures run from {reports.days[0]} to {reports.days[-1]}.",
            way_out="Name a day within them.",
        )
    (entry,) = session.write("load", [Vouch(place=code, day=day, holds=holds, note=note)], effective=day)
    return entry.id
