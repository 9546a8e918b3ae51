"""Which state answers for a place abroad?

A territory is not a further country in a public figure, and help reaches it through its state.
"""

from __future__ import annotations

from sampan.world.places import place

TREATY_MAKERS = frozenset({"COK", "NIU"})
"""Associated with New Zealand, with foreign relations of their own: Repertory of Practice of United
Nations Organs, Supplement 8, vol. VI, Article 102 (the Secretary-General on the Cook Islands, 1992, and
Niue, 1994)."""


def state_of(code: str) -> str | None:
    """The country that answers for ``code``; None for a first-level area, whose country counts it."""
    somewhere = place(code)
    if somewhere.parent is not None:
        return None
    return code if code in TREATY_MAKERS else somewhere.territory_of or code
