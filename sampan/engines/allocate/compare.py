"""How do the policies differ on the same problem, and against not sharing at all?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sampan.engines.allocate.plan import Plan
from sampan.engines.allocate.policy import POLICIES
from sampan.engines.allocate.problem import Floats, Problem
from sampan.engines.allocate.session import allocate


@dataclass(frozen=True)
class Outcome:
    """One policy on the problem. averted: share of the harm of not sharing that it avoids.

    least_coverage, median_coverage: over recipients and items that need something, with the plan.
    reached: recipients that get anything.  units: sent, all items together.
    """

    policy: str
    plan: Plan
    expected_harm: float
    averted: float
    least_coverage: float
    median_coverage: float
    reached: int
    units: int


def compare(
    p: Problem, *, policies: Sequence[str] = POLICIES, cases: Floats | None = None, gap: float = 1e-4
) -> tuple[Outcome, ...]:
    """Each policy's plan judged by the same measures, in the order given."""
    plans = [allocate(p, policy=policy, cases=cases, gap=gap) for policy in policies]
    return tuple(_outcome(plan) for plan in plans)


def _outcome(plan: Plan) -> Outcome:
    covered = plan.coverage_after[np.isfinite(plan.coverage_after)]
    nothing = plan.harm_of_nothing
    return Outcome(
        policy=plan.policy,
        plan=plan,
        expected_harm=plan.expected_harm,
        averted=1 - plan.expected_harm / nothing if nothing > 0 else 0.0,
        least_coverage=float(covered.min(initial=1.0)),
        median_coverage=float(np.median(covered)) if covered.size else 1.0,
        reached=int(np.count_nonzero(plan.shipments.sum((0, 2)))),
        units=plan.units,
    )
