"""Which part of a long list is shown, and how is the next one asked for?

A list whose view can say what was known on a moment is read as known when its first page was: nothing is
shown twice or left out, however much is written meanwhile. Any other list that has changed says so.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sampan.access.offer import Offer
from sampan.core.errors import InputError
from sampan.core.problems import Fault
from sampan.core.time import read_stamp, stamp

USUAL, MOST = 100, 5_000
"""Rows of a page."""


@dataclass(frozen=True)
class Page:
    """Where a page begins and how long it is; as known when, or at which size of the ledger it was begun."""

    begin: int
    limit: int
    known_on: datetime | None
    size: int | None

    def require(self, size: int) -> None:
        """Lets the list be continued, or raises Fault if it has changed since its first page."""
        if self.size is not None and self.size != size:
            raise Fault(
                409, "This list has changed since its first page.", way_out="Begin again without cursor."
            )

    def cursor(self, shown: int, *, known_on: datetime | None, size: int) -> str:
        """What asks for the page after this one, of which ``shown`` rows were shown."""
        said = [self.begin + shown, stamp(known_on) if known_on else None, None if known_on else size]
        return base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")


def first_page(limit: str | None, cursor: str | None) -> Page:
    """The page that a query asks for. Raises InputError for a limit or a cursor that cannot be."""
    rows = USUAL if limit is None else _whole(limit)
    if not 1 <= rows <= MOST:
        raise InputError(f"A page of {limit} rows cannot be.", way_out=f"Ask for 1 to {MOST}.", field="limit")
    if cursor is None:
        return Page(0, rows, None, None)
    try:
        begin, known_on, size = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if type(begin) is not int or not 0 <= begin < 2**53 or type(size) not in (int, type(None)):
            raise ValueError
        return Page(begin, rows, None if known_on is None else read_stamp(known_on), size)
    except (ValueError, TypeError, AttributeError, RecursionError, binascii.Error, InputError):
        raise InputError(
            "This cursor is none of ours.", way_out="Take it from the Link header.", field="cursor"
        ) from None


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def next_of_own(offer: Offer, shown: Any, given: Mapping[str, Any]) -> str | None:
    """What ``after`` is for the next page of a view that pages itself: the first field of the last row of a list.

    Of what is more than a list, and has ``lines``, it is how many of them are left out.
    """
    takes = offer.signature.parameters
    if "after" not in takes:
        return None
    asked = {name: given.get(name, takes[name].default) for name in ("after", "limit")}
    rows = shown if isinstance(shown, Sequence) else shown.lines
    if len(rows) < asked["limit"]:
        return None
    return str(next(iter(vars(rows[-1]).values())) if rows is shown else asked["after"] + asked["limit"])
