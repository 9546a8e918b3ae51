"""What do many sequences say, as columns?"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sampan.engines.genome.columns import Columns
from sampan.engines.genome.examine import ALIGNED, TOO_LONG, Findings, examine, read
from sampan.engines.genome.place import GONE
from sampan.engines.genome.reference import GenomeReference


class Records(Protocol):
    """Some records of a file: their names, and their letters as they stand there, within one stretch of bytes."""

    @property
    def names(self) -> Sequence[str]: ...
    @property
    def data(self) -> bytes: ...
    @property
    def begins(self) -> Sequence[int]: ...
    @property
    def ends(self) -> Sequence[int]:
        """One past the last byte of each; -1 for a record that was too long to be kept."""

    @property
    def repeated(self) -> Sequence[bool]:
        """Whether the name stood in the file before."""


def states_of(sequence: str, reference: GenomeReference) -> npt.NDArray[np.int64] | None:
    """Mutations of one clean genome as a ``Node`` has them, or None if it does not align."""
    letters = read(np.frombuffer(sequence.encode(), np.uint8))
    found = examine(letters, reference.arrays, reference.least_letters)
    if found.status != ALIGNED:
        return None
    lost = [np.arange(begin, end) for begin, end in found.calls.deletions.tolist()]
    gone = 5 * np.concatenate([*lost, np.empty(0, np.int64)]) + GONE
    changed = 5 * found.calls.substitutions[:, 0].astype(np.int64) + found.calls.substitutions[:, 1]
    return np.sort(np.concatenate([changed, gone])).astype(np.int64)


class Analysis:
    """Analyses records against one reference."""

    def __init__(self, reference: GenomeReference) -> None:
        self.reference = reference
        self._columns = Columns(reference)
        self._nothing = np.frombuffer(b"", np.uint8)

    def __call__(self, records: Records) -> pa.RecordBatch:
        """One row of SCHEMA for each record, in their order. The same records give the same bytes."""
        raw = np.frombuffer(records.data, np.uint8)
        digests: list[str | None] = []
        lengths: list[int | None] = []
        warnings: list[list[str]] = []
        found: list[Findings] = []
        for begin, end, repeated in zip(records.begins, records.ends, records.repeated, strict=True):
            letters = read(self._nothing if end < 0 else raw[begin:end])
            one = examine(letters, self.reference.arrays, self.reference.least_letters)
            found.append(one._replace(status=TOO_LONG) if end < 0 else one)
            digests.append(None if end < 0 else hashlib.sha256(letters.text.data).hexdigest())
            lengths.append(None if end < 0 else letters.codes.size)
            warnings.append(_warnings(letters.strange, repeated))
        return self._columns.batch(records.names, digests, lengths, warnings, found)


def _warnings(strange: int, repeated: bool) -> list[str]:
    letters = [f"{strange} letters that stand for no base, read as N"] if strange else []
    return [*letters, "the name stood in the file before"] if repeated else letters
