"""What cannot be meant is refused, in words that say the way out."""

from typing import Any

import numpy as np
import pytest

from sampan.core.errors import InputError
from sampan.engines.allocate import Charter, Earmark, Lot, Problem, allocate


def _fields(**given: Any) -> dict[str, Any]:
    S, T, R, I, Dp, L = 3, 4, 2, 2, 1, 1
    made: dict[str, Any] = {
        "samples": np.full((S, T, R, I), 5.0),
        "weight": np.ones((R, I)),
        "kind": ("W", "D"),
        "pack": np.array([1, 2]),
        "supply": np.full((T, Dp, I), 4.0),
        "lane": np.zeros(R, int),
        "lead_weeks": np.zeros((Dp, L), int),
        "recipients": ("Alba", "Brina"),
    }
    return made | given


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "a need that is missing": ({"samples": np.full((3, 4, 2, 2), np.nan)}, "NaN"),
    "a negative need": ({"samples": np.full((3, 4, 2, 2), -1.0)}, "goes down to -1"),
    "an infinite need": ({"samples": np.full((3, 4, 2, 2), np.inf)}, "infinite"),
    "no recipients": ({"samples": np.zeros((3, 4, 0, 2))}, "at least one of each"),
    "a weight that is missing": (
        {"weight": np.array([[1.0, np.nan], [1, 1]])},
        r"weight is missing \(NaN\) at \(0, 1\)",
    ),
    "a wrong shape": ({"weight": np.ones((2, 3))}, r"weight has shape \(2, 3\), not \(2, 2\)"),
    "an unknown kind": ({"kind": ("W", "X")}, "durable"),
    "half a unit in a pack": ({"pack": np.array([1, 1.5])}, "fractions"),
    "an empty pack": ({"pack": np.array([1, 0])}, "less than one unit"),
    "a lane that is not there": ({"lane": np.array([0, 1])}, "knows 1 lanes"),
    "a lead time beyond the horizon": ({"lead_weeks": np.array([[4]])}, "beyond the horizon of 4 weeks"),
    "no supply": ({"supply": np.zeros((4, 1, 2))}, "no supply at all"),
    "negative freight": ({"freight_m3": np.full((4, 1, 1), -2.0)}, "freight_m3 goes down"),
    "a recipient named twice": ({"recipients": ("Alba", "Alba")}, "Alba named twice"),
    "too few names": ({"recipients": ("Alba",)}, "1 names for 2 recipients"),
    "an expired lot": ({"lots": (Lot(0, 0, 2, 10, expires=1),)}, "has expired"),
    "a lot of half a unit": ({"lots": (Lot(0, 0, 2, 10.5),)}, "whole units"),  # type: ignore[arg-type]
    "a lot of a missing count": ({"lots": (Lot(0, 0, 2, float("nan")),)}, "whole units"),  # type: ignore[arg-type]
    "half a depot": ({"lots": (Lot(0.5, 0, 2, 10),)}, "with a fraction"),  # type: ignore[arg-type]
    "words for weights": ({"weight": np.array([["much", "more"], ["a", "b"]])}, "other than numbers"),
    "an own depot that is not there": ({"own_depot": np.array([0, 1])}, "own depot is 1"),
    "freight in kg that is missing": ({"freight_kg": np.full((4, 1, 1), np.nan)}, "freight_kg is missing"),
    "a lot in no depot": ({"lots": (Lot(3, 0, 2, 10),)}, "does not exist"),
    "a lot with an unknown earmark": ({"lots": (Lot(0, 0, 2, 10, earmark=0),)}, "Earmark 0 does not exist"),
    "an earmark for nobody known": ({"earmarks": (Earmark("x", recipients=(9,)),)}, "no such recipient"),
    "an earmark for another item": (
        {"earmarks": (Earmark("x", items=(1,)),), "lots": (Lot(0, 0, 0, 10, earmark=0),)},
        "nobody may receive",
    ),
    "a charter to nowhere": ({"charters": (Charter(0, 5, 0, 10.0),)}, "unknown depot, lane or week"),
}


@pytest.mark.parametrize("what", BAD)
def test_refused(what: str) -> None:
    fields, said = BAD[what]
    with pytest.raises(InputError, match=said):
        Problem(**_fields(**fields))


def test_an_unknown_policy_is_refused_with_the_list_of_policies() -> None:
    with pytest.raises(InputError, match="leximin"):
        allocate(Problem(**_fields()), policy="kindness")
