"""Where do big things lie? Beside the ledger, each under the SHA-256 of its bytes."""

from __future__ import annotations

import re
import uuid
from pathlib import Path
from typing import Any

from sampan.core.errors import InputError, NodeError
from sampan.core.files import write_whole
from sampan.core.ids import digest

_DIGEST = re.compile(r"[0-9a-f]{64}")


class Blobs:
    """A store of blobs: a folder, or any address that fsspec knows, such as ``s3://bucket/blobs``."""

    def __init__(self, place: str | Path, **options: Any) -> None:
        self._folder: Path | None = None
        if isinstance(place, Path) or "://" not in place:
            self._folder = Path(place)
            return
        from fsspec.core import url_to_fs

        self._files, self._root = url_to_fs(place, **options)

    def put(self, data: bytes) -> str:
        """Keeps ``data`` and returns its digest. The same bytes are kept once."""
        name = digest(data)
        if self.has(name):
            return name
        if self._folder is not None:
            write_whole(self.path(name), data, mode=0o444)
        else:
            self._put_remote(name, data)
        return name

    def _put_remote(self, name: str, data: bytes) -> None:
        """Written under another name first, so that a broken line leaves no half blob under this one."""
        target = self._remote(name)
        part = f"{target}.{uuid.uuid4().hex}"
        self._files.makedirs(target.rpartition("/")[0], exist_ok=True)
        self._files.pipe_file(part, data)
        self._files.mv(part, target)

    def get(self, digest_: str) -> bytes:
        """The bytes with this digest. Raises NodeError if they are missing or are no longer the same."""
        try:
            data = self._read(digest_)
        except FileNotFoundError:
            raise NodeError(
                f"The file {digest_} that the ledger names is missing.",
                way_out="Put the blobs back from a backup, or load the file again.",
                digest=digest_,
            ) from None
        except OSError as fault:
            raise NodeError(
                f"The file {digest_} that the ledger names cannot be read ({fault.strerror or fault}).",
                way_out="Check the disk and who may read it, or put the blobs back from a backup.",
                digest=digest_,
            ) from fault
        if digest(data) != digest_:
            raise NodeError(
                f"The file {digest_} that the ledger names was altered.",
                way_out="Remove it, then put it back from a backup or load the file again.",
                digest=digest_,
            )
        return data

    def _read(self, name: str) -> bytes:
        if self._folder is not None:
            return self.path(name).read_bytes()
        return bytes(self._files.cat_file(self._remote(name)))

    def has(self, digest_: str) -> bool:
        """Whether there are bytes with this digest."""
        if self._folder is not None:
            return self.path(digest_).is_file()
        return bool(self._files.isfile(self._remote(digest_)))

    def path(self, digest_: str) -> Path:
        """The file that holds the blob. Raises InputError if the blobs are not in a folder here."""
        if self._folder is None:
            raise InputError("These blobs are not in a folder of this machine.", way_out="Use get instead.")
        return self._folder / _checked(digest_)[:2] / digest_

    def _remote(self, name: str) -> str:
        return f"{self._root}/{_checked(name)[:2]}/{name}"


def _checked(name: str) -> str:
    if not _DIGEST.fullmatch(name):
        raise InputError(f"{name!r} is not the digest of a file.", way_out="It has 64 hexadecimal digits.")
    return name
