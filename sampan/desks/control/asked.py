"""What may be asked of the control desk in a few plain words: which places, up to which day, known by when?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from sampan.access.session import Session
from sampan.desks.control import ages, marks
from sampan.desks.control import beds as bed_weeks
from sampan.desks.control import forecast as ahead
from sampan.desks.control import situation as state
from sampan.desks.control.beds import BedWeek
from sampan.desks.control.forecast import WEEKS, ForecastView
from sampan.desks.control.marks import MarkedDay
from sampan.desks.control.situation import Assessed, SituationReport
from sampan.world.places import find

COVID = "covid-19"


@dataclass(frozen=True)
class Entered:
    """The entry that an act wrote."""

    entry: str


def situation(
    session: Session,
    *,
    places: Sequence[str] = (),
    home: bool = False,
    region: str | None = None,
    sort: Literal["new", "change", "r", "name"] = "new",
    as_of: date | None = None,
    known_on: datetime | None = None,
    source: str | None = None,
    disease: str = COVID,
) -> SituationReport:
    """How fast it is spreading, place by place: reported cases, R, growth and phase.

    ``places`` are names or codes (all that were reported, unless named); ``home`` keeps only home and its
    areas. Raises InputError for a place that was not reported, or a region that does not exist.
    """
    now = _assessed(session, as_of, known_on, source, disease)
    only = session.home if home else None
    return state.situation(now, places=_codes(places), home=only, region=region, sort=sort)


def forecast(
    session: Session,
    *,
    places: Sequence[str] = (),
    weeks: int = WEEKS,
    target: Literal["cases", "deaths"] = "cases",
    as_of: date | None = None,
    known_on: datetime | None = None,
    source: str | None = None,
    disease: str = COVID,
) -> ForecastView:
    """Weekly new reported cases or deaths ahead, with 50 % and 95 % intervals.

    Raises InputError for a horizon outside 1 to 52 weeks, or a place that was not reported.
    """
    now = _assessed(session, as_of, known_on, source, disease)
    made = (ahead.make_deaths if target == "deaths" else ahead.make)(now, weeks=weeks)
    return ahead.view(now, made, places=_codes(places))


def beds(
    session: Session,
    *,
    places: Sequence[str] = (),
    weeks: int = WEEKS,
    as_of: date | None = None,
    known_on: datetime | None = None,
    source: str | None = None,
    disease: str = COVID,
) -> tuple[BedWeek, ...]:
    """People admitted and beds occupied in the weeks ahead, each as low, median and high."""
    now = _assessed(session, as_of, known_on, source, disease)
    made = ahead.make(now, weeks=weeks)
    people = ages.known(session)
    return bed_weeks.beds(now, made, seed=ahead.seed(now), ages=people, places=_codes(places))


def odd_days(
    session: Session,
    *,
    places: Sequence[str] = (),
    as_of: date | None = None,
    known_on: datetime | None = None,
    source: str | None = None,
) -> tuple[MarkedDay, ...]:
    """Every silent, corrected or anomalous day, as reported and as used, and every day vouched for."""
    now = _assessed(session, as_of, known_on, source, COVID)
    return marks.marked_days(session, now, places=_codes(places))


def publish_forecast(
    session: Session,
    *,
    weeks: int = WEEKS,
    as_of: date | None = None,
    source: str | None = None,
    disease: str = COVID,
) -> Entered:
    """Records the forecast of all places for the other desks, citing the figures that it rests on."""
    now = _assessed(session, as_of, None, source, disease)
    return Entered(ahead.publish(session, now, ahead.make(now, weeks=weeks)).entry)


def vouch(session: Session, place: str, day: date, *, holds: bool = True, note: str = "") -> Entered:
    """Says that a figure that looks odd is right, so that it is used as reported; or takes that back.

    Raises InputError if the figures do not hold that place and day.
    """
    now = _assessed(session, None, None, None, COVID)
    return Entered(marks.vouch(session, now, find(place).code, day, holds=holds, note=note))


def _assessed(
    session: Session, as_of: date | None, known_on: datetime | None, source: str | None, disease: str
) -> Assessed:
    return state.assessed(session, until=as_of, known_on=known_on, source=source, disease=disease)


def _codes(places: Sequence[str]) -> list[str]:
    return [find(name).code for name in places]
