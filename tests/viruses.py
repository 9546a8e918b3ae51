"""A second virus, made from a seed: 8,400 letters, a slip of the ribosome, an overlap, a gene read backwards."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from sampan.engines.genome.coding import Cds
from sampan.engines.genome.reference import GenomeReference, Node, reference_of

_STOPS = {"TAA", "TAG", "TGA"}
_PAIRS = str.maketrans("ACGT", "TGCA")
LETTERS = 8_400


def backwards(text: str) -> str:
    """The other strand."""
    return text[::-1].translate(_PAIRS)


def _open(rng: random.Random, codons: int) -> str:
    """A gene of so many codons with no stop before its end."""
    free = [a + b + c for a in "ACGT" for b in "ACGT" for c in "ACGT" if a + b + c not in _STOPS]
    return "ATG" + "".join(rng.choice(free) for _ in range(codons - 2)) + "TAA"


CDSES = (
    Cds("pol", ((300, 2400), (2399, 5099))),
    Cds("cap", ((5200, 6700),)),
    Cds("over", ((6602, 6902),)),
    Cds("back", ((7100, 8000),), reverse=True),
)


@lru_cache(maxsize=1)
def genome(seed: int = 20200312) -> str:
    """The letters of the virus. The polymerase slips back one letter at 2,400; over begins inside cap."""
    rng = random.Random(seed)
    letters = [rng.choice("ACGT") for _ in range(LETTERS)]
    pol = list(_open(rng, 1600))
    pol[2100] = pol[2099]  # the letter that is read twice
    if "".join(pol[2100:2103]) in _STOPS:
        pol[2102] = "C"
    letters[300:2400], letters[2400:5099] = pol[:2100], pol[2101:]
    letters[5200:6700] = _open(rng, 500)
    for begin in range(6602, 6902, 3):
        while "".join(letters[begin : begin + 3]) in _STOPS or _stops(letters, 5200, 6697):
            letters[begin + rng.randrange(3)] = rng.choice("CG")
    letters[6697:6700] = "TAA"
    letters[7100:8000] = backwards(_open(rng, 300))
    return "".join(letters)


def _stops(letters: list[str], begin: int, end: int) -> bool:
    return any("".join(letters[at : at + 3]) in _STOPS for at in range(begin, end, 3))


@dataclass(frozen=True)
class Edited:
    """A genome with changes, and what they are, as bioinformaticians write them."""

    text: str
    substitutions: tuple[str, ...]
    deletions: tuple[str, ...]
    insertions: tuple[str, ...]


def edited(edits: list[tuple[int, str, str]], text: str | None = None) -> Edited:
    """The virus with edits (position from 0, letters that go, letters that come), ascending and apart."""
    text = text or genome()
    parts, at = [], 0
    substitutions, deletions, insertions = [], [], []
    for position, gone, come in edits:
        assert text[position : position + len(gone)] == gone
        parts += [text[at:position], come]
        at = position + len(gone)
        if gone and come:
            substitutions.append(f"{gone}{position + 1}{come}")
        elif gone:
            deletions.append(f"{position + 1}-{at}" if len(gone) > 1 else f"{at}")
        else:
            insertions.append(f"{position}:{come}")
    return Edited("".join([*parts, text[at:]]), tuple(substitutions), tuple(deletions), tuple(insertions))


@lru_cache(maxsize=1)
def small() -> GenomeReference:
    """The virus as the engine reads it, with three lineages: root, root.1 and root.2 (of root)."""
    mutations = {"root": [], "root.1": ["500T", "1000A"], "root.2": ["500T", "2000C", "7000A"]}
    text = genome()
    return reference_of(
        text,
        CDSES,
        name="small",
        version="1",
        nodes=[Node(name, name.split(".")[0], states(text, told)) for name, told in mutations.items()],
        parents={"root.1": "root", "root.2": "root"},
    )


def states(text: str, told: list[str]) -> Any:
    """Mutations as nodes have them; one that is no change of this genome takes the next base."""
    import numpy as np

    found = []
    for word in told:
        position, base = int(word[:-1]) - 1, "ACGT".index(word[-1])
        found.append(5 * position + (base + (text[position] == word[-1])) % 4)
    return np.array(sorted(found), np.int64)


def folder(path: Path) -> Path:
    """The virus as a folder that an operator would install."""
    path.mkdir(parents=True, exist_ok=True)
    (path / "reference.fasta").write_text(f">small virus\n{genome()}\n")
    rows = []
    for cds in CDSES:
        sign = "-" if cds.reverse else "+"
        rows += [
            f"small\tt\tCDS\t{begin + 1}\t{end}\t.\t{sign}\t0\tID={cds.name};Name={cds.name}"
            for begin, end in cds.parts
        ]
    (path / "genome_annotation.gff3").write_text("##gff-version 3\n" + "\n".join(rows) + "\n")
    qc = {
        "missingData": {"enabled": True, "missingDataThreshold": 1000, "scoreBias": 100},
        "mixedSites": {"enabled": True, "mixedSitesThreshold": 10},
        "privateMutations": {"enabled": True, "typical": 5, "cutoff": 20},
        "snpClusters": {"enabled": False},
        "frameShifts": {"enabled": True},
        "stopCodons": {"enabled": True},
    }
    (path / "pathogen.json").write_text(
        json.dumps({"attributes": {"name": "small"}, "version": {"tag": "2020-03-12"}, "qc": qc})
    )
    (path / "lineages.tsv").write_text(
        "lineage\tparent\tclade\tdesignation_date\tmutations\n"
        "root\t\told\t2020-01-01\t\nroot.1\troot\tnew\t2020-02-01\t501-503,C1000-\n"
        "root.2\troot\tnew\t2020-03-01\t2000-2002\n"
    )
    return path
