"""Which state answers for a territory abroad?"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files


@cache
def responsible() -> Mapping[str, str]:
    """The state, by ISO 3166-1 alpha-3, of every territory that has a code but is no state of its own."""
    table = tomllib.loads((files("sampan.world") / "tables" / "responsible.toml").read_text("utf-8"))
    return {territory: state for state, territories in table.items() for territory in territories}
