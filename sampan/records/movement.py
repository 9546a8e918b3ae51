"""What moves, from which account to which? Aid as double-entry bookkeeping.

A movement takes from one account and gives to another, so for every commodity the sum over all
accounts is zero, always. Nothing is lost, only misplaced, and then it shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal

from sampan.core.errors import InputError

Account = str
"""A kind of place and, after a colon, which one: ``depot:home``, ``transit:4-ITA``, ``donor:FRA``, ``loss``.

========================  =================================================================
production, outside       where goods come from: a works, or stock found that no book knew
depot:<name>              what lies in a depot
batch:<number>            promises of goods that a batch makes (kind ``promise``)
allotted:<consignment>    what was promised to its recipient (kind ``promise``)
packed:<consignment>      picked from the depot, waiting for its carrier
transit:<consignment>     with the carrier
received:<party>          what the recipient has signed for as good
claim:<consignment>       signed for as damaged or missing, until the claim is settled
loss, expired             what is gone, and known to be
donor:<party>             where gifts to us, and funds, come from
fund:<name>               money set aside for a purpose
committed:<contribution>  money of a fund that a commitment binds
disbursed:<party>         money paid out
exchange                  money changed into another currency
served:<party>            services rendered: a charter, a laboratory's week
used:<place>              what was given to home, used there
roster, deployed:<party>  person-days of experts, at home and abroad
========================  =================================================================
"""

SOURCES = frozenset({"production", "outside", "batch", "donor", "exchange", "roster"})
"""Kinds of account that may owe: what they gave was not theirs to hold. No other is ever below zero."""

Kind = Literal["goods", "money", "services", "person-days", "promise"]


@dataclass(frozen=True, slots=True)
class Commodity:
    """What is counted: goods by item, lot, expiry and earmark; money by currency; person-days by skill.

    ``item`` is an item's code, an ISO 4217 code, a service (in times rendered) or a skill. A ``promise``
    is goods spoken of, not moved.
    """

    kind: Kind
    item: str
    lot: str | None = None
    expiry: date | None = None
    earmark: str | None = None


@dataclass(frozen=True, slots=True)
class Movement:
    """So much of a commodity goes from ``giver`` to ``taker``.

    ``quantity`` is in base units, minor currency units (cents) or person-days: whole, and above zero.
    """

    giver: Account
    taker: Account
    commodity: Commodity
    quantity: int

    def __post_init__(self) -> None:
        if self.quantity <= 0 or self.giver == self.taker:
            raise InputError(
                f"{self.quantity} {self.commodity.item} cannot move from {self.giver} to {self.taker}.",
                way_out="Move 1 or more, to another account.",
            )


@lru_cache(maxsize=65_536)
def may_owe(account: Account) -> bool:
    """Whether the account may be below zero."""
    return account.partition(":")[0] in SOURCES
