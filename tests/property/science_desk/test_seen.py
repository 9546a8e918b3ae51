"""Whatever was handed in, approved, released, withdrawn, revised or loosened: nobody finds what they may not see.

The oracle looks at each genome by itself; the desk answers from its index, its exports and its lists.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from sampan.core.errors import InputError, Refused, SampanError
from sampan.core.time import StandingClock
from sampan.desks.science.asked import counts, found, frequencies
from sampan.desks.science.collection import collection
from sampan.desks.science.exports import export
from sampan.desks.science.public import summary
from sampan.desks.science.releases import approve, release, set_terms, withdraw
from sampan.desks.science.standing import genome
from sampan.desks.science.submission import submit
from sampan.node import MEMORY_PEOPLE, Node, memory_node
from sampan.world.genome_references import install
from tests.small_virus import changed, fasta, other, write_reference

NOON = datetime(2020, 6, 1, 12, tzinfo=UTC)
KINDS = ("open", "restricted", "embargo", "national")


@pytest.fixture
def node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Node]:
    install(write_reference(tmp_path / "small"), store=tmp_path / "store")
    monkeypatch.setenv("SAMPAN_REFERENCES", str(tmp_path / "store"))
    made = memory_node(at=NOON, people=MEMORY_PEOPLE)
    yield made
    made.close()


def hand_in(node: Node, g: np.random.Generator, round_: int) -> None:
    """Some genomes under all kinds of terms; now and then a revision of an earlier one."""
    rows, genomes = ["strain\taccession\tdate\tcountry\tterms\tuntil"], {}
    earlier = [one.accession for one in collection(node.session).newest().values()]
    for i in range(int(g.integers(1, 6))):
        name = f"r{round_}n{i}"
        accession = str(g.choice(earlier)) if earlier and g.random() < 0.3 else ""
        if accession in "".join(rows):
            accession = ""
        kind = str(g.choice(KINDS))
        until = (
            str(date(2020, 6, 2) + timedelta(int(g.integers(0, 60))))
            if kind in ("restricted", "embargo")
            else ""
        )
        rows.append(f"{name}\t{accession}\t2020-0{int(g.integers(1, 6))}\tChina\t{kind}\t{until}")
        site = int(g.integers(10, 1490))
        genomes[name] = changed({150: other(150), site: other(site)})
    submit(node.session, {"g.fasta": fasta(genomes), "t.tsv": "\n".join(rows).encode()})


def step(node: Node, g: np.random.Generator, round_: int) -> None:
    """One thing that somebody does; what the rules refuse is not done."""
    names = list(collection(node.session).held)
    numbers = list(collection(node.session).submissions)
    some = [str(name) for name in g.choice(names, min(2, len(names)), replace=False)] if names else []
    try:
        match int(g.integers(0, 6)):
            case 0:
                hand_in(node, g, round_)
            case 1 | 2:
                number = str(g.choice(numbers))
                approve(node.on_behalf_of("director"), number, without=some[:1] if g.random() < 0.3 else ())
            case 3:
                release(node.session, str(g.choice(numbers)))
            case 4:
                withdraw(node.session, some[:1], reason="wrong")
            case 5:
                set_terms(node.session, some, str(g.choice(["open", "national"])))  # type: ignore[arg-type]
    except (InputError, Refused):
        return


@pytest.mark.parametrize("seed", range(4))
def test_nobody_finds_what_they_may_not_see(node: Node, seed: int) -> None:
    g = np.random.default_rng(seed)
    hand_in(node, g, 99)
    approve(node.on_behalf_of("director"), "G-0001")
    release(node.session, "G-0001")
    for round_ in range(14):
        step(node, g, round_)
        if round_ % 3 == 1:
            compare(node, int(g.integers(0, 70)))


def compare(node: Node, days: int) -> None:
    """Every answer, held against each genome by itself, on some later day."""
    clock = StandingClock(NOON + timedelta(days))
    for handle, reader in (("officer", "staff"), ("italy", "partner")):
        session = replace(node.on_behalf_of(handle), clock=clock)
        held = collection(session).held.values()
        may = {one.name for one in held if one.seen_by(reader, session.today())}  # type: ignore[arg-type]
        indexed = {one.name for one in held if one.state not in ("received", "processed")}
        assert {row["accession"] for row in found(session, "", limit=1000)} == may & indexed
        assert counts(session, "").total == len(may & indexed)
        assert frequencies(session, "", level="nucleotide", least=0.0).genomes == len(may & indexed)
        for one in held:
            if reader == "partner" and one.name not in may:
                with pytest.raises(InputError, match="There is no genome"):
                    genome(session, one.name)
                with pytest.raises(InputError, match="There is no genome"):
                    export(session, "citations", accessions=[one.name], audience="partner")
        open_ = {one.name for one in held if one.seen_by("public", session.today())}
        assert summary(session).genomes == len(open_)
        try:
            done = export(session, "citations", query="date>=2019", leave_out=True)
        except SampanError:
            assert not open_ & indexed
        else:
            written = done.files["citations.csv"].decode()
            assert {line.split(",")[0] for line in written.splitlines()[1:]} == open_ & indexed
