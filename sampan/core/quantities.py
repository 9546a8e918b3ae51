"""How much, in whole units? Goods are counted, never measured in fractions of a ventilator."""

from __future__ import annotations

import re

from sampan.core.errors import InputError

_THOUSANDS = re.compile(r"[+-]?\d{1,3}\.\d{3}")
"""A thousand as half the world writes it, and one as the other half does."""

MOST = 10**15
"""No count of goods is greater; below it, every whole number is exact as a double."""


def whole(text: str | int | float, *, what: str, at_least: int = 0) -> int:
    """``text`` as a whole number of ``what``.

    Accepts ``12``, ``"12"``, ``"12.0"`` and ``"1 200 000"`` (spaces and underscores group digits).
    Raises InputError for fractions, for text that is no number (including NaN and a missing value),
    for ``"20.000"``, which is twenty or twenty thousand, and for numbers below ``at_least``.
    """
    written = str(text).replace("\u00a0", "").replace(" ", "").replace("_", "")
    try:
        if _THOUSANDS.fullmatch(written):
            raise ValueError(written)
        number = float(written)
        value = int(written) if written.lstrip("+-").isdigit() else int(number)
    except (ValueError, OverflowError):
        raise InputError(f'"{text}" is not a number of {what}.', way_out="Write a whole number.") from None
    if value != number and abs(number) < 2**53:
        raise InputError(f"{text} {what} cannot be counted.", way_out="Write a whole number.")
    if value > MOST:
        raise InputError(f"{value} {what} is more than there can be.", way_out="Check the number of digits.")
    if value < at_least:
        raise InputError(f"{value} {what} is too few.", way_out=f"Write {at_least} or more.")
    return value


def whole_packs(units: float, pack: int) -> int:
    """The largest number of units, in whole packs of ``pack``, that ``units`` can fill; never negative."""
    return max(0, int(units // pack)) * pack
