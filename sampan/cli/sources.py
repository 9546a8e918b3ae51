"""Where does a file come from: this disk, a folder, or a public address?"""

from __future__ import annotations

from pathlib import Path

from sampan.cli.say import said
from sampan.core.errors import InputError
from sampan.core.files import read_bytes


def gather(source: str, named: list[str] | None) -> dict[str, bytes]:
    """The bytes of every file that a person named, by file name.

    A folder gives its CSV files, an address is fetched, and nothing at all means the public
    addresses of ``source``. Raises InputError if there is nothing to read.
    """
    from sampan.formats.fetch import ADDRESSES, fetch

    if not named:
        if source not in ADDRESSES:
            raise InputError("Nothing was named to read.", way_out=f"sampan load {source} FILE-or-URL")
        named = list(ADDRESSES[source])
    found: dict[str, bytes] = {}
    for name in named:
        if name.startswith(("https://", "http://")):
            said(f"Fetching {name}")
            found[name.rsplit("/", 1)[-1]] = fetch(name)
        else:
            for path in _files(Path(name)):
                found[path.name] = read_bytes(path)
    return found


def _files(path: Path) -> list[Path]:
    """``path`` itself, or the CSV files in it if it is a folder."""
    if not path.is_dir():
        return [path]
    found = sorted(path.glob("*.csv"))
    if not found:
        raise InputError("There is no CSV file in this folder.", file=path, way_out="Name the files.")
    return found
