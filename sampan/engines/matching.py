"""Which expert goes to which team, so that most seats are filled and nobody is in two places?

A request is a number of seats by skill, over a run of days. An expert may take a seat who has the skill,
speaks one of the request's languages, and is free on every one of its days. Each takes one seat of a team
at most, and may join a second team when the first is over and the rest days have passed. A team leaves
only with the least number that it asked for in every skill.

The exact optimum, by an integer programme in HiGHS: first the most worth, then the least burden on those
who have served already. Days on which an expert could be asked for by several teams form an interval
order, so that "not in two places" is one row for each expert and each first day of a team (Fulkerson and
Gross 1965): such rows make the relaxation nearly whole, and few branches are needed.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sampan.core.errors import InputError, SampanError

if TYPE_CHECKING:
    from sampan.engines.allocate.highs import Model

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

NOBODY = -1
MOST_BRANCHES = 500
"""After which the best that was found is returned with what is proven: a count, not a clock, so that runs repeat."""


@dataclass(frozen=True)
class Roster:
    """Who could go.

    skill: (experts, skills).  language: (experts, languages).  free: (experts, days), False where the
    expert is away or nothing is known of the day.  burden: (experts,) whole, ≥ 0: days served already.
    """

    skill: Bools
    language: Bools
    free: Bools
    burden: Ints


@dataclass(frozen=True)
class Requests:
    """Who is asked for.

    seats: (requests, skills) whole.  least: (requests, skills), with fewer the team does not leave.
    language: (requests, languages); a request that names none takes anybody.  start: (requests,) first day,
    an index into the days of the roster.  days: (requests,) ≥ 1.  worth: (requests,) whole, ≥ 1: of a seat.
    """

    seats: Ints
    least: Ints
    language: Bools
    start: Ints
    days: Ints
    worth: Ints


@dataclass(frozen=True)
class Matching:
    """Who goes where, and what stood in the way of the seats that stay empty.

    seat: (experts, requests) the skill in which the expert goes, or NOBODY.
    filled: (requests, skills).  worth: the sum over filled seats; none can be worth more than ``bound``,
    which is the same number unless the search was cut short.
    skilled, speaking, free, taken: (requests, skills), each among those counted before it: who have the
    skill, who also speak the language, who are also free, and who of these serve another team meanwhile.
    """

    seat: Ints
    filled: Ints
    worth: int
    bound: int
    skilled: Ints
    speaking: Ints
    free: Ints
    taken: Ints


def match(roster: Roster, requests: Requests, *, rest_days: int = 0) -> Matching:
    """The matching of most worth, exactly; and among those one whose burden is least, to within a hundredth
    of the burden that there could be.

    rest_days: whole days between two teams of the same expert.
    Raises InputError if shapes do not fit, a team lies outside the days of the roster, or a number is
    out of its range.
    """
    _check(roster, requests, rest_days)
    able = _free_throughout(roster.free, requests)  # (experts, requests)
    speaks = _speaks(roster.language, requests.language)
    expert, request, skill = np.nonzero(
        (able & speaks)[:, :, None] & roster.skill[:, None, :] & (requests.seats > 0)[None]
    )
    chosen, bound = _solve(roster, requests, expert, request, skill, rest_days=rest_days)
    seat = np.full(able.shape, NOBODY, np.int64)
    seat[expert[chosen], request[chosen]] = skill[chosen]
    return _explained(roster, requests, seat, speaks, able, bound=bound, rest_days=rest_days)


def _check(roster: Roster, requests: Requests, rest_days: int) -> None:
    experts, skills = roster.skill.shape
    count = len(requests.start)
    fits = (
        len(roster.language) == len(roster.free) == len(roster.burden) == experts
        and requests.seats.shape == requests.least.shape == (count, skills)
        and requests.language.shape == (count, roster.language.shape[1])
        and len(requests.days) == len(requests.worth) == count
    )
    if not fits:
        raise InputError(
            "Roster and requests do not fit together.", way_out="Check the shapes of the arrays."
        )
    if count and not (
        requests.start.min() >= 0
        and requests.days.min() >= 1
        and (requests.start + requests.days).max() <= roster.free.shape[1]
    ):
        raise InputError("A team lies outside the days of the roster.", way_out="Give the roster more days.")
    if (requests.least < 0).any() or (requests.least > requests.seats).any():
        raise InputError("A team's least lies outside 0 and its seats.", way_out="Ask for at most its seats.")
    if (requests.worth < 1).any() or (roster.burden < 0).any() or rest_days < 0:
        raise InputError(
            "A worth, a burden or the rest days are below their range.", way_out="See the notes."
        )


def _free_throughout(free: Bools, requests: Requests) -> Bools:
    """(experts, requests): free on every day of the request."""
    days = np.concatenate([np.zeros((len(free), 1), np.int64), np.cumsum(free, axis=1)], axis=1)
    return np.asarray(days[:, requests.start + requests.days] - days[:, requests.start] == requests.days)


def _speaks(languages: Bools, wanted: Bools) -> Bools:
    """(experts, requests): speaks one of the languages, or none is asked for."""
    shared = languages.astype(np.int64) @ wanted.T.astype(np.int64)
    return np.asarray((shared > 0) | ~wanted.any(axis=1))


def _overlap(requests: Requests, rest_days: int) -> Bools:
    """(requests, requests): nobody can serve both; a request overlaps itself."""
    end = requests.start + requests.days + rest_days
    return np.asarray((requests.start[:, None] < end) & (requests.start < end[:, None]))


def _solve(
    roster: Roster, requests: Requests, expert: Ints, request: Ints, skill: Ints, *, rest_days: int
) -> tuple[Bools, int]:
    """Which of the possible (expert, request, skill) to take, and the worth that none can exceed.

    One column for each of them, then one for each team.
    """
    from sampan.engines.allocate.highs import Model

    n, teams = len(expert), len(requests.start)
    if n == 0:
        return np.zeros(0, bool), 0
    most = int(roster.burden.max()) * int(requests.seats.sum())
    slack = most // 100
    scale = 1 + most + slack
    worth = scale * requests.worth[request] - roster.burden[expert]
    rows = _Rows()
    _one_place(rows, requests, expert, request, rest_days)
    _seats(rows, requests, request, skill, n)
    row, column, entry, upper = rows.arrays()
    cost = np.concatenate([-worth, np.zeros(teams)]).astype(float)
    lower = np.full(len(upper), -np.inf)
    model = Model(cost, np.ones(n + teams), lower, upper, row, column, entry)
    taken, bound = _branched(model, teams, slack)
    return taken[:n], int((most - bound) // scale)


def _branched(model: Model, teams: int, slack: int) -> tuple[Bools, float]:
    """A whole point of a programme of binary columns and whole costs that is within ``slack`` of the best, and
    a cost that none can fall below.

    The relaxation is nearly whole once it is settled which teams leave (the last ``teams`` columns), so those
    are settled first: a few dozen programmes that differ in bounds, each starting from the last one's basis.
    Of several open branches the best bound goes first, and the deepest among equals.
    """
    from sampan.engines.allocate.highs import pass_columns, quiet_highs

    highs = quiet_highs()
    for which in ("primal", "dual"):  # one worth in a thousand is told apart by far less
        highs.setOptionValue(f"{which}_feasibility_tolerance", 1e-7)
    pass_columns(highs, model)
    n = len(model.cost)
    best, found = float(slack), np.zeros(n)  # nobody goes anywhere
    waiting: list[tuple[float, int, dict[int, float]]] = [(-np.inf, 0, {})]
    fixed_before: dict[int, float] = {}
    for number in range(MOST_BRANCHES):
        if not waiting or waiting[0][0] >= best - slack:
            return np.asarray(found > 0.5), best - slack
        _, _, fixed = heapq.heappop(waiting)
        for column in fixed_before.keys() - fixed.keys():
            highs.changeColBounds(column, 0.0, 1.0)
        for column, whole in fixed.items():
            highs.changeColBounds(column, whole, whole)
        fixed_before = fixed
        bound, value = _relaxed(highs)
        if bound >= best - slack:
            continue
        open_by = np.abs(value - value.round())
        open_by[:-teams] *= 1e-3
        if open_by.max() < 1e-9:
            best, found = bound, value
            continue
        column = int(open_by.argmax())
        for side in (0, 1):
            heapq.heappush(waiting, (bound, -2 * number - side, {**fixed, column: float(side)}))
    return np.asarray(found > 0.5), min(best - slack, waiting[0][0] if waiting else best)


def _relaxed(highs: Any) -> tuple[float, npt.NDArray[np.float64]]:
    """The least whole cost that the relaxation leaves possible (infinite if none), and where it lies."""
    import highspy

    codes = highspy.HighsModelStatus
    highs.run()
    if highs.getModelStatus() not in (codes.kOptimal, codes.kInfeasible):
        highs.clearSolver()  # the last basis led it astray: begin anew
        highs.run()
    if highs.getModelStatus() == codes.kInfeasible:
        return np.inf, np.zeros(0)
    if highs.getModelStatus() != codes.kOptimal:
        raise SampanError(f"HiGHS stopped: {highs.modelStatusToString(highs.getModelStatus())}.")
    cost = float(highs.getInfo().objective_function_value)
    return float(np.ceil(cost - 1e-3)), np.array(highs.getSolution().col_value)


class _Rows:
    """Rows Σ entry·column ≤ upper, gathered block by block."""

    def __init__(self) -> None:
        self._blocks: list[tuple[Ints, Ints, npt.NDArray[np.float64]]] = []
        self._upper: list[npt.NDArray[np.float64]] = []
        self.count = 0

    def add(self, row: Ints, column: Ints, entry: npt.ArrayLike, upper: npt.NDArray[np.float64]) -> None:
        """A block of ``len(upper)`` rows; ``row`` counts within the block."""
        entries = np.broadcast_to(np.asarray(entry, float), row.shape)
        self._blocks.append((row + self.count, column, entries))
        self._upper.append(upper)
        self.count += len(upper)

    def put(self, row: Ints, column: Ints, entry: npt.NDArray[np.float64]) -> None:
        """More entries in the rows of the block that was added last."""
        self._blocks.append((row + self.count - len(self._upper[-1]), column, entry))

    def arrays(self) -> tuple[Ints, Ints, npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        row, column, entry = (np.concatenate(parts) for parts in zip(*self._blocks, strict=True))
        return row, column, entry, np.concatenate(self._upper)


def _one_place(rows: _Rows, requests: Requests, expert: Ints, request: Ints, rest_days: int) -> None:
    """On the first day of each team, an expert is in one team at most, rest days included."""
    end = requests.start + requests.days + rest_days
    first = np.unique(requests.start)
    on = (requests.start[:, None] <= first) & (first < end[:, None])  # (requests, first days)
    last = len(first) - 1 - on[:, ::-1].argmax(axis=1)
    column, day = np.nonzero(on[request])
    key = expert[column] * len(first) + day
    needed = np.isin(key, expert * len(first) + last[request])  # on other days, a later row says more
    key, row = np.unique(key[needed], return_inverse=True)
    rows.add(row, column[needed], 1.0, np.ones(len(key)))


def _seats(rows: _Rows, requests: Requests, request: Ints, skill: Ints, n: int) -> None:
    """At most the seats, and none unless the team leaves; at least the least if it does."""
    team, wanted = np.nonzero(requests.seats)
    number = np.full(requests.seats.shape, -1)
    number[team, wanted] = np.arange(len(team))
    mine, column = number[request, skill], np.arange(n)
    for sign, bound in ((1.0, requests.seats), (-1.0, requests.least)):
        rows.add(mine, column, sign, np.zeros(len(team)))
        rows.put(np.arange(len(team)), n + team, -sign * bound[team, wanted].astype(float))


def _explained(
    roster: Roster, requests: Requests, seat: Ints, speaks: Bools, able: Bools, *, bound: int, rest_days: int
) -> Matching:
    filled = np.stack([(seat == s).sum(axis=0) for s in range(roster.skill.shape[1])], axis=1)
    goes = seat != NOBODY
    clash = _overlap(requests, rest_days) & ~np.eye(len(requests.start), dtype=bool)
    elsewhere = (goes.astype(np.int64) @ clash.astype(np.int64) > 0) & ~goes

    def counted(who: Bools) -> Ints:
        return np.asarray(who.T.astype(np.int64) @ roster.skill.astype(np.int64))

    return Matching(
        seat=seat,
        filled=filled.astype(np.int64),
        worth=int((filled.sum(axis=1) * requests.worth).sum()),
        bound=bound,
        skilled=counted(np.ones_like(speaks)),
        speaking=counted(speaks),
        free=counted(speaks & able),
        taken=counted(speaks & able & elsewhere),
    )
