"""How is a long name written in a picture, where it has no room on one line? On several; it is never cut."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Sequence

from markupsafe import Markup

LINE = 15
"""How far apart two lines are."""


def lines(text: str, most: int) -> list[str]:
    """``text`` in lines of ``most`` letters. Those of Chinese are two wide, and it may be broken anywhere."""
    wide = any(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    return textwrap.wrap(text, most // 2 if wide else most) or [""]


def label(x: float, y: float, said: str | Sequence[str], anchor: str) -> Markup:
    """Words on a picture, in lines about the height ``y``: they begin, end or lie in the middle at ``x``."""
    every = [said] if isinstance(said, str) else said
    top = y - LINE * (len(every) - 1) / 2
    return Markup("").join(
        Markup('<text class="tick" x="{}" y="{}" text-anchor="{}">{}</text>').format(
            round(x, 1), round(top + at * LINE, 1), anchor, line
        )
        for at, line in enumerate(every)
    )
