"""What does a letter of a sequence mean?

A nucleotide letter is a set of bases, one bit each: A 1, C 2, G 4, T or U 8; R is A or G, hence 5; N is any, 15
(IUPAC-IUB 1984, Nucleic Acids Res. 13:3021). Two letters can agree when their sets meet, so neither N nor an
ambiguous letter is a mismatch of a base that it may stand for.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sampan.engines.genome.kernels import inner

Bytes = npt.NDArray[np.uint8]

SYMBOLS = "-ACMGRSVTWYHKDBN"
"""The letter of each set of bases; the empty set is a gap."""

N = 15
BLOCK = 64
"""Letters that are compared together."""
LINE = 1024
"""Letters that are read together."""
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


def _upper() -> Bytes:
    table = np.arange(256, dtype=np.uint8)
    table[97:123] = np.arange(65, 91)
    table[[ord("U"), ord("u")]] = ord("T")
    table[CODES == DROPPED] = DROPPED
    return table


def _two_bits() -> Bytes:
    table = np.full(256, 4, np.uint8)
    table[[1, 2, 4, 8]] = 0, 1, 2, 3
    return table


CODES = _codes()
"""Byte of a file → set of bases, DROPPED for white space and gaps, BAD for anything else."""
UPPER = _upper()
"""Byte of a file → the letter that counts for identity: upper case, T for U; DROPPED as in CODES."""
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


def _readings() -> Bytes:
    """Codon of three sets of bases, as 256 × first + 16 × second + third → code of its amino acid, or X.

    A codon that may be several is read where all of them are the same amino acid: GCN is alanine.
    """
    bits = np.array([[code >> base & 1 for base in range(4)] for code in range(16)], bool)
    one, two, three = bits[:, None, None], bits[None, :, None], bits[None, None, :]
    codons = one[..., :, None, None] & two[..., None, :, None] & three[..., None, None, :]
    found = np.where(codons.reshape(16, 16, 16, 64), GENETIC_CODE, np.uint8(X))
    least, most = found.min(-1), np.where(found == X, 0, found).max(-1)
    return np.where(least == most, least, np.uint8(X)).astype(np.uint8).reshape(-1)


READINGS = _readings()


def encode(text: str | bytes) -> Bytes:
    """Sets of bases of a clean sequence: gaps and white space are dropped, a letter that is none becomes N."""
    raw = np.frombuffer(text.encode() if isinstance(text, str) else text, np.uint8)
    codes: Bytes = CODES[raw]
    codes = codes[codes != DROPPED]
    return np.where(codes == BAD, np.uint8(N), codes).astype(np.uint8)


def decode(codes: Bytes) -> str:
    """The letters of sets of bases."""
    return LETTERS[codes].tobytes().decode()


@inner
def _plain(raw: Bytes, out: Bytes, text: Bytes) -> bool:
    """Reads a block of upper-case A, C, G, T and N, many letters at once; False if there is any other byte."""
    for index in range(LINE):
        letter = raw[index]
        text[index] = letter
        out[index] = (
            1 if letter == 65 else 2 if letter == 67 else 4 if letter == 71 else 8 if letter == 84
            else 15 if letter == 78 else 0
        )  # fmt: skip
    strange = np.uint8(0)
    for index in range(LINE):
        strange |= np.uint8(out[index] == 0)
    return bool(strange == 0)


@inner
def read_letters(raw: Bytes, text: Bytes) -> tuple[Bytes, int]:
    """Reads the bytes of a record: sets of bases, and how many letters stand for none.

    White space and gaps are dropped; a letter that stands for no base is N. ``text``, as long as ``raw``, receives the
    upper-case letters with T for U.
    """
    out = np.empty(raw.size, np.uint8)
    length = bad = 0
    for start in range(0, raw.size, LINE):
        block = raw[start : start + LINE]
        if block.size == LINE and _plain(block, out[length : length + LINE], text[length : length + LINE]):
            length += LINE
            continue
        for letter in block:
            code = CODES[letter]
            bad += code == BAD
            if code != DROPPED:
                out[length] = N if code == BAD else code
                text[length] = UPPER[letter]
                length += 1
    return out[:length], bad


@inner
def reverse_complement(codes: Bytes, complement: Bytes) -> Bytes:
    """The other strand, read in its own direction."""
    out = np.empty_like(codes)
    for index in range(codes.size):
        out[codes.size - 1 - index] = complement[codes[index]]
    return out
