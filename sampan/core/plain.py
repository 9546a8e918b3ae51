"""How does a result look in JSON's own types?"""

from __future__ import annotations

import base64
import dataclasses
import math
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sampan.core.rows import Rows

_PLAIN = frozenset({str, int, bool, type(None)})
"""Most of what there is: asked first, because long lists are made of it."""


def plain(value: Any) -> Any:
    """``value`` in JSON's own types: dates as ISO 8601, arrays as lists, and what is not finite as null.

    Decimals are text, digit by digit; bytes are base64.
    """
    if type(value) in _PLAIN:
        return value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | Rows | set | frozenset):
        return [plain(item) for item in value]
    return plain(value.tolist()) if hasattr(value, "tolist") else _single(value)


def _single(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, Decimal):
        return str(value)
    return None if isinstance(value, float) and not math.isfinite(value) else value
