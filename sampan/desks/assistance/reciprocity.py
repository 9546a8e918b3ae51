"""What went each way between home and each partner, and when?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sampan.access.session import Session
from sampan.desks.assistance.lines import shown
from sampan.records.movement import Kind
from sampan.world.parties import finder
from sampan.world.reciprocity import Given
from sampan.world.reciprocity import reciprocity as _reciprocity


@dataclass(frozen=True)
class Balance:
    """What went between home and one partner: item by item, given and received."""

    partner: str
    name: str
    lines: tuple[Given, ...]


def reciprocity(
    session: Session,
    *,
    partner: str | None = None,
    monthly: bool = False,
    as_of: date | None = None,
    known_on: datetime | None = None,
) -> tuple[Balance, ...]:
    """Per partner, given and received in goods, money, services and people; ``monthly``, or over all time.

    Over all time, ``month`` is that in which the thing first went either way.
    """
    every = _reciprocity(session.ledger, session.home, as_of=as_of, known_on=known_on)
    by: dict[str, list[Given]] = {}
    for line in every:
        if partner in (None, line.partner):
            by.setdefault(line.partner, []).append(line)
    find = finder(session.ledger)
    return tuple(
        Balance(code, find(code).name, tuple(lines) if monthly else _over_time(lines))
        for code, lines in by.items()
    )


def _over_time(lines: Sequence[Given]) -> tuple[Given, ...]:
    """The same, added up; ``lines`` are of one partner, in the order of their months."""
    first: dict[tuple[Kind, str], date] = {}
    sums: dict[tuple[Kind, str], list[int]] = {}
    for line in lines:
        key = line.kind, line.item
        first.setdefault(key, line.month)
        both = sums.setdefault(key, [0, 0])
        both[0] += line.given
        both[1] += line.received
    return tuple(Given(lines[0].partner, first[key], *key, *sums[key]) for key in sorted(sums))


def shown_thing(line: Given, quantity: int) -> str | None:
    """A quantity of what a line speaks of, in words; None for nothing."""
    return shown(line.kind, line.item, quantity) if quantity else None
