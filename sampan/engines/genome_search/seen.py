"""Which genomes may this reader see? Without the answer no question about genomes can even be put.

Every public function of this package that counts, lists or measures takes a ``Seen``, and the only way to one
is ``see``. The engine knows ranks and days alone; what terms mean is the desk's to say.

What a reader may not see takes part in no answer: each decoded set is joined with ``Seen`` before it is counted.
Nor does an answer take another road because of it: a question walks the same blocks and the same steps, whether
or not hidden genomes fit; only the few microseconds of reading one stored set depend on what is stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from sampan.engines.genome_search.kernels import Words, pack

NOBODY = 255
"""The rank that no reader has: of what was withdrawn, or has a newer version."""

NEVER = np.iinfo(np.int32).max
"""The day that never comes."""

_ONLY_SEE = object()


@dataclass(frozen=True, eq=False)
class Standing:
    """Who may see each genome of a block: from ``rank`` upwards at once, and everybody from a day on."""

    rank: NDArray[np.uint8]
    """``(genomes,)``: the lowest rank of a reader that sees it now."""
    opens: NDArray[np.int32]
    """``(genomes,)``: the proleptic ordinal of the day from which all see it; NEVER if there is none."""


class Seen:
    """The genomes of every block that one reader may see on one day. Only ``see`` makes one."""

    def __init__(self, blocks: tuple[Words, ...], *, by: object = None) -> None:
        if by is not _ONLY_SEE:
            raise TypeError("What is seen is decided by see(), not made up.")
        self.blocks = blocks
        self.tokens = tuple(blake2b(words.tobytes(), digest_size=16).digest() for words in blocks)
        """A name for what is seen of each block: the same bits, the same name."""


def see(standings: Sequence[Standing], *, rank: int, day: int) -> Seen:
    """What a reader of ``rank`` sees on ``day`` (a proleptic ordinal), block by block."""
    return Seen(tuple(_seen(each, rank, day) for each in standings), by=_ONLY_SEE)


def _seen(standing: Standing, rank: int, day: int) -> Words:
    # a day that never comes stays so even on the last day that is
    open_now = (standing.opens <= day) & (standing.opens != NEVER)
    return pack(((standing.rank <= rank) | open_now) & (standing.rank != NOBODY))
