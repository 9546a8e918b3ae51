"""Which files does every page use? A style sheet, a script of three lines, and an icon.

Their addresses carry a digest of what is in them, so that browsers may keep them for ever.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from importlib import resources


@dataclass(frozen=True)
class Asset:
    """A file as it is served."""

    path: str
    type: str
    data: bytes


def _asset(package: str, file: str, type: str) -> Asset:
    data = resources.files(package).joinpath(*file.split("/")).read_bytes()
    name, _, ending = file.rpartition("/")[2].rpartition(".")
    return Asset(f"/static/{name}-{sha256(data).hexdigest()[:12]}.{ending}", type, data)


ASSETS = {
    "style": _asset("sampan.desks.press", "templates/sampan.css", "text/css; charset=utf-8"),
    "inside": _asset("sampan.web", "static/inside.css", "text/css; charset=utf-8"),
    "science": _asset("sampan.web", "static/science.css", "text/css; charset=utf-8"),
    "print": _asset("sampan.web", "static/print.js", "text/javascript; charset=utf-8"),
    "icon": _asset("sampan.web", "static/sampan.svg", "image/svg+xml"),
}
"""The style sheet is the brief's own, so that a brief looks the same in a file."""
