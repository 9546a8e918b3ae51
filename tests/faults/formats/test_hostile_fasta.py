"""Files that are damaged, packed to burst, endless in one record, or no FASTA: a clear word, and nothing filled."""

from __future__ import annotations

import gzip
import io
import lzma
import tracemalloc
import zlib
from pathlib import Path

import pytest
import zstandard

from sampan.core.errors import InputError
from sampan.formats import fasta
from sampan.formats.fasta import Portion, read_fasta

PLAIN = b">one first\nACGT\nAC\n>two\n\n>three\nacgu"
PACKED = {
    "plain": PLAIN,
    "gzip": gzip.compress(PLAIN),
    "xz": lzma.compress(PLAIN),
    "two xz streams": lzma.compress(PLAIN[:12]) + lzma.compress(PLAIN[12:]),
    "zstd": zstandard.compress(PLAIN),
    "two zstd frames": zstandard.compress(PLAIN[:12]) + zstandard.compress(PLAIN[12:]),
    "Windows": PLAIN.replace(b"\n", b"\r\n"),
    "old Macintosh": PLAIN.replace(b"\n", b"\r"),
    "byte-order mark": b"\xef\xbb\xbf" + PLAIN,
    "blank lines before": b"\n\n" + PLAIN,
}


def read(data: bytes, **options: int) -> list[tuple[str, bytes | None]]:
    found: list[tuple[str, bytes | None]] = []
    for part in read_fasta(io.BytesIO(data), name="given", **options):
        found += list(records(part))
    return found


def records(part: Portion) -> list[tuple[str, bytes | None]]:
    ranges = zip(part.names, part.begins, part.ends, strict=True)
    return [
        (name, None if end < 0 else b"".join(part.data[begin:end].split())) for name, begin, end in ranges
    ]


@pytest.mark.parametrize("form", PACKED)
def test_however_it_is_packed_the_records_are_the_same(form: str) -> None:
    assert read(PACKED[form]) == [("one first", b"ACGTAC"), ("two", b""), ("three", b"acgu")]


@pytest.mark.parametrize("form", ["gzip", "xz", "zstd"])
def test_a_packed_file_cut_short_is_told(form: str) -> None:
    whole = {"gzip": gzip.compress, "xz": lzma.compress, "zstd": zstandard.compress}[form]
    data = whole(b">a\n" + bytes(range(65, 91)) * 5000)
    with pytest.raises(InputError, match="damaged or cut short"):
        read(data[: len(data) // 2])


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b"\n \n", "empty"),
        (b"ACGT\n", "not FASTA"),
        (b"@read\nACGT\n+\nIIII\n", "FASTQ"),
        (b"PK\x03\x04abcdef", "zip archive"),
        (b"%PDF-1.4", "PDF"),
        (b"<html>", "web page"),
        (b">" + b"x" * 70_000 + b"\nACGT\n", "A name is longer"),
    ],
)
def test_what_is_no_fasta_is_told(data: bytes, says: str) -> None:
    with pytest.raises(InputError, match=says):
        read(data)


def test_names_are_kept_whatever_they_hold() -> None:
    names = ["a,b;c|d", "عينة ٧", "样本 1", "tab\there", ""]
    data = "".join(f">{name}\nACGT\n" for name in names).encode()
    assert [name for name, _ in read(data)] == [name.strip() for name in names]
    assert read(b">caf\xe9\nACGT\n") == [("caf�", b"ACGT")]


def test_repeated_names_are_marked() -> None:
    (part,) = read_fasta(io.BytesIO(b">a\nA\n>b\nC\n>a\nG\n"))
    assert part.repeated == [False, False, True]


def test_a_record_longer_than_allowed_is_skipped_and_the_rest_is_read() -> None:
    data = b">a\nACGT\n>long\n" + b"ACGT\n" * 2_000_000 + b">b\nGG\n"
    assert read(data, longest=100_000) == [("a", b"ACGT"), ("long", None), ("b", b"GG")]


def test_a_gigabyte_in_one_record_costs_no_memory() -> None:
    """Packed to a thousandth; read through, named as too long, and forgotten."""
    block = b"ACGT" * (1 << 18)
    pack = zstandard.ZstdCompressor().compressobj()
    data = pack.compress(b">a\n") + b"".join(pack.compress(block) for _ in range(1024)) + pack.flush()
    tracemalloc.start()
    found = read(data + zstandard.compress(b"\n>b\nACGT\n"), longest=1_000_000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found == [("a", None), ("b", b"ACGT")]
    assert peak < 64 << 20


def test_a_bomb_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fasta, "MOST_UNPACKED", 1 << 24)
    pack = zstandard.ZstdCompressor().compressobj()
    data = (
        pack.compress(b">a\n") + b"".join(pack.compress(b"A" * (1 << 20)) for _ in range(900)) + pack.flush()
    )
    with pytest.raises(InputError, match="unpacks to more than"):
        read(data)


def test_an_xz_file_that_asks_for_gigabytes_is_refused() -> None:
    greedy = lzma.compress(PLAIN, filters=[{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 20}])
    assert read(greedy) == read(PLAIN)
    with pytest.raises(InputError, match=r"[Mm]emory"):
        read(_with_dictionary(greedy, 40))


def _with_dictionary(data: bytes, size: int) -> bytes:
    """An xz file whose first block claims a dictionary of 4 GiB (format 1.2, 5.3.1), its checksum made right."""
    length = (data[12] + 1) * 4
    header = bytearray(data[12 : 12 + length])
    header[header.index(b"\x21\x01") + 2] = size
    header[-4:] = zlib.crc32(header[:-4]).to_bytes(4, "little")
    return data[:12] + bytes(header) + data[12 + length :]


def test_portions_depend_on_the_file_alone() -> None:
    data = b"".join(b">%d\n%s\n" % (at, b"ACGT" * (at % 50)) for at in range(3000))
    once = [part.names for part in read_fasta(io.BytesIO(data))]
    again = [part.names for part in read_fasta(io.BytesIO(zstandard.compress(data)))]
    assert once == again and len(once) == 3
    assert [name for names in once for name in names] == [str(at) for at in range(3000)]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        list(read_fasta(tmp_path / "none.fasta"))
    with pytest.raises(InputError, match="cannot be read"):
        list(read_fasta(tmp_path))
