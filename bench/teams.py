"""How long does it take to match experts to requests, to the optimum?"""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from sampan.engines.matching import Requests, Roster, match

SIZES = {"tiny": (50, 8), "small": (150, 20), "ordinary": (500, 60), "full": (1500, 150)}
"""Experts and requests."""


def instance(experts: int, requests: int, *, seed: int = 20200326) -> tuple[Roster, Requests]:
    """A roster of twelve skills and eight languages over half a year; teams of four to eleven for two to five weeks."""
    g = np.random.default_rng(seed)
    skills, languages, days = 12, 8, 180
    rank = 1 / np.arange(1, skills + 1) ** 0.7
    skill = g.random((experts, skills)) < 0.35 * rank / rank.mean() / 2
    skill[np.arange(experts), g.choice(skills, experts, p=rank / rank.sum())] = True
    language = g.random((experts, languages)) < 0.2
    language[np.arange(experts), g.integers(0, languages, experts)] = True
    free = np.zeros((experts, days), bool)
    for who in range(experts):
        for begin in g.integers(0, days - 30, 2):
            free[who, begin : begin + g.integers(30, 90)] = True
    seats = np.stack([g.multinomial(g.integers(4, 12), rank / rank.sum()) for _ in range(requests)])
    length = g.integers(14, 36, requests)
    return Roster(skill, language, free, g.poisson(0.7, experts)), Requests(
        seats=seats,
        least=(seats + 1) // 2,
        language=g.random((requests, languages)) < 0.25,
        start=g.integers(0, days - 36, requests),
        days=length,
        worth=g.integers(1, 10, requests),
    )


def run(size: str) -> list[dict[str, Any]]:
    """CPU seconds of one matching, with what it fills."""
    experts, requests = SIZES[size]
    roster, asked = instance(experts, requests)
    begun = time.process_time()
    found = match(roster, asked, rest_days=3)
    took = time.process_time() - begun
    problem = f"{experts} experts, {requests} requests"
    return [
        {"problem": problem, "phase": "match", "value": took, "unit": "CPU s",
         "bar": "≤ 1 s" if size == "ordinary" else None},
        {"problem": problem, "phase": "gap", "value": found.bound - found.worth, "unit": "worth", "bar": "0"},
        {"problem": problem, "phase": "seats filled", "value": int(found.filled.sum()),
         "unit": f"of {asked.seats.sum()}"},
    ]  # fmt: skip
