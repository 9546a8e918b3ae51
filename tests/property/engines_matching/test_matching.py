"""The matching against one that tries everything, and the promises that hold for any roster."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sampan.core.errors import InputError
from sampan.engines.matching import NOBODY, Matching, Requests, Roster, match


def small(seed: int, *, experts: int = 4, teams: int = 3) -> tuple[Roster, Requests, int]:
    g = np.random.default_rng(seed)
    skills, languages, days = 2, 2, 12
    seats = g.integers(0, 3, (teams, skills))
    seats[seats.sum(axis=1) == 0, 0] = 1
    start = g.integers(0, 8, teams)
    roster = Roster(
        skill=g.random((experts, skills)) < 0.6,
        language=g.random((experts, languages)) < 0.6,
        free=np.repeat(g.random((experts, 4)) < 0.75, 3, axis=1),
        burden=g.integers(0, 4, experts),
    )
    requests = Requests(
        seats=seats,
        least=np.minimum(seats, g.integers(0, 3, seats.shape)),
        language=g.random((teams, languages)) < 0.4,
        start=start,
        days=np.minimum(g.integers(1, 7, teams), days - start),
        worth=g.integers(1, 4, teams),
    )
    return roster, requests, int(g.integers(0, 3))


def by_trying_everything(roster: Roster, requests: Requests, rest: int) -> tuple[int, int]:
    """The most worth, and the least burden that it can be had with."""
    experts, teams = len(roster.skill), len(requests.start)
    end = requests.start + requests.days

    def may(e: int, q: int, s: int) -> bool:
        speaks = not requests.language[q].any() or (roster.language[e] & requests.language[q]).any()
        free = roster.free[e, requests.start[q] : end[q]].all()
        return bool(roster.skill[e, s] and speaks and free and requests.seats[q, s])

    def apart(q: int, p: int) -> bool:
        return bool(requests.start[q] >= end[p] + rest or requests.start[p] >= end[q] + rest)

    def days_of(e: int) -> list[tuple[int, ...]]:
        choices = [[NOBODY, *(s for s in range(2) if may(e, q, s))] for q in range(teams)]
        return [
            c
            for c in itertools.product(*choices)
            if all(
                apart(q, p) for q, p in itertools.combinations([q for q in range(teams) if c[q] != NOBODY], 2)
            )
        ]

    best = (0, 0)
    for lives in itertools.product(*(days_of(e) for e in range(experts))):
        filled = np.zeros(requests.seats.shape, int)
        for life in lives:
            for q, s in enumerate(life):
                if s != NOBODY:
                    filled[q, s] += 1
        goes = filled.any(axis=1)
        if (filled > requests.seats).any() or (filled[goes] < requests.least[goes]).any():
            continue
        worth = int((filled.sum(axis=1) * requests.worth).sum())
        burden = sum(int(roster.burden[e]) * sum(s != NOBODY for s in life) for e, life in enumerate(lives))
        best = max(best, (worth, -burden))
    return best[0], -best[1]


def burden(roster: Roster, found: Matching) -> int:
    return int(((found.seat != NOBODY).sum(axis=1) * roster.burden).sum())


@pytest.mark.parametrize("seed", range(250))
def test_no_matching_is_worth_more_and_none_of_that_worth_is_less_of_a_burden(seed: int) -> None:
    roster, requests, rest = small(seed)
    found = match(roster, requests, rest_days=rest)
    assert (found.worth, burden(roster, found)) == by_trying_everything(roster, requests, rest)
    assert found.bound == found.worth


@settings(max_examples=60)
@given(st.integers(0, 10**6))
def test_nobody_is_in_two_places_and_everybody_fits_the_seat(seed: int) -> None:
    roster, requests, rest = small(seed, experts=25, teams=8)
    found = match(roster, requests, rest_days=rest)
    assert (found.filled <= requests.seats).all()
    goes = found.filled.any(axis=1)
    assert (found.filled[goes] >= requests.least[goes]).all()
    for e, life in enumerate(found.seat):
        until = -rest
        for q in sorted(np.flatnonzero(life != NOBODY), key=lambda q: requests.start[q]):
            assert requests.start[q] >= until + rest
            until = requests.start[q] + requests.days[q]
            assert roster.skill[e, life[q]]
            assert roster.free[e, requests.start[q] : until].all()
            assert not requests.language[q].any() or (roster.language[e] & requests.language[q]).any()


@settings(max_examples=40)
@given(st.integers(0, 10**6))
def test_the_reasons_narrow_step_by_step_and_account_for_every_empty_seat(seed: int) -> None:
    roster, requests, rest = small(seed, experts=12, teams=5)
    found = match(roster, requests, rest_days=rest)
    assert (found.skilled >= found.speaking).all()
    assert (found.speaking >= found.free).all()
    assert (found.free >= found.taken).all()
    for q, s in np.argwhere(found.filled < requests.seats):
        here = (found.seat[:, q] != NOBODY).sum()
        idle = found.free[q, s] - found.taken[q, s] - here
        left = requests.seats[q, s] - found.filled[q, s]
        team_stays = not found.filled[q].any()
        assert team_stays or idle <= 0, f"{idle} could take {left} seats"


def test_one_more_expert_never_makes_it_worse() -> None:
    roster, requests, rest = small(3, experts=10, teams=6)
    worth = [
        match(
            Roster(roster.skill[:k], roster.language[:k], roster.free[:k], roster.burden[:k]),
            requests,
            rest_days=rest,
        ).worth
        for k in range(11)
    ]
    assert worth == sorted(worth)
    assert worth[0] == 0


def test_same_roster_same_matching() -> None:
    roster, requests, rest = small(11, experts=30, teams=10)
    again = match(roster, requests, rest_days=rest)
    assert (match(roster, requests, rest_days=rest).seat == again.seat).all()


@pytest.mark.parametrize(
    "wrong",
    [
        {"start": np.array([20, 0, 0])},
        {"days": np.array([0, 1, 1])},
        {"worth": np.array([0, 1, 1])},
        {"least": np.full((3, 2), 9)},
        {"language": np.zeros((3, 5), bool)},
    ],
)
def test_numbers_out_of_range_are_refused(wrong: dict[str, np.ndarray]) -> None:
    roster, requests, _ = small(1)
    with pytest.raises(InputError):
        match(roster, replace(requests, **wrong))
