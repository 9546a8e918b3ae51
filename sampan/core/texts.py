"""Which signs may no text hold that is kept and shown?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202d\u202e\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
"""Control characters but the ends of lines and tabs, halves of signs, what is no sign, and the two that show what
follows in another order than it is written: neither XML nor a workbook takes the first, people are misled by the last.
"""


def unfit(value: Any, field: str = "") -> str | None:
    """Where in ``value``, at any depth, the first text stands that holds such a sign; None if none does."""
    if isinstance(value, str):
        return field if UNFIT.search(value) else None
    if isinstance(value, Mapping):
        parts = ((part, f"{field}.{name}") for name, said in value.items() for part in (name, said))
    elif isinstance(value, list | tuple):
        parts = ((part, f"{field}.{place}") for place, part in enumerate(value))
    else:
        return None
    found = (unfit(part, where) for part, where in parts)
    return next((where for where in found if where is not None), None)
