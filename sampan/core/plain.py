"""How does a result look in JSON's own types?"""

from __future__ import annotations

import base64
import dataclasses
import math
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any


def plain(value: Any) -> Any:
    """``value`` in JSON's own types: dates as ISO 8601, arrays as lists, and what is not finite as null.

    Decimals are text, digit by digit; bytes are base64.
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if isinstance(value, date | datetime | Decimal | bytes):
        return _text(value)
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _text(value: date | Decimal | bytes) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else base64.b64encode(value).decode()
