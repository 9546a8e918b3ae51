"""What would this office have decided, date by date, knowing only what had been reported by then?

The clock stands at each decision date in turn. Each time the whole loop runs: reports, situation,
forecast, need, plan, approval by a second person, batch. It ends with the brief.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, timedelta

from sampan.core.errors import InputError
from sampan.core.time import StandingClock
from sampan.desks.assistance.assumptions import Assumptions
from sampan.desks.assistance.batches import Approved, approve
from sampan.desks.assistance.plan import Decision
from sampan.desks.assistance.rounds import propose
from sampan.desks.control import forecast, reports
from sampan.desks.control.situation import Assessed, assessed, situation
from sampan.desks.press.brief import Brief, brief
from sampan.engines.forecast import Forecast
from sampan.formats import jhu
from sampan.injects import Injects
from sampan.node import Node

Step = Callable[[str, str], AbstractContextManager[None]]
"""Opens a named step, with a detail, for a progress bar and a stopwatch."""

ROUNDS = 4
STEPS = ("play everybody else", "load", "situation", "forecast", "need and plan", "approve")


@dataclass(frozen=True)
class Announced:
    """What was announced in public on a day, with its source."""

    home: str
    day: date
    countries: int
    organisations: int
    batches: int
    regions: Mapping[str, int]
    source: str


ANNOUNCED = Announced(
    home="CHN",
    day=date(2020, 3, 26),
    countries=89,
    organisations=4,
    batches=4,
    regions={"Asia": 28, "Europe": 16, "Africa": 26, "Americas": 9, "South Pacific": 10},
    source="State Council Information Office of China, press conference of 26 March 2020",
)
"""The figures of the day that the real replay ends on."""


@dataclass(frozen=True)
class Round:
    """One decision date: what was known, what was forecast, what was decided."""

    day: date
    assessed: Assessed
    forecast: Forecast
    decision: Decision
    batch: Approved


@dataclass(frozen=True)
class Replay:
    """A whole replay: its rounds, and the brief at the end."""

    rounds: tuple[Round, ...]
    brief: Brief


def decision_days(first: date, last: date) -> tuple[date, ...]:
    """Four days a week apart: 5 to 26 March 2020 if the figures hold them, else the last four weeks.

    Raises InputError if the figures are too short.
    """
    if first <= ANNOUNCED.day - timedelta(weeks=ROUNDS) and ANNOUNCED.day <= last:
        last = ANNOUNCED.day
    days = tuple(last - timedelta(weeks=back) for back in reversed(range(ROUNDS)))
    if days[0] < first + timedelta(weeks=2):
        raise InputError(
            f"The figures run from {first} to {last}: too short for {ROUNDS} decisions a week apart.",
            way_out="Load at least six weeks.",
        )
    return days


def replay(
    node: Node,
    files: Mapping[str, bytes],
    days: Sequence[date],
    *,
    clock: StandingClock,
    assumptions: Assumptions,
    step: Step,
    injects: Injects | None = None,
    director: str = "director",
) -> Replay:
    """Runs the loop on every one of ``days`` over the JHU files ``files``, then writes the brief.

    ``clock`` is the node's, and is set to each day. The officer proposes, ``director`` approves; ``injects``,
    in an exercise, play everybody else in between.
    """
    rounds = []
    for day in days:
        clock.set_to(day)
        if injects:
            with step("play everybody else", f"{day:%d %B %Y}"):
                injects.until(day)
        one = _round(node, files, day, assumptions=assumptions, step=step, director=director)
        if injects:
            injects.decided(one.batch, _hardest_hit(one, node.session.home))
        rounds.append(one)
    last = rounds[-1]
    with step("brief", ""):
        written = brief(node.session, day=days[-1], assessed=last.assessed, exercise=node.settings.exercise)
    return Replay(tuple(rounds), written)


def _hardest_hit(one: Round, home: str) -> list[str]:
    """Countries of the batch, those with the most new cases first."""
    rows = situation(one.assessed).rows
    return [row.place for row in rows if row.place in one.batch.recipients and row.place != home]


def _round(
    node: Node,
    files: Mapping[str, bytes],
    day: date,
    *,
    assumptions: Assumptions,
    step: Step,
    director: str,
) -> Round:
    session, when = node.session, f"{day:%d %B %Y}"
    with step("load", when):
        reports.load(session, {name: jhu.until(data, day, name=name) for name, data in files.items()})
    with step("situation", when):
        state = assessed(session)
    with step("forecast", when):
        made = forecast.make(state)
        forecast.publish(session, state, made)
    with step("need and plan", when):
        proposed = propose(session, day=day, assumptions=assumptions)
    with step("approve", when):
        batch = approve(node.on_behalf_of(director), proposed.entry)
    return Round(day, state, made, proposed.decision, batch)
