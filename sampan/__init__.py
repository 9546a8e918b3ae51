"""Sampan: a node with which a country or an organisation cooperates during an epidemic.

``sampan.open(folder)`` opens a node on this machine, ``sampan.connect(url, token=…)`` one that is served elsewhere;
both have the same desks with the same functions.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sampan.client import Remote
    from sampan.node import Node

__version__ = "0.1.0"


def open(folder: str | Path, *, person: str = "officer") -> Node:
    """The node in ``folder``, opened on behalf of ``person``. Use as a context manager."""
    from sampan.node import Node

    return Node.open(Path(folder), person=person)


def connect(url: str, *, token: str | None = None, timeout: float = 60.0) -> Remote:
    """The node that is served at ``url``, asked on behalf of whoever has ``token``. Use as a context manager.

    ``timeout`` is in seconds, for one answer.
    """
    from sampan.client import Remote

    return Remote(url, token=token, timeout=timeout)
