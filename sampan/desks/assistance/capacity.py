"""What beds, staff and laboratories does each place have, and who says so?"""

from __future__ import annotations

from dataclasses import dataclass

from sampan.access.session import Session
from sampan.records.world import CapacityFile
from sampan.world import capacity as reference
from sampan.world.capacity import Capacities


@dataclass(frozen=True)
class Loaded:
    """What a capacity file held; ``aside`` are codes in it that are no place."""

    entry: str
    places: int
    """Places that it tells of."""
    figures: int
    """Figures of places that were read."""
    aside: tuple[str, ...]


def load(session: Session, name: str, data: bytes) -> Loaded:
    """Reads a capacity file, keeps its bytes, and records the reading.

    Raises InputError naming line and column if it does not hold, Refused if the person may not load.
    """
    found = reference.load(data, name=name)
    record = CapacityFile(file=session.keep(name, data), places=len(found.figures), figures=found.count)
    (entry,) = session.write("load", [record])
    return Loaded(entry.id, record.places, record.figures, found.aside)


def known(session: Session) -> tuple[Capacities, tuple[str, ...]]:
    """Everything known about capacity, later files over earlier ones, and the entries to cite."""
    files = []
    cites = []
    for entry in session.ledger.entries(kind=CapacityFile.kind):
        file = CapacityFile.read(entry.body).file
        files.append(reference.load(session.blobs.get(file.digest), name=file.name))
        cites.append(entry.id)
    return Capacities(*files), tuple(cites)
