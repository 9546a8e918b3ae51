"""Ask, then ask again with something changed: the second answer starts from the first."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from sampan.engines.allocate.conflict import ease, short_reserves
from sampan.engines.allocate.packed import Packed, packed
from sampan.engines.allocate.plan import Plan
from sampan.engines.allocate.policy import under
from sampan.engines.allocate.problem import Floats, Problem
from sampan.engines.allocate.programme import Infeasible
from sampan.engines.allocate.publish import publish
from sampan.engines.allocate.shipping import shipping
from sampan.engines.allocate.solve import Optimum, Progress, optimise, prepare, wanted

NEEDS = {"samples", "weight", "kind", "pack", "stock_in_hand", "floor", "absorb"}  # what the curves rest on


class Session:
    """One problem held ready, so that an edit costs a few steps of the simplex and not a fresh start."""

    def __init__(
        self, problem: Problem, *, policy: str = "expected harm", gap: float = 1e-6, **terms: Any
    ) -> None:
        """``terms``: ``share``, ``alpha`` or ``cases``, as ``policy.under`` takes them."""
        self.problem, self._policy, self._gap, self._terms = problem, policy, gap, terms
        self._optimum: Optimum | None = None

    def plan(self, *, progress: Progress | None = None) -> Plan:
        """The plan of the problem as given."""
        plan, self._optimum = self._solve(self.problem, None, progress)
        return plan

    def what_if(self, **changes: Any) -> Plan:
        """The plan if the named fields of the problem were these. The session keeps the problem as given."""
        if self._optimum is None:
            self.plan()
        edited = replace(self.problem, **changes)
        start = None if changes.keys() & NEEDS else self._optimum
        return self._solve(edited, start, None)[0]

    def _solve(
        self, asked: Problem, start: Optimum | None, progress: Progress | None
    ) -> tuple[Plan, Optimum]:
        p = under(asked, self._policy, **self._terms)
        start = start if p is asked else None
        q = packed(p)
        conflicts = short_reserves(q)
        try:
            if np.any(q.floor > q.cap):
                raise Infeasible("A floor is above what can be absorbed.")
            found = self._optimise(p, q, start, progress)
        except Infeasible:
            q, more = ease(q, shipping(q, wanted(q)), np.asarray(p.pack, np.int64))
            conflicts += more
            found = self._optimise(p, q, None, progress)
        return publish(p, q, found, policy=self._policy, asked=asked, conflicts=conflicts), found

    def _optimise(self, p: Problem, q: Packed, start: Optimum | None, progress: Progress | None) -> Optimum:
        programme = prepare(p, q, known=start.programme.curves if start else None)
        return optimise(programme, gap=self._gap, progress=progress, start=start)


def allocate(
    p: Problem,
    *,
    policy: str = "expected harm",
    gap: float = 1e-6,
    progress: Progress | None = None,
    share: float = 0.2,
    alpha: float = 1.0,
    cases: Floats | None = None,
) -> Plan:
    """The plan of least expected harm (section 3.2 of the method note), in whole packs, with its reasons.

    policy: one of ``policy.POLICIES``, with its ``share``, ``alpha`` or ``cases``.
    gap: relative gap at which the linear programme may stop; 0 asks for the exact optimum.
    progress(objective, lower bound) is called after every round.
    """
    session = Session(p, policy=policy, gap=gap, share=share, alpha=alpha, cases=cases)
    return session.plan(progress=progress)
