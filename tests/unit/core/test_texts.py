"""Which signs no text may hold that is kept, and which no name may."""

from __future__ import annotations

import pytest

from sampan.core.errors import InputError
from sampan.core.texts import require_texts


def where(value: object) -> str | None:
    """In which field the first text stands that cannot be kept; None if all can."""
    try:
        require_texts(value)
    except InputError as fault:
        return fault.field
    return None


@pytest.mark.parametrize(
    "sign", ["\x00", "\x1b", "\x7f", "\x85", "\u202d", "\u202e", "\ud800", "\ufdd0", "\ufffe"]
)
def test_a_sign_that_misleads_or_that_no_file_takes_is_found_at_any_depth(sign: str) -> None:
    assert where(f"Red {sign}Cross") == ""
    assert where({"name": "x", "lines": [{"item": "mask"}, {"note": f"a{sign}"}]}) == "lines.1.note"
    assert where({f"a{sign}": 1}) is not None


SAID = "前线需要 · больница\r\n\tاحتياجات\u200f \u2067المنزل\u2069 · é e\u0301 · 𓀀 · 👩\u200d⚕"


def test_what_people_write_in_any_tongue_is_fit() -> None:
    assert where({"said": SAID, "units": 5, "none": None, "several": (1, SAID)}) is None


HIDDEN = (
    "\n\r\t\xad\u061c\u200b\u200c\u200d\u200e\u200f\u2028\u202a\u202b\u202c\u2060\u2066\u2067\u2069\ufeff"
)


@pytest.mark.parametrize("sign", list(HIDDEN))
def test_a_name_stands_on_one_line_and_hides_nothing(sign: str) -> None:
    """Two parties whose names look alike are one to whoever reads; a line of its own looks like a word of ours."""
    said = f"Red {sign}Cross"
    assert where({"name": said}) == "name"
    assert where({"works": [{"creators": ["A", said]}]}) == "works.0.creators.1"
    assert where({"note": said, "names": {"en": said}}) is None


def test_names_are_spelt_as_their_tongue_spells_them() -> None:
    assert (
        where({"name": "هلال\u200cاحمر", "title": "ශ්\u200dරී ලංකා", "holder": "Mères d’Afrique (ASBL)"}) is None
    )
    assert where({"name": "Red\u200cCross"}) == "name"
