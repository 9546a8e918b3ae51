"""Genomes that a stranger may not see change no byte of any page, in any form."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from sampan.desks.science.terms import GONE, Shown, shown
from sampan.node import Node
from sampan.records.science import Terms
from sampan.web.app import site
from sampan.web.science.listing import GENOME_PAGES
from tests.genome_rows import Genome
from tests.genomes_shown import HIDDEN, MUTATION, put, some

QUESTIONS = [
    "",
    f"q={MUTATION}",
    f"q=MAYBE({MUTATION})&since=2020-02",
    "lineage=B.1*&place=CHN",
    "q=25&mutation=25-",
]
HIDING = [HIDDEN, GONE, shown(Terms(), released=False)]


def pages(folder: Path, genomes: list[Genome], shows: list[Shown]) -> list[bytes]:
    """Every page about genomes of a node that has these."""
    Node.create(folder, home="CHN").close()
    put(folder, genomes, shows)
    with Node.open(folder) as node:
        client = TestClient(site(node))
        return [
            client.get(f"/ar/science{page.path}{form}?{question}").content
            for page in GENOME_PAGES
            for form in ("", ".json", ".csv")
            for question in QUESTIONS
        ]


@settings(max_examples=4)
@given(hide=st.sets(st.integers(0, 39), min_size=1, max_size=40), seed=st.integers(0, 99))
def test_pages_with_and_without_hidden_genomes_are_the_same(
    tmp_path_factory: pytest.TempPathFactory, hide: set[int], seed: int
) -> None:
    genomes = some(40, seed=seed)
    shows = [HIDING[i % 3] if i in hide else shown(Terms()) for i in range(40)]
    left = [i for i in range(40) if i not in hide]
    folder = tmp_path_factory.mktemp("two")
    with_ = pages(folder / "with", genomes, shows)
    without = pages(folder / "without", [genomes[i] for i in left], [shows[i] for i in left])
    assert with_ == without


def test_a_node_that_shows_nothing_looks_like_one_that_has_nothing(tmp_path: Path) -> None:
    genomes = some(10)
    assert pages(tmp_path / "hides", genomes, [HIDDEN] * 10) == pages(tmp_path / "empty", [], [])
