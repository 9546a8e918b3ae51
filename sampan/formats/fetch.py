"""How do the bytes at a public address come here, whole or not at all?"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from sampan.core.errors import InputError, PeerError
from sampan.core.files import disk_faults
from sampan.formats.csvfile import LIMIT

_JHU = (
    "https://raw.githubusercontent.com/CSSEGISandData/COVID-19/master/"
    "csse_covid_19_data/csse_covid_19_time_series/"
)

ADDRESSES: dict[str, tuple[str, ...]] = {
    "jhu": (
        _JHU + "time_series_covid19_confirmed_global.csv",
        _JHU + "time_series_covid19_deaths_global.csv",
    ),
}
"""The public addresses of each source that has any."""

Progress = Callable[[int, int], None]
"""Told the bytes received so far and those expected (0 if the server does not say)."""

_CHUNK = 64 * 1024
_PATIENCE = 30.0
"""Seconds to wait for a server that says nothing."""


def fetch(
    address: str,
    *,
    cache: Path | None = None,
    sha256: str | None = None,
    limit: int = LIMIT,
    progress: Progress | None = None,
) -> bytes:
    """The bytes at ``address``, kept in ``cache`` under their own name once they are whole.

    If ``sha256`` is given, a kept copy that has it is used without asking the network, and anything
    else is refused; otherwise the address is asked anew each time. Raises InputError for more than
    ``limit`` bytes, PeerError if the address does not answer, or sends nothing, a web page, a part,
    or other bytes than expected.
    """
    if not address.startswith(("https://", "http://")):
        raise InputError(f'"{address}" is no address that can be read.', way_out="Begin it with https://.")
    name = address.partition("?")[0].rstrip("/").rpartition("/")[2] or "download"
    folder = cache if cache is not None else _usual_cache()
    with disk_faults(folder):
        folder.mkdir(parents=True, exist_ok=True)
        kept = folder / name
        if sha256 is None or not _has(kept, sha256):
            part = folder / f".{name}.part"
            part.unlink(missing_ok=True)
            _retrieve(address, part, sha256=sha256, limit=limit, progress=progress)
            _check_whole(part, address)
            part.replace(kept)
        return kept.read_bytes()


def _usual_cache() -> Path:
    import pooch

    return Path(pooch.os_cache("sampan"))


def _has(path: Path, sha256: str) -> bool:
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == sha256


def _retrieve(address: str, part: Path, *, sha256: str | None, limit: int, progress: Progress | None) -> None:
    import pooch
    import requests

    def download(url: str, output_file: str, _pooch: object) -> None:
        with requests.get(url, stream=True, timeout=_PATIENCE) as answer, Path(output_file).open("wb") as out:
            answer.raise_for_status()
            expected = int(answer.headers.get("Content-Length", 0))
            for chunk in answer.iter_content(_CHUNK):
                out.write(chunk)
                _check_limit(out.tell(), limit=limit, address=address)
                if progress:
                    progress(out.tell(), expected)

    pooch.get_logger().setLevel("WARNING")
    try:
        pooch.retrieve(
            address,
            known_hash=f"sha256:{sha256}" if sha256 else None,
            fname=part.name,
            path=part.parent,
            downloader=download,
        )
    except requests.exceptions.HTTPError as fault:
        raise PeerError(f"{address} refuses: {fault}.", way_out="Check the address.") from None
    except requests.exceptions.RequestException as fault:
        raise PeerError(
            f"{address} cannot be read, or not to its end ({type(fault).__name__}).",
            way_out="Check the connection and try again, or load a copy from a file.",
        ) from None
    except ValueError:
        raise PeerError(
            f"{address} sends another file than the one with SHA-256 {sha256}.",
            way_out="Leave the checksum out to accept what is published now.",
        ) from None


def _check_whole(part: Path, address: str) -> None:
    """Raises PeerError, and forgets what came, if it is nothing or a web page."""
    with part.open("rb") as received:
        start = received.read(512).lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start or start.startswith(b"<"):
        part.unlink()
        what = "a web page" if start else "nothing"
        raise PeerError(
            f"{address} sends {what} instead of a table.", way_out="Use the address of the raw CSV file."
        )


def _check_limit(received: int, *, limit: int, address: str) -> None:
    if received > limit:
        raise InputError(
            f"{address} sends more than {limit:,} bytes.",
            way_out="Load a file with shorter periods, or only the columns that are needed.",
        )
