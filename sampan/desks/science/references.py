"""Which reference are the genomes of this node analysed on, and what does the engine say of them?

A node whose folder holds references of its own, as that of an exercise does, uses those; every other uses what the
operator has installed.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from sampan.access.session import Session
from sampan.records.science_genomes import Processing

if TYPE_CHECKING:
    import pyarrow as pa

    from sampan.engines.genome.analyse import Analysis, Records
    from sampan.engines.genome.reference import GenomeReference


def own_folder(session: Session) -> Path | None:
    """Where references of the node's own lie, or may be installed; None at a node that lies in no folder."""
    return session.genomes / "references" if session.genomes else None


def _store(session: Session) -> Path | None:
    """Where its references are looked for; None where the operator installs them."""
    own = own_folder(session)
    return own if own and own.is_dir() else None


def chosen(session: Session, told: str | None) -> GenomeReference | None:
    """The reference that somebody names; of none, the only one that is installed, or None where there is none.

    Raises InputError if there is none of that name, or none is named and there are several.
    """
    from sampan.world.genome_references import find_reference

    return loaded(find_reference(told, _store(session))) if told or viruses(session) else None


@lru_cache(maxsize=4)
def loaded(folder: Path) -> GenomeReference:
    """An installed reference, ready for the engine. Installed ones never change."""
    from sampan.world.genome_references import load_reference

    return load_reference(folder)


def titled(session: Session, title: str) -> GenomeReference:
    """The installed reference ``name@version``. Raises InputError if it is installed no more."""
    from sampan.world.genome_references import find_reference

    return loaded(find_reference(title, _store(session)))


def viruses(session: Session) -> list[str]:
    """The names of the references that are installed."""
    from sampan.world import genome_references

    return genome_references.viruses(_store(session))


def renewed(session: Session, processing: Processing) -> bool:
    """Whether what made an analysis is not the newest here: another engine, or another version of its reference.

    The newest version is the one that was installed last. Of a virus that is installed no more, nothing is newer.
    """
    from sampan.engines.genome.columns import ENGINE
    from sampan.world.genome_references import find_reference

    name = processing.reference.partition("@")[0]
    if not name:
        return bool(viruses(session))
    if processing.engine != ENGINE:
        return True
    if name not in viruses(session):
        return False
    return f"{name}@{find_reference(name, _store(session)).name}" != processing.reference


def recognised(session: Session, letters: bytes, *, besides: str) -> str:
    """Of which other virus with an installed reference these letters are; nothing if of none."""
    from sampan.formats.fasta import Portion
    from sampan.world.genome_references import find_reference

    alone = Portion(["it"], letters, [0], [len(letters)], [False], 0)
    for name in viruses(session):
        if name != besides:
            said = analyser(loaded(find_reference(name, _store(session))))(alone)
            if said.column("status")[0].as_py() == "aligned":
                return name
    return ""


def analyser(reference: GenomeReference) -> Analysis:
    """What turns records into rows of an analysis."""
    from sampan.engines.genome.analyse import Analysis

    return Analysis(reference)


def analysed(portions: Iterator[Records], reference: GenomeReference) -> pa.Table:
    """The analysis of records, one row each."""
    import pyarrow as pa

    from sampan.engines.genome.columns import SCHEMA

    work = analyser(reference)
    return pa.Table.from_batches([work(portion) for portion in portions], SCHEMA)
