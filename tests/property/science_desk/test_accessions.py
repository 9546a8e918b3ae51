"""A slip of the pen in an accession is found: any wrong character, any two exchanged."""

from __future__ import annotations

from itertools import islice

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sampan.core.errors import InputError
from sampan.desks.science.accessions import (
    SIGNS,
    accessions,
    check_character,
    holds,
    numbered,
    prefix_of,
    read_accession,
)

serials = st.integers(1, 10**9)
prefixes = st.tuples(st.sampled_from(["CHN", "ITA", "CNHB", "XKX"]), st.text(min_size=1, max_size=20)).map(
    lambda each: prefix_of(*each)
)
signs = st.sampled_from(SIGNS[:36])


def test_the_check_character_is_that_of_the_standard() -> None:
    """ISO 7064:2003 MOD 37-2: the sum of each sign times its power of two leaves 1."""
    for text in ("0", "CHN0000123", "G123489654321", "ZZZZZZZ9999999"):
        whole = text + check_character(text)
        weighed = sum(SIGNS.index(sign) * pow(2, place, 37) for place, sign in enumerate(reversed(whole)))
        assert weighed % 37 == 1
    assert check_character("G123489654321") == "Y"  # donation number of ICCBBA ISBT 128


@given(prefixes, serials)
def test_what_is_given_is_read_back(prefix: str, serial: int) -> None:
    made = numbered(prefix, serial)
    assume(made is not None)
    assert read_accession(made) == (made, None)
    assert read_accession(f" {made.lower()}.12 ") == (made, 12)
    assert read_accession(made.replace("_", "")) == (made, None)


@given(prefixes, serials, st.data())
def test_one_wrong_character_is_found(prefix: str, serial: int, data: st.DataObject) -> None:
    made = numbered(prefix, serial)
    assume(made is not None)
    bare = made.replace("_", "")
    place = data.draw(st.integers(0, len(bare) - 1))
    sign = data.draw(signs.filter(lambda sign: sign != bare[place]))
    wrong = bare[:place] + sign + bare[place + 1 :]
    assert not holds(wrong)
    with pytest.raises(InputError):
        read_accession(wrong)


@given(prefixes, serials, st.data())
def test_two_exchanged_characters_are_found(prefix: str, serial: int, data: st.DataObject) -> None:
    made = numbered(prefix, serial)
    assume(made is not None)
    bare = made.replace("_", "")
    a, b = sorted(data.draw(st.sets(st.integers(0, len(bare) - 1), min_size=2, max_size=2)))
    assume(bare[a] != bare[b])
    assert not holds(bare[:a] + bare[b] + bare[a + 1 : b] + bare[a] + bare[b + 1 :])


def test_numbers_are_given_in_order_without_a_star() -> None:
    given_ = list(islice(accessions("CHNQT", after=0), 2000))
    assert [serial for serial, _ in given_] == sorted({serial for serial, _ in given_})
    assert all("*" not in made for _, made in given_)
    assert len({made for _, made in given_}) == 2000


def test_two_nodes_of_one_home_have_other_prefixes() -> None:
    assert prefix_of("CHN", "sampan/chn/a") != prefix_of("CHN", "sampan/chn/b")
    assert prefix_of("CN-HB", "x").startswith("CNHB")
