"""What do many sequences say, as columns?"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from sampan.engines.genome.columns import Columns
from sampan.engines.genome.examine import TOO_LONG, Findings, examine, read
from sampan.engines.genome.reference import GenomeReference


class Records(NamedTuple):
    """Some records of a file: their names, and their letters as they stand there, within one stretch of bytes."""

    names: Sequence[str]
    data: bytes
    begins: Sequence[int]
    ends: Sequence[int]
    """One past the last byte of each; -1 for a record that was too long to be kept."""


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
        strange: list[int] = []
        found: list[Findings] = []
        for begin, end in zip(records.begins, records.ends, strict=True):
            letters = read(self._nothing if end < 0 else raw[begin:end])
            one = examine(letters, self.reference.arrays, self.reference.least_letters)
            found.append(one._replace(status=TOO_LONG) if end < 0 else one)
            digests.append(None if end < 0 else hashlib.sha256(letters.text).hexdigest())
            lengths.append(None if end < 0 else letters.codes.size)
            strange.append(letters.strange)
        return self._columns.batch(records.names, digests, lengths, strange, found)
