"""A process that dies while it adds genomes leaves all of the addition or none, and the next one goes on."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from multiprocessing import get_context
from pathlib import Path

import pytest

from sampan.core.errors import InputError, NodeError
from sampan.desks.science import library, search
from sampan.desks.science.terms import Shown
from sampan.formats.genome_blocks import Shelf
from tests.genome_rows import analysis, made_up, metadata, small_layout

LAYOUT = small_layout()
GENOMES = made_up(80, layout=LAYOUT, seed=11)
DAY = date(2020, 4, 1)

DIE = """
import os, sys
from pathlib import Path
from tests.faults.science_search.{module} import add
folder, at, after = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "after"
replace, done = Path.replace, 0
def dying(self, target):
    global done
    done += 1
    if done == at and not after:
        os._exit(9)
    moved = replace(self, target)
    if done == at:
        os._exit(9)
    return moved
Path.replace = dying
add(folder, 40, 80)
"""


def add(folder: Path, begin: int, end: int) -> int:
    part = GENOMES[begin:end]
    return library.add(folder, analysis(part, LAYOUT), metadata(part), [Shown(0)] * len(part))


def total(folder: Path) -> int:
    return search.counts(search.look(folder, reader="public", day=DAY), "").total


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "index"
    library.set_reference(made, LAYOUT)
    add(made, 0, 40)
    return made


@pytest.mark.parametrize(
    ("at", "when"), [(1, "before"), (2, "before"), (3, "before"), (4, "before"), (4, "after")]
)
def test_killed_at_any_write(folder: Path, at: int, when: str) -> None:
    """The block, the standing, the rows and the manifest: each write lost, and the last kept but not reported."""
    script = DIE.format(module=Path(__file__).stem)
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-c", script, str(folder), str(at), when],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        check=False,
    )
    assert done.returncode == 9
    published = at == 4 and when == "after"
    assert total(folder) == (80 if published else 40)
    library.verify(folder)
    if not published:
        assert add(folder, 40, 80) == 80
    assert total(folder) == 80
    library.verify(folder)
    manifest = Shelf(folder).manifest()
    assert manifest is not None
    allowed = manifest.files() | set(manifest.before) | {".lock", "manifest.json"}
    if not published:
        assert {file.name for file in folder.iterdir()} <= allowed, (
            "what the dead process left is cleared away"
        )


def _add_one(folder: Path, i: int) -> None:
    add(folder, i, i + 1)


def test_several_add_at_once_and_nothing_is_lost(folder: Path) -> None:
    with get_context("spawn").Pool(3) as pool:
        pool.starmap(_add_one, [(folder, i) for i in range(40, 52)])
    assert total(folder) == 52
    library.verify(folder)


def test_a_reader_keeps_what_it_has_while_more_comes(folder: Path) -> None:
    look = search.look(folder, reader="public", day=DAY)
    for begin in (40, 50, 60):
        add(folder, begin, begin + 10)
    assert search.counts(look, "").total == 40
    assert total(folder) == 70


def test_only_the_newest_block_changes(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "BLOCK", 50)
    monkeypatch.setattr("sampan.engines.genome_search.block.BLOCK", 50)
    add(folder, 40, 75)
    first, second = Shelf(folder).manifest().parts  # type: ignore[union-attr]
    assert (first.n, second.n) == (50, 25)
    before = library.open_genomes(folder).index.blocks[0]
    add(folder, 75, 80)
    again, longer = Shelf(folder).manifest().parts  # type: ignore[union-attr]
    assert again == first
    assert longer != second
    assert library.open_genomes(folder).index.blocks[0] is before


@pytest.mark.parametrize("damage", ["cut", "flip", "empty", "gone"])
def test_a_damaged_block_is_told(folder: Path, damage: str) -> None:
    manifest = Shelf(folder).manifest()
    assert manifest is not None
    block = folder / manifest.parts[0].block
    data = block.read_bytes()
    library._OPEN.clear()
    if damage == "gone":
        block.unlink()
    else:
        block.write_bytes(
            {"cut": data[: len(data) // 2], "flip": data[:-200] + b"\x55" * 200, "empty": b""}[damage]
        )
    with pytest.raises(NodeError) as fault:
        library.verify(folder)
    assert fault.value.way_out


def test_a_damaged_manifest_is_told(folder: Path) -> None:
    (folder / "manifest.json").write_text('{"format": 1}')
    with pytest.raises(NodeError, match="damaged"):
        total(folder)


def test_no_index_at_all(tmp_path: Path) -> None:
    with pytest.raises(NodeError, match="no genomes to search"):
        total(tmp_path / "nothing")


def test_another_reference_is_refused(folder: Path) -> None:
    with pytest.raises(InputError, match="another reference"):
        library.set_reference(folder, small_layout(seed=2))


def test_what_does_not_fit_is_refused_whole(folder: Path) -> None:
    part = GENOMES[40:42]
    table, told = analysis(part, LAYOUT), metadata(part)
    shows = [Shown(0)] * 2
    wrong = [
        (table, told, shows[:1]),
        (table, told.drop_columns(["date"]), shows),
        (table, told.set_column(1, "date", [["yesterday", ""]]), shows),
        (table, told.set_column(2, "place", [["ITA", "Atlantis"]]), shows),
        (table.set_column(3, "substitutions", [[["A9999T"], []]]), told, shows),
        (table.set_column(3, "substitutions", [[["hello"], []]]), told, shows),
        (table.set_column(4, "deletions", [[["5-900"], []]]), told, shows),
    ]
    for each in wrong:
        with pytest.raises(InputError) as fault:
            library.add(folder, *each)
        assert fault.value.way_out
    assert total(folder) == 40
