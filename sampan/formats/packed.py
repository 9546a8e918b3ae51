"""What does a file hold that is packed with gzip, xz or zstd, told by its first bytes?

Read as a stream, and bounded: one that unpacks to far more than any of its kind could is refused before it fills
anything.
"""

from __future__ import annotations

import gzip
import io
import lzma
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from sampan.core.errors import InputError

GZIP, XZ, ZSTD = b"\x1f\x8b", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd"
MOST_MEMORY = 256 * 1024 * 1024
"""Bytes that unpacking may take: four times what xz -9 asks for."""
PIECE = 1024 * 1024


class _Counted(io.RawIOBase):
    """A file that knows how much of it was read."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        data = self.file.read(len(buffer))  # type: ignore[arg-type]
        buffer[: len(data)] = data  # type: ignore[index]
        self.count += len(data)
        return len(data)


class _Xz:
    """An xz file, whose streams may not ask for more than MOST_MEMORY, as Python's own reader lets them."""

    def __init__(self, source: io.BufferedReader) -> None:
        self._source = source
        self._stream = lzma.LZMADecompressor(memlimit=MOST_MEMORY)

    def read(self, size: int) -> bytes:
        """Up to ``size`` bytes, none at the end. Raises EOFError if a stream is cut short."""
        while True:
            data = b""
            if self._stream.eof:
                data = (self._stream.unused_data or self._source.read(PIECE)).lstrip(b"\0")
                if not data:
                    return b""
                self._stream = lzma.LZMADecompressor(memlimit=MOST_MEMORY)
            elif self._stream.needs_input:
                data = self._source.read(PIECE)
                if not data:
                    raise EOFError("it ends early")
            if out := self._stream.decompress(data, size):
                return out


def is_packed(data: bytes) -> bool:
    """Whether these bytes begin as a packed file does."""
    return data.startswith((GZIP, XZ, ZSTD))


def _stream(source: io.BufferedReader) -> BinaryIO:
    """The stream behind the packing that the first bytes tell."""
    start = source.peek(8)[:8]
    if start.startswith(GZIP):
        return gzip.GzipFile(fileobj=source)  # type: ignore[return-value]
    if start.startswith(XZ):
        return _Xz(source)  # type: ignore[return-value]
    if start.startswith(ZSTD):
        import pyarrow as pa

        # unlike zstandard's own reader, it tells a stream that is cut short
        stream: BinaryIO = pa.CompressedInputStream(source, "zstd")
        return stream
    return source


def pieces(file: BinaryIO, name: str) -> Iterator[tuple[bytes, int]]:
    """Pieces of the unpacked stream, each with the packed bytes read so far. Raises InputError if it is damaged."""
    counted = _Counted(file)
    stream = _stream(io.BufferedReader(counted, PIECE))
    try:
        while piece := stream.read(PIECE):
            yield piece, counted.count
    except (EOFError, OSError, lzma.LZMAError, zlib.error) as fault:
        raise InputError(
            f"The packed file is damaged or cut short ({fault}).",
            file=name,
            way_out="Fetch or pack it again; what came before the damage was read.",
        ) from None


def beginning(data: bytes, name: str) -> bytes:
    """The first bytes of a file, unpacked if it is packed: up to PIECE. Raises InputError if it is damaged there."""
    return next((piece for piece, _ in pieces(io.BytesIO(data), name)), b"")
