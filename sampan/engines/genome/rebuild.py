"""What do the columns of a genome say when they are put back on the reference?

The aligned genome and its proteins are not stored: they are the reference with the differences applied.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from sampan.engines.genome.letters import PEPTIDE, decode
from sampan.engines.genome.reference import GenomeReference

_SPAN = re.compile(r"(\d+)(?:-(\d+))?")


def span(word: str) -> slice:
    """Where a deletion lies, as ``21765-21770`` or ``28271``: from 0, half open."""
    match = _SPAN.fullmatch(word)
    assert match, word
    return slice(int(match[1]) - 1, int(match[2] or match[1]))


def aligned(row: Mapping[str, Any], reference: GenomeReference) -> str:
    """The letters of one row of the analysis in the coordinates of the reference, without what was inserted.

    "-" stands where the genome was not sequenced, too: before ``alignment_start`` and after ``alignment_end``.
    """
    letters = np.frombuffer(decode(reference.arrays.letters).encode(), np.uint8).copy()
    for word in row["substitutions"]:
        letters[int(word[1:-1]) - 1] = ord(word[-1])
    for word in row["non_acgtn"]:
        letters[int(word[2:]) - 1] = ord(word[0])
    for run in row["missing"]:
        letters[run["begin"] - 1 : run["end"]] = ord("N")
    for word in row["deletions"]:
        letters[span(word)] = ord("-")
    letters[: row["alignment_start"] - 1] = ord("-")
    letters[row["alignment_end"] :] = ord("-")
    return letters.tobytes().decode()


def proteins(row: Mapping[str, Any], reference: GenomeReference) -> dict[str, str]:
    """The proteins of one row of the analysis by CDS, each as long as that of the reference; X is unknown."""
    coding = reference.arrays.coding
    begins = dict(zip((cds.name for cds in reference.cdses), (coding.begins // 3).tolist(), strict=False))
    letters = PEPTIDE[coding.peptide].copy()
    for word in [*row["aa_substitutions"], *row["aa_deletions"]]:
        cds, _, change = word.rpartition(":")
        letters[begins[cds] + int(change[1:-1]) - 1] = ord(change[-1])
    for run in row["aa_unknown"]:
        letters[begins[run["cds"]] + run["begin"] - 1 : begins[run["cds"]] + run["end"]] = ord("X")
    text = letters.tobytes().decode()
    ends = (coding.begins[1:] // 3).tolist()
    return {name: text[begin:end] for (name, begin), end in zip(begins.items(), ends, strict=True)}
