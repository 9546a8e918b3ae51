"""How do blocks of searchable genomes lie on disk, so that a reader sees all of an addition or none of it?

A folder::

    manifest.json     which files make up the index now; replaced whole, last
    reference-….json  letters of the reference, and the lineages
    00003-….block     one block: arrays for the search
    00003-….standing  who may see each of its genomes, which changes more often
    00003-….parquet   one row of metadata for each of them

Every other file is named after its bytes and never changes, so a crash at any moment leaves the old manifest
and the old files. A block file is a line of JSON that says where each array begins, then the arrays, each at a
multiple of 64 bytes, so that they are used where they lie (memory-mapped) and nothing is copied.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import mmap
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from sampan.core.errors import NodeError
from sampan.core.files import disk_faults, write_whole

MAGIC = b"SAMPAN GENOME BLOCK 1\n"
FORMAT = 1
ALIGNED = 64
_REBUILD = "Put the folder back from a backup, or remove it and add the genomes anew."


@dataclass(frozen=True)
class Part:
    """The three files of one block, and how many genomes it holds."""

    n: int
    block: str
    standing: str
    rows: str


@dataclass(frozen=True)
class Manifest:
    """Which files make up the index. ``generation`` counts its changes."""

    reference: str
    parts: tuple[Part, ...] = ()
    generation: int = 0
    before: tuple[str, ...] = field(default=(), repr=False)
    """Files of the generation before this, which a slow reader may still be opening."""

    def files(self) -> set[str]:
        """All files named now."""
        return {self.reference, *(name for p in self.parts for name in (p.block, p.standing, p.rows))}

    def data(self) -> bytes:
        """As the text of manifest.json."""
        return json.dumps({"format": FORMAT, **asdict(self)}, indent=1).encode()

    @classmethod
    def read(cls, data: bytes, *, file: Path) -> Self:
        """What ``data`` wrote. Raises NodeError for anything else."""
        try:
            said = json.loads(data)
            if said["format"] > FORMAT:
                raise NodeError(f"{file} was made by a newer Sampan.", way_out="Upgrade Sampan.")
            parts = tuple(Part(**each) for each in said["parts"])
            return cls(said["reference"], parts, said["generation"], tuple(said["before"]))
        except (ValueError, KeyError, TypeError) as fault:
            raise NodeError(f"{file} is damaged.", way_out=_REBUILD) from fault


class Shelf:
    """The folder in which an index lies."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._manifest = folder / "manifest.json"

    def manifest(self) -> Manifest | None:
        """Which files make up the index now; None if there is no index yet."""
        try:
            data = self._manifest.read_bytes()
        except FileNotFoundError:
            return None
        return Manifest.read(data, file=self._manifest)

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Only one process adds at a time; the others wait while the block runs. Readers need not."""
        with disk_faults(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            with (self.folder / ".lock").open("a") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                yield

    def keep(self, number: int | None, kind: str, data: bytes) -> str:
        """Keeps a file and returns its name, which says what is in it: the same bytes, the same name."""
        digest = blake2b(data, digest_size=12).hexdigest()
        name = f"reference-{digest}.{kind}" if number is None else f"{number:05d}-{digest}.{kind}"
        if not (self.folder / name).exists():
            write_whole(self.folder / name, data)
        return name

    def publish(self, reference: str, parts: tuple[Part, ...], *, after: Manifest | None) -> Manifest:
        """Makes these files the index, from one moment to the next, and clears away what nobody reads any more."""
        before = sorted(after.files()) if after else []
        made = Manifest(reference, parts, after.generation + 1 if after else 0, tuple(before))
        write_whole(self._manifest, made.data())
        self._sweep(made.files() | set(before))
        return made

    def _sweep(self, needed: set[str]) -> None:
        """Removes files of older generations, and what an interrupted addition left."""
        for file in self.folder.iterdir():
            left = file.name.startswith(".") and file.name != ".lock"
            ours = left or file.suffix in (".block", ".standing", ".parquet", ".json")
            if ours and file.name not in needed and file != self._manifest:
                file.unlink(missing_ok=True)

    def path(self, name: str) -> Path:
        """Where a file of the manifest lies."""
        return self.folder / name


def write_arrays(arrays: Mapping[str, NDArray[Any]], said: Mapping[str, Any]) -> bytes:
    """The bytes of a block file: ``arrays`` by name, and ``said`` in JSON's types."""
    plain = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    places, at = {}, 0
    for name, array in plain.items():
        places[name] = [array.dtype.str, list(array.shape), at, zlib.crc32(array.data)]
        at += -(-array.nbytes // ALIGNED) * ALIGNED
    header = json.dumps({"arrays": places, "said": said}, ensure_ascii=False).encode()
    lead = MAGIC + f"{len(header):012d}\n".encode() + header
    pieces = [lead, b"\0" * (-len(lead) % ALIGNED)]
    for array in plain.values():
        pieces += [array.tobytes(), b"\0" * (-array.nbytes % ALIGNED)]
    return b"".join(pieces)


def read_arrays(file: Path, *, check: bool = False) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """The arrays of a block file, where they lie on disk, and what else it says.

    With ``check`` every array is read and held against its checksum. Raises NodeError if the file is not what
    was written, FileNotFoundError if it is gone.
    """
    with file.open("rb") as opened:
        try:
            # private: a stray write would stay in memory; writable, so that compiled code sees one kind of array
            mapped = mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_COPY)
        except ValueError:
            raise _damaged(file) from None
    try:
        lead = len(MAGIC) + 13
        if mapped[: len(MAGIC)] != MAGIC:
            raise ValueError("magic")
        size = int(mapped[len(MAGIC) : lead])
        header = json.loads(mapped[lead : lead + size])
        begin = -(-(lead + size) // ALIGNED) * ALIGNED
        arrays = {name: _array(mapped, begin, place, check=check) for name, place in header["arrays"].items()}
        return arrays, header["said"]
    except (ValueError, KeyError, TypeError) as fault:
        raise _damaged(file) from fault


def _array(mapped: Any, begin: int, place: tuple[str, list[int], int, int], *, check: bool) -> NDArray[Any]:
    kind, shape, at, crc = place
    array: NDArray[Any] = np.ndarray(tuple(shape), np.dtype(kind), buffer=mapped, offset=begin + at)
    if check and zlib.crc32(array.data) != crc:
        raise ValueError("checksum")
    return array


def _damaged(file: Path) -> NodeError:
    return NodeError(f"The block file {file} is damaged.", way_out=_REBUILD)
