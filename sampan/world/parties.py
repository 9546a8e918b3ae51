"""Who takes part: a country, one of its areas, an organisation, or a party that the office has recorded?"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import cast

from sqlalchemy import Select, select

from sampan.core.errors import InputError, clause
from sampan.ledger.entry import milliseconds
from sampan.ledger.ledger import Ledger
from sampan.records.assistance.contributions import DonorKind
from sampan.world.contribution_tables import parties as table
from sampan.world.organisations import organisations
from sampan.world.places import find, fold, place


@dataclass(frozen=True)
class Known:
    """A party: ``partner`` is the country or organisation under which it counts (a French firm under FRA)."""

    code: str
    name: str
    donor_kind: DonorKind
    partner: str


def recorded(ledger: Ledger, *, known_on: datetime | None = None) -> Mapping[str, Known]:
    """The parties that the office has recorded, each as last said by ``known_on``, by code."""
    return {party.code: party for party in _read(ledger, select(table), known_on)}


def _read(ledger: Ledger, query: Select[tuple[object, ...]], known_on: datetime | None) -> list[Known]:
    if known_on is not None:
        query = query.where(table.c.recorded <= milliseconds(known_on))
    with ledger.reading() as connection:
        rows = connection.execute(query.order_by(table.c.position)).all()
    return [Known(row.code, row.name, cast(DonorKind, row.donor_kind), row.country) for row in rows]


def party(ledger: Ledger, code: str, *, known_on: datetime | None = None) -> Known:
    """The party with exactly this code. Raises InputError if there is none."""
    if code in organisations():
        return Known(code, organisations()[code].name(), "multilateral", code)
    said = _read(ledger, select(table).where(table.c.code == code), known_on)
    return said[-1] if said else of_place(code)


def of_place(code: str) -> Known:
    """A country as its central government, or a first-level area as a local one."""
    here = place(code)
    if here.parent is None:
        return Known(code, here.name(), "central government", here.territory_of or code)
    return Known(code, here.name(), "local government", here.parent)


def finder(ledger: Ledger, *, known_on: datetime | None = None) -> Callable[[str], Known]:
    """Finds parties by their code, as ``party`` does, and asks the tables once for all of them."""
    own = recorded(ledger, known_on=known_on)

    @cache
    def find_code(code: str) -> Known:
        if code in organisations():
            return Known(code, organisations()[code].name(), "multilateral", code)
        return own[code] if code in own else of_place(code)

    return find_code


def find_party(ledger: Ledger, text: str) -> Known:
    """The party that a person means by a code or a name.

    Raises InputError with the nearest names if there is none.
    """
    wanted = fold(text)
    for code, each in organisations().items():
        if wanted in (fold(code), fold(each.name())):
            return party(ledger, code)
    known = recorded(ledger)
    for one in known.values():
        if wanted in (fold(one.code), fold(one.name)):
            return one
    try:
        return of_place(find(text).code)
    except InputError as fault:
        near = difflib.get_close_matches(wanted, {fold(one.name): one for one in known.values()}, n=1)
        nearest = clause(f"Nearest: {near[0]}.") if near else ""
        also = f"{clause('Or record a new party: sampan party add.')} {nearest}"
        raise InputError(f'There is no party "{text}".', way_out=f"{fault.way_out} {also}".strip()) from None
