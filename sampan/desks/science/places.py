"""Where was it taken? From a code to the places that it lies in, and from a name to what to look for."""

from __future__ import annotations

from functools import cache

from sampan.world.places import REGIONS, find, place


@cache
def path_of(code: str) -> str:
    """The places in which a place lies, from the widest: ``Asia|CHN|CN-HB``. Nothing for an empty code.

    Raises InputError if there is no such place.
    """
    if not code:
        return ""
    found = place(code)
    country = found.parent or found.code
    return "|".join([found.region or "", country, *([found.code] if found.parent else [])])


def named(value: str) -> frozenset[str]:
    """The code of the region, country or first-level area that somebody means by a code or a name.

    Raises InputError with the nearest names if there is none.
    """
    regions = {region.casefold(): region for region in REGIONS}
    if value.casefold() in regions:
        return frozenset({regions[value.casefold()]})
    return frozenset({find(value).code})
