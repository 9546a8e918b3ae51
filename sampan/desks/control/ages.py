"""How old are the people of each place, and who says so?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sampan.access.session import Session
from sampan.records.world import AgesFile
from sampan.world import ages as reference
from sampan.world.ages import Array


@dataclass(frozen=True)
class Loaded:
    """What a file of ages held; ``aside`` are codes in it that are no place."""

    entry: str
    places: int
    """Places that it tells of."""
    aside: tuple[str, ...]


def load(session: Session, name: str, data: bytes) -> Loaded:
    """Reads a file of ages, keeps its bytes, and records the reading.

    Raises InputError naming line and column if it does not hold, Refused if the person may not load.
    """
    found = reference.load(data, name=name)
    record = AgesFile(file=session.keep(name, data), places=len(found.people))
    (entry,) = session.write("load", [record])
    return Loaded(entry.id, record.places, found.aside)


def known(session: Session) -> Mapping[str, Array]:
    """Residents by place and band, later files over earlier ones; empty if none was loaded."""
    people: dict[str, Array] = {}
    for each in session.said(AgesFile):
        people |= reference.load(session.blobs.get(each.file.digest), name=each.file.name).people
    return people
