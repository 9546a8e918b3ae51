"""Which sequences does a FASTA file hold, however large it is and however it is packed?

Read as a stream: plain, gzip, xz or zstd, told by their first bytes. Letters stay bytes, cut into portions of a few
megabytes; who uses them says what they mean. What is hostile is bounded: a record longer than allowed is skipped and
named, and a file that unpacks to far more than any file of genomes could is refused before it fills anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from sampan.core.errors import InputError, clause
from sampan.formats import packed

PORTION = 16 * 1024 * 1024
"""Bytes of letters handed on together."""
MOST_TOGETHER = 1024
"""Records handed on together."""
LONGEST = 50_000_000
"""Letters of a record that is still kept, unless told otherwise."""
LONGEST_HEADER = 64 * 1024
MOST_UNPACKED = 1 << 30
"""Bytes that any file may unpack to."""
MOST_TIMES = 20_000
"""Beyond that, bytes for each byte of the file: near-identical genomes reach 3,000 in xz."""
MOST_NAMES = 5_000_000
"""Names that are remembered in order to tell repeated ones."""

_LINE_END = ord("\n")
_FORMS = {
    b"PK\x03\x04": clause("a zip archive or workbook"),
    b"%PDF": clause("a PDF document"),
    b"BZh": clause("a bzip2 archive"),
    b"@": "FASTQ",
    b"<": clause("a web page or XML"),
    b"{": "JSON",
    b"LOCUS": clause("a GenBank file"),
}
_WAY_OUT = (
    "Give a FASTA file (a line that begins with >, then letters), as it is or packed with gzip, xz or zstd."
)


class Portion(NamedTuple):
    """Some records, in the order of the file."""

    names: list[str]
    data: bytes
    begins: list[int]
    """Where in ``data`` the letters of each record begin."""
    ends: list[int]
    """One past the last byte of each; -1 for a record that is longer than allowed and was skipped."""
    repeated: list[bool]
    """Whether the name stood in the file before."""
    read: int
    """Bytes of the file that had been read, as packed."""


def _pieces(file: BinaryIO, name: str) -> Iterator[tuple[bytes, int]]:
    """Pieces of the unpacked stream, each with the packed bytes read so far."""
    unpacked = 0
    for piece, read in packed.pieces(file, name):
        if not unpacked:
            _require_no_other(piece, name)
        unpacked += len(piece)
        if unpacked > MOST_UNPACKED and unpacked > MOST_TIMES * read:
            raise InputError(
                f"The file unpacks to more than {MOST_TIMES:,} times its size, as no genomes do.",
                file=name,
                way_out="Unpack it yourself, look at what it holds, and give the plain file.",
            )
        yield piece, read


def _require_no_other(start: bytes, name: str) -> None:
    """Raises InputError for a file that begins as one of another form does."""
    for magic, form in _FORMS.items():
        if start.startswith(magic):
            raise InputError(f"This is {form}, not FASTA.", file=name, way_out=_WAY_OUT)


class _Portions:
    """Gathers records into portions."""

    def __init__(self) -> None:
        self.seen: set[int] = set()
        self.skipping = b""
        """Name of the record under way, if it is too long to be kept."""
        self._clear()

    def _clear(self) -> None:
        self.names: list[str] = []
        self.parts: list[memoryview] = []
        self.begins: list[int] = []
        self.ends: list[int] = []
        self.repeated: list[bool] = []
        self.size = 0

    def add(self, header: bytes, letters: memoryview | None) -> None:
        """One record; None for letters that were skipped."""
        name = header.decode("utf-8", "replace").strip()
        key = hash(name.encode())
        self.names.append(name)
        self.repeated.append(key in self.seen)
        if len(self.seen) < MOST_NAMES:
            self.seen.add(key)
        self.begins.append(self.size)
        self.ends.append(-1 if letters is None else self.size + len(letters))
        if letters:
            self.parts.append(letters)
            self.size += len(letters)

    @property
    def full(self) -> bool:
        return self.size >= PORTION or len(self.names) >= MOST_TOGETHER

    def take(self, read: int) -> Portion:
        """What was gathered."""
        portion = Portion(self.names, b"".join(self.parts), self.begins, self.ends, self.repeated, read)
        self._clear()
        return portion


def read_fasta(
    source: Path | BinaryIO, *, name: str | None = None, longest: int = LONGEST
) -> Iterator[Portion]:
    """The records of a FASTA file, in portions that depend on nothing but the file.

    longest: bytes of a record; a longer one is skipped, and told by an end of -1.

    Raises InputError if there is no such file, it is no FASTA, is damaged, or unpacks to more than it should.
    """
    shown = name or str(source)
    if isinstance(source, Path):
        try:
            with source.open("rb") as file:
                yield from _read(file, shown, longest)
        except FileNotFoundError:
            raise InputError("There is no such file.", file=shown, way_out="Check the name.") from None
        except (IsADirectoryError, PermissionError) as fault:
            raise InputError(
                f"This file cannot be read ({fault.strerror}).", file=shown, way_out="Check the name."
            ) from None
        return
    yield from _read(source, shown, longest)


def _read(file: BinaryIO, name: str, longest: int) -> Iterator[Portion]:
    portions = _Portions()
    rest, first, read = b"", True, 0
    clean: Callable[[bytes], bytes] | None = None
    for piece, read in _pieces(file, name):
        data = rest + (clean(piece) if clean else piece)
        if first:
            if b"\n" not in data and b"\r" in data:
                clean = _carriage_returns
            data = _checked(clean(data) if clean else data, name)
            if not data:
                continue
            first = False
        while begin := _cut(portions, data, name, longest):
            data = data[begin:]
            if portions.full:
                yield portions.take(read)
        rest = data
        if portions.skipping or len(rest) > longest + LONGEST_HEADER:
            portions.skipping = portions.skipping or _header(rest, 0, len(rest), name)[0]
            rest = rest[-1:]
    if portions.skipping or rest.strip():
        _record(portions, rest, (0, len(rest)), name, longest)
    if portions.names:
        yield portions.take(read)
    elif first:
        raise InputError("The file is empty.", file=name, way_out="Fetch or export it again.")


def _checked(data: bytes, name: str) -> bytes:
    """The begin of a file without a byte-order mark and blank lines. Raises InputError if it is no FASTA."""
    start = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start and not start.startswith(b">"):
        raise InputError(
            "This is not FASTA: its first line does not begin with >.", file=name, way_out=_WAY_OUT
        )
    return start


def _carriage_returns(data: bytes) -> bytes:
    return data.replace(b"\r", b"\n")


def _header(data: bytes, begin: int, end: int, name: str) -> tuple[bytes, int]:
    """The name of the record that lies there, and where its first line ends."""
    stop = data.find(b"\n", begin, end)
    stop = end if stop < 0 else stop
    if stop - begin - 1 > LONGEST_HEADER:
        line = data[begin + 1 : begin + 41]
        raise InputError(
            f"A name is longer than {LONGEST_HEADER:,} bytes: {line[:40].decode('utf-8', 'replace')}…",
            file=name,
            way_out=_WAY_OUT,
        )
    return data[begin + 1 : stop] or b" ", stop


def _cut(portions: _Portions, data: bytes, name: str, longest: int) -> int:
    """Adds the records that are whole in ``data`` until the portion is full; where the next one begins."""
    begin = 0
    mark = data.find(b">", 1)  # one letter is sought much faster than a line end and a letter
    while not portions.full and mark >= 0:
        if data[mark - 1] == _LINE_END:
            _record(portions, data, (begin, mark - 1), name, longest)
            begin = mark
        mark = data.find(b">", mark + 1)
    return begin


def _record(portions: _Portions, data: bytes, lies: tuple[int, int], name: str, longest: int) -> None:
    if portions.skipping:
        portions.add(portions.skipping, None)
        portions.skipping = b""
        return
    header, stop = _header(data, *lies, name)
    letters = memoryview(data)[stop + 1 : lies[1]]  # copied once, when the portion is taken
    portions.add(header, letters if len(letters) <= longest else None)
