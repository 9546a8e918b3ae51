"""What letters do genomes have: as they are handed in, as they are kept, and as they are taken out again?

Kept are the letters that count for identity (capitals, T for U, no gaps or blanks) as FASTA packed with zstd, one
record for each row of the table beside it, in its order. The original is kept besides, byte for byte.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sampan.core.errors import InputError, NodeError
from sampan.desks.science.findings import Notes
from sampan.formats.fasta import Portion, read_fasta
from sampan.ledger.blobs import Blobs
from sampan.records.control import Snapshot

LONGEST = 5_000_000
"""Letters of a genome that is still taken in."""
SHORTEST = 100
MOST_STRANGE = 0.05
"""Share of letters that stand for no base, above which a record is no nucleotide sequence."""
MOST_LETTERS = 8_000_000_000
"""Letters of one submission, all together."""


@dataclass(frozen=True)
class Letters:
    """One record that was read: its name, its letters as they count, and their SHA-256."""

    name: str
    text: bytes
    sha256: str


def read_letters(name: str, raw: bytes, notes: Notes, *, file: str) -> Letters | None:
    """The letters of a record; None, and an error, if they are none of a genome."""
    import numpy as np

    from sampan.engines.genome.letters import BAD, CODES, DROPPED, UPPER

    written = np.frombuffer(raw, np.uint8)
    letters = UPPER[written]
    text = letters[letters != DROPPED].tobytes()
    strange = int(np.count_nonzero(CODES[written] == BAD))
    fault = _fault(text, strange)
    if fault is not None:
        notes.error(*fault, file=file, record=name)
        return None
    if strange:
        notes.warning(
            f"{strange} letters stand for no base and are read as N.", "Look at them.", file=file, record=name
        )
    if len(text) < len(raw.translate(None, b" \t\r\n\v\f")):
        notes.warning(
            "Gaps were taken out.", "Hand in the genome as it was read, not aligned.", file=file, record=name
        )
    return Letters(name, text, hashlib.sha256(text).hexdigest())


def _fault(text: bytes, strange: int) -> tuple[str, str] | None:
    """Why these letters are no genome, and the way out; None if they may be one."""
    if not text:
        return "The record has no letters.", "Take it out, or hand in its letters."
    if strange > MOST_STRANGE * len(text):
        return (
            f"{strange:,} of its {len(text):,} letters stand for no base: is it a protein?",
            "Hand in nucleotide sequences.",
        )
    if len(text) < SHORTEST:
        return f"It has {len(text)} letters only.", f"Hand in genomes of {SHORTEST} letters or more."
    if text.count(b"N") == len(text):
        return "Every letter is N: nothing is known of it.", "Take it out, or hand it in once it is known."
    return None


def records(data: bytes, *, name: str) -> Iterator[Portion]:
    """The records of a FASTA file, plain or packed. Raises InputError for what is none."""
    yield from read_fasta(io.BytesIO(data), name=name, longest=LONGEST)


class Packing:
    """Writes letters one after the other into what will be kept."""

    def __init__(self) -> None:
        import zstandard

        self._out = io.BytesIO()
        self._packer = zstandard.ZstdCompressor(level=9).stream_writer(self._out, closefd=False)
        self.count = 0
        self.letters = 0

    def add(self, text: bytes) -> None:
        """The letters of the next record. Raises InputError if there are more than one submission may have."""
        self.letters += len(text)
        if self.letters > MOST_LETTERS:
            raise InputError(
                f"The file holds more than {MOST_LETTERS:,} letters.", way_out="Hand it in as several."
            )
        self._packer.write(b">%d\n%s\n" % (self.count, text))
        self.count += 1

    def done(self) -> bytes:
        """What is to be kept."""
        self._packer.close()  # type: ignore[no-untyped-call]
        return self._out.getvalue()


@lru_cache(maxsize=4)
def _unpacked(blobs: Blobs, digest: str) -> tuple[bytes, ...]:
    import zstandard

    packed = zstandard.ZstdDecompressor().stream_reader(io.BytesIO(blobs.get(digest)))
    return tuple(record.partition(b"\n")[2].rstrip(b"\n") for record in packed.read().split(b">")[1:])


def letters_of(blobs: Blobs, cited: Snapshot, rows: Iterable[int]) -> list[bytes]:
    """The letters of some rows of a submission. Raises NodeError if they are missing or were altered."""
    kept = _unpacked(blobs, cited.digest)
    try:
        return [kept[row] for row in rows]
    except IndexError:
        raise NodeError(
            "Sequences of a submission are missing.", way_out="Put the blobs back from a backup."
        ) from None


def as_portions(names: Sequence[str], letters: Sequence[bytes], *, most: int = 512) -> Iterator[Portion]:
    """Letters as the engine takes them, some at a time."""
    for begin in range(0, len(names), most):
        some = letters[begin : begin + most]
        ends, at = [], 0
        for text in some:
            at += len(text)
            ends.append(at)
        begins = [0, *ends[:-1]]
        yield Portion(list(names[begin : begin + most]), b"".join(some), begins, ends, [False] * len(some), 0)
