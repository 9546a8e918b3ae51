"""What does a letter of a sequence mean?

A nucleotide letter is a set of bases, one bit each: A 1, C 2, G 4, T or U 8; R is A or G, hence 5; N is any, 15
(IUPAC-IUB 1984, Nucleic Acids Res. 13:3021). Two letters can agree when their sets meet, so neither N nor an
ambiguous letter is a mismatch of a base that it may stand for.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sampan.engines.genome.kernels import kernel

Bytes = npt.NDArray[np.uint8]

SYMBOLS = "-ACMGRSVTWYHKDBN"
"""The letter of each set of bases; the empty set is a gap."""

N = 15
DROPPED, BAD = 254, 255
AMINO_ACIDS = "ACDEFGHIKLMNPQRSTVWY*X-"
"""Letters of a peptide in the order of their codes; X is unknown, - deleted."""
X, GAP = 21, 22


def _codes() -> Bytes:
    table = np.full(256, BAD, np.uint8)
    for code, letter in enumerate(SYMBOLS[1:], start=1):
        table[[ord(letter), ord(letter.lower())]] = code
    table[[ord("U"), ord("u")]] = 8
    table[[ord(sign) for sign in " \t\r\n\v\f-.~"]] = DROPPED
    return table


def _two_bits() -> Bytes:
    table = np.full(256, 4, np.uint8)
    table[[1, 2, 4, 8]] = 0, 1, 2, 3
    return table


CODES = _codes()
"""Byte of a file → set of bases, DROPPED for white space and gaps, BAD for anything else."""
TWO_BITS = _two_bits()
"""Set of bases → 0 to 3 for a single base, 4 for an ambiguous one."""
COMPLEMENT = np.array([int(f"{code:04b}"[::-1], 2) for code in range(16)] + [0] * 240, np.uint8)
LETTERS = np.frombuffer(SYMBOLS.encode(), np.uint8)
PEPTIDE = np.frombuffer(AMINO_ACIDS.encode(), np.uint8)


def _genetic_code() -> Bytes:
    """Codon as 16 × first + 4 × second + third base, in the order ACGT → code of its amino acid.

    The standard code, NCBI translation table 1, whose rows are in the order TCAG.
    """
    table = "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG"
    place = [2, 1, 3, 0]  # of A, C, G, T among T, C, A, G
    order = [16 * place[a] + 4 * place[b] + place[c] for a in range(4) for b in range(4) for c in range(4)]
    return np.array([AMINO_ACIDS.index(table[index]) for index in order], np.uint8)


GENETIC_CODE = _genetic_code()


def encode(text: str | bytes) -> Bytes:
    """Sets of bases of a clean sequence: gaps and white space are dropped, a letter that is none becomes N."""
    raw = np.frombuffer(text.encode() if isinstance(text, str) else text, np.uint8)
    codes: Bytes = CODES[raw]
    codes = codes[codes != DROPPED]
    return np.where(codes == BAD, np.uint8(N), codes).astype(np.uint8)


def decode(codes: Bytes) -> str:
    """The letters of sets of bases."""
    return LETTERS[codes].tobytes().decode()


@kernel
def read_letters(raw: Bytes, codes: Bytes, out: Bytes, text: Bytes) -> tuple[int, int, int, bool]:
    """Reads ``raw`` bytes of one record into sets of bases ``out`` and upper-case letters ``text``.

    Returns the letters read, how many of them are none (read as N), how many are single bases, and whether ``text``
    differs from ``raw`` without its last bytes (if not, the caller need not look at ``text``).
    """
    length = bad = bases = 0
    changed = False
    for index in range(raw.size):
        letter = raw[index]
        code = codes[letter]
        if code == DROPPED:
            continue
        if code == BAD:
            bad += 1
            code = np.uint8(N)
        if letter > 96:
            letter -= np.uint8(32)
            changed = True
        if letter == 85:
            letter = np.uint8(84)
            changed = True
        bases += code == 1 or code == 2 or code == 4 or code == 8
        out[length] = code
        text[length] = letter
        length += 1
    return length, bad, bases, changed


@kernel
def reverse_complement(codes: Bytes, complement: Bytes) -> Bytes:
    """The other strand, read in its own direction."""
    out = np.empty_like(codes)
    for index in range(codes.size):
        out[codes.size - 1 - index] = complement[codes[index]]
    return out
