"""The laboratories of an exercise play on where few genomes come, come late or come bad."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from sampan.core.time import StandingClock
from sampan.desks.assistance import assumptions
from sampan.desks.control.exercise import FIRST_DAY, make
from sampan.desks.science import standing
from sampan.desks.science.exercise import FictionalGenomes
from sampan.desks.science.sets import sets
from sampan.desks.science.watching import watched_primers
from sampan.desks.science.works import works
from sampan.engines.outbreak import Scenario
from sampan.injects import BEFORE, Injects, genomes_of
from sampan.injects.laboratories import NEW_LIST, PRIMER, WEEKS
from sampan.node import Node, memory_node

SEED = 7
OPENING = FIRST_DAY + timedelta(days=40)


@pytest.fixture(scope="module")
def made() -> FictionalGenomes:
    outbreak = make(home="CHN", seed=SEED, scenario=Scenario(days=30))
    return genomes_of(outbreak, home="CHN", seed=SEED)


def _played(genomes: FictionalGenomes) -> Node:
    """A node on the day after the laboratories have done their last."""
    node = memory_node()
    clock = node.session.clock
    assert isinstance(clock, StandingClock)
    clock.set_to(OPENING)
    given = assumptions.default()
    around = Injects(
        node.session, clock, assumptions=given, first=OPENING + BEFORE, seed=SEED, genomes=genomes
    )
    around.until(OPENING + timedelta(7 * WEEKS + 7))
    return node


def _none(made: FictionalGenomes) -> FictionalGenomes:
    return replace(made, genomes=())


def _of_no_virus(made: FictionalGenomes) -> FictionalGenomes:
    first = made.genomes[0]
    return replace(made, genomes=(replace(first, text=first.text[::-1]),))


def _bad(made: FictionalGenomes) -> FictionalGenomes:
    return replace(made, genomes=tuple(one for one in made.genomes if one.fate == "thin"))


def _for_partners(made: FictionalGenomes) -> FictionalGenomes:
    """None is open before the end."""
    far = OPENING + timedelta(days=300)
    return replace(made, genomes=tuple(replace(one, restricted=far) for one in made.genomes[:5]))


@pytest.mark.parametrize("few", [_none, _of_no_virus, _bad, _for_partners])
def test_without_a_genome_to_show_there_is_no_set_and_the_rest_goes_on(
    made: FictionalGenomes, few: Callable[[FictionalGenomes], FictionalGenomes]
) -> None:
    with _played(few(made)) as node:
        assert not sets(node.session)
        assert all(not one.linked for one in works(node.session))


def test_genomes_that_come_after_the_newer_list_become_a_set_all_the_same(made: FictionalGenomes) -> None:
    late = tuple(replace(one, ready=OPENING + timedelta(NEW_LIST + 1)) for one in made.genomes[:5])
    with _played(replace(made, genomes=late)) as node:
        assert len(sets(node.session)) == 1


def test_a_primer_on_the_first_letters_lies_within_the_virus(made: FictionalGenomes) -> None:
    root, marked, *others = made.lineages
    early = replace(marked.mutations[-1], at=2)
    lineages = (root, replace(marked, mutations=(early,)), *others)
    with _played(replace(made, lineages=lineages, genomes=made.genomes[:8])) as node:
        (laid,) = [one for one in watched_primers(node.session) if one.oligo == "EXS-F"]
        assert (laid.position, len(laid.letters)) == (1, PRIMER)
        assert standing.genomes(node.session, state="released")
