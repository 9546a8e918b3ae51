"""What would another policy do, or another stock, lane or reserve?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from sampan.desks.assistance.deciding import answered
from sampan.desks.assistance.plan import Decision, Line, Transfer
from sampan.desks.assistance.posing import Question, posed
from sampan.engines.allocate import Outcome, Problem, Session, allocate, compare


@dataclass(frozen=True)
class Alternative:
    """One policy on the same question.

    ``averted`` is the share of the harm of sending nothing that it avoids; coverages are of recipients and
    items that need something; ``reached`` counts recipients.
    """

    policy: str
    averted: float
    """Of the harm of sending nothing, how much it avoids: a share, from 0 to 1."""
    least_coverage: float
    """Share of its need, from 0 to 1, that the worst-served recipient and item is sent."""
    median_coverage: float
    """Share of its need, from 0 to 1, that the recipient and item in the middle is sent."""
    reached: int
    """Recipients that are sent something."""
    units: int
    """Base units sent, of all items together."""


def compared(question: Question) -> tuple[Alternative, ...]:
    """Every policy, with "proportional to cases" and "no sharing" beside them, judged by the same measures."""
    problem = posed(question).problem
    return tuple(_alternative(outcome) for outcome in compare(problem, cases=question.cases))


def _alternative(outcome: Outcome) -> Alternative:
    return Alternative(
        outcome.policy,
        outcome.averted,
        max(outcome.least_coverage, 0.0),
        max(outcome.median_coverage, 0.0),
        outcome.reached,
        outcome.units,
    )


@dataclass(frozen=True)
class Change:
    """What one recipient would be sent of one item over all weeks: units as it is, and if it were otherwise."""

    recipient: str
    name: str
    item: str
    now: int
    """Base units over all weeks, as it is."""
    then: int
    """Base units over all weeks, if it were otherwise."""


@dataclass(frozen=True)
class WhatIf:
    """The decision as it is and as it would be, and where they differ, the greatest difference first."""

    now: Decision
    then: Decision
    changes: tuple[Change, ...]


def what_if(question: Question, edited: Question) -> WhatIf:
    """Decides both questions; the second starts from the answer to the first."""
    asked, other = posed(question), posed(edited)
    policy, edited_policy = question.assumptions.policy.policy, edited.assumptions.policy.policy
    session = Session(asked.problem, policy=policy, cases=question.cases)
    plan = session.plan()
    now = answered(question, asked, plan)
    if policy != edited_policy:
        plan = allocate(other.problem, policy=edited_policy, cases=edited.cases)
    elif differences := _differences(asked.problem, other.problem):
        plan = session.what_if(**differences)
    then = answered(edited, other, plan)
    return WhatIf(now, then, _changes(now, then))


def _differences(problem: Problem, other: Problem) -> dict[str, Any]:
    """The fields of ``other`` that are not as in ``problem``."""
    return {
        field.name: getattr(other, field.name)
        for field in fields(Problem)
        if not _same(getattr(problem, field.name), getattr(other, field.name))
    }


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, np.ndarray):
        return bool(np.array_equal(one, other))
    return bool(one == other)


def _changes(now: Decision, then: Decision) -> tuple[Change, ...]:
    before, after = _units(now), _units(then)
    names = {line.recipient: line.name for decision in (now, then) for line in _moved(decision)}
    found = [
        Change(
            recipient,
            names[recipient],
            item,
            before.get((recipient, item), 0),
            after.get((recipient, item), 0),
        )
        for recipient, item in sorted(before.keys() | after.keys())
    ]
    return tuple(sorted((c for c in found if c.now != c.then), key=lambda c: -abs(c.then - c.now)))


def _units(decision: Decision) -> Mapping[tuple[str, str], int]:
    units: dict[tuple[str, str], int] = {}
    for line in _moved(decision):
        units[line.recipient, line.item] = units.get((line.recipient, line.item), 0) + line.units
    return units


def _moved(decision: Decision) -> tuple[Line | Transfer, ...]:
    """Everything that is sent, abroad and within home."""
    return (*decision.lines, *decision.transfers)
