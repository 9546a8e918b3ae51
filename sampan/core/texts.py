"""Which signs may no text hold that is kept and shown, and which may a name not hold?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sampan.core.errors import InputError

UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202d\u202e\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
"""Control characters but the ends of lines and tabs, halves of signs, what is no sign, and the two that show what
follows in another order than it is written: neither XML nor a workbook takes the first, people are misled by the last.
"""

_JOINING = "\u0600-\u0dff"
"""From Arabic to Sinhala: a joiner or its opposite between two letters of these is spelling (Persian, Sinhala)."""

UNFIT_IN_A_NAME = re.compile(
    UNFIT.pattern
    + "|[\t\n\r\xad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]"
    + f"|(?<![{_JOINING}])[\u200c\u200d]|[\u200c\u200d](?![{_JOINING}])"
)
"""Besides: the ends of lines, and whatever is not seen, by which two names would look like one."""

NAMES = frozenset(
    {"address", "authority", "carrier", "code", "containers", "creators", "destination", "doi", "focal_point"}
    | {
        "group",
        "handle",
        "holder",
        "licence",
        "lot",
        "name",
        "number",
        "office",
        "origin",
        "partners",
        "place",
    }
    | {"publisher", "reference", "strain", "title", "waybill"}
)
"""Fields that hold names, or what is written as a name is: on one line."""


def require_text(text: str, field: str) -> None:
    """Lets ``text`` be one that can be kept in ``field``, whose last word counts. Raises InputError naming it."""
    if UNFIT.search(text):
        raise InputError("This text holds a control character.", way_out="Leave it out.", field=field)
    named = next((part for part in reversed(field.split(".")) if not part.isdigit()), "")
    if named in NAMES and UNFIT_IN_A_NAME.search(text):
        raise InputError(
            "This name holds the end of a line, or a character that is not seen.",
            way_out="Type it anew, on one line.",
            field=field,
        )


def require_texts(value: Any, field: str = "") -> None:
    """Lets every text in ``value`` be kept, at any depth. Raises InputError naming the first that cannot."""
    within = f"{field}." if field else ""
    if isinstance(value, str):
        require_text(value, field)
    elif isinstance(value, Mapping):
        for name, part in value.items():
            require_text(name, within + name)
            require_texts(part, within + name)
    elif isinstance(value, list | tuple):
        for place, part in enumerate(value):
            require_texts(part, f"{within}{place}")
