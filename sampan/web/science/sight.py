"""As whom, and on which day, does somebody look at the genomes? The one road from a page to the search."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from hashlib import blake2b

from sampan.access.session import Session
from sampan.desks.science.indexing import level, seen_viruses, unlogged
from sampan.desks.science.library import Genomes, open_genomes
from sampan.desks.science.search import Look, counts, look
from sampan.desks.science.terms import reader_of
from sampan.records.science import Reader


@dataclass(frozen=True)
class Sight:
    """The genomes of a virus at a node through the eyes of a reader on a day."""

    session: Session
    reader: Reader
    day: date
    public: bool
    """Whether the page is one of the public ones; staff may look through the eyes of the public too."""
    asked: str = ""
    """The virus that was asked for; of none, the first of those that are seen."""

    @cached_property
    def viruses(self) -> tuple[str, ...]:
        """Those of which the reader sees a genome."""
        return tuple(seen_viruses(self.session, self.reader))

    @cached_property
    def virus(self) -> str:
        """The one that is looked at; nothing where none is to be seen."""
        return self.asked if self.asked in self.viruses else next(iter(self.viruses), "")

    @cached_property
    def look(self) -> Look | None:
        """What is to be seen; None if that is nothing.

        A stranger cannot tell a node without genomes from one that keeps them to itself.
        """
        genomes = _genomes(self.session, self.reader, self.virus)
        if genomes is None:
            return None
        found = look(genomes.shelf.folder, reader=self.reader, day=self.day)
        return found if counts(found, "").total else None


def of_public(session: Session, virus: str = "") -> Sight:
    """What anybody sees today."""
    return Sight(session, "public", session.today(), public=True, asked=virus)


def of_person(session: Session, virus: str = "") -> Sight:
    """What the person of a session sees today."""
    return Sight(session, reader_of(session), session.today(), public=False, asked=virus)


def mark(session: Session) -> str:
    """What the pages about genomes depend on beside the ledger: the day, and the state of each index."""
    told = blake2b(digest_size=12)
    for virus in seen_viruses(session, "public") or [""]:
        genomes = _genomes(session, "public", virus)
        told.update(genomes.manifest.data() if genomes else b"")
    return f"{session.today().isoformat()} {told.hexdigest()}"


def _genomes(session: Session, reader: Reader, virus: str) -> Genomes | None:
    """The genomes of a virus as the log has them now; None if there are none that ``reader`` sees."""
    if session.genomes is None:
        return None
    folder = level(session, virus, reader=reader) if virus else unlogged(session)
    return open_genomes(folder) if folder and (folder / "manifest.json").exists() else None
