"""What do many sequences say, as columns?"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sampan.engines.genome.columns import Columns
from sampan.engines.genome.examine import ALIGNED, TOO_LONG, examine
from sampan.engines.genome.kernels import ready
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
    raw = np.frombuffer(sequence.encode(), np.uint8)
    found = examine(raw, np.array([0]), np.array([raw.size]), reference.arrays, reference.least_letters)
    if found.fact("status")[0] != ALIGNED:
        return None
    substitutions, deletions = (
        found.table(name)[0].astype(np.int64) for name in ("substitutions", "deletions")
    )
    gone = [5 * np.arange(begin, end) + GONE for begin, end in deletions.tolist()]
    return np.sort(np.concatenate([substitutions @ np.array([5, 1]), *gone]))


class Analysis:
    """Analyses records against one reference."""

    def __init__(self, reference: GenomeReference) -> None:
        self.reference = reference
        self._columns = Columns(reference)

    def __call__(self, records: Records) -> pa.RecordBatch:
        """One row of SCHEMA for each record, in their order. The same records give the same bytes."""
        begins, ends = np.array(records.begins, np.int64), np.array(records.ends, np.int64)
        skipped = ends < 0
        ends[skipped] = begins[skipped]
        raw = np.frombuffer(records.data, np.uint8)
        found = ready(examine)(raw, begins, ends, self.reference.arrays, self.reference.least_letters)
        found.facts[skipped, 0] = TOO_LONG
        lengths = found.fact("length")
        text = found.text.data
        digests = [
            hashlib.sha256(text[begin : begin + length]).hexdigest()
            for begin, length in zip(begins.tolist(), lengths.tolist(), strict=True)
        ]
        warnings = [
            _warnings(strange, repeated)
            for strange, repeated in zip(found.fact("strange").tolist(), records.repeated, strict=True)
        ]
        return self._columns.batch(
            records.names,
            pa.array(digests, pa.string(), mask=skipped),
            pa.array(lengths, pa.int32(), mask=skipped),
            warnings,
            found,
        )


def _warnings(strange: int, repeated: bool) -> list[str]:
    letters = [f"{strange} letters that stand for no base, read as N"] if strange else []
    return [*letters, "the name stood in the file before"] if repeated else letters
