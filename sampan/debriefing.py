"""How good were the office's estimates in an exercise, now that the truth may be seen?"""

from __future__ import annotations

import numpy as np

from sampan.desks.control.exercise import Exercise
from sampan.engines.outbreak import Comparison, compare
from sampan.replay import Replay, Round

LOW, MEDIAN, HIGH = 0.025, 0.5, 0.975


def debrief(replay: Replay, exercise: Exercise) -> Comparison:
    """Holds R and the forecasts of every round against what really happened."""
    return compare(
        exercise.truth,
        exercise.reported,
        days=[(one.day - exercise.first_day).days for one in replay.rounds],
        r=np.stack([_r(one, exercise) for one in replay.rounds], axis=1),
        weekly=np.stack([_weekly(one, exercise) for one in replay.rounds], axis=1),
    )


def _columns(one: Round, exercise: Exercise) -> list[int]:
    """Where each place of the exercise stands in the round's estimates."""
    column = {code: index for index, code in enumerate(one.assessed.known.reports.places)}
    return [column[code] for code in exercise.places]


def _at(levels: tuple[float, ...]) -> list[int]:
    return [min(range(len(levels)), key=lambda i: abs(levels[i] - wanted)) for wanted in (LOW, MEDIAN, HIGH)]


def _r(one: Round, exercise: Exercise) -> np.ndarray:
    """(3, places): the interval and median of R behind the cases that were then being reported."""
    state = one.assessed.situation
    return np.asarray(state.r[_at(state.levels), state.informed][:, _columns(one, exercise)])


def _weekly(one: Round, exercise: Exercise) -> np.ndarray:
    """(3, weeks, places): the interval and median of weekly cases."""
    quantiles = one.forecast.quantiles[_columns(one, exercise)][:, :, _at(one.forecast.levels)]
    return np.asarray(quantiles.transpose(2, 1, 0))
