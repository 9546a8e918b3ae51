"""How much money, in which currency, and at which rate?

Money is a whole number of minor units (cents) with its ISO 4217 code; Decimal stands at the edge, where
people write and read, and never a float. Currencies do not mix without a rate that has a day and a source.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from functools import cache

from sampan.core.errors import InputError
from sampan.core.quantities import in_figures

LARGEST = 2**53 - 1
"""Minor units: the largest whole number that every reader of JSON keeps exactly (RFC 8259 §6)."""

_EXPONENTS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
"""Digits after the point where they are not two: ISO 4217:2015, list one (SIX Interbank Clearing).

CLDR, which Babel carries, gives the digits in use, not the standard's: 0 for IQD or AFN."""

_WITHOUT_MINOR_UNITS = "XAG XAU XBA XBB XBC XBD XDR XPD XPT XSU XTS XUA XXX"
"""Codes for which ISO 4217 says N.A.: metals, bond units, drawing rights, test codes. Nobody pays in them."""

_WRITTEN = re.compile(r"[+-]?[0-9]+(?:\.([0-9]+))?")


@cache
def exponent(currency: str) -> int:
    """Digits after the point in amounts of ``currency``. Raises InputError if ISO 4217 has no such money."""
    import pycountry

    known = pycountry.currencies.get(alpha_3=currency)
    if known is None or known.alpha_3 != currency or currency in _WITHOUT_MINOR_UNITS.split():
        raise InputError(
            f'"{currency}" is not a currency that can be paid in.',
            way_out="Write its ISO 4217 code, such as USD, EUR or CNY.",
        )
    return next((digits for digits, codes in _EXPONENTS.items() if currency in codes.split()), 2)


@dataclass(frozen=True)
class Money:
    """An amount in whole minor units: ``Money(2_000_000_000, "USD")`` is 20 million dollars."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        exponent(self.currency)
        if abs(self.minor) > LARGEST:
            raise InputError(
                f"{self.minor} minor units of {self.currency} are too many to be kept exactly.",
                way_out="Split the amount, or check its digits.",
            )

    @classmethod
    def read(cls, text: str | Decimal, currency: str) -> Money:
        """``"20000000"``, ``"20 000 000.00"`` or a Decimal, in ``currency``.

        Raises InputError for text that is no amount, for commas (a thousand here, a decimal there) and for
        more digits than the currency has, be they zeros: "20.000" USD is twenty or twenty thousand.
        """
        found = _WRITTEN.fullmatch(in_figures(str(text).strip()))
        if found is None:
            raise InputError(
                f'"{text}" is not an amount.', way_out="Write digits and a point, such as 20000000.00."
            )
        digits = exponent(currency)
        if len(found[1] or "") > digits:
            raise InputError(
                f"{text} {currency} is finer than the currency, which has {digits} digits after the point.",
                way_out="Write no more than those, and thousands without a point, as 20000.",
            )
        return cls(int(Decimal(found[0]).scaleb(digits)), currency)

    @property
    def amount(self) -> Decimal:
        """In major units, exactly."""
        return Decimal(self.minor).scaleb(-exponent(self.currency))

    def __str__(self) -> str:
        return f"{self.currency} {self.amount:,}"

    def __add__(self, other: Money) -> Money:
        if self.currency != other.currency:
            raise InputError(
                f"{self} and {other} cannot be added.",
                way_out="Give the rate of exchange, with its day and source.",
            )
        return Money(self.minor + other.minor, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        return self + -other


@dataclass(frozen=True)
class Rate:
    """One unit of ``base`` was worth ``rate`` units of ``quote`` on ``day``, as ``source`` published."""

    base: str
    quote: str
    rate: Decimal
    day: date
    source: str

    def __post_init__(self) -> None:
        exponent(self.base), exponent(self.quote)
        if not self.rate.is_finite() or self.rate <= 0:
            raise InputError(f"{self.rate} is not a rate of exchange.", way_out="Write a number above zero.")
        if self.base == self.quote:
            raise InputError(f"{self.base} needs no rate to itself.", way_out="Leave the rate out.")
        if not self.source.strip():
            raise InputError("This rate has no source.", way_out="Say who published it, such as ECB.")

    def convert(self, money: Money) -> Money:
        """``money`` in the other of the two currencies, to the nearest minor unit, halves to even.

        Raises InputError if the rate does not speak of its currency.
        """
        if money.currency not in (self.base, self.quote):
            raise InputError(
                f"A rate of {self.base} in {self.quote} says nothing about {money.currency}.",
                way_out=f"Give a rate of {money.currency}.",
            )
        forth = money.currency == self.base
        target = self.quote if forth else self.base
        with localcontext(prec=60):
            value = money.amount * self.rate if forth else money.amount / self.rate
            minor = value.scaleb(exponent(target)).to_integral_value(rounding=ROUND_HALF_EVEN)
        return Money(int(minor), target)


def read_rate(text: str, *, day: date) -> Rate:
    """The rate that a person writes: ``EUR/USD 1.0843 ECB``, or with its own day at the end.

    ``day`` is that of the rate if none is written. Raises InputError for anything else.
    """
    found = re.fullmatch(r"([A-Z]{3})/([A-Z]{3}) ([0-9.]+) (.*?)(?: (\d{4}-\d{2}-\d{2}))?", text.strip())
    if found is None or not re.fullmatch(r"[0-9]+(\.[0-9]+)?", found[3]):
        raise InputError(
            f'"{text}" is not a rate.',
            way_out='Write it as "EUR/USD 1.0843 ECB 2020-03-26": one EUR is 1.0843 USD, says the ECB.',
        )
    try:
        on = date.fromisoformat(found[5]) if found[5] else day
    except ValueError:
        raise InputError(f'"{found[5]}" is not a day.', way_out="Write it as 2020-03-26.") from None
    return Rate(found[1], found[2], Decimal(found[3]), on, found[4])


def write_rate(rate: Rate) -> str:
    """``rate`` as ``read_rate`` reads it."""
    return f"{rate.base}/{rate.quote} {rate.rate} {rate.source} {rate.day}"
