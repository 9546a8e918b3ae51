"""How is a file written whole or not at all, and read without surprises?"""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from sampan.core.errors import InputError, NodeError

_DISK = {
    errno.ENOSPC: ("is full", "Free some space and run the command again."),
    errno.EDQUOT: ("is over its quota", "Free some space and run the command again."),
    errno.EFBIG: ("does not take a file this large", "Choose another disk, or raise the limit (ulimit -f)."),
    errno.EROFS: ("is read-only", "Choose a folder that can be written."),
    errno.EACCES: ("does not allow writing", "Choose a folder that you may write."),
    errno.EPERM: ("does not allow writing", "Choose a folder that you may write."),
}


@contextlib.contextmanager
def disk_faults(path: Path) -> Iterator[None]:
    """Turns a full, read-only or forbidden disk under ``path`` into a NodeError that says so."""
    try:
        yield
    except OSError as fault:
        if fault.errno not in _DISK:
            raise
        state, way_out = _DISK[fault.errno]
        raise NodeError(f"The disk under {path} {state}.", way_out=way_out, errno=fault.errno) from fault


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

    Raises InputError if there is no such readable file.
    """
    try:
        with path.open("rb") as file:
            return file.read(most)
    except FileNotFoundError:
        raise InputError("There is no such file.", file=path, way_out="Check the name.") from None
    except IsADirectoryError:
        raise InputError(
            "This is a folder, not a file.", file=path, way_out="Name a file inside it."
        ) from None
    except PermissionError:
        raise InputError(
            "This file may not be read.", file=path, way_out="Ask its owner for access."
        ) from None
