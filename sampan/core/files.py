"""How is a file written whole or not at all, and read without surprises?"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from sampan.core.errors import InputError, NodeError

_NO_FILE = "There is no such file.", "Check the name."
_NOT_ALLOWED = "This file may not be read.", "Ask its owner for access."
_ENDLESS = "This is a pipe or a device, not a file.", "Save it as a file first."
_READING = {
    errno.ENOENT: _NO_FILE,
    errno.ENOTDIR: _NO_FILE,
    errno.EISDIR: ("This is a folder, not a file.", "Name a file inside it."),
    errno.EACCES: _NOT_ALLOWED,
    errno.EPERM: _NOT_ALLOWED,
    errno.ELOOP: ("This link leads back to itself.", "Name the file that it should lead to."),
    errno.ENXIO: _ENDLESS,
    errno.ENODEV: _ENDLESS,
}


@contextlib.contextmanager
def disk_faults(path: Path) -> Iterator[None]:
    """Turns a full, read-only or forbidden disk under ``path`` into a NodeError that says so."""
    try:
        yield
    except OSError as fault:
        said = _of_disk(fault.errno, path)
        if said is None:
            raise
        raise NodeError(said[0], way_out=said[1], errno=fault.errno) from fault


def _of_disk(code: int | None, path: Path) -> tuple[str, str] | None:
    """What a disk that does not write says, and the way out; None if it says something else."""
    match code:
        case errno.ENOSPC:
            return f"The disk under {path} is full.", "Free some space, then try again."
        case errno.EDQUOT:
            return f"The disk under {path} is over its quota.", "Free some space, then try again."
        case errno.EFBIG:
            return (
                f"The disk under {path} does not take a file this large.",
                "Choose another disk, or raise the limit (ulimit -f).",
            )
        case errno.EROFS:
            return f"The disk under {path} is read-only.", "Choose a folder that can be written."
        case errno.EACCES | errno.EPERM:
            return f"The disk under {path} does not allow writing.", "Choose a folder that you may write."
    return None


def write_whole(path: Path, data: bytes, *, mode: int = 0o644) -> None:
    """Writes ``data`` to ``path``: a reader sees the old file or the new, never a part.

    Raises NodeError if the disk is full, read-only or forbidden.
    """
    with disk_faults(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as part:
                part.write(data)
                part.flush()
                os.fsync(part.fileno())
            Path(name).chmod(mode)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Makes the rename itself survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read_bytes(path: Path, *, most: int = -1) -> bytes:
    """The bytes of a file that a person named, or the first ``most`` of them.

    Raises InputError if there is no such readable file: a pipe or a device, which may never end, is none.
    """
    try:
        with open(path, "rb", opener=_without_waiting) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise InputError(_ENDLESS[0], file=path, way_out=_ENDLESS[1])
            return file.read(most)
    except (OSError, ValueError) as fault:
        what, way_out = _unreadable(fault)
        raise InputError(what, file=path, way_out=way_out) from None


def _without_waiting(path: str, flags: int) -> int:
    """Opens a pipe, too, at once, so that what it is can be seen."""
    return os.open(path, flags | os.O_NONBLOCK)


def _unreadable(fault: OSError | ValueError) -> tuple[str, str]:
    """What keeps a file from being read, and the way out."""
    if not isinstance(fault, OSError):  # a NUL in its name
        return "This is not the name of a file.", "Check the name."
    other = f"This file cannot be read ({fault.strerror}).", "Check the name and the disk."
    return _READING.get(fault.errno or 0, other)
