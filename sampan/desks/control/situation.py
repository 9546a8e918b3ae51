"""How fast is it spreading, where, and is it getting better?"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sampan.access.session import Session
from sampan.core.errors import InputError
from sampan.engines.disease import DISEASES, Disease
from sampan.engines.incidence import Incidence, from_cumulative
from sampan.engines.situation import Situation, add_up, assess
from sampan.engines.truncation import reported_share
from sampan.world.places import REGIONS, place
from sampan.world.reports import Reports
from sampan.world.snapshots import Known, earlier, newest
from sampan.world.vouches import vouched

Array = NDArray[np.float64]

LOW, MEDIAN, HIGH = 0.025, 0.5, 0.975


@dataclass(frozen=True)
class PlaceSituation:
    """One place on the last day of the figures. ``None`` means that it was not reported or cannot be said.

    R, doubling time (negative: halving) and phase are of the infections of ``r_day``, the last that the
    reports can speak of: who is infected today is reported only after the delay.
    """

    place: str
    name: str
    region: str | None
    new_cases: int | None
    change: float | None
    """Relative change of new cases against the week before: 0.25 is a quarter more."""
    total_cases: int | None
    total_deaths: int | None
    r: float
    r_low: float
    r_high: float
    r_intervals: Mapping[str, tuple[float, float]]
    """Lower and upper end of R by the share that the interval holds: 50 %, 80 %, 95 %."""
    p_growing: float
    """Probability that R is above 1."""
    infections: int
    """People infected on ``r_day`` who have been or will be reported: the middle of the nowcast."""
    doubling_days: float | None
    phase: str
    marks: tuple[str, ...]


@dataclass(frozen=True)
class SituationReport:
    """The situation of many places as of a day, and the entry that the figures came from."""

    last_day: date
    r_day: date
    """Last day that the reports can speak of: R and phase are of the infections of that day (ISO 8601)."""
    source: str
    entry: str
    disease: str
    exercise: bool
    rows: tuple[PlaceSituation, ...]


@dataclass(frozen=True)
class Assessed:
    """The figures behind a situation report, for the forecast that follows."""

    known: Known
    incidence: Incidence
    situation: Situation
    disease: Disease


def assessed(
    session: Session,
    *,
    until: date | None = None,
    known_on: datetime | None = None,
    source: str | None = None,
    disease: str = "covid-19",
) -> Assessed:
    """Cleans the newest reports and estimates the situation of every place in them."""
    known = newest(session.ledger, session.blobs, source=source, known_on=known_on, until=until)
    if disease not in DISEASES:
        raise InputError(f'"{disease}" is not a disease here.', way_out=f"Use one of {', '.join(DISEASES)}.")
    chosen = DISEASES[disease]
    incidence = from_cumulative(
        known.reports.cases, trust=vouched(session.ledger, known.reports, known_on=known_on)
    )
    state = assess(
        incidence,
        disease=chosen,
        reported_share=_reported_share(session, known),
        region=_neighbours(known.reports.places),
    )
    return Assessed(
        known, incidence, add_up(state, parent=_parents(known.reports.places), disease=chosen), chosen
    )


def _reported_share(session: Session, known: Known) -> Array | None:
    """How much of each day has been reported, learned from what earlier readings lacked; None without any."""
    before = earlier(session.ledger, session.blobs, known)
    if not before:
        return None
    codes = known.reports.places
    return reported_share([*(_columns(one, codes) for one in before), known.reports.cases])


def _columns(reports: Reports, codes: Sequence[str]) -> Array:
    """Totals of the places ``codes``, NaN for those that an earlier reading did not have."""
    at = {code: index for index, code in enumerate(reports.places)}
    totals = np.full((len(reports.days), len(codes)), np.nan)
    for column, code in enumerate(codes):
        if code in at:
            totals[:, column] = reports.cases[:, at[code]]
    return totals


def _neighbours(codes: Sequence[str]) -> list[str]:
    """Who lends whom dispersion and smoothness: countries of a region, areas of a country."""
    return [place(code).parent or place(code).region or "elsewhere" for code in codes]


def _parents(codes: Sequence[str]) -> list[int]:
    """The position of the country that each area is part of, so that areas add up to it; -1 for countries."""
    at = {code: index for index, code in enumerate(codes)}
    return [at.get(place(code).parent or "", -1) for code in codes]


ORDERS: Mapping[str, Callable[[PlaceSituation], Any]] = {
    "new": lambda row: -(row.new_cases or 0),
    "change": lambda row: -(row.change if row.change is not None else -1),
    "r": lambda row: -row.r,
    "name": lambda row: row.name,
}


def situation(
    assessed: Assessed,
    *,
    places: Sequence[str] = (),
    home: str | None = None,
    region: str | None = None,
    sort: str = "new",
) -> SituationReport:
    """The report of ``places`` (all that were reported, unless named), most new cases first.

    ``home`` keeps only that country and its first-level areas, ``region`` only places of that region.
    Raises InputError for a place that was not reported, or a region or an order that does not exist.
    """
    _check(assessed, places, region, sort)
    reports = assessed.known.reports
    wanted = set(places)
    rows = [
        _row(assessed, index)
        for index, code in enumerate(reports.places)
        if (not wanted or code in wanted) and (home is None or _of(code, home))
    ]
    rows = [row for row in rows if region in (None, row.region)]
    rows.sort(key=lambda row: (ORDERS[sort](row), row.name))
    record = assessed.known.record
    return SituationReport(
        reports.days[-1],
        reports.days[assessed.situation.informed],
        record.source,
        assessed.known.entry.id,
        assessed.disease.name,
        record.exercise,
        tuple(rows),
    )


def _check(assessed: Assessed, wanted: Sequence[str], region: str | None, sort: str) -> None:
    reported = assessed.known.reports.places
    if silent := [code for code in wanted if code not in reported]:
        raise InputError(
            f"{place(silent[0]).name('en')} is not in the figures of {assessed.known.record.source}.",
            way_out="sampan situation --limit 0 lists the places that are.",
        )
    for said, known in ((region, REGIONS), (sort, tuple(ORDERS))):
        if said is not None and said not in known:
            raise InputError(f'There is no "{said}" here.', way_out=f"Use one of {', '.join(known)}.")


def _of(code: str, country: str) -> bool:
    return code == country or place(code).parent == country


def _row(assessed: Assessed, index: int) -> PlaceSituation:
    reports, state = assessed.known.reports, assessed.situation
    code = reports.places[index]
    somewhere = place(code)
    this_week, last_week = _week(assessed.incidence, index, 1), _week(assessed.incidence, index, 2)
    level = {q: state.levels.index(q) for q in (LOW, MEDIAN, HIGH)}
    r = {q: float(state.r[i, state.informed, index]) for q, i in level.items()}
    growth = float(state.growth[level[MEDIAN], state.informed, index])
    return PlaceSituation(
        place=code,
        name=somewhere.name("en"),
        region=somewhere.region,
        new_cases=this_week,
        change=None if not last_week or this_week is None else this_week / last_week - 1,
        total_cases=_count(reports.cases[-1, index]),
        total_deaths=_count(reports.deaths[-1, index]),
        r=r[MEDIAN],
        r_low=r[LOW],
        r_high=r[HIGH],
        r_intervals={
            name: (float(state.r[low, state.informed, index]), float(state.r[high, state.informed, index]))
            for name, (low, high) in _bands(state.levels).items()
        },
        p_growing=float(state.p_growing[state.informed, index]),
        infections=round(float(state.infections[level[MEDIAN], state.informed, index])),
        doubling_days=_doubling_days(str(state.phase[index]), growth),
        phase=str(state.phase[index]),
        marks=_marks(assessed.incidence, index),
    )


def _bands(levels: Sequence[float]) -> Mapping[str, tuple[int, int]]:
    """Where the ends of each interval stand among ``levels``."""
    ends = {"50 %": (0.25, 0.75), "80 %": (0.1, 0.9), "95 %": (0.025, 0.975)}
    return {name: (levels.index(low), levels.index(high)) for name, (low, high) in ends.items()}


def _doubling_days(phase: str, growth: float) -> float | None:
    """Days to double, negative to halve; None where it is not clear which way the epidemic goes."""
    clear = (phase == "rising" and growth > 0) or (phase == "falling" and growth < 0)
    return math.log(2) / growth if clear else None


def _week(incidence: Incidence, index: int, weeks_ago: int) -> int | None:
    """New cases reported in the week that ended ``weeks_ago - 1`` weeks ago; None if nothing was reported."""
    end = incidence.used.shape[0] - 7 * (weeks_ago - 1)
    week = incidence.used[max(0, end - 7) : max(0, end), index]
    return None if week.size == 0 or np.isnan(week).all() else round(float(np.nansum(week)))


def _count(value: float) -> int | None:
    return None if math.isnan(value) else int(value)


def _marks(incidence: Incidence, index: int) -> tuple[str, ...]:
    """What was odd about the reports of the last two weeks, in words."""
    masks = {"silent": incidence.silent, "corrected": incidence.corrected, "anomaly": incidence.anomaly}
    return tuple(name for name, mask in masks.items() if mask[-14:, index].any())
