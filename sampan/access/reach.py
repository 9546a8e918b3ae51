"""What may somebody see who signs here for a recipient without a node of its own?

They work for another country: they read what the public reads, and of what only the people of this node read, no
more than is theirs. A view that is not named here is closed to them, so that a new one is closed until
somebody thinks of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sampan.core.errors import Refused
from sampan.records.assistance.consignments import recipient_of

OF_ONE = frozenset({"consignment", "epcis"})
"""Views of one consignment, by its number."""

OF_ALL = frozenset({"consignments", "claims"})
"""Views of many consignments, of which they see their own."""

BY_READER = frozenset({"genome", "search", "counts", "frequencies", "course", "primer_watch", "export"})
"""Views that look themselves at who asks: genomes are shown under their terms."""

SIGNING = frozenset({"receive", "receive_all", "settle"})
"""Acts by which they give their word, and which have a page."""


def is_open(view: str) -> bool:
    """Whether they see anything at all of a view that is not public."""
    return view in OF_ONE | OF_ALL | BY_READER


def within_reach(view: str, party: str, asked: Mapping[str, Any], show: Callable[..., Any]) -> Any:
    """What ``show`` gives of a view to somebody who speaks for ``party``. Raises Refused for what is not theirs."""
    if not is_open(view):
        raise closed(party)
    if view in OF_ONE:
        require_own(party, asked.get("number"))
    if view in OF_ALL:
        if asked.get("recipient") not in (None, party):
            raise closed(party)
        asked = {**asked, "recipient": party}
    return show(**asked)


def require_own(party: str, number: str | None) -> None:
    """Lets a consignment be one of ``party``'s. Raises Refused, the same for one that is not there."""
    if number is None or recipient_of(number) != party:
        raise closed(party)


def closed(party: str) -> Refused:
    """What is said to somebody who speaks for ``party`` of what is not theirs to see."""
    return Refused(
        "This is for the people of this node.",
        way_out=f"You see what is public, and the consignments of {party}.",
    )
