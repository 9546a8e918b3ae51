"""How do genomes come into the search, and who finds them there, whatever happened since it was last asked?

The index is made of the log and can be made again from it. Every question first asks whether the log says more about
genomes than the index knows, and lets the index take that in: so nothing that was withdrawn, and nothing whose terms
changed, is found after the entry stands, whoever wrote it and whatever was interrupted.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from sampan.access.session import Session
from sampan.core.errors import InputError, NodeError
from sampan.core.files import disk_faults, write_whole
from sampan.desks.science import references
from sampan.desks.science.collection import Collection, Held, collection, table_of
from sampan.desks.science.library import add, layout_of, open_genomes, parents_of, set_reference, show
from sampan.desks.science.terms import GONE, Shown, reader_of, shown
from sampan.formats.genome_blocks import Shelf
from sampan.records.science import Reader

if TYPE_CHECKING:
    from sampan.engines.genome.reference import GenomeReference

_TOLD = (
    "date",
    "place",
    "host",
    "strain",
    "originating_lab",
    "submitting_lab",
    "external",
    "technology",
    "purpose",
)
_SCORED = ("qc_status", "qc_overall", "engine", "reference")
MAIN = "index"
"""The folder of the virus of which this node had genomes first; others have its name after a dash."""


def level(session: Session, virus: str | None = None, *, reader: Reader | None = None) -> Path:
    """The folder with the searchable genomes of a virus, level with the log.

    Without ``virus``, of the only one that ``reader``, or whoever asks, sees genomes of. Raises InputError if there
    is none, or several: in the same words whether there are none, or none that they may see.
    """
    home, held, viruses = _home(session), collection(session), seen_viruses(session, reader)
    name = virus.partition("@")[0] if virus else None
    name = next((each for each in viruses if name and each.casefold() == name.casefold()), name)
    if not viruses or (name is not None and name not in viruses):
        raise InputError(
            f'There are no genomes of "{name}" to search.' if name else "There are no genomes to search yet.",
            field="virus" if name else None,
            way_out=f"There are of {', '.join(viruses)}."
            if viruses
            else "Hand some in: sampan genomes submit.",
        )
    if name is None and len(viruses) > 1:
        raise InputError(
            f"There are genomes of {', '.join(viruses)}.", field="virus", way_out="Say which virus."
        )
    return _level(session, held, home, name or viruses[0])


def _level(session: Session, held: Collection, home: Path, virus: str) -> Path:
    """The folder of the index of a virus, after it has taken in what the log says."""
    folder = home / (MAIN if virus == viruses_of(held)[0] else f"{MAIN}-{virus}")
    if _known(folder) != held.size:
        with _alone(home):
            if _known(folder) != held.size:
                _take_in(session, held, virus, folder)
    return folder


def searchable(session: Session, virus: str | None = None) -> Path:
    """The folder with the searchable genomes of a virus, or of the only one seen by whoever asks, level with the log.

    Of genomes that no log tells of, the folder where they lie. Raises InputError as ``level`` does.
    """
    return (None if virus else unlogged(session)) or level(session, virus)


def unlogged(session: Session) -> Path | None:
    """Where genomes lie that no log tells of; None at a node without such."""
    folder = _home(session) / MAIN
    return folder if not viruses_of(collection(session)) and (folder / "manifest.json").exists() else None


def refresh(session: Session) -> None:
    """Lets every index take in what was just written. What cannot be now is when somebody asks."""
    held = collection(session)
    for virus in viruses_of(held):
        with contextlib.suppress(InputError, NodeError):
            _level(session, held, _home(session), virus)


def viruses_of(held: Collection) -> list[str]:
    """The viruses of which there are analysed genomes, in the order in which they came."""
    found = (each.processing.reference for each in held.submissions.values() if each.processing)
    return list(dict.fromkeys(title.partition("@")[0] for title in found if title))


def seen_viruses(session: Session, reader: Reader | None = None) -> list[str]:
    """Those of which ``reader``, or whoever asks, may see a genome today: of others no word is said.

    The people of this node are told of all that were handed in.
    """
    held, reader, today = collection(session), reader or reader_of(session), session.today()
    if reader == "staff":
        return viruses_of(held)
    if (reader, today) not in held.viruses:
        seen = {virus_of(held, one) for one in held.held.values() if one.seen_by(reader, today)}
        held.viruses[reader, today] = tuple(each for each in viruses_of(held) if each in seen)
    return list(held.viruses[reader, today])


def virus_of(held: Collection, one: Held) -> str:
    """The virus on whose reference a genome was analysed; nothing of one that was not."""
    processing = held.submissions[one.number].processing
    return processing.reference.partition("@")[0] if processing else ""


def _home(session: Session) -> Path:
    if session.genomes is None:
        raise InputError(
            "This node keeps no genomes for searching.", way_out="Open a node that lies in a folder."
        )
    return session.genomes


def _known(folder: Path) -> int:
    """How many entries about genomes the index has taken in; -1 if it has to be looked at."""
    try:
        return int(json.loads((folder / "level.txt").read_bytes())["entries"])
    except (OSError, ValueError, KeyError, TypeError):
        return -1


@contextlib.contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Only one process levels at a time."""
    with disk_faults(home):
        home.mkdir(parents=True, exist_ok=True)
        with (home / ".level.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _take_in(session: Session, held: Collection, virus: str, folder: Path) -> None:
    """Brings an index up to the log: new genomes at its end, and anew who may see each."""
    wanted = {
        one.name: one
        for one in held.held.values()
        if virus_of(held, one) == virus and one.state not in ("received", "processed")
    }
    reference = references.titled(session, _newest_title(held, virus))
    titles = {one.name: _made_by(held, one) for one in wanted.values()}
    there = _there(folder)
    if any(there[name] != titles.get(name) for name in there) or _other_layout(folder, reference):
        _make_anew(session, held, list(wanted.values()), reference, folder)
    else:
        set_reference(folder, layout_of(reference), parents=parents_of(reference))
        _add(session, held, [one for one in wanted.values() if one.name not in there], folder)
        if there:
            show(folder, {name: _shown(wanted[name]) for name in there})
    write_whole(folder / "level.txt", json.dumps({"entries": held.size}).encode())


def _made_by(held: Collection, one: Held) -> str:
    """The analysis that speaks for a genome: another one has to be taken in anew."""
    processing = held.submissions[one.number].processing
    assert processing is not None
    return f"{processing.engine} {processing.reference}"


def _newest_title(held: Collection, virus: str) -> str:
    """The reference of the latest processing of a virus: the last entry is the newest."""
    titles = [
        each.processing.reference
        for each in held.submissions.values()
        if each.processing and each.processing.reference.partition("@")[0] == virus
    ]
    return titles[-1]


def _shown(one: Held) -> Shown:
    """Who may find a genome."""
    if one.state in ("withdrawn", "superseded"):
        return GONE
    return shown(one.terms, released=one.state == "released")


def _there(folder: Path) -> dict[str, str]:
    """The genomes in an index, each with what made its analysis."""
    manifest = Shelf(folder).manifest()
    found: dict[str, str] = {}
    for part in manifest.parts if manifest else ():
        rows = pq.read_table(folder / part.rows, columns=["accession", "engine", "reference"])
        for row in rows.to_pylist():
            found[row["accession"]] = f"{row['engine']} {row['reference']}"
    return found


def _other_layout(folder: Path, reference: GenomeReference) -> bool:
    """Whether the genomes of an index lie on other letters."""
    return Shelf(folder).manifest() is not None and open_genomes(folder).index.layout != layout_of(reference)


def _add(session: Session, held: Collection, some: list[Held], folder: Path) -> None:
    """Adds genomes, submission by submission."""
    by_number: dict[str, list[Held]] = {}
    for one in some:
        by_number.setdefault(one.number, []).append(one)
    for number, each in by_number.items():
        processing = held.submissions[number].processing
        if processing is None or processing.analysis is None:
            continue
        analysis = table_of(session.blobs, processing.analysis).take([one.row for one in each])
        add(folder, analysis, _metadata(each, analysis), [_shown(one) for one in each])


def _metadata(some: list[Held], analysis: pa.Table) -> pa.Table:
    """What is told of genomes to those who find them."""
    columns: dict[str, Any] = {"accession": [one.name for one in some]}
    for name in _TOLD:
        columns[name] = pa.array([one.fields[name] or None for one in some], pa.string())
    columns["group"] = pa.array([one.terms.group or None for one in some], pa.string())
    columns["licence"] = pa.array([one.terms.licence or None for one in some], pa.string())
    columns["length"] = pa.array([one.fields["length"] for one in some], pa.int32())
    for name in ("lineage", "clade"):
        columns[name] = analysis.column(name)
    for name in _SCORED:
        column = analysis.column(name)
        columns[name] = column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column
    return pa.table(columns)


def _make_anew(
    session: Session, held: Collection, some: list[Held], reference: GenomeReference, folder: Path
) -> None:
    """Makes an index beside the one that there is, which then takes over its files in one moment."""
    with tempfile.TemporaryDirectory(prefix=".anew.", dir=folder.parent) as made:
        beside = Path(made)
        set_reference(beside, layout_of(reference), parents=parents_of(reference))
        _add(session, held, some, beside)
        new = Shelf(beside).manifest()
        if new is None:
            raise NodeError("The index could not be made.", way_out="Free some disk, then ask again.")
        shelf = Shelf(folder)
        with shelf.alone():
            for name in new.files():
                if not (folder / name).exists():
                    shutil.copyfile(beside / name, folder / f".{name}")
                    (folder / f".{name}").replace(folder / name)
            shelf.publish(new.reference, new.parts, after=shelf.manifest())
