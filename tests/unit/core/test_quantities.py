"""Goods are counted in whole units."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampan.core.errors import InputError
from sampan.core.quantities import whole, whole_packs


@pytest.mark.parametrize(
    ("written", "means"),
    [
        *[("12", 12), ("12.0", 12), (" 1 200 000 ", 1_200_000), ("1_000", 1000), ("0", 0), (7, 7), ("+3", 3)],
        *[("٣٠٠٠", 3000), ("۳۰۰۰", 3000), ("٣٬٠٠٠", 3000), ("٣ ٠٠٠٫٠", 3000), ("３０００", 3000)],
    ],
)
def test_whole_numbers(written: str | int, means: int) -> None:
    assert whole(written, what="masks") == means


@pytest.mark.parametrize(
    "written", ["2.5", "", "many", "nan", "inf", "-1", "1,5", "0x10", "20.000", None, "9" * 20]
)
def test_everything_else_is_refused_in_words(written: str) -> None:
    with pytest.raises(InputError) as fault:
        whole(written, what="ventilators")
    assert "ventilators" in str(fault.value)
    assert fault.value.way_out


@pytest.mark.parametrize("written", ["٣000", "٣۰۰۰", "3٠٠٠"])
def test_digits_of_two_scripts_are_no_number(written: str) -> None:
    with pytest.raises(InputError, match="mixes digits of two scripts"):
        whole(written, what="masks")


@given(st.integers(0, 10**15))
def test_any_count_comes_back_to_the_unit(count: int) -> None:
    assert whole(str(count), what="masks") == count


@given(st.floats(0, 1e12), st.integers(1, 10_000))
def test_packs_are_whole_and_never_more_than_there_is(units: float, pack: int) -> None:
    packed = whole_packs(units, pack)
    assert packed % pack == 0
    assert packed <= units < packed + pack
