"""Where does an aligned genome differ from the reference, and where does it say nothing?"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sampan.engines.genome.kernels import inner
from sampan.engines.genome.letters import TWO_BITS, Bytes, N
from sampan.engines.genome.window import Numbers

Place = int | np.int64
EIGHT = 8
DELETED = 0
UNSEQUENCED = 16
"""What stands in an aligned genome before its first letter and after its last."""


class Calls(NamedTuple):
    """Differences of one genome, in the order of the reference; positions count from 0."""

    substitutions: Numbers
    """(found, 2): position; base, 0 to 3."""
    deletions: Numbers
    """(found, 2): first position, one past the last."""
    insertions: Numbers
    """(found, 3): position before which it lies; begin and end in the query."""
    missing: Numbers
    """(found, 2): runs of N."""
    ambiguous: Numbers
    """(found, 2): position; set of bases."""
    aligned: Bytes
    """(letters of the reference): set of bases, DELETED, or UNSEQUENCED."""
    begin: Place
    end: Place


@inner
def more(rows: Numbers, count: int) -> Numbers:
    """Room for one row more."""
    if count < rows.shape[0]:
        return rows
    grown = np.empty((2 * count, rows.shape[1]), np.int32)
    for row in range(count):
        for column in range(rows.shape[1]):
            grown[row, column] = rows[row, column]
    return grown


@inner
def _differing(aligned: Bytes, reference: Bytes, begin: Place, end: Place) -> Numbers:
    """Positions from ``begin`` to ``end`` at which the two differ; eight letters are compared as one number."""
    found = np.empty(aligned.size, np.int32)
    count = 0
    whole = aligned.size // EIGHT * EIGHT
    here, there = aligned[:whole].view(np.uint64), reference[:whole].view(np.uint64)
    for word in range(begin // EIGHT, (end + EIGHT - 1) // EIGHT):
        if word >= here.size or here[word] != there[word]:
            for index in range(max(begin, EIGHT * word), min(end, EIGHT * word + EIGHT)):
                found[count] = index
                count += aligned[index] != reference[index]
    return found[:count]


@inner
def _lay(query: Bytes, reference: Bytes, stretches: Numbers, count: int) -> tuple[Bytes, Numbers, Numbers]:
    """The query in the coordinates of the reference; what it lacks; what it has besides."""
    aligned = np.full(reference.size, np.uint8(UNSEQUENCED), np.uint8)
    deletions = np.empty((count + 1, 2), np.int32)
    insertions = np.empty((count + 1, 3), np.int32)
    deleted = inserted = 0
    at = 0
    for row in range(count):
        begin, other, length = stretches[row, 0], stretches[row, 1], stretches[row, 2]
        if row:
            before = stretches[row - 1, 1] + stretches[row - 1, 2]
            if before < other:
                deletions[deleted, 0], deletions[deleted, 1] = before, other
                aligned[before:other] = DELETED
                deleted += 1
            if at < begin:
                insertions[inserted, 0], insertions[inserted, 1], insertions[inserted, 2] = before, at, begin
                inserted += 1
        elif begin:
            insertions[0, 0], insertions[0, 1], insertions[0, 2] = other, 0, begin
            inserted = 1
        here, there = query[begin : begin + length], aligned[other : other + length]
        for index in range(length):
            there[index] = here[index]
        at = begin + length
    if at < query.size:
        last = stretches[count - 1, 1] + stretches[count - 1, 2]
        insertions[inserted, 0], insertions[inserted, 1], insertions[inserted, 2] = last, at, query.size
        inserted += 1
    return aligned, deletions[:deleted], insertions[:inserted]


@inner
def call(query: Bytes, reference: Bytes, stretches: Numbers, count: int) -> Calls:
    """Reads the differences off the stretches in which a query is aligned."""
    aligned, deletions, insertions = _lay(query, reference, stretches, count)
    substitutions, substituted = np.empty((128, 2), np.int32), 0
    missing, unknown = np.empty((32, 2), np.int32), 0
    ambiguous, mixed = np.empty((8, 2), np.int32), 0
    begin, end = np.int64(stretches[0, 1]), np.int64(stretches[count - 1, 1] + stretches[count - 1, 2])
    for index in _differing(aligned, reference, begin, end):
        letter = aligned[index]
        if letter == N:
            if unknown and missing[unknown - 1, 1] == index:
                missing[unknown - 1, 1] = index + 1
            else:
                missing = more(missing, unknown)
                missing[unknown, 0], missing[unknown, 1] = index, index + 1
                unknown += 1
        elif letter == DELETED:
            continue
        elif TWO_BITS[letter] < 4:
            substitutions = more(substitutions, substituted)
            substitutions[substituted, 0], substitutions[substituted, 1] = index, TWO_BITS[letter]
            substituted += 1
        else:
            ambiguous = more(ambiguous, mixed)
            ambiguous[mixed, 0], ambiguous[mixed, 1] = index, letter
            mixed += 1
    return Calls(
        substitutions[:substituted],
        deletions,
        insertions,
        missing[:unknown],
        ambiguous[:mixed],
        aligned,
        begin,
        end,
    )
