"""Who may be assisted?

Countries that have reported cases, each with the territories that it answers for, the organisations
that stock for their members, and the provinces of a country. Home is never a recipient abroad.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sampan.world.organisations import organisations
from sampan.world.places import find, place
from sampan.world.responsible import state_of


@dataclass(frozen=True)
class Recipient:
    """A country, an organisation or a province of a country, with the places whose need it answers for."""

    code: str
    kind: Literal["country", "organisation", "province"]
    name: str
    region: str
    """One of the five, "World", or the code of the country that a province is part of."""
    places: tuple[str, ...]
    share: float = 1.0
    """The share of the need of ``places`` that goes through this recipient."""


def home_places(reported: Sequence[str], home: str) -> tuple[str, ...]:
    """The reported places whose need home meets itself."""
    return tuple(code for code in reported if state_of(code) == home)


def provinces(reported: Sequence[str], country: str) -> tuple[Recipient, ...]:
    """The first-level areas of a country that have reports, in the order of their codes."""
    return tuple(
        Recipient(code, "province", place(code).name("en"), country, (code,))
        for code in sorted(reported)
        if place(code).parent == country
    )


def countries(reported: Sequence[str], home: str) -> tuple[Recipient, ...]:
    """Every country abroad with reports, in the order of its code."""
    groups: dict[str, list[str]] = {}
    for code in reported:
        state = state_of(code)
        if state is not None and state != home:
            groups.setdefault(state, []).append(code)
    return tuple(
        Recipient(code, "country", place(code).name("en"), place(code).region or "World", tuple(groups[code]))
        for code in sorted(groups)
    )


def pools(
    reported: Sequence[str], home: str, *, share: float, worldwide: Sequence[str]
) -> tuple[Recipient, ...]:
    """The organisations that stock ``share`` of the need of their members with reports.

    A world-wide organisation stocks for its members among the places ``worldwide``.
    """
    found = []
    for organisation in organisations().values():
        members = set(organisation.members)
        served = tuple(
            code
            for code in reported
            if code in members
            and state_of(code) != home
            and (organisation.region is not None or code in worldwide)
        )
        if served:
            region = organisation.region or "World"
            name = organisation.name("en")
            found.append(Recipient(organisation.code, "organisation", name, region, served, share))
    return tuple(found)


def code_of(text: str) -> str:
    """The code of the country or organisation that a person means. Raises InputError with the nearest names."""
    wanted = text.strip().casefold()
    for organisation in organisations().values():
        if wanted in (organisation.code.casefold(), organisation.name("en").casefold()):
            return organisation.code
    return find(text).code
