"""How much, in whole units? Goods are counted, never measured in fractions of a ventilator."""

from __future__ import annotations

import re
import unicodedata

from sampan.core.errors import InputError

_GROUPING = re.compile("[ _\u00a0\u202f\u066c]")
"""Spaces of three widths, the underscore, and the Arabic thousands separator."""

_THOUSANDS = re.compile(r"[+-]?\d{1,3}\.\d{3}")
"""A thousand as half the world writes it, and one as the other half does."""

MOST = 10**15
"""No count of goods is greater; below it, every whole number is exact as a double."""


def western(text: str) -> str:
    """``text`` with its digits as 0 to 9, whichever script they are of, and the Arabic decimal separator as a point.

    Raises InputError if digits of two scripts stand in it: nobody means that.
    """
    if text.isascii():
        return text
    values = {sign: unicodedata.decimal(sign) for sign in set(text) if sign.isdecimal()}
    if len({ord(sign) - value for sign, value in values.items()}) > 1:
        raise InputError(
            f'"{text}" mixes digits of two scripts.', way_out="Write all of them in one script, as 3000."
        )
    return text.translate({ord(sign): str(value) for sign, value in values.items()} | {0x066B: "."})


def in_figures(text: str) -> str:
    """A number as machines write it: ``3 000`` and ``٣٬٠٠٠`` are ``3000``. Raises what ``western`` does."""
    return western(_GROUPING.sub("", text))


def whole(text: str | int | float, *, what: str, at_least: int = 0) -> int:
    """``text`` as a whole number of ``what``.

    Accepts ``12``, ``"12"``, ``"12.0"``, ``"1 200 000"`` (spaces and underscores group digits) and ``"٣٠٠٠"``.
    Raises InputError for fractions, for text that is no number (including NaN and a missing value),
    for ``"20.000"``, which is twenty or twenty thousand, and for numbers below ``at_least``.
    """
    written = in_figures(str(text))
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
