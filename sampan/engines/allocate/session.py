"""Ask, then ask again with something changed: the second answer starts from the first."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import fields, replace
from typing import Any

import numpy as np

from sampan.core.errors import InputError
from sampan.engines.allocate.conflict import ease, short_reserves, stranded
from sampan.engines.allocate.packed import packed
from sampan.engines.allocate.plan import Plan
from sampan.engines.allocate.policy import under
from sampan.engines.allocate.problem import Floats, Problem
from sampan.engines.allocate.programme import Infeasible
from sampan.engines.allocate.publish import publish
from sampan.engines.allocate.shipping import shipping
from sampan.engines.allocate.solve import Held, Optimum, Progress, held, optimise, prepare, wanted

NEEDS = {"samples", "weight", "kind", "pack", "stock_in_hand", "floor", "absorb"}  # what the curves rest on


class Session:
    """One problem held ready, so that an edit costs a few steps of the simplex and not a fresh start."""

    def __init__(
        self, problem: Problem, *, policy: str = "expected harm", gap: float = 1e-6, **terms: Any
    ) -> None:
        """``terms``: ``share``, ``alpha`` or ``cases``, as ``policy.under`` takes them."""
        self.problem, self._policy, self._gap, self._terms = problem, policy, gap, terms
        self._held: Held | None = None

    def plan(self, *, progress: Progress | None = None) -> Plan:
        """The plan of the problem as given."""
        plan, found = _solve(
            self.problem, policy=self._policy, terms=self._terms, gap=self._gap, progress=progress
        )
        self._held = held(found)
        return plan

    def what_if(self, *, gap: float = 1e-5, **changes: Any) -> Plan:
        """The plan if the named fields of the problem were these. The session keeps the problem as given."""
        if self._held is None:
            self.plan()
        if unknown := changes.keys() - {field.name for field in fields(Problem)}:
            raise InputError(f'A problem has no "{min(unknown)}".', field=min(unknown))
        edited = replace(self.problem, **changes)
        return _solve(
            edited, policy=self._policy, terms=self._terms, gap=gap, start=self._held, changed=changes.keys()
        )[0]


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
    terms = {"share": share, "alpha": alpha, "cases": cases}
    return _solve(p, policy=policy, terms=terms, gap=gap, progress=progress)[0]


def _solve(
    asked: Problem,
    *,
    policy: str,
    terms: Mapping[str, Any],
    gap: float,
    start: Held | None = None,
    changed: Collection[str] = (),
    progress: Progress | None = None,
) -> tuple[Plan, Optimum]:
    """The plan and the optimum behind it; ``start`` of an earlier problem, of which the fields ``changed`` differ."""
    p = under(asked, policy, **terms)
    known = start.programme.curves if start and p is asked and NEEDS.isdisjoint(changed) else None
    q = packed(p)
    pack = np.asarray(p.pack, np.int64)
    conflicts = (*short_reserves(q), *stranded(q, pack))
    try:
        if np.any(q.floor > q.cap):
            raise Infeasible("A floor is above what can be absorbed.")
        found = optimise(prepare(p, q, known=known), gap=gap, progress=progress, start=start)
    except Infeasible:
        q, more = ease(q, shipping(q, wanted(q)), pack)
        conflicts += more
        found = optimise(prepare(p, q), gap=gap, progress=progress)
    return publish(p, q, found, policy=policy, asked=asked, conflicts=conflicts), found
