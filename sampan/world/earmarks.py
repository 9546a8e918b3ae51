"""What does a donor allow a gift to be used for?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sampan.core.errors import InputError
from sampan.ledger.ledger import Ledger
from sampan.records.assistance.contributions import Earmark, Level
from sampan.world.contributions import position_of
from sampan.world.organisations import organisations
from sampan.world.places import REGIONS, alpha2_codes, places

LEVELS: tuple[Level, ...] = ("unearmarked", "softly", "earmarked", "tightly")
"""Loosest first. IATI's earmarking category (vocabulary 2) numbers them 1 to 4."""


def earmarks(ledger: Ledger, *, known_on: datetime | None = None) -> Mapping[str, Earmark]:
    """Every earmark by its code, each as last said by ``known_on``."""
    said = (Earmark.read(entry.body) for entry in ledger.entries(kind=Earmark.kind, known_on=known_on))
    return {earmark.code: earmark for earmark in said}


def find_earmark(ledger: Ledger, code: str) -> Earmark:
    """The earmark with this code. Raises InputError if there is none."""
    position = position_of(ledger, Earmark.kind, code)
    if position is None:
        raise InputError(
            f'There is no earmark "{code}".', way_out="Record it first: sampan earmark add.", field="earmark"
        )
    return Earmark.read(ledger.at(position).body)


def allows(earmark: Earmark, recipient: str, item: str, *, purpose: str | None = None) -> bool:
    """Whether the donor lets ``recipient`` have ``item`` (for ``purpose``, where one is known)."""
    return why_not(earmark, recipient, item, purpose=purpose) is None


def why_not(earmark: Earmark, recipient: str, item: str, *, purpose: str | None = None) -> str | None:
    """Why the donor does not let ``recipient`` have ``item``, as a sentence; None if it is allowed.

    ``purpose`` None means that nobody asks (goods in a depot); otherwise it must be the donor's own.
    """
    if earmark.recipients and not _among(recipient, earmark.recipients):
        return f"It is for {', '.join(earmark.recipients)}, not {recipient}."
    if earmark.items and item not in earmark.items:
        return f"It is for {', '.join(earmark.items)}, not {item}."
    if earmark.purpose and purpose is not None and _same(purpose, earmark.purpose):
        return None
    if earmark.purpose and purpose is not None:
        return f'It is for "{earmark.purpose}", not "{purpose}".'
    return None


def _among(recipient: str, allowed: tuple[str, ...]) -> bool:
    """A country stands for its areas, and a region for its countries and its own organisations."""
    if recipient in allowed:
        return True
    if recipient in organisations():
        return organisations()[recipient].region in allowed
    country = alpha2_codes().get(recipient.partition("-")[0], recipient)
    return country in places() and bool({country, places()[country].region} & set(allowed))


def _same(one: str, other: str) -> bool:
    return " ".join(one.casefold().split()) == " ".join(other.casefold().split())


def tightness(earmark: Earmark | None) -> int:
    """How far a donor ties it: 0 (not at all) to 3. Free money is 0."""
    return 0 if earmark is None else LEVELS.index(earmark.level)


def fault_in(earmark: Earmark) -> str | None:
    """What contradicts itself in an earmark; None if nothing does."""
    countries = [each for each in earmark.recipients if each not in REGIONS]
    ties = bool(countries) + bool(earmark.items) + bool(earmark.purpose)
    if earmark.level == "unearmarked" and (ties or earmark.recipients):
        return "An unearmarked gift names no recipient, item or purpose."
    if earmark.level == "softly" and countries:
        return "A softly earmarked gift names regions or a theme, not single recipients."
    if earmark.level != "unearmarked" and not (ties or earmark.recipients):
        return "An earmarked gift says for whom, what or which purpose."
    if earmark.level == "tightly" and ties < 2:
        return "A tightly earmarked gift says two of: for whom, which items, which purpose."
    return None
