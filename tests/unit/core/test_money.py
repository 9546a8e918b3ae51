"""Money: whole minor units, ISO 4217's digits, no silent rounding, no mixing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pycountry
import pytest
from babel.numbers import get_currency_precision
from hypothesis import given
from hypothesis import strategies as st

from sampan.core.errors import InputError
from sampan.core.money import LARGEST, Money, Rate, exponent, read_rate, write_rate

DAY = date(2020, 3, 26)

IN_USE_BUT_NOT_IN_THE_STANDARD = {
    "AFN", "ALL", "IQD", "IRR", "KPW", "LAK", "LBP", "MGA", "MMK", "RSD", "SOS", "SYP", "YER",
}  # fmt: skip
"""CLDR gives these no digits because nobody uses the coins; ISO 4217 gives them two, or three (IQD)."""


def test_exponents_are_those_of_the_standard_and_differ_from_cldr_where_known() -> None:
    paid_in = [each.alpha_3 for each in pycountry.currencies if _can_be_paid(each.alpha_3)]
    assert len(paid_in) == 165
    differ = {code for code in paid_in if exponent(code) != get_currency_precision(code)}
    assert differ == IN_USE_BUT_NOT_IN_THE_STANDARD
    assert [exponent(code) for code in ("JPY", "USD", "KWD", "CLF", "IQD")] == [0, 2, 3, 4, 3]


def _can_be_paid(code: str) -> bool:
    try:
        exponent(code)
    except InputError:
        return False
    return True


@pytest.mark.parametrize("code", ["XAU", "XDR", "XXX", "usd", "US", "DEM", ""])
def test_nobody_pays_in_gold_drawing_rights_or_old_marks(code: str) -> None:
    with pytest.raises(InputError, match="not a currency"):
        Money(1, code)


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("20000000", "USD", 2_000_000_000),
        ("20 000 000.00", "USD", 2_000_000_000),
        ("1_000.5", "EUR", 100_050),
        ("1500", "JPY", 1500),
        ("0.125", "KWD", 125),
        ("-3.10", "CHF", -310),
        ("٢٠٬٠٠٠٫٥٠", "USD", 2_000_050),
        ("۲۰۰۰", "JPY", 2000),
    ],
)
def test_amounts_are_read_exactly(text: str, currency: str, minor: int) -> None:
    assert Money.read(text, currency) == Money(minor, currency)


@pytest.mark.parametrize(
    ("text", "currency", "says"),
    [
        ("20,000", "USD", "not an amount"),
        ("1.234,50", "EUR", "not an amount"),
        ("1e6", "USD", "not an amount"),
        ("", "USD", "not an amount"),
        ("NaN", "USD", "not an amount"),
        ("0.005", "USD", "finer than the currency"),
        ("1.5", "JPY", "finer than the currency"),
        ("20.000", "USD", "finer than the currency"),
        ("20.000", "JPY", "finer than the currency"),
        ("٢٠٫٠٠٠", "USD", "finer than the currency"),
        ("2٠٠", "USD", "two scripts"),
        ("99999999999999999", "USD", "too many"),
    ],
)
def test_what_is_unclear_or_too_fine_is_refused(text: str, currency: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        Money.read(text, currency)


@given(st.integers(-LARGEST, LARGEST), st.sampled_from(["USD", "JPY", "KWD", "CLF"]))
def test_writing_and_reading_give_the_same_money(minor: int, currency: str) -> None:
    money = Money(minor, currency)
    assert Money.read(money.amount, currency) == money


def test_currencies_do_not_mix_without_a_rate() -> None:
    with pytest.raises(InputError, match=r"USD 1\.00 and EUR 1\.00 cannot be added.*rate"):
        Money(100, "USD") + Money(100, "EUR")


def test_a_rate_converts_both_ways_to_the_nearest_cent_halves_to_even() -> None:
    rate = Rate("EUR", "USD", Decimal("1.0843"), DAY, "ECB")
    assert rate.convert(Money.read("100", "EUR")) == Money.read("108.43", "USD")
    assert rate.convert(Money.read("108.43", "USD")) == Money.read("100", "EUR")
    half = Rate("EUR", "USD", Decimal("0.5"), DAY, "ECB")
    assert [half.convert(Money(cents, "EUR")).minor for cents in (1, 3, 5)] == [0, 2, 2]
    assert Rate("USD", "JPY", Decimal("110.5"), DAY, "BoJ").convert(Money.read("2", "USD")) == Money(
        221, "JPY"
    )


@given(
    st.integers(1, 10**13),
    st.decimals("0.0001", "9999", places=4),
    st.sampled_from([("EUR", "USD"), ("KWD", "JPY"), ("CLF", "USD")]),
)
def test_converting_forth_and_back_loses_no_more_than_the_rounding(
    minor: int, rate: Decimal, pair: tuple[str, str]
) -> None:
    base, quote = pair
    used = Rate(base, quote, rate, DAY, "test")
    there = used.convert(Money(minor, base))
    back = used.convert(there)
    # half a minor unit of the quote is at most this many minor units of the base, and half for rounding back
    slack = Decimal(1).scaleb(-exponent(quote)) / rate / 2 * Decimal(10) ** exponent(base) + Decimal("0.5")
    assert abs(back.minor - minor) <= slack


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("EUR/USD 0 ECB", "not a rate of exchange"),
        ("EUR/EUR 1 ECB", "needs no rate to itself"),
        ("EUR/USD 1.08", "not a rate"),
        ("EURUSD 1.08 ECB", "not a rate"),
        ("EUR/USD 1,08 ECB", "not a rate"),
        ("EUR/USD 1.08 ECB 2020-02-30", "not a day"),
    ],
)
def test_a_rate_has_two_currencies_a_number_and_a_source(text: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        read_rate(text, day=DAY)


def test_a_rate_is_written_as_it_is_read() -> None:
    rate = read_rate("EUR/USD 1.0843 European Central Bank 2020-03-25", day=DAY)
    assert (rate.day, rate.source) == (date(2020, 3, 25), "European Central Bank")
    assert read_rate(write_rate(rate), day=DAY) == rate
    assert read_rate("EUR/USD 1.0843 ECB", day=DAY).day == DAY
