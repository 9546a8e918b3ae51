"""What does a genome change in the proteins?

Read from the one alignment of nucleotides, codon by codon. A gap of whole codons that lies across codon borders
leaves one codon made of two: the amino acids it touches are aligned once more, gap furthest left. Between a gap that
shifts the reading frame and the one that restores it, or the end, nothing is known (Nextclade's rule, documentation
"Algorithm: translation"): codons there are X, and codons lost at its two borders are deleted.
"""

# ruff: noqa: PLR0912, PLR0917, PLR1714 - kernels take arrays by position, and Numba compiles plain comparisons
from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sampan.engines.genome.calls import DELETED, UNSEQUENCED, Calls, Place
from sampan.engines.genome.coding import Coding
from sampan.engines.genome.kernels import kernel
from sampan.engines.genome.letters import BLOCK, COMPLEMENT, GAP, GENETIC_CODE, TWO_BITS, Bytes, N, X
from sampan.engines.genome.window import Numbers, align_window

AROUND = 12
"""Codons on either side of a gap that are aligned once more with those it touches."""
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


@kernel
def _up(letters: int) -> int:
    """Codons begun by so many letters."""
    return (letters + 2) // 3


@kernel
def _amino_acid(first: int, second: int, third: int) -> int:
    """Translates sets of bases; X if one is not a single base."""
    a, b, c = TWO_BITS[first], TWO_BITS[second], TWO_BITS[third]
    if a > 3 or b > 3 or c > 3:
        return X
    return int(GENETIC_CODE[16 * a + 4 * b + c])


@kernel
def _letter(aligned: Bytes, coding: Coding, index: int, reverse: bool) -> int:
    letter = aligned[coding.positions[index]]
    if letter == UNSEQUENCED:
        return N
    return int(COMPLEMENT[letter]) if reverse else int(letter)


@kernel
def _touch(coding: Coding, state: Bytes, begin: Place, end: Place) -> None:
    """Marks the codons that read a letter from ``begin`` to ``end``."""
    for index in range(coding.at_begin[begin], coding.at_begin[end]):
        state[coding.at[index] // 3] = _TO_READ


@kernel
def _begins_cds(coding: Coding, letter: int) -> bool:
    found = False
    for begin in coding.begins:
        found |= bool(begin == letter)
    return found


@kernel
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


@kernel
def _mask(state: Bytes, amino: Bytes, base: int, begin: int, end: int, value: int) -> None:
    for codon in range(base + begin, base + end):
        state[codon] = _READ
        amino[codon] = value


@kernel
def _shifted(
    gaps: Numbers,
    bounds: tuple[int, int, int],
    begin: int,
    stop: int,
    lost: int,
    state: Bytes,
    amino: Bytes,
) -> tuple[int, int]:
    """Masks a shifted stretch of the CDS that begins at coding letter ``begin``; returns its codons.

    bounds: the gaps that break the frame, first and last, and the last of those that restore it, or -1.
    stop: the coding letter where the stretch ends. lost: letters lost from the break to there, less those inserted.
    """
    first, broke, restored = bounds
    base = begin // 3
    since, until = gaps[broke, 1] - begin, stop - begin
    low, high = _up(since), _up(until)
    break_at = gaps[first, 0] - begin
    _mask(state, amino, base, break_at // 3, _up(break_at), GAP if lost > 0 else X)
    _mask(state, amino, base, _up(break_at), low, GAP)
    _mask(state, amino, base, low, high, X)
    if restored >= 0:
        _mask(state, amino, base, high, _up(gaps[restored, 1] - begin), GAP)
    return low, high


@kernel
def _read_end(gaps: Numbers, index: int, begin: int, end: int, state: Bytes, amino: Bytes) -> bool:
    """Reads a deletion that takes the begin or the end of a CDS, which shifts nothing; False if this is none."""
    if gaps[index, 2] >= 0 or (gaps[index, 0] > begin and gaps[index, 1] < end):
        return False
    low, high = gaps[index, 0] // 3, _up(gaps[index, 1])
    if gaps[index, 1] < end and gaps[index, 1] % 3:
        high -= 1
        _mask(state, amino, high, 0, 1, X)
    _mask(state, amino, 0, low, high, GAP)
    return True


@kernel
def _align_codons(
    calls: Calls,
    query: Bytes,
    coding: Coding,
    gaps: Numbers,
    first: int,
    last: int,
    cds: int,
    state: Bytes,
    amino: Bytes,
) -> tuple[Numbers, Bytes]:
    """Aligns the amino acids that gaps ``first`` to ``last`` touch; returns what is inserted."""
    begin, end = coding.begins[cds], coding.begins[cds + 1]
    low = max(begin // 3, gaps[first, 0] // 3 - AROUND)
    high = min(end // 3, _up(gaps[last, 1]) + AROUND)
    reverse = coding.reverse[cds]
    room = 3 * (high - low)
    for index in range(first, last + 1):
        if gaps[index, 2] >= 0:
            row = gaps[index, 2]
            room += calls.insertions[row, 2] - calls.insertions[row, 1]
    letters = np.empty(room, np.uint8)
    count, at = 0, first
    for index in range(3 * low, 3 * high + 1):
        while at <= last and gaps[at, 0] < index:
            at += 1
        look = at
        while look <= last and gaps[look, 0] == index:
            if gaps[look, 2] >= 0:
                row = gaps[look, 2]
                here, there = calls.insertions[row, 1], calls.insertions[row, 2]
                for offset in range(there - here):
                    letters[count] = (
                        COMPLEMENT[query[there - 1 - offset]] if reverse else query[here + offset]
                    )
                    count += 1
            look += 1
        if index < 3 * high:
            letter = _letter(calls.aligned, coding, index, reverse)
            if letter != DELETED:
                letters[count] = letter
                count += 1
    read = np.empty(count // 3, np.uint8)
    ours = np.empty(count // 3, np.uint32)
    for codon in range(count // 3):
        read[codon] = _amino_acid(letters[3 * codon], letters[3 * codon + 1], letters[3 * codon + 2])
        ours[codon] = np.uint32(1) << np.uint32(read[codon])
    theirs = np.empty(high - low, np.uint32)
    for codon in range(low, high):
        theirs[codon - low] = np.uint32(1) << np.uint32(coding.peptide[codon])
    costs = np.full(high - low + 1, np.int32(GAP_COST), np.int32)
    found = align_window(ours, theirs, costs, np.uint32(1 << X), False, False, False, False)
    _mask(state, amino, 0, low, high, GAP)
    inserted = np.empty((found.shape[0] + 1, 4), np.int32)
    extra, used, place = 0, 0, low
    for row in range(found.shape[0] + 1):
        stop = found[row, 0] if row < found.shape[0] else read.size
        if stop > used:
            inserted[extra, 0], inserted[extra, 1], inserted[extra, 2], inserted[extra, 3] = (
                cds,
                place,
                used,
                stop,
            )
            extra += 1
        if row < found.shape[0]:
            for offset in range(found[row, 2]):
                amino[low + found[row, 1] + offset] = read[found[row, 0] + offset]
            used = found[row, 0] + found[row, 2]
            place = low + found[row, 1] + found[row, 2]
    return inserted[:extra], read


@kernel
def _gap_length(calls: Calls, gaps: Numbers, index: int) -> int:
    """Letters by which a gap moves the reading frame: lost, less inserted."""
    row = gaps[index, 2]
    if row < 0:
        return int(gaps[index, 1] - gaps[index, 0])
    return int(calls.insertions[row, 1] - calls.insertions[row, 2])


@kernel
def _read_gaps(
    calls: Calls, query: Bytes, coding: Coding, gaps: Numbers, state: Bytes, amino: Bytes
) -> tuple[Numbers, Bytes, Numbers]:
    """Reads every gap: returns what is inserted (rows and amino acids) and the frame shifts."""
    shifts = np.empty((gaps.shape[0], 3), np.int32)
    rows = np.empty((2 * gaps.shape[0] + 1, 4), np.int32)
    texts = np.empty(query.size // 3 + 1, np.uint8)
    shifted = extra = length = 0
    index = cds = 0
    while index < gaps.shape[0]:
        while gaps[index, 0] >= coding.begins[cds + 1]:
            cds += 1
        begin, end = coding.begins[cds], coding.begins[cds + 1]
        if _read_end(gaps, index, begin, end, state, amino):
            index += 1
            continue
        last, frame = index, _gap_length(calls, gaps, index)
        # gaps with no letter between them, or in one codon, are read together
        while last + 1 < gaps.shape[0] and gaps[last + 1, 1] < end:
            touching = gaps[last + 1, 0] == gaps[last, 1]
            one_codon = frame % 3 == 0 and gaps[last + 1, 0] // 3 - AROUND < _up(gaps[last, 1]) + AROUND
            if not touching and not one_codon:
                break
            if not touching and _gap_length(calls, gaps, last + 1) % 3:
                break
            last += 1
            frame += _gap_length(calls, gaps, last)
        if frame % 3 == 0:
            some, read = _align_codons(calls, query, coding, gaps, index, last, cds, state, amino)
            for row in range(some.shape[0]):
                for column in range(2):
                    rows[extra, column] = some[row, column]
                rows[extra, 2] = length
                for position in range(some[row, 2], some[row, 3]):
                    texts[length] = read[position]
                    length += 1
                rows[extra, 3] = length
                extra += 1
            index = last + 1
            continue
        broke, stop, restored = last, end, -1
        while last + 1 < gaps.shape[0] and gaps[last + 1, 1] < end:
            group = last + 1
            last = group
            frame += _gap_length(calls, gaps, last)
            while last + 1 < gaps.shape[0] and gaps[last + 1, 0] == gaps[last, 1] and gaps[last + 1, 1] < end:
                last += 1
                frame += _gap_length(calls, gaps, last)
            if frame % 3 == 0:
                stop, restored = gaps[group, 0], last
                break
        low, high = _shifted(gaps, (index, broke, restored), begin, stop, frame, state, amino)
        shifts[shifted, 0], shifts[shifted, 1], shifts[shifted, 2] = cds, low, high
        shifted += 1
        index = last + 1
    return rows[:extra], texts[:length], shifts[:shifted]


@kernel
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


@kernel
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


@kernel
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
