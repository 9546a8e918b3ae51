"""Which letter of a genome stands against which letter of the reference?

A genome lies on the reference in a few long diagonals. A word of 24 letters that the reference has once gives the
first; it is followed in blocks, and where four mismatches fall within 24 letters the next such word says whether the
diagonal goes on (a cluster of substitutions) or another begins (a gap between them). The gap is put where it costs
least, by a scan of the break point; only what one gap does not explain is aligned letter by letter (``window``).
"""

# ruff: noqa: PLR0912, PLR0915, PLR0917, PLR1714 - kernels take arrays by position, and Numba compiles plain comparisons
from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sampan.engines.genome.anchors import WORD, next_anchor
from sampan.engines.genome.kernels import inner, kernel
from sampan.engines.genome.letters import BLOCK, TWO_BITS, Bytes, N
from sampan.engines.genome.window import MATCH, MOST_CELLS, Numbers, align_window

NEAR = 24
"""Four mismatches within so many letters end a diagonal."""
CLOSE, AT_END = 12, 64
"""So do two within CLOSE letters, both within AT_END letters of an end, where a gap to the border is free."""
MARGIN = 24
"""Known letters before a break that a gap may still move into."""
TERMINAL = 100
"""Letters of the reference that an end may be moved by (Nextclade's terminal bandwidth)."""
CONFIRMED = 64
"""Letters after a word that must agree, but for MOST_STRAY of them, before the word is believed."""
MOST_STRAY = 8
SLACK = 12
"""What a gap may cost more, further left, before it is no longer looked for there."""
FAR = 50
"""A diagonal that leaves out more letters of the reference is held against those that leave out fewer."""

TOO_FEW_SEEDS = -1
TOO_DIVERGENT = -2


@inner
def _agrees(query: Bytes, reference: Bytes, begin: int, other: int) -> bool:
    """Whether the two agree in the block at ``begin`` and ``other``."""
    here = query[begin : begin + BLOCK]
    there = reference[other : other + BLOCK]
    differ = np.uint8(0)
    for index in range(BLOCK):
        differ |= here[index] ^ there[index]
    if differ == 0:
        return True
    differ = np.uint8(0)
    for index in range(BLOCK):
        differ |= np.uint8((here[index] & there[index]) == 0)
    return bool(differ == 0)


@inner
def _follow(query: Bytes, reference: Bytes, begin: int, end: int, shift: int) -> int:
    """The first of four mismatches within NEAR letters of the diagonal from ``begin``, or ``end``."""
    first = second = third = -NEAR - 1
    index = begin
    while index < end:
        stop = min(index + BLOCK, end)
        if stop - index == BLOCK and _agrees(query, reference, index, index + shift):
            index = stop
            continue
        while index < stop:
            if query[index] & reference[index + shift] == 0:
                if index - first < NEAR and first >= begin:
                    return first
                first, second, third = second, third, index
            index += 1
    return end


@inner
def _mismatches(query: Bytes, reference: Bytes, begin: int, end: int, shift: int) -> int:
    count = 0
    for index in range(begin, end):
        count += query[index] & reference[index + shift] == 0
    return count


@inner
def _believed(query: Bytes, reference: Bytes, begin: int, shift: int) -> bool:
    """Whether what follows a word agrees as well; at the end of a sequence, there is less to ask for."""
    end = min(begin + WORD + CONFIRMED, query.size, reference.size - shift)
    return _mismatches(query, reference, begin, end, shift) <= MOST_STRAY


@inner
def _before(query: Bytes, position: int, least: int) -> int:
    """MARGIN known letters before ``position``, not counting what is unknown."""
    known = 0
    while position > least and known < MARGIN:
        position -= 1
        known += query[position] != N
    return position


@inner
def _after(query: Bytes, position: int, most: int) -> int:
    """MARGIN known letters after ``position``."""
    known = 0
    while position < most and known < MARGIN:
        known += query[position] != N
        position += 1
    return position


@inner
def _cost(letter: int, other: int) -> int:
    """What a pair of letters loses against a match."""
    if letter == N or other == N:
        return 1
    return 0 if letter & other else 4


@inner
def _break_point(
    query: Bytes, reference: Bytes, gap_open: Numbers, begin: int, end: int, shift: int, after: int
) -> tuple[int, int]:
    """Where the diagonal ``shift`` best gives way to ``after`` between ``begin`` and ``end``, and the mismatches left.

    The first letter of the query on the second diagonal, less what is inserted before it.
    """
    inserted = max(0, shift - after)
    last = end - inserted
    cost = wrong = 0
    for index in range(begin + inserted, end):
        loss = _cost(query[index], reference[index + after])
        cost += loss
        wrong += loss == 4
    best, place, left = cost + gap_open[begin + shift], begin, wrong
    for index in range(begin, last):
        loss = _cost(query[index], reference[index + shift])
        gain = _cost(query[index + inserted], reference[index + inserted + after])
        cost += loss - gain
        wrong += (loss == 4) - (gain == 4)
        total = cost + gap_open[index + 1 + shift]
        if total < best:
            best, place, left = total, index + 1, wrong
    return place, left


@inner
def _slid(query: Bytes, reference: Bytes, position: int, least: int, shift: int, after: int) -> int:
    """How far left of ``position`` a gap can move: along a repeat, as long as the repeat is."""
    inserted = max(0, shift - after)
    more = lowest = 0
    while position > least and more - lowest <= SLACK:
        position -= 1
        more += _cost(query[position + inserted], reference[position + inserted + after])
        more -= _cost(query[position], reference[position + shift])
        lowest = min(lowest, more)
    return position


@inner
def _put(found: Numbers, count: int, query: int, reference: int, length: int) -> tuple[Numbers, int]:
    """Adds a stretch, or lengthens the last one if it goes on; grows the list if it is full."""
    if length <= 0:
        return found, count
    if count:
        last = found[count - 1]
        if last[0] + last[2] == query and last[1] + last[2] == reference:
            last[2] += length
            return found, count
    if count == found.shape[0]:
        grown = np.empty((2 * count, 3), np.int32)
        for row in range(count):
            for column in range(3):
                grown[row, column] = found[row, column]
        found = grown
    found[count, 0], found[count, 1], found[count, 2] = query, reference, length
    return found, count + 1


@inner
def _put_window(
    query: Bytes,
    reference: Bytes,
    gap_open: Numbers,
    found: Numbers,
    count: int,
    window: tuple[int, int, int, int],
    free_left: bool,
    free_right: bool,
) -> tuple[Numbers, int]:
    """Adds the stretches of a window aligned letter by letter; an end that is free is an end of the query."""
    begin, end, start, stop = window
    part = align_window(
        query[begin:end].astype(np.uint32),
        reference[start:stop].astype(np.uint32),
        gap_open[start : stop + 1],
        np.uint32(N),
        free_left and start == 0,
        free_left,
        free_right and stop == reference.size,
        free_right,
    )
    for row in range(part.shape[0]):
        found, count = _put(found, count, begin + part[row, 0], start + part[row, 1], part[row, 2])
    return found, count


@inner
def _first_anchor(
    query: Bytes, reference: Bytes, word: npt.NDArray[np.uint64], position: npt.NDArray[np.int32]
) -> tuple[int, int]:
    """The first word that can be believed, or (-1, -1)."""
    start = 0
    while True:
        here, there = next_anchor(query, start, TWO_BITS, word, position)
        if here < 0 or _believed(query, reference, here, there - here):
            return here, there
        start = here + 1


@inner
def _left_problem(query: Bytes, reference: Bytes, begin: int, end: int, shift: int) -> int:
    """One past the mismatch from which the diagonal cannot be followed left of ``end``, or ``begin``."""
    first = second = third = end + NEAR
    index = end
    while index > begin:
        if index - begin >= BLOCK and _agrees(query, reference, index - BLOCK, index - BLOCK + shift):
            index -= BLOCK
            continue
        stop = max(begin, index - BLOCK)
        while index > stop:
            index -= 1
            if query[index] & reference[index + shift] == 0:
                if first - index < NEAR and first < end:
                    return first + 1
                if third < begin + AT_END and third - index < CLOSE:
                    return third + 1
                first, second, third = second, third, index
    return begin


@inner
def _right_problem(query: Bytes, reference: Bytes, begin: int, end: int, shift: int) -> int:
    """The first of two mismatches within CLOSE letters, near the end of the query, or ``end``."""
    last = end
    for index in range(max(begin, end - AT_END), end):
        if query[index] & reference[index + shift] == 0:
            if index - last < CLOSE and last < end:
                return last
            last = index
    return end


@inner
def _goes_on(
    query: Bytes,
    reference: Bytes,
    at: int,
    shift: int,
    word: npt.NDArray[np.uint64],
    position: npt.NDArray[np.int32],
) -> tuple[int, int]:
    """The next word after ``at`` that is not behind the diagonal and can be believed, or (-1, -1)."""
    start = at + 1
    while True:
        here, there = next_anchor(query, start, TWO_BITS, word, position)
        if here < 0:
            return here, there
        forward = there >= at + shift - WORD
        if forward and (there - here == shift or _believed(query, reference, here, there - here)):
            return here, there
        start = here + 1


@inner
def _nearer(
    query: Bytes,
    reference: Bytes,
    here: int,
    there: int,
    least: int,
    word: npt.NDArray[np.uint64],
    position: npt.NDArray[np.int32],
) -> tuple[int, int]:
    """A word after ``here`` that lies before the end of its diagonal, on a longer one; or the same word.

    A copy of what comes later on the reference is an insertion: to follow it would lose all between.
    """
    shift = there - here
    end = min(query.size, reference.size - shift)
    stop = _follow(query, reference, here + WORD, end, shift)
    start = stop
    while True:
        other, place = next_anchor(query, start, TWO_BITS, word, position)
        if other < 0 or place >= stop + shift:
            return here, there
        if place >= least and _believed(query, reference, other, place - other):
            last = min(query.size, reference.size - place + other)
            longer = _follow(query, reference, other + WORD, last, place - other) - other > stop - here
            return (other, place) if longer else (here, there)
        start = other + 1


@inner
def _cheapest(gap_open: Numbers, begin: int, end: int) -> int:
    """The least that a gap costs between ``begin`` and ``end``."""
    least = gap_open[begin]
    for index in range(begin, end):
        least = min(least, gap_open[index])
    return int(least)


@kernel
def align(
    query: Bytes,
    reference: Bytes,
    gap_open: Numbers,
    word: npt.NDArray[np.uint64],
    position: npt.NDArray[np.int32],
) -> tuple[Numbers, int]:
    """Aligns one genome.

    query, reference: sets of bases, (letters,).
    gap_open: cost of opening a gap before each letter of the reference, (letters + 1,).
    word, position: the anchors of the reference.

    Returns stretches, (found, 3): begin in the query, begin on the reference, length; and how many there are, or
    TOO_FEW_SEEDS if no word of the query is believed, TOO_DIVERGENT if a part is too long to be aligned letter by
    letter.
    """
    found = np.empty((16, 3), np.int32)
    here, there = _first_anchor(query, reference, word, position)
    if here < 0:
        return found, TOO_FEW_SEEDS
    shift = there - here
    count = 0

    edge = max(0, -shift)
    begin = _left_problem(query, reference, edge, here, shift)
    if begin > edge:
        stop = _after(query, begin, here + WORD)
        start = max(0, stop + shift - stop - TERMINAL)
        if (stop + 1) * (stop + shift - start + 1) > MOST_CELLS:
            return found, TOO_DIVERGENT
        found, count = _put_window(
            query, reference, gap_open, found, count, (0, stop, start, stop + shift), True, False
        )
        begin = stop
    at = here + WORD

    while True:
        end = min(query.size, reference.size - shift)
        broken = _follow(query, reference, max(at, begin), end, shift)
        if broken == end:
            broken = _right_problem(query, reference, max(at, begin), end, shift)
            here = -1
        else:
            here, there = _goes_on(query, reference, broken, shift, word, position)
            if here >= 0 and there - here - shift > FAR:
                least = broken + shift - WORD
                here, there = _nearer(query, reference, here, there, least, word, position)
        if broken == end:
            found, count = _put(found, count, begin, begin + shift, end - begin)
            return found, count
        since = _before(query, broken, begin)
        if here < 0:
            stop = min(reference.size, since + shift + query.size - since + TERMINAL)
            if (query.size - since + 1) * (stop - since - shift + 1) > MOST_CELLS:
                return found, TOO_DIVERGENT
            found, count = _put(found, count, begin, begin + shift, since - begin)
            return _put_window(
                query,
                reference,
                gap_open,
                found,
                count,
                (since, query.size, since + shift, stop),
                False,
                True,
            )
        after = there - here
        until = here + WORD
        if after != shift:
            since = _slid(query, reference, since, begin, shift, after)
        found, count = _put(found, count, begin, begin + shift, since - begin)
        place, wrong = since, 0
        if after == shift:
            wrong = _mismatches(query, reference, since, until, shift)
        else:
            place, wrong = _break_point(query, reference, gap_open, since, until, shift, after)
        cells = (until - since + 1) * (until + after - since - shift + 1)
        cheapest = _cheapest(gap_open, since + shift, until + after)
        saved = 4 * wrong - (2 * cheapest + MATCH if after == shift else cheapest)
        if saved > 0 and cells <= MOST_CELLS:
            window = (since, until, since + shift, until + after)
            found, count = _put_window(query, reference, gap_open, found, count, window, False, False)
            begin = until
        else:
            found, count = _put(found, count, since, since + shift, place - since)
            begin = place + max(0, shift - after)
        shift = after
        at = until
