"""A node with a made-up virus installed, and what people hand in to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sampan.access.settings import Settings
from sampan.core.time import StandingClock
from sampan.desks.science.submission import Submitted, submit
from sampan.node import Node
from sampan.world.genome_references import install
from tests.small_virus import changed, fasta, other, write_reference

NOON = datetime(2020, 6, 1, 12, tzinfo=UTC)
PEOPLE = {
    "officer": ("officer",),
    "deputy": ("officer", "approver"),
    "director": ("approver",),
    "viewer": ("viewer",),
    "italy": ("receiver:ITA",),
}
HEAD = "strain\tdate\tcountry\tdivision\thost\tsample_id\toriginating_lab\tauthors"


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the small virus is installed."""
    folder = tmp_path_factory.mktemp("references")
    install(write_reference(folder / "small"), store=folder / "store")
    return folder / "store"


@pytest.fixture
def references(store: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same, as this node's."""
    monkeypatch.setenv("SAMPAN_REFERENCES", str(store))
    return store


@pytest.fixture
def node(tmp_path: Path, references: Path) -> Iterator[Node]:
    """A node on disk, with people who submit and people who approve."""
    folder = tmp_path / "node"
    Node.create(folder, home="CHN", clock=StandingClock(NOON)).close()
    settings = Settings.read(folder)
    (folder / "sampan.toml").write_bytes(Settings(settings.home, settings.origin, PEOPLE).toml())
    with Node.open(folder, clock=StandingClock(NOON)) as opened:
        yield opened


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Node]:
    """A node without a reference."""
    monkeypatch.setenv("SAMPAN_REFERENCES", str(tmp_path / "none"))
    folder = tmp_path / "bare"
    Node.create(folder, home="CHN", clock=StandingClock(NOON)).close()
    with Node.open(folder, clock=StandingClock(NOON)) as opened:
        yield opened


GENOMES = {
    "hCoV/Wuhan/1": changed({1200: other(1200)}),
    "hCoV/Wuhan/2": changed({150: other(150)}),
    "hCoV/Rome/3": changed({150: other(150), 400: other(400), 777: other(777)}),
}
ROWS = {
    "hCoV/Wuhan/1": "2020-01-05\tChina\tHubei\tHomo sapiens\tS1\tLab A\tLi, Wang",
    "hCoV/Wuhan/2": "2020-02\tCHN\tCN-HB\tHomo sapiens\tS2\tLab A\tLi, Wang",
    "hCoV/Rome/3": "2020-03-01/2020-03-10\tItaly\t\tHomo sapiens\tS3\tمختبر, روما\tRossi",
}


def table(rows: Mapping[str, str] = ROWS, head: str = HEAD) -> bytes:
    """Rows by name as TSV."""
    return "\n".join([head, *(f"{name}\t{cells}" for name, cells in rows.items())]).encode()


def upload(genomes: Mapping[str, str] = GENOMES, rows: Mapping[str, str] = ROWS) -> dict[str, bytes]:
    """Files as they are handed in."""
    return {"genomes.fasta": fasta(genomes), "about.tsv": table(rows)}


@pytest.fixture
def submitted(node: Node) -> Callable[..., Submitted]:
    """Hands in files, as the officer."""

    def hand_in(files: Mapping[str, bytes] | None = None, **more: object) -> Submitted:
        return submit(node.session, files if files is not None else upload(), **more)  # type: ignore[arg-type]

    return hand_in
