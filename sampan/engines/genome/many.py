"""How are very many sequences analysed on several processors, with the bytes that one would give?

Each portion of a file is analysed by itself and the answers are put in the order of the portions, so nothing depends on
how many work on them, or where.
"""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache
from typing import Any

import pyarrow as pa

from sampan.engines.genome.analyse import Analysis, Records
from sampan.engines.genome.reference import GenomeReference

_here: list[Analysis] = []
"""The analysis of this worker process."""


def _begin(reference: GenomeReference) -> None:
    _here[:] = [Analysis(reference)]


def _portion(records: Records) -> pa.RecordBatch:
    return _here[0](records)


class _Held:
    """A reference that is compared by its title, so that a worker prepares its analysis once."""

    def __init__(self, reference: GenomeReference) -> None:
        self.reference = reference

    def __hash__(self) -> int:
        return hash(self.reference.title)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held) and other.reference.title == self.reference.title


@lru_cache(maxsize=4)
def _analysis(held: _Held) -> Analysis:
    return Analysis(held.reference)


def _sent_portion(reference: GenomeReference, records: Records) -> pa.RecordBatch:
    return _analysis(_Held(reference))(records)


def _in_order(
    portions: Iterable[Records], submit: Callable[[Records], Any], ahead: int
) -> Iterator[pa.RecordBatch]:
    """The answers in the order of the portions, of which ``ahead`` at most are under way."""
    waiting: deque[Any] = deque()
    for portion in portions:
        waiting.append(submit(portion))
        while len(waiting) >= ahead:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def analyse_many(
    portions: Iterable[Records], reference: GenomeReference, *, jobs: int = 1
) -> Iterator[pa.RecordBatch]:
    """One record batch for each portion, in their order, worked on by ``jobs`` processes."""
    if jobs <= 1:
        yield from map(Analysis(reference), portions)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=context, initializer=_begin, initargs=(reference,)) as pool:
        yield from _in_order(portions, lambda portion: pool.submit(_portion, portion), 2 * jobs)


def analyse_on(
    portions: Iterable[Records], reference: GenomeReference, *, client: Any
) -> Iterator[pa.RecordBatch]:
    """The same on the workers of a Dask ``client``."""
    sent = client.scatter(reference, broadcast=True)
    ahead = max(4, 2 * sum(client.ncores().values()))
    yield from _in_order(
        portions, lambda portion: client.submit(_sent_portion, sent, portion, pure=False), ahead
    )
