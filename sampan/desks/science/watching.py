"""Which primers and probes does the node watch, virus by virus, and do they lie where their table says?

The table stands beside the ledger, in which its digest is public: what is watched is no secret, and whoever reads a
share of mismatches can look up the very oligos that it is of.
"""

from __future__ import annotations

from dataclasses import dataclass

from sampan.access.session import Session
from sampan.core.errors import InputError
from sampan.desks.science import references
from sampan.desks.science.done import Done
from sampan.desks.science.indexing import searchable, seen_viruses, unlogged
from sampan.desks.science.library import layout_of, open_genomes
from sampan.desks.science.primers import read_oligos
from sampan.engines.genome_search.layout import Layout
from sampan.engines.genome_search.oligos import Oligo
from sampan.records.record import Record
from sampan.records.science_exchange import WatchedOligos

LARGEST = 1 << 20
"""Bytes of a table of oligos."""


@dataclass(frozen=True)
class WatchedOligo:
    """A primer or probe that is watched: its bases 5' to 3', and the 1-based position of the left-most."""

    virus: str
    oligo: str
    letters: str
    position: int
    """First position of its site in the reference, from 1."""
    strand: str


def watch_primers(
    session: Session, data: bytes, *, name: str = "primers.tsv", virus: str | None = None
) -> Done:
    """Sets which primers and probes are watched from now on: those of a table with name, sequence, start and strand.

    They take the place of those before; a table with a header alone ends the watch. Raises InputError naming the
    line that does not hold, and then nothing changes.
    """
    session.require("curate")
    if len(data) > LARGEST:
        raise InputError("The file is too large.", file=name, way_out="1 MiB is the most.", field="data")
    known, layout = _layout(session, virus)
    read = read_oligos(data, layout, name=name)
    said: list[Record] = [WatchedOligos(virus=known, table=session.keep(name, data), count=len(read))]
    (entry,) = session.write("curate", said)
    return Done(known, (entry.id,), f"{known}: primers and probes watched: {len(read)}")


def watched_primers(session: Session, virus: str | None = None) -> list[WatchedOligo]:
    """The primers and probes that are watched: against the genomes of one virus, or of all."""
    return [
        WatchedOligo(name, each.name, each.letters, each.begin + 1, "+" if each.forward else "-")
        for name in _watched(session)
        if virus in (None, name)
        for each in oligos_of(session, name)
    ]


def oligos_of(session: Session, virus: str) -> tuple[Oligo, ...]:
    """Those that are watched against the genomes of a virus.

    Raises InputError naming the one that does not lie there, if the reference is another one now.
    """
    said = _watched(session).get(virus)
    if said is None:
        return ()
    data = session.blobs.get(said.table.digest)
    return read_oligos(data, _layout(session, virus or None)[1], name=said.table.name)


def _watched(session: Session) -> dict[str, WatchedOligos]:
    """What was said last of each virus."""
    return {each.virus: each for each in session.said(WatchedOligos)}


def _layout(session: Session, virus: str | None) -> tuple[str, Layout]:
    """The virus that is meant, and the letters of its reference: as they are searched, or as it is installed."""
    there = seen_viruses(session, "staff")
    if there and (virus is None or virus in there):
        return virus or there[0], open_genomes(searchable(session, virus)).index.layout
    if session.genomes and (folder := unlogged(session)):
        return virus or "", open_genomes(folder).index.layout
    known = references.chosen(session, virus)
    if known is None:
        raise InputError(
            "No reference is installed.", field="virus", way_out="sampan genomes reference add FOLDER"
        )
    return known.name, layout_of(known)
