"""As whom, and on which day, does somebody look at the genomes? The one road from a page to the search."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from hashlib import blake2b
from pathlib import Path

from sampan.access.session import Session
from sampan.desks.science.indexing import searchable
from sampan.desks.science.library import Genomes, open_genomes
from sampan.desks.science.search import Look, counts, look
from sampan.desks.science.terms import reader_of
from sampan.records.science import Reader


@dataclass(frozen=True)
class Sight:
    """The genomes of a node through the eyes of a reader on a day."""

    session: Session
    reader: Reader
    day: date
    public: bool
    """Whether the page is one of the public ones; staff may look through the eyes of the public too."""

    @cached_property
    def look(self) -> Look | None:
        """What is to be seen; None if that is nothing.

        A stranger cannot tell a node without genomes from one that keeps them to itself.
        """
        genomes = _genomes(self.session)
        if genomes is None:
            return None
        found = look(genomes.shelf.folder, reader=self.reader, day=self.day)
        return found if counts(found, "").total else None


def of_public(session: Session) -> Sight:
    """What anybody sees today."""
    return Sight(session, "public", session.today(), public=True)


def of_person(session: Session) -> Sight:
    """What the person of a session sees today."""
    return Sight(session, reader_of(session), session.today(), public=False)


def mark(session: Session) -> str:
    """What the pages about genomes depend on beside the ledger: the day, and the state of the index."""
    genomes = _genomes(session)
    said = genomes.manifest.data() if genomes else b""
    return f"{session.today().isoformat()} {blake2b(said, digest_size=12).hexdigest()}"


def _genomes(session: Session) -> Genomes | None:
    """The genomes of the node as its log has them now; None if it has none."""
    folder = _folder(session)
    if folder is None or not (folder / "manifest.json").exists():
        return None
    return open_genomes(folder)


def _folder(session: Session) -> Path | None:
    if session.genomes is None:
        return None
    return searchable(session)
