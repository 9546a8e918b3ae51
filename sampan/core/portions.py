"""How is a long list put to a database that takes only so many values at once?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")

MOST = 500
"""Values in one question: SQLite takes 32,766, and a shorter text is sooner prepared."""


def portions(things: Iterable[T], most: int = MOST) -> Iterator[list[T]]:
    """``things`` in their order, at most ``most`` at a time."""
    left = iter(things)
    while some := list(islice(left, most)):
        yield some
