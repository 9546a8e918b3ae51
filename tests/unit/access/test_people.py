"""Who may do what: the whole table, and the words of a refusal."""

from itertools import product
from typing import get_args

import pytest

from sampan.access.people import ALLOWS, Act, Person, Role, require
from sampan.core.errors import Refused


@pytest.mark.parametrize(("role", "act"), list(product(get_args(Role), get_args(Act))))
def test_a_role_allows_its_acts_and_no_other(role: Role, act: Act) -> None:
    person = Person("somebody", (role,))
    assert person.may(act) == (act in ALLOWS[role])
    if person.may(act):
        require(person, act)
    else:
        with pytest.raises(Refused, match="somebody"):
            require(person, act)


def test_every_act_is_somebodys() -> None:
    assert set(get_args(Act)) == set().union(*ALLOWS.values())


def test_nobody_both_plans_and_approves_by_one_role() -> None:
    for acts in ALLOWS.values():
        assert not {"plan", "approve"} <= acts


def test_a_person_may_be_confined_to_some_acts_and_never_gains_any() -> None:
    officer = Person("somebody", ("officer",), only=frozenset({"load", "approve"}))
    assert officer.acts == ("load",)
    assert Person("somebody", ("officer",), only=frozenset()).acts == ()
