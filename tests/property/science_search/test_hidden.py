"""A genome that a reader may not see is in no answer: with it and without it, every byte is the same."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sampan.core.errors import SampanError
from sampan.core.plain import plain
from sampan.desks.science import frequencies, library, primers, search
from sampan.desks.science.search import Look
from sampan.desks.science.terms import GONE, Shown, shown
from sampan.engines.genome_search.oligos import Oligo
from sampan.engines.genome_search.seen import Seen
from sampan.records.science import Reader, Terms
from tests.genome_rows import PARENTS, Genome, analysis, made_up, metadata, small_layout
from tests.genome_sql import questions, text

LAYOUT = small_layout()
DAY = date(2020, 3, 15)
OLIGO = Oligo("one", LAYOUT.genome[18:40], 18)


def index(folder: Path, genomes: list[Genome], shows: list[Shown], *, cut: int) -> Path:
    """An index to which the genomes came in two additions."""
    library.set_reference(folder, LAYOUT, parents={child: [parent] for child, parent in PARENTS.items()})
    for part in (slice(0, cut), slice(cut, None)):
        library.add(folder, analysis(genomes[part], LAYOUT), metadata(genomes[part]), shows[part])
    return folder


def everything_said(look: Look, query: str) -> str:
    """All that this desk answers to a question, refusals too."""
    asks: list[Callable[[], Any]] = [
        lambda: search.search(look, query, most=7, skip=2),
        lambda: search.search(look, query, where=["length>200", "lab~lab"]),
        lambda: search.search(look, query, where=["secret=1"]),
        lambda: search.counts(look, query),
        lambda: search.counts(look, query, by=("month", "country")),
        lambda: search.counts(look, query, by=("lineage",)),
        lambda: frequencies.frequencies(look, query, least=0.0),
        lambda: frequencies.frequencies(look, query, level="amino acid", least=0.02),
        lambda: frequencies.course(look, query, "25"),
        lambda: primers.watched(look, query, [OLIGO]),
    ]
    return json.dumps([_said(ask) for ask in asks])


def _said(ask: Callable[[], Any]) -> Any:
    try:
        return plain(ask())
    except SampanError as fault:
        return [str(fault), fault.way_out]


HIDDEN = [
    shown(Terms(kind="embargo", until=date(2020, 3, 16))),
    shown(Terms(kind="national")),
    shown(Terms(), released=False),
    GONE,
]


@settings(max_examples=12)
@given(
    data=st.data(),
    seed=st.integers(0, 1000),
    reader=st.sampled_from(["public", "partner"]),
    tree=questions(LAYOUT),
)
def test_a_hidden_genome_changes_no_answer(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, seed: int, reader: Reader, tree: tuple
) -> None:
    genomes = made_up(60, layout=LAYOUT, seed=seed)
    hide = data.draw(st.sets(st.integers(0, 59), min_size=1, max_size=25))
    hidden = [
        *HIDDEN,
        *([shown(Terms(kind="restricted", until=date(2020, 4, 1)))] if reader == "public" else []),
    ]
    shows = [hidden[i % len(hidden)] if i in hide else shown(Terms()) for i in range(60)]
    open_ = [i for i in range(60) if i not in hide]
    folder = tmp_path_factory.mktemp("two")
    with_ = index(folder / "with", genomes, shows, cut=30)
    without = index(
        folder / "without",
        [genomes[i] for i in open_],
        [shows[i] for i in open_],
        cut=sum(i < 30 for i in open_),
    )
    for query in ("", text(tree), "lineage=B.1*", "lineage=Q", "S:3 | 60-"):
        said = [everything_said(search.look(f, reader=reader, day=DAY), query) for f in (with_, without)]
        assert said[0] == said[1]


def test_it_takes_no_other_road_past_a_hidden_genome(tmp_path: Path) -> None:
    """The same calls in the same order, whether or not what is hidden fits."""
    genomes = [replace(g, aligned=True, start=1, end=200) for g in made_up(40, layout=LAYOUT, seed=5)]
    position, letter = 101, next(b for b in "ACGT" if b != LAYOUT.genome[100])
    for genome in genomes:
        genome.substitutions.pop(position, None)
        genome.deletions.clear()
        genome.missing.clear()
        genome.ambiguous.clear()
    fitting = [*genomes[:-1], replace(genomes[-1], substitutions={position: letter})]
    other = [*genomes[:-1], replace(genomes[-1], substitutions={})]
    shows = [shown(Terms())] * 39 + [shown(Terms(kind="national"))]
    roads = []
    for name, each in (("fits", fitting), ("not", other)):
        look = search.look(index(tmp_path / name, each, shows, cut=20), reader="public", day=DAY)
        for _ in range(2):  # the first compiles
            look.genomes.index.kept.clear()
            road: list[str] = []
            sys.setprofile(
                lambda frame, event, _, road=road: road.append(f"{event} {frame.f_code.co_qualname}")
            )
            try:
                found = search.counts(look, f"{position}{letter} | MAYBE({position}{letter})")
            finally:
                sys.setprofile(None)
            assert found.total == 0
        roads.append(road)
    assert roads[0] == roads[1]


def test_what_is_seen_cannot_be_made_up(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="not made up"):
        Seen(())


def test_release_by_date_needs_nobody(tmp_path: Path) -> None:
    genomes = made_up(10, layout=LAYOUT, seed=2)
    shows = [shown(Terms(kind="embargo", until=DAY))] * 10
    folder = index(tmp_path / "index", genomes, shows, cut=5)
    days = [date(2020, 3, 14), DAY]
    assert [search.counts(search.look(folder, reader="public", day=day), "").total for day in days] == [0, 10]
    assert [search.counts(search.look(folder, reader="staff", day=day), "").total for day in days] == [10, 10]


def test_release_and_withdrawal_are_seen_at_once(tmp_path: Path) -> None:
    genomes = made_up(10, layout=LAYOUT, seed=2)
    folder = index(tmp_path / "index", genomes, [shown(Terms(), released=False)] * 10, cut=5)

    def total() -> int:
        return search.counts(search.look(folder, reader="public", day=DAY), "").total

    assert total() == 0
    assert library.show(folder, {"g1.1": shown(Terms()), "g7.1": shown(Terms()), "nobody": GONE}) == 2
    assert total() == 2
    library.show(folder, {"g7.1": GONE})
    found = search.search(search.look(folder, reader="staff", day=DAY), "")
    assert total() == 1
    assert found.total == 9
    assert "g7.1" not in [row["accession"] for row in found.rows]
