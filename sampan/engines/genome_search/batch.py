"""What do newly analysed genomes have? From the columns of an analysis to pairs and ranges.

The columns are those that the genome engine writes: one row a genome, positions 1-based, ranges inclusive, null
where a genome did not align. A genome that did not align is missing at every site: absent is not zero.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sampan.core.errors import InputError
from sampan.engines.genome_search.kernels import Ints
from sampan.engines.genome_search.layout import GENOME, Layout, key
from sampan.engines.genome_search.missing import Ranges
from sampan.engines.genome_search.postings import Pairs

TEXT_BITS = 32
"""Low bits of an insertion's key: the number of its text."""

_SUBSTITUTION = re.compile(r"(?:([^:]+):)?([A-Z*])(\d{1,9})([A-Z*-])")
_AMBIGUOUS = re.compile(r"([A-Z]):(\d{1,9})")
_DELETION = re.compile(r"(\d{1,9})(?:-(\d{1,9}))?")
_INSERTION = re.compile(r"(?:([^:]+):)?(\d{1,9}):([A-Z*]+)")


@dataclass(frozen=True, eq=False)
class Batch:
    """What ``n`` genomes have, in order. ``insertions`` has keys of a site and the number of one of ``texts``."""

    n: int
    letters: Pairs
    deletions: Pairs
    insertions: Pairs
    texts: tuple[str, ...]
    missing: Ranges
    columns: Mapping[str, Sequence[str]]

    def between(self, begin: int, end: int) -> Batch:
        """The genomes ``begin`` to before ``end``."""
        return Batch(
            end - begin,
            self.letters.between(begin, end),
            self.deletions.between(begin, end),
            self.insertions.between(begin, end),
            self.texts,
            self.missing.between(begin, end),
            {name: said[begin:end] for name, said in self.columns.items()},
        )


def read_batch(analysis: pa.Table, layout: Layout, *, columns: Mapping[str, Sequence[str]]) -> Batch:
    """What the genomes of ``analysis`` have. ``columns`` say one word of each, see ``columns``.

    Raises InputError if the analysis was made on another reference.
    """
    n = analysis.num_rows
    for name, said in columns.items():
        assert len(said) == n, f"{name} has {len(said)} words for {n} genomes"
    letters = [
        _read(analysis, "substitutions", lambda said: _letter(said, layout)),
        _read(analysis, "aa_substitutions", lambda said: _letter(said, layout)),
        _read(analysis, "aa_deletions", lambda said: _letter(said, layout)),
        _read(analysis, "non_acgtn", lambda said: _ambiguous(said, layout)),
    ]
    texts: dict[str, int] = {}
    inserted = [
        _read(analysis, name, lambda said: _insertion(said, layout, texts))
        for name in ("insertions", "aa_insertions")
    ]
    return Batch(
        n,
        _pairs(letters),
        _pairs([_read(analysis, "deletions", lambda said: _deletion(said, layout))]),
        _pairs(inserted),
        tuple(texts),
        _missing(analysis, layout),
        columns,
    )


def _read(table: pa.Table, column: str, as_key: Callable[[str], int]) -> tuple[Ints, Ints]:
    """The key of every value in a column of lists, and its row. Each distinct text is read once."""
    lists = _one(table, column)
    values = pc.list_flatten(lists).dictionary_encode()
    keys = np.array([as_key(said) for said in values.dictionary.to_pylist()], np.int64)
    rows = _ints(pc.list_parent_indices(lists))
    return keys[_ints(values.indices)], rows


def _one(table: pa.Table, column: str) -> Any:
    """A column as one array."""
    joined = table.column(column).combine_chunks()
    return joined if isinstance(joined, pa.Array) else pa.concat_arrays(joined.chunks)


def _ints(values: Any) -> Ints:
    return np.asarray(values.to_numpy(zero_copy_only=False), np.int64)


def _pairs(read: Sequence[tuple[Ints, Ints]]) -> Pairs:
    """Pairs by genome, each once."""
    said, genome = (np.concatenate(parts) for parts in zip(*read, strict=True))
    keys, code = np.unique(said, return_inverse=True)
    both = np.unique(genome * max(len(keys), 1) + code)
    return Pairs(keys, both % max(len(keys), 1), both // max(len(keys), 1))


def _parts(said: str, form: re.Pattern[str], what: str) -> tuple[str, ...]:
    found = form.fullmatch(said)
    if found is None:
        raise InputError(f'"{said}" is no {what}.', way_out="Analyse the genomes anew with this Sampan.")
    return tuple(part or "" for part in found.groups())


def _letter(said: str, layout: Layout) -> int:
    """``A23063T``, ``S:N501Y``, ``S:H69-``."""
    track, before, position, after = _parts(said, _SUBSTITUTION, "mutation")
    site = layout.site(layout.track(track), int(position))
    if layout.letter(site) != before:
        raise InputError(
            f"{said} does not fit the reference, which has {layout.letter(site)} there.",
            way_out="Analyse the genomes on the reference that the index is made for.",
        )
    return key(site, after)


def _ambiguous(said: str, layout: Layout) -> int:
    """``R:1234``."""
    letter, position = _parts(said, _AMBIGUOUS, "ambiguous letter")
    return key(layout.site(layout.tracks[GENOME], int(position)), letter)


def _deletion(said: str, layout: Layout) -> int:
    """``21765-21770``, ``28271``."""
    first, last = _parts(said, _DELETION, "deletion")
    genome = layout.tracks[GENOME]
    return layout.site(genome, int(first)) << 32 | layout.site(genome, int(last or first)) + 1


def _insertion(said: str, layout: Layout, texts: dict[str, int]) -> int:
    """``22204:GAGCCAGAA``, ``S:214:EPE``. Position 0 is before the first, and counts as after it."""
    track, position, text = _parts(said, _INSERTION, "insertion")
    site = layout.site(layout.track(track), max(int(position), 1))
    return site << TEXT_BITS | texts.setdefault(text, len(texts))


def _missing(analysis: pa.Table, layout: Layout) -> Ranges:
    """Runs of N, what the sequence does not reach, unknown codons, and all of a genome that did not align."""
    n, length = analysis.num_rows, len(layout.genome)
    begins, ends = (_one(analysis, f"alignment_{side}") for side in ("start", "end"))
    aligned = ~np.asarray(begins.is_null())
    rows = np.arange(n)
    first, last = _ints(pc.fill_null(begins, 1)), _ints(pc.fill_null(ends, length))
    runs = _one(analysis, "missing")
    codons = _one(analysis, "aa_unknown")
    parts = [
        (rows[~aligned], np.zeros(n, np.int64)[~aligned], np.full(n, layout.sites)[~aligned]),
        (rows[aligned], np.zeros(n, np.int64)[aligned], first[aligned] - 1),
        (rows[aligned], last[aligned], np.full(n, length)[aligned]),
        (_ints(pc.list_parent_indices(runs)), *_bounds(pc.list_flatten(runs), np.int64(0))),
        (_ints(pc.list_parent_indices(codons)), *_codons(pc.list_flatten(codons), layout)),
    ]
    genome, begin, end = (np.concatenate(each).astype(np.int32) for each in zip(*parts, strict=True))
    if len(end) and (begin.min() < 0 or end.max() > layout.sites):
        raise InputError(
            "A missing range lies outside the reference.",
            way_out="Analyse the genomes on the reference that the index is made for.",
        )
    return _joined(genome, begin, end)


def _bounds(ranges: Any, shift: Any) -> tuple[Ints, Ints]:
    """Inclusive 1-based bounds as sites, the end exclusive."""
    return _ints(ranges.field("begin")) - 1 + shift, _ints(ranges.field("end")) + shift


def _codons(ranges: Any, layout: Layout) -> tuple[Ints, Ints]:
    """Ranges of codons as sites."""
    named = ranges.field("cds").cast(pa.string()).dictionary_encode()
    shifts = np.array([layout.track(name).begin for name in named.dictionary.to_pylist()], np.int64)
    return _bounds(ranges, shifts[_ints(named.indices)])


def _joined(genome: Any, begin: Any, end: Any) -> Ranges:
    """By genome and begin, without the empty, overlapping ones joined: no site is missing twice."""
    some = end > begin
    order = np.lexsort((begin[some], genome[some]))
    genome, begin, end = genome[some][order], begin[some][order], end[some][order]
    if not len(genome):
        return Ranges(genome, begin, end)
    # one growing scale for all genomes, so that a running maximum of ends never reaches over to the next genome
    far = genome.astype(np.int64) << 32
    reach = np.maximum.accumulate(far + end)
    opens = np.concatenate([[True], (far + begin)[1:] > reach[:-1]])
    last = np.flatnonzero(np.concatenate([opens[1:], [True]]))
    return Ranges(genome[opens], begin[opens], (reach[last] & 0xFFFFFFFF).astype(np.int32))
