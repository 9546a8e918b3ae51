"""What does a genome change in the proteins?

Codons that no gap comes near are read where they stand. The rest follows Nextclade (documentation "Algorithm:
translation"): what is left of a CDS is read on without its gaps, N wherever a gap has shifted the reading frame, and
the protein is aligned with that of the reference once more, gap furthest left. Only the amino acids around the gaps
need to be: SURE of them that are those of the reference hold the rest in its place. Codons between a gap that
shifts the frame and the one that restores it, or the end, are X, and those lost at its two borders deleted.
"""

# ruff: noqa: PLR0917, PLR1714, SIM109, SIM110 - kernels take arrays by position, and Numba compiles plain comparisons
from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sampan.engines.genome.calls import DELETED, UNSEQUENCED, Calls, Place, more
from sampan.engines.genome.coding import Coding
from sampan.engines.genome.kernels import inner
from sampan.engines.genome.letters import BLOCK, COMPLEMENT, GAP, READINGS, Bytes, N, X
from sampan.engines.genome.window import Numbers, align_window

SURE = 16
"""Amino acids as in the reference, on either side of a gap, that are aligned once more with those it touches."""
GAP_COST = 6
_UNTOUCHED, _TO_READ, _READ = np.uint8(0), np.uint8(1), np.uint8(2)


class Changes(NamedTuple):
    """Changes of one genome by codon, counted from 0 over every CDS laid end to end."""

    substitutions: Numbers
    """(found, 2): codon; amino acid."""
    deletions: Numbers
    """(found,): codon."""
    insertions: Numbers
    """(found, 4): CDS; codon before which it lies; begin and end in ``inserted``."""
    inserted: Bytes
    """Amino acids that were inserted."""
    unknown: Numbers
    """(found, 3): CDS; first codon, one past the last."""
    frame_shifts: Numbers
    """(found, 3): CDS; first codon, one past the last."""


@inner
def _up(letters: int) -> int:
    """Codons begun by so many letters."""
    return (letters + 2) // 3


@inner
def _amino_acid(first: int, second: int, third: int) -> int:
    """Translates sets of bases; X if they may be several amino acids, or none."""
    # as whole numbers of Python, for a byte that is shifted by eight has nothing left where this is interpreted
    return int(READINGS[int(first) << 8 | int(second) << 4 | int(third)])


@inner
def _letter(aligned: Bytes, coding: Coding, index: int, reverse: bool) -> int:
    """The letter that is read there; DELETED where it is gone, or nothing was sequenced."""
    letter = aligned[coding.positions[index]]
    if letter == UNSEQUENCED:
        return DELETED
    return int(COMPLEMENT[letter]) if reverse else int(letter)


@inner
def _touch(coding: Coding, state: Bytes, begin: Place, end: Place) -> None:
    """Marks the codons that read a letter from ``begin`` to ``end``."""
    for index in range(coding.at_begin[begin], coding.at_begin[end]):
        state[coding.at[index] // 3] = _TO_READ


@inner
def _begins_cds(coding: Coding, letter: int) -> bool:
    found = False
    for begin in coding.begins:
        found |= bool(begin == letter)
    return found


@inner
def _gaps_in_codons(calls: Calls, coding: Coding) -> Numbers:
    """Every gap in coding letters, in their order: (begin, end, insertion or -1); an insertion has begin == end."""
    size = calls.insertions.shape[0] * 4
    for row in range(calls.deletions.shape[0]):
        size += coding.at_begin[calls.deletions[row, 1]] - coding.at_begin[calls.deletions[row, 0]]
    keys = np.empty((size, 2), np.int64)
    count = 0
    for row in range(calls.deletions.shape[0]):
        first, last = coding.at_begin[calls.deletions[row, 0]], coding.at_begin[calls.deletions[row, 1]]
        for index in range(first, last):
            keys[count, 0], keys[count, 1] = 2 * np.int64(coding.at[index]) + 1, -1
            count += 1
    for row in range(calls.insertions.shape[0]):
        place = calls.insertions[row, 0]
        if place == 0 or place == calls.aligned.size:
            continue
        for left in range(coding.at_begin[place - 1], coding.at_begin[place]):
            for right in range(coding.at_begin[place], coding.at_begin[place + 1]):
                if abs(coding.at[left] - coding.at[right]) == 1 and count < size:
                    later = max(coding.at[left], coding.at[right])
                    keys[count, 0], keys[count, 1] = 2 * np.int64(later), row
                    count += 1
    order = np.argsort(keys[:count, 0], kind="mergesort")
    gaps = np.empty((count, 3), np.int32)
    found = 0
    for position in order:
        letter, row = keys[position, 0] // 2, keys[position, 1]
        first = _begins_cds(coding, letter)
        if row >= 0 and first:
            continue
        if row < 0 and found and gaps[found - 1, 2] < 0 and gaps[found - 1, 1] == letter and not first:
            gaps[found - 1, 1] = letter + 1
            continue
        gaps[found, 0], gaps[found, 1], gaps[found, 2] = letter, letter + (row < 0), row
        found += 1
    return gaps[:found]


@inner
def _net(calls: Calls, gaps: Numbers, index: int) -> int:
    """Letters by which a gap moves the reading frame: lost, less inserted."""
    row = gaps[index, 2]
    if row < 0:
        return int(gaps[index, 1] - gaps[index, 0])
    return int(calls.insertions[row, 1] - calls.insertions[row, 2])


@inner
def _lost_ends(calls: Calls, coding: Coding, begin: int, end: int) -> tuple[int, int]:
    """Letters that a CDS lacks before its first and after its last, lost or not sequenced; all of them, and none."""
    size, before, after = end - begin, 0, 0
    while before < size and _is_gap(calls.aligned[coding.positions[begin + before]]):
        before += 1
    while after < size - before and _is_gap(calls.aligned[coding.positions[end - 1 - after]]):
        after += 1
    return before, after


@inner
def _is_gap(letter: int) -> bool:
    return letter == DELETED or letter == UNSEQUENCED


@inner
def _shifted(calls: Calls, gaps: Numbers, first: int, last: int, begin: int, end: int) -> Numbers:
    """Stretches of a CDS that gaps ``first`` to ``last`` shift: begin, end, and both with the letters lost there."""
    found = np.empty((last - first, 4), np.int32)
    count, frame, since, lost = 0, 0, -1, -1
    index = first
    while index < last:
        stop, net = index + 1, _net(calls, gaps, index)
        while stop < last and gaps[stop, 0] == gaps[stop - 1, 1]:
            net += _net(calls, gaps, stop)
            stop += 1
        if gaps[index, 0] == begin:  # the first codon that is left is read as far as it goes
            net -= (gaps[index, 1] - begin) % 3
        frame = (frame + net) % 3
        if gaps[stop - 1, 1] < end and frame == 0 and since >= 0:
            found[count, 0], found[count, 1], found[count, 2] = since, gaps[index, 0], lost
            found[count, 3] = gaps[index, 1]
            count, since = count + 1, -1
        elif gaps[stop - 1, 1] < end and frame != 0 and since < 0:
            since, lost = gaps[stop - 1, 1], gaps[stop - 1, 0]
        index = stop
    if since >= 0:
        found[count, 0], found[count, 1], found[count, 2], found[count, 3] = since, end, lost, end
        count += 1
    return found[:count]


@inner
def _within(shifts: Numbers, index: int) -> bool:
    """Whether coding letter ``index`` is read in another frame."""
    for row in range(shifts.shape[0]):
        if shifts[row, 0] <= index < shifts[row, 1]:
            return True
    return False


@inner
def _as_reference(calls: Calls, coding: Coding, shifts: Numbers, codon: int, reverse: bool) -> bool:
    """Whether a codon that no gap touches is certainly that of the reference."""
    if _within(shifts, 3 * codon):
        return False
    amino = _amino_acid(
        _letter(calls.aligned, coding, 3 * codon, reverse),
        _letter(calls.aligned, coding, 3 * codon + 1, reverse),
        _letter(calls.aligned, coding, 3 * codon + 2, reverse),
    )
    return bool(amino != X and amino == coding.peptide[codon])


@inner
def _around(
    calls: Calls, coding: Coding, gaps: Numbers, shifts: Numbers, first: int, last: int, cds: int, least: int
) -> tuple[int, int, int]:
    """Codons to be aligned around gap ``first``, not before ``least``, and one past the last gap among them."""
    top, reverse = coding.begins[cds + 1] // 3, coding.reverse[cds]
    low, sure = gaps[first, 0] // 3, 0
    while low > least and sure < SURE:
        low -= 1
        sure += _as_reference(calls, coding, shifts, low, reverse)
    stop, sure = first + 1, 0
    high = edge = max(low, _up(gaps[first, 1]))
    while high < top and sure < 2 * SURE:
        if stop < last and gaps[stop, 0] < 3 * (high + 1):
            high, sure = max(high, _up(gaps[stop, 1])), 0
            stop += 1
            continue
        sure += _as_reference(calls, coding, shifts, high, reverse)
        high += 1
        if sure <= SURE:
            edge = high
    if sure < SURE:
        edge = top
    return low, edge, stop


@inner
def _remaining(
    calls: Calls,
    query: Bytes,
    coding: Coding,
    gaps: Numbers,
    shifts: Numbers,
    window: tuple[int, int, int, int, int],
    ends: tuple[int, int],
) -> Bytes:
    """Amino acids of the letters that are left of the codons of a window, and of those inserted there.

    window: codons, gaps, and the CDS; ends: letters of the CDS before the first that is left, and one past the last.
    """
    low, high, first, last, cds = window
    reverse = coding.reverse[cds]
    room = 3 * (high - low)
    for index in range(first, last):
        room += max(0, -_net(calls, gaps, index))
    letters = np.empty(room, np.uint8)
    count, at = 0, first
    for index in range(3 * low, 3 * high + 1):
        while at < last and gaps[at, 0] <= index:
            row = gaps[at, 2]
            if row >= 0:
                hidden = _within(shifts, index - 1) and _within(shifts, index)
                for offset in range(calls.insertions[row, 2] - calls.insertions[row, 1]):
                    place = (
                        calls.insertions[row, 2] - 1 - offset
                        if reverse
                        else calls.insertions[row, 1] + offset
                    )
                    letter = COMPLEMENT[query[place]] if reverse else query[place]
                    letters[count] = N if hidden else letter
                    count += 1
            at += 1
        if index == 3 * high or index >= ends[1] or index < ends[0] // 3 * 3:
            continue
        letter = _letter(calls.aligned, coding, index, reverse)
        if index < ends[0] or calls.aligned[coding.positions[index]] == UNSEQUENCED:
            letter = N
        if letter != DELETED:
            letters[count] = N if _within(shifts, index) else letter
            count += 1
    amino = np.empty(count // 3, np.uint8)
    for codon in range(count // 3):
        amino[codon] = _amino_acid(letters[3 * codon], letters[3 * codon + 1], letters[3 * codon + 2])
    return amino


@inner
def _sets(amino: Bytes) -> npt.NDArray[np.uint32]:
    """Amino acids as sets of one."""
    found = np.empty(amino.size, np.uint32)
    for index in range(amino.size):
        found[index] = np.uint32(1) << np.uint32(amino[index])
    return found


@inner
def _mask(state: Bytes, amino: Bytes, begin: int, end: int, value: int) -> None:
    for codon in range(begin, end):
        state[codon] = _READ
        amino[codon] = value


@inner
def _read_cds(
    calls: Calls,
    query: Bytes,
    coding: Coding,
    gaps: Numbers,
    some: tuple[int, int, int],
    state: Bytes,
    amino: Bytes,
    inserted: tuple[Numbers, int, Bytes, int],
) -> tuple[tuple[Numbers, int, Bytes, int], Numbers]:
    """Reads a CDS that has gaps; returns what is ``inserted`` so far, rows and amino acids, and its frame shifts.

    some: the gaps, first and one past the last, and the CDS.
    """
    first, last, cds = some
    begin, end = coding.begins[cds], coding.begins[cds + 1]
    before, after = _lost_ends(calls, coding, begin, end)
    if before == end - begin:  # nothing of it is left
        for index in range(first, last):
            _mask(state, amino, gaps[index, 0] // 3, _up(gaps[index, 1]), GAP)
        return inserted, np.empty((0, 4), np.int32)
    shifts = _shifted(calls, gaps, first, last, begin, end)
    rows, count, texts, length = inserted
    low = high = begin // 3
    index = first
    while index < last:
        low, high, stop = _around(calls, coding, gaps, shifts, index, last, cds, high)
        ours = _remaining(
            calls, query, coding, gaps, shifts, (low, high, index, stop, cds), (begin + before, end - after)
        )
        found = align_window(
            _sets(ours),
            _sets(coding.peptide[low:high]),
            np.full(high - low + 1, np.int32(GAP_COST), np.int32),
            np.uint32(1 << X),
            before > 0 and 3 * low == begin,
            before > 0 and 3 * low == begin,
            after > 0 and 3 * high == end,
            after > 0 and 3 * high == end,
        )
        _mask(state, amino, low, high, GAP)
        used, place = 0, low
        for row in range(found.shape[0] + 1):
            stop_at = found[row, 0] if row < found.shape[0] else ours.size
            if stop_at > used:
                rows, texts = more(rows, count), _room(texts, length + stop_at - used)
                rows[count, 0], rows[count, 1], rows[count, 2] = cds, place, length
                for position in range(used, stop_at):
                    texts[length] = ours[position]
                    length += 1
                rows[count, 3] = length
                count += 1
            if row < found.shape[0]:
                for offset in range(found[row, 2]):
                    amino[low + found[row, 1] + offset] = ours[found[row, 0] + offset]
                used = found[row, 0] + found[row, 2]
                place = low + found[row, 1] + found[row, 2]
        for codon in range(low, high):
            for offset in range(3):
                if calls.aligned[coding.positions[3 * codon + offset]] == UNSEQUENCED:
                    amino[codon] = X
        index = stop
    for row in range(shifts.shape[0]):
        _mask(state, amino, _up(shifts[row, 2]), _up(shifts[row, 0]), GAP)
        _mask(state, amino, _up(shifts[row, 0]), _up(shifts[row, 1]), X)
        _mask(state, amino, _up(shifts[row, 1]), _up(shifts[row, 3]), GAP)
    return (rows, count, texts, length), shifts


@inner
def _room(texts: Bytes, length: int) -> Bytes:
    """Room for so many amino acids."""
    if length <= texts.size:
        return texts
    grown = np.empty(2 * length, np.uint8)
    grown[: texts.size] = texts
    return grown


@inner
def _read_gaps(
    calls: Calls, query: Bytes, coding: Coding, gaps: Numbers, state: Bytes, amino: Bytes
) -> tuple[Numbers, Bytes, Numbers]:
    """Reads every CDS with gaps: returns what is inserted (rows and amino acids) and the frame shifts."""
    inserted = np.empty((4, 4), np.int32), 0, np.empty(64, np.uint8), 0
    found = np.empty((gaps.shape[0], 3), np.int32)
    index = cds = count = 0
    while index < gaps.shape[0]:
        while gaps[index, 0] >= coding.begins[cds + 1]:
            cds += 1
        stop = index
        while stop < gaps.shape[0] and gaps[stop, 0] < coding.begins[cds + 1]:
            stop += 1
        inserted, shifts = _read_cds(calls, query, coding, gaps, (index, stop, cds), state, amino, inserted)
        for row in range(shifts.shape[0]):
            found[count, 0], found[count, 1], found[count, 2] = cds, _up(shifts[row, 0]), _up(shifts[row, 1])
            found[count, 1:] -= coding.begins[cds] // 3
            count += 1
        index = stop
    rows, extra, texts, length = inserted
    return rows[:extra], texts[:length], found[:count]


@inner
def translate(calls: Calls, query: Bytes, coding: Coding) -> Changes:
    """Reads the changes of every protein off the differences of a genome."""
    state = np.zeros(coding.peptide.size, np.uint8)
    amino = np.zeros(coding.peptide.size, np.uint8)
    for row in range(calls.substitutions.shape[0]):
        _touch(coding, state, calls.substitutions[row, 0], calls.substitutions[row, 0] + 1)
    for row in range(calls.ambiguous.shape[0]):
        _touch(coding, state, calls.ambiguous[row, 0], calls.ambiguous[row, 0] + 1)
    for row in range(calls.missing.shape[0]):
        _touch(coding, state, calls.missing[row, 0], calls.missing[row, 1])
    _touch(coding, state, 0, calls.begin)
    _touch(coding, state, calls.end, calls.aligned.size)
    gaps = _gaps_in_codons(calls, coding)
    inserted, texts, shifts = _read_gaps(calls, query, coding, gaps, state, amino)
    return _changes(calls, coding, state, amino, inserted, texts, shifts)


@inner
def _touched(state: Bytes) -> Numbers:
    """Codons that are to be looked at; untouched ones are passed over BLOCK at a time."""
    found = np.empty(state.size, np.int32)
    count = 0
    for start in range(0, state.size, BLOCK):
        some = state[start : start + BLOCK]
        marks = np.uint8(0)
        for index in range(some.size):
            marks |= some[index]
        if marks != _UNTOUCHED:
            for index in range(some.size):
                found[count] = start + index
                count += some[index] != _UNTOUCHED
    return found[:count]


@inner
def _changes(
    calls: Calls, coding: Coding, state: Bytes, amino: Bytes, inserted: Numbers, texts: Bytes, shifts: Numbers
) -> Changes:
    """Compares the codons that were touched with those of the reference."""
    touched = _touched(state)
    substitutions = np.empty((touched.size, 2), np.int32)
    deletions = np.empty(touched.size, np.int32)
    unknown = np.empty((touched.size, 3), np.int32)
    changed = deleted = hidden = cds = 0
    for codon in touched:
        while coding.begins[cds + 1] // 3 <= codon:
            cds += 1
        base = coding.begins[cds] // 3
        if state[codon] == _TO_READ:
            reverse = coding.reverse[cds]
            amino[codon] = _amino_acid(
                _letter(calls.aligned, coding, 3 * codon, reverse),
                _letter(calls.aligned, coding, 3 * codon + 1, reverse),
                _letter(calls.aligned, coding, 3 * codon + 2, reverse),
            )
        if amino[codon] == X:
            if hidden and unknown[hidden - 1, 0] == cds and unknown[hidden - 1, 2] == codon - base:
                unknown[hidden - 1, 2] += 1
            else:
                unknown[hidden, 0], unknown[hidden, 1], unknown[hidden, 2] = (
                    cds,
                    codon - base,
                    codon - base + 1,
                )
                hidden += 1
        elif amino[codon] == GAP:
            deletions[deleted] = codon
            deleted += 1
        elif amino[codon] != coding.peptide[codon] and coding.peptide[codon] != X:
            substitutions[changed, 0], substitutions[changed, 1] = codon, amino[codon]
            changed += 1
    return Changes(
        substitutions[:changed],
        deletions[:deleted],
        inserted,
        texts,
        unknown[:hidden],
        shifts,
    )
