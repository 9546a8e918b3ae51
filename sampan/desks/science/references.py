"""Which reference are the genomes of this node analysed on, and what does the engine say of them?"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from sampan.core.errors import InputError
from sampan.records.science_genomes import Processing

if TYPE_CHECKING:
    import pyarrow as pa

    from sampan.engines.genome.analyse import Analysis, Records
    from sampan.engines.genome.reference import GenomeReference


def chosen(told: str | None) -> GenomeReference | None:
    """The reference that somebody names; of none, the only one that is installed, or None where there is none.

    Raises InputError if there is none of that name, or none is named and there are several.
    """
    from sampan.world.genome_references import find_reference

    if told:
        return loaded(find_reference(told))
    names = viruses()
    if len(names) > 1:
        raise InputError(
            f"There are references of {', '.join(names)}.",
            field="reference",
            way_out="Say which virus it is.",
        )
    return loaded(find_reference(names[0])) if names else None


@lru_cache(maxsize=4)
def loaded(folder: Path) -> GenomeReference:
    """An installed reference, ready for the engine. Installed ones never change."""
    from sampan.world.genome_references import load_reference

    return load_reference(folder)


def titled(title: str) -> GenomeReference:
    """The installed reference ``name@version``. Raises InputError if it is installed no more."""
    from sampan.world.genome_references import find_reference

    return loaded(find_reference(title))


def viruses() -> list[str]:
    """The names of the references that are installed."""
    from sampan.world.genome_references import installed

    return sorted({folder.parent.name for folder in installed()})


def renewed(processing: Processing) -> bool:
    """Whether what made an analysis is not the newest here: another engine, or another version of its reference.

    The newest version is the one that was installed last. Of a virus that is installed no more, nothing is newer.
    """
    from sampan.engines.genome.columns import ENGINE
    from sampan.world.genome_references import find_reference

    name = processing.reference.partition("@")[0]
    if not name:
        return bool(viruses())
    if processing.engine != ENGINE:
        return True
    return name in viruses() and f"{name}@{find_reference(name).name}" != processing.reference


def recognised(letters: bytes, *, besides: str) -> str:
    """Of which other virus with an installed reference these letters are; nothing if of none."""
    from sampan.formats.fasta import Portion
    from sampan.world.genome_references import find_reference

    alone = Portion(["it"], letters, [0], [len(letters)], [False], 0)
    for name in viruses():
        if name != besides:
            said = analyser(loaded(find_reference(name)))(alone)
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
