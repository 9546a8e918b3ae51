"""Which signs no text may hold that is kept."""

from __future__ import annotations

import pytest

from sampan.core.texts import unfit


@pytest.mark.parametrize(
    "sign", ["\x00", "\x1b", "\x7f", "\x85", "\u202d", "\u202e", "\ud800", "\ufdd0", "\ufffe"]
)
def test_a_sign_that_misleads_or_that_no_file_takes_is_found_at_any_depth(sign: str) -> None:
    assert unfit(f"Red {sign}Cross") == ""
    assert unfit({"name": "x", "lines": [{"item": "mask"}, {"note": f"a{sign}"}]}) == ".lines.1.note"
    assert unfit({f"a{sign}": 1}) is not None


def test_what_people_write_in_any_tongue_is_fit() -> None:
    said = "前线需要 · больница\r\n\tاحتياجات\u200f \u2067المنزل\u2069 · é e\u0301 · 𓀀 · 👩\u200d⚕"
    assert unfit({"said": said, "units": 5, "none": None, "several": (1, said)}) is None
