"""What would Nextclade 3 say of this genome, by its published rules, plainly and slowly?

Written from what its documentation and source say (nextstrain/nextclade, packages/nextclade/src: align, translate,
analyze), with nothing of the engine in it: seeds, chain, band, banded affine table with retries, then each CDS cut
out of the alignment, frame shifts, and the peptide aligned once more. Letters are ASCII codes, positions count from 0
and ranges are half open until they are written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any, NamedTuple

import numba
import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int64]

BASES = {
    "A": "A", "C": "C", "G": "G", "T": "T", "R": "AG", "Y": "CT", "S": "CG", "W": "AT", "K": "GT", "M": "AC",
    "B": "CGT", "D": "AGT", "H": "ACT", "V": "ACG", "N": "ACGT",
}  # fmt: skip
GAP, N, X = ord("-"), ord("N"), ord("X")
_TABLE = "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG"
_CODE = {"".join(codon): _TABLE[at] for at, codon in enumerate(product("TCAG", repeat=3))}
_PAIRS = str.maketrans("ACGTRYSWKMBDHVN-", "TGCAYRSWMKVHDBN-")


def _meets() -> npt.NDArray[np.bool_]:
    table = np.zeros((256, 256), bool)
    for one, other in product(BASES, BASES):
        table[ord(one), ord(other)] = bool(set(BASES[one]) & set(BASES[other]))
    return table


def _same() -> npt.NDArray[np.bool_]:
    return np.eye(256, dtype=bool)


MEETS, SAME = _meets(), _same()


@dataclass(frozen=True)
class Parameters:
    """Nextclade's parameters; the values are those of its dataset for SARS-CoV-2."""

    kmer: int = 10
    distance: int = 50
    least_match: int = 40
    allowed: int = 4
    window: int = 30
    cover: float = 0.1
    excess: int = 12
    terminal: int = 100
    attempts: int = 3
    gap_open: int = 6
    in_frame: int = 7
    out_of_frame: int = 8


class Gene(NamedTuple):
    name: str
    parts: tuple[tuple[int, int], ...]
    reverse: bool = False


def codes(text: str) -> Codes:
    return np.frombuffer(text.encode(), np.uint8)


def text_of(some: Codes) -> str:
    return some.tobytes().decode()


def amino_acid(codon: str) -> str:
    """X unless every codon that it may stand for is the same amino acid."""
    found = {_CODE["".join(one)] for one in product(*(BASES[letter] for letter in codon))}
    return found.pop() if len(found) == 1 else "X"


_READ: dict[str, str] = {}


def translated(letters: str) -> str:
    codons = [letters[at : at + 3] for at in range(0, len(letters) // 3 * 3, 3)]
    return "".join(_READ.get(one) or _READ.setdefault(one, amino_acid(one)) for one in codons)


# --- seeds -----------------------------------------------------------------------------------------------------------


def _skipped(some: Codes, offset: int) -> Codes:
    """Two letters of every three, from ``offset``."""
    rest = some[offset:]
    return rest[np.arange(len(rest)) % 3 != 2]


def _index(reference: Codes, kmer: int) -> list[dict[bytes, list[int]]]:
    found = []
    for offset in range(3):
        some = _skipped(reference, offset).tobytes()
        index: dict[bytes, list[int]] = {}
        for at in range(len(some) - kmer + 1):
            index.setdefault(some[at : at + kmer], []).append(at)
        found.append(index)
    return found


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _crop(queue: Codes) -> int:
    crop = longest = current = 0
    for at in range(queue.size):
        current = 0 if queue[at] else current + 1
        if current > longest:
            longest, crop = current, at + 1
    return crop


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _extend(
    query: Codes, reference: Codes, q: int, r: int, allowed: int, window: int
) -> tuple[int, int, int]:
    """Where an extended seed begins in the query and on the reference, and its length."""
    most = min(reference.size - r, query.size - q)
    queue = np.zeros(window, np.uint8)
    length = wrong = 0
    while wrong <= allowed and length < most:
        wrong -= queue[0]
        queue[:-1] = queue[1:].copy()
        queue[-1] = reference[r + length] != query[q + length]
        wrong += queue[-1]
        length += 1
    length -= window - _crop(queue)
    queue[:] = 0
    wrong = 0
    while wrong <= allowed and r > 0 and q > 0:
        wrong -= queue[0]
        queue[:-1] = queue[1:].copy()
        queue[-1] = reference[r - 1] != query[q - 1]
        wrong += queue[-1]
        r, q, length = r - 1, q - 1, length + 1
    cut = window - _crop(queue)
    return q + cut, r + cut, length - cut


class Seed(NamedTuple):
    q: int
    r: int
    length: int
    offset: int


def _seeds(
    query: Codes, reference: Codes, index: Sequence[Mapping[bytes, list[int]]], p: Parameters
) -> list[Seed]:
    covered: dict[int, list[tuple[int, int]]] = {}
    found: list[Seed] = []
    for offset in range(3):
        some = _skipped(query, offset).tobytes()
        for other in range(3):
            at = 0
            while at + p.kmer < len(some):
                word = some[at : at + p.kmer]
                for there in index[other].get(word, ()) if b"N" not in word else ():
                    q, r = at * 3 // 2 + offset, there * 3 // 2 + other
                    own = covered.setdefault(q - r, [])
                    if any(q <= end and q + p.kmer >= begin for begin, end in own):
                        continue
                    begin, start, length = _extend(query, reference, q, r, p.allowed, p.window)
                    if length < p.least_match:
                        continue
                    last = length - p.least_match
                    steps = [*range(0, last, p.least_match), last]
                    found += [Seed(begin + step, start + step, p.least_match, q - r) for step in steps]
                    own.append((begin, begin + length))
                at += p.distance
    return found


def _chain(matches: list[Seed]) -> list[Seed]:
    """The best chain of seeds (Gusfield 1997, 13.3), ties as Nextclade breaks them."""
    points = [point for j, m in enumerate(matches) for point in ((m.q, 0, j), (m.q + m.length, 1, j))]
    points.sort(key=lambda point: point[0])
    scores, before = [0] * len(matches), [-1] * len(matches)
    best: list[tuple[int, int, int]] = []  # end on the reference, score, match; ends descending
    for _, side, j in points:
        m = matches[j]
        if side == 0:
            score, before[j] = next(((s, k) for end, s, k in best if end <= m.r), (0, -1))
            scores[j] = m.length + score
        else:
            end = m.r + m.length
            at = next((k for k, one in enumerate(best) if one[0] < end), len(best))
            if at == len(best) or best[at][1] <= scores[j]:
                best[:at] = [*(one for one in best[:at] if one[1] >= scores[j]), (end, scores[j], j)]
    chain, at = [], best[0][2]
    while at >= 0:
        chain.append(matches[at])
        at = before[at]
    chain.reverse()
    merged = [chain[0]]
    for seed in chain[1:]:
        last = merged[-1]
        if (seed.q, seed.r) == (last.q + last.length, last.r + last.length):
            merged[-1] = last._replace(length=last.length + seed.length)
        else:
            merged.append(seed)
    return merged


# --- band ------------------------------------------------------------------------------------------------------------


def _middle(one: int, other: int) -> int:
    return int((one + other) / 2)


def _band(
    chain: list[Seed], letters: int, size: int, terminal: int, excess: int, least: int
) -> tuple[Ints, Ints]:
    """First and one past the last column of each row of the table."""
    seed = chain[0]
    bands: list[list[int]] = []  # begin and end on the reference, least and greatest offset
    forward = terminal
    current = [0, min(seed.r + forward, size + 1), seed.offset - terminal, seed.offset + terminal]

    def extend(mean: int, back: int) -> tuple[int, int]:
        nonlocal current
        end = seed.r + seed.length
        if end > current[1]:
            bands.append(current)
            current = [current[1], end, seed.offset - least, seed.offset + least]
        back = max(back, mean - current[2], current[3] - mean)
        while current[0] > max(0, end - back - 1):
            if bands:
                current = bands.pop()
            else:
                current = [0, min(seed.r + forward, size + 1), seed.offset - back, seed.offset + back]
            back = max(back, mean - current[2], current[3] - mean)
        current[1] = max(0, end - back)
        if current[1] > current[0]:
            bands.append(current)
        return back, current[1]

    back = terminal
    for following in chain[1:]:
        mean = _middle(following.offset, seed.offset)
        shift = abs(following.offset - seed.offset) // 2
        forward = shift + excess
        back, end = extend(mean, shift + excess)
        width = max(back, excess)
        current = [end, following.r + forward, mean - width, mean + width]
        seed = following
    back, end = extend(seed.offset, max(terminal, back))
    bands.append([end, size + 1, seed.offset - back, seed.offset + back])
    rows = np.repeat(np.array(bands), [band[1] - band[0] for band in bands], axis=0)
    places = np.arange(len(rows))
    begins = np.clip(places + rows[:, 2], 0, letters - least)
    ends = np.clip(places + rows[:, 3], 0, letters) + 1
    begins[0] = 0
    begins = np.minimum(np.maximum.accumulate(begins), letters)
    _trim(begins, ends, letters)
    return begins, ends


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _trim(begins: Ints, ends: Ints, letters: int) -> None:
    """Takes away from each row what no later row can be reached from."""
    ends[-1] = letters + 1
    for at in range(ends.size - 2, -1, -1):
        ends[at] = max(min(ends[at], ends[at + 1]), begins[at] + 1)


# --- table -----------------------------------------------------------------------------------------------------------

_MATCH, _INSERT, _DELETE, _MORE_INSERT, _MORE_DELETE, _EDGE = 1, 2, 4, 8, 16, 32


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _table(
    query: Codes,
    reference: Codes,
    costs: Ints,
    begins: Ints,
    ends: Ints,
    agrees: npt.NDArray[np.bool_],
    unknown: int,
    left_free: bool,
    right_free: bool,
) -> tuple[Codes, Codes, bool, int]:
    """The best alignment within a band: query and reference with gaps, whether it touched the band, its score."""
    never = -(10**9)
    rows, columns = reference.size + 1, query.size + 1
    starts = np.zeros(rows + 1, np.int64)
    for row in range(rows):
        starts[row + 1] = starts[row] + ends[row] - begins[row]
    paths = np.zeros(starts[rows], np.uint8)
    scores = np.zeros(starts[rows], np.int64)
    for q in range(1, ends[0]):
        paths[q] = _MORE_INSERT | _INSERT
        scores[q] = 0 if left_free else -costs[0]
    gaps = np.full(columns, never, np.int64)
    for r in range(1, rows):
        inserting = never
        for q in range(begins[r], ends[r]):
            path = origin = 0
            score = never
            here = starts[r] + q - begins[r]
            above = starts[r - 1] + q - begins[r - 1]
            if q == 0:
                path, origin = _MORE_DELETE, _DELETE
                score = 0 if left_free else -costs[0]
            else:
                if q > begins[r - 1] and q - 1 < ends[r - 1]:
                    if query[q - 1] == unknown or reference[r - 1] == unknown:
                        score = scores[above - 1] + 2
                    elif agrees[query[q - 1], reference[r - 1]]:
                        score = scores[above - 1] + 3
                    else:
                        score = scores[above - 1] - 1
                    origin = _MATCH
                else:
                    path |= _EDGE
                if q > begins[r]:
                    opened = scores[here - 1] - (0 if r == rows - 1 and right_free else costs[r])
                    if inserting >= opened and q > begins[r] + 1:
                        path |= _MORE_INSERT
                    else:
                        inserting = opened
                    if score < inserting:
                        score, origin = inserting, _INSERT
                elif r < rows - 1:
                    path |= _EDGE
                if q < ends[r - 1]:
                    opened = scores[above] - (0 if q == columns - 1 and right_free else costs[r - 1])
                    if gaps[q] >= opened and q < ends[r - 2]:
                        path |= _MORE_DELETE
                    else:
                        gaps[q] = opened
                    if score < gaps[q]:
                        score, origin = gaps[q], _DELETE
                elif q < columns - 1:
                    gaps[q] = never
                    path |= _EDGE
            paths[here] = path | origin
            scores[here] = score
    one = np.empty(rows + columns, np.uint8)
    other = np.empty(rows + columns, np.uint8)
    count, r, q, state, touched = 0, rows - 1, columns - 1, 0, False
    while r > 0 or q > 0:
        path = paths[starts[r] + q - begins[r]]
        touched |= (path & _EDGE) > 0
        if state == 0 and path & _MATCH:
            q, r = q - 1, r - 1
            one[count], other[count] = query[q], reference[r]
        elif state == _INSERT or (state == 0 and path & _INSERT):
            q -= 1
            one[count], other[count] = query[q], GAP
            state = _INSERT if path & _MORE_INSERT else 0
        else:
            r -= 1
            one[count], other[count] = GAP, reference[r]
            state = _DELETE if path & _MORE_DELETE else 0
        count += 1
    return one[:count][::-1].copy(), other[:count][::-1].copy(), touched, scores[starts[rows] - 1]


# --- translation -----------------------------------------------------------------------------------------------------


def _complement(letters: str) -> str:
    return letters[::-1].translate(_PAIRS)


def _protected(letters: str) -> str:
    """The first codon that has a letter, with N for the gaps before it."""
    whole = len(letters) // 3 * 3
    first = next((at for at in range(whole) if letters[at] != "-"), None)
    if first is None:
        return letters
    begin = first // 3 * 3
    return letters[:begin] + "N" * (first - begin) + letters[first:]


def _shifts(query: str, reference: str) -> list[tuple[int, int]]:
    """Stretches of the gapped pair that are read in another frame."""
    found: list[tuple[int, int]] = []
    frame, begin = 0, -1
    gaps = np.flatnonzero((codes(query) == GAP) | (codes(reference) == GAP))
    for run in np.split(gaps, np.flatnonzero(np.diff(gaps) > 1) + 1) if len(gaps) else []:
        first, last = int(run[0]), int(run[-1]) + 1
        dirty = False
        for at in run:
            before, frame = frame, (frame + (-1 if reference[at] == "-" else 1)) % 3
            dirty |= (before == 0) != (frame == 0)
        if dirty and last < len(query):
            if frame == 0 and begin >= 0:
                found.append((begin, first))
                begin = -1
            if frame and begin < 0:
                begin = last
    if begin >= 0:
        found.append((begin, len(query)))
    return found


def _gap_counts(letters: str) -> tuple[int, int]:
    """Gaps before the first letter, and between the first and the last."""
    inner = letters.strip("-")
    return len(letters) - len(letters.lstrip("-")), inner.count("-")


@dataclass
class Translation:
    peptide: str
    insertions: list[tuple[int, str]]
    """After which amino acid (-1 before the first), and what."""
    shifts: list[tuple[int, int]]


def _up(letters: int) -> int:
    return -(-letters // 3)


@dataclass
class Nextclade:
    """The rules with one reference."""

    reference: str
    genes: Sequence[Gene]
    parameters: Parameters = field(default_factory=Parameters)

    def __post_init__(self) -> None:
        p = self.parameters
        self.letters = codes(self.reference)
        self.index = _index(self.letters, p.kmer)
        self.costs = np.full(len(self.reference) + 2, p.gap_open, np.int64)
        for gene in self.genes:
            for count, at in enumerate(self.positions(gene)):
                self.costs[at] = p.in_frame if count % 3 == (2 if gene.reverse else 0) else p.out_of_frame
        self.peptides = {gene.name: translated(self.cut(gene, self.reference)) for gene in self.genes}

    @staticmethod
    def positions(gene: Gene) -> list[int]:
        runs = [range(begin, end) for begin, end in gene.parts]
        return [at for run in runs for at in (reversed(run) if gene.reverse else run)]

    def cut(self, gene: Gene, text: str, where: Ints | None = None) -> str:
        """The letters of a CDS; ``where`` is the column of each letter of the reference."""
        found = []
        for begin, end in gene.parts:
            part = text[begin:end] if where is None else text[where[begin] : where[end - 1] + 1]
            found.append(_complement(part) if gene.reverse else part)
        return "".join(found)

    def align(self, text: str) -> tuple[str, str] | None:
        """Query and reference with gaps, or None if Nextclade refuses."""
        p, query = self.parameters, codes(text)
        matches = _seeds(query, self.letters, self.index, p)
        if not matches:
            return None
        chain = _chain(matches)
        total = sum(seed.length for seed in chain)
        known = sum(text.count(base) for base in "ACGT")
        if total < p.cover * len(text) and total < p.cover * known:
            return None
        terminal, excess, least = p.terminal, p.excess, max(1, p.allowed)
        for _ in range(p.attempts + 1):
            band = _band(chain, len(text), len(self.reference), terminal, excess, least)
            one, other, touched, _ = _table(query, self.letters, self.costs, *band, MEETS, N, True, True)
            if not touched:
                break
            terminal, excess, least = 2 * terminal, 2 * excess, 2 * least
        return text_of(one), text_of(other)

    def translate(self, gene: Gene, query: str, reference: str, where: Ints) -> Translation | None:
        """The protein of one CDS, or None if nothing of it is left."""
        ref, own = self.cut(gene, reference, where), self.cut(gene, query, where)
        if not own.strip("-"):
            return None
        (ref_leading, ref_internal), (leading, internal) = _gap_counts(ref), _gap_counts(own)
        left, right = own[0] == "-", own[-1] == "-"
        ref, own = _protected(ref), _protected(own)
        place = np.maximum(
            np.cumsum(codes(ref) != GAP) - 1, 0
        ).tolist()  # of each column, its letter of the reference
        shifts, masks = [], []
        for begin, end in _shifts(own, ref):
            before, after = begin - 1, end
            while before > 0 and own[before] == "-":
                before -= 1
            while after < len(own) and own[after] == "-":
                after += 1
            codon = _up(place[begin]), _up(place[end - 1] + 1)
            mask = _up(place[before + 1]), _up(place[after - 1] + 1)
            shifts.append(codon)
            masks.append((mask, codon))
            own = own[:begin] + "".join("-" if c == "-" else "N" for c in own[begin:end]) + own[end:]
        peptide = codes(translated(own.replace("-", "")))
        theirs = codes(self.peptides[gene.name])
        width = (internal + ref_internal) // 3 + 5
        mean = int((leading - ref_leading) / 3) + int((internal - ref_internal) / 6)
        rows = np.arange(len(theirs) + 1)
        begins = np.clip(rows - mean - width, 0, len(peptide))
        ends = np.clip(rows - mean + width + 1, 1, len(peptide) + 1)
        begins[0], ends[-1] = 0, len(peptide) + 1
        costs = np.full(len(theirs) + 2, self.parameters.gap_open, np.int64)
        one, other, _, _ = _table(peptide, theirs, costs, begins, ends, SAME, X, left, right)
        stripped, insertions = _stripped(text_of(one), text_of(other))
        said = list(stripped)
        for (low, high), (first, last) in masks:
            for (begin, end), letter in (((low, first), "-"), ((first, last), "X"), ((last, high), "-")):
                said[begin : min(end, len(said))] = letter * max(0, min(end, len(said)) - begin)
        return Translation("".join(said), insertions, shifts)

    def analyse(self, text: str) -> dict[str, Any] | None:
        """What Nextclade's table says, in our columns; None if it refuses."""
        pair = self.align(text)
        return None if pair is None else self.read(*pair)

    def read(self, query: str, reference: str) -> dict[str, Any]:
        aligned, inserted = _stripped(query, reference)
        begin = len(aligned) - len(aligned.lstrip("-"))
        end = len(aligned.rstrip("-"))
        differ = np.flatnonzero(codes(aligned) != self.letters)
        sites = [int(at) for at in differ if begin <= at < end]
        where = np.flatnonzero(codes(reference) != GAP)
        said: dict[str, Any] = {
            "alignment_start": begin + 1,
            "alignment_end": end,
            "substitutions": [
                f"{self.reference[at]}{at + 1}{aligned[at]}" for at in sites if aligned[at] in "ACGT"
            ],
            "deletions": _runs(at for at in sites if aligned[at] == "-"),
            "insertions": sorted(f"{at + 1}:{what}" for at, what in inserted),
            "missing": _runs(at for at in sites if aligned[at] == "N"),
            "non_acgtn": [f"{aligned[at]}:{at + 1}" for at in sites if aligned[at] not in "ACGTN-"],
        }
        changes: list[str] = []
        lost: list[str] = []
        extra: list[str] = []
        shifted: list[str] = []
        unknown: dict[str, list[str]] = {}
        for gene in self.genes:
            found = self.translate(gene, query, reference, where)
            if found is None:
                continue
            told = self._sequenced(gene, begin, end)
            for at, (own, theirs) in enumerate(zip(found.peptide, self.peptides[gene.name], strict=True)):
                if at in told and own not in ("X", theirs):
                    (lost if own == "-" else changes).append(f"{gene.name}:{theirs}{at + 1}{own}")
            extra += [f"{gene.name}:{at + 1}:{what}" for at, what in found.insertions]
            shifted += (
                [f"{gene.name}:{word}" for word in map(_span, *zip(*found.shifts, strict=True))]
                if found.shifts
                else []
            )
            unknown[gene.name] = _runs(at for at, own in enumerate(found.peptide) if own == "X")
        said |= {
            "aa_substitutions": changes,
            "aa_deletions": lost,
            "aa_insertions": sorted(extra),
            "frame_shifts": shifted,
            "aa_unknown": unknown,
        }
        return said

    def _sequenced(self, gene: Gene, begin: int, end: int) -> set[int]:
        """Codons of a CDS within the alignment."""
        found: set[int] = set()
        before = 0
        for low, high in gene.parts:
            first, last = max(low, begin), min(high, end)
            if first < last:
                local = (high - last, high - first) if gene.reverse else (first - low, last - low)
                found |= set(range((local[0] + before) // 3, (local[1] + before) // 3))
            before += high - low
        return found


def _stripped(query: str, reference: str) -> tuple[str, list[tuple[int, str]]]:
    """The query without what the reference has not, and that: after which letter, and what."""
    found: list[tuple[int, str]] = []
    kept: list[str] = []
    at = place = 0
    for gap in re.finditer("-+", reference):
        kept.append(query[at : gap.start()])
        place += gap.start() - at
        found.append((place - 1, query[gap.start() : gap.end()]))
        at = gap.end()
    return "".join([*kept, query[at:]]), found


def _span(begin: int, end: int) -> str:
    return f"{begin + 1}-{end}" if end > begin + 1 else f"{end}"


def _runs(sites: Any) -> list[str]:
    found: list[list[int]] = []
    for at in sites:
        if found and found[-1][1] == at:
            found[-1][1] = at + 1
        else:
            found.append([at, at + 1])
    return [_span(*one) for one in found]
