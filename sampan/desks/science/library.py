"""Where do the searchable genomes lie, and how are more added, or shown to others?

An addition is written beside what there is and becomes visible in one moment; a crash leaves what was there.
Readers in the same process share what was found of the blocks, which never change.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sampan.core.errors import InputError, NodeError
from sampan.desks.science.places import path_of
from sampan.desks.science.terms import Shown, standing
from sampan.engines.genome_search.batch import Batch, read_batch
from sampan.engines.genome_search.block import Block, extended, pieces
from sampan.engines.genome_search.columns import read_date, write_span
from sampan.engines.genome_search.index import Index, Kept
from sampan.engines.genome_search.kernels import BLOCK
from sampan.engines.genome_search.layout import Layout
from sampan.engines.genome_search.seen import Standing
from sampan.formats.genome_blocks import Manifest, Part, Shelf, read_arrays, write_arrays

if TYPE_CHECKING:
    from sampan.engines.genome.reference import GenomeReference

COLUMNS = ("place", "lineage", "clade", "host")
"""Words that the search itself knows, besides the date. Any other metadata is asked for with a condition."""

NEEDED = ("accession", "date", "place")
"""Columns of metadata without which nothing is added. Accessions are with their version: no two are the same."""


@dataclass(frozen=True, eq=False)
class Genomes:
    """The searchable genomes as of one moment."""

    shelf: Shelf
    manifest: Manifest
    index: Index
    standings: tuple[Standing, ...]
    parents: Mapping[str, tuple[str, ...]]
    """Of each lineage those that it descends from directly: one, or of a recombinant several."""

    @cached_property
    def total(self) -> int:
        """All genomes, seen or not: for the operator, not for readers."""
        return sum(block.n for block in self.index.blocks)

    @cached_property
    def children(self) -> Mapping[str, tuple[str, ...]]:
        """Of every lineage that is known those that descend from it directly."""
        found: dict[str, list[str]] = {name: [] for name in self.parents}
        for child, of in self.parents.items():
            for parent in of:
                found.setdefault(parent, []).append(child)
        return {name: tuple(each) for name, each in found.items()}

    def rows_file(self, at: int) -> Path:
        """The metadata of the genomes of a block."""
        return self.shelf.path(self.manifest.parts[at].rows)


_OPEN: dict[Path, Genomes] = {}
_KEPT: dict[Path, Kept] = {}
_LOCK = Lock()


def open_genomes(folder: Path) -> Genomes:
    """The genomes as they are now. Raises NodeError if none were ever added there, or files are damaged."""
    folder = folder.absolute()
    for again in (True, False):
        manifest = Shelf(folder).manifest()
        if manifest is None:
            raise NodeError(
                "There are no genomes to search yet.",
                way_out="Add some: sampan genomes submit.",
                folder=str(folder),
            )
        known = _OPEN.get(folder)
        if known is not None and known.manifest == manifest:
            return known
        try:
            found = _opened(folder, manifest, known)
        except FileNotFoundError as fault:
            if again:  # two additions came between the reading of the manifest and of its files
                continue
            raise NodeError(
                f"The index in {folder} lacks {fault.filename}.",
                way_out="Put the folder back from a backup, or remove it and add the genomes anew.",
            ) from fault
        with _LOCK:
            _OPEN[folder] = found
        return found
    raise AssertionError


def _opened(folder: Path, manifest: Manifest, known: Genomes | None) -> Genomes:
    shelf = Shelf(folder)
    layout, parents = _read_reference(shelf, manifest.reference)
    have = {block.identity: block for block in known.index.blocks} if known else {}
    blocks = [have.get(part.block) or _block(shelf, part) for part in manifest.parts]
    with _LOCK:
        kept = _KEPT.setdefault(folder, Kept())
    standings = tuple(_standing(shelf, part) for part in manifest.parts)
    return Genomes(shelf, manifest, Index(layout, tuple(blocks), kept), standings, parents)


def _block(shelf: Shelf, part: Part) -> Block:
    return Block.of(part.block, *read_arrays(shelf.path(part.block)))


def _standing(shelf: Shelf, part: Part) -> Standing:
    arrays, _ = read_arrays(shelf.path(part.standing))
    return Standing(arrays["rank"], arrays["opens"])


def _read_reference(shelf: Shelf, name: str) -> tuple[Layout, dict[str, tuple[str, ...]]]:
    said = json.loads(shelf.path(name).read_bytes())
    peptides = tuple((each, letters) for each, letters in said["peptides"])
    return Layout(said["genome"], peptides), {each: tuple(of) for each, of in said["parents"].items()}


def _keep_reference(shelf: Shelf, layout: Layout, parents: Mapping[str, Sequence[str]]) -> str:
    said = {
        "genome": layout.genome,
        "peptides": layout.peptides,
        "parents": {k: list(v) for k, v in parents.items()},
    }
    return shelf.keep(None, "json", json.dumps(said).encode())


def folder_of(node: Path) -> Path:
    """Where the genomes of the node in this folder lie."""
    return node / "genomes" / "index"


def layout_of(reference: GenomeReference) -> Layout:
    """The letters of a reference that genomes are analysed on, as the search takes them."""
    from sampan.engines.genome.letters import PEPTIDE, decode

    coding = reference.arrays.coding
    letters, begins = PEPTIDE[coding.peptide].tobytes().decode(), (coding.begins // 3).tolist()
    cut = zip(reference.cdses, begins[:-1], begins[1:], strict=True)
    peptides = tuple((cds.name, letters[begin:end]) for cds, begin, end in cut)
    return Layout(decode(reference.arrays.letters), peptides)


def parents_of(reference: GenomeReference) -> dict[str, tuple[str, ...]]:
    """From which lineage each lineage of a reference descends. Those without a parent are there too."""
    alone = {node.lineage: () for node in reference.nodes if node.lineage}
    return alone | {child: (parent,) for child, parent in reference.parents.items()}


def set_reference(
    folder: Path, layout: Layout, *, parents: Mapping[str, Sequence[str]] | None = None
) -> None:
    """Says on which reference the genomes are aligned, and how lineages descend.

    Lineages may be told anew at any time; another reference needs a folder of its own: InputError.
    """
    shelf = Shelf(folder)
    with shelf.alone():
        now = shelf.manifest()
        if now is not None and _read_reference(shelf, now.reference)[0] != layout:
            raise InputError(
                "The genomes in this index are aligned to another reference.",
                way_out="Use another folder for this one.",
            )
        name = _keep_reference(shelf, layout, parents or {})
        if now is None or name != now.reference:
            shelf.publish(name, now.parts if now else (), after=now)


def add(folder: Path, analysis: pa.Table, metadata: pa.Table, shows: Sequence[Shown]) -> int:
    """Adds analysed genomes, all or none, and returns how many there are then. They are found at once.

    One row a genome in each: ``analysis`` as the genome engine writes it, ``metadata`` with at least NEEDED
    (dates as 2020-03-26, 2020-03, 2020 or empty; places as codes of ISO 3166 or empty) and whatever else is to
    be searched and shown, and who may see it. The lineage and clade are those of the metadata, or else of the
    analysis. Raises InputError naming what does not hold.
    """
    _require_rows(analysis, metadata, shows)
    genomes = open_genomes(folder)
    batch = read_batch(analysis, genomes.index.layout, columns=_words(analysis, metadata))
    with genomes.shelf.alone():
        now = open_genomes(folder)
        parts = list(now.manifest.parts)
        last = parts[-1] if parts and parts[-1].n < BLOCK else None
        room = BLOCK - last.n if last else 0
        for begin, end in pieces(batch.n, room):
            old = parts.pop() if last else None
            come = _Come(batch.between(begin, end), metadata[begin:end], shows[begin:end])
            parts.append(_longer(now, len(parts), old, come))
            last = None
        now.shelf.publish(now.manifest.reference, tuple(parts), after=now.manifest)
    return open_genomes(folder).total


@dataclass(frozen=True, eq=False)
class _Come:
    """Genomes that have newly come."""

    batch: Batch
    metadata: pa.Table
    shows: Sequence[Shown]


def _longer(now: Genomes, number: int, old: Part | None, come: _Come) -> Part:
    """A block with more genomes at its end, kept but not yet named by the manifest."""
    shelf = now.shelf
    before = now.index.blocks[number] if old else None
    block = extended(before, come.batch, now.index.layout, identity="")
    new = standing(come.shows)
    rows = pa.array(np.arange(block.n - come.batch.n, block.n), pa.int32())
    numbers = pa.array(np.full(len(rows), number), pa.int32())
    numbered = come.metadata.append_column("block", numbers).append_column("row", rows)
    if old:
        past = now.standings[number]
        new = Standing(np.concatenate([past.rank, new.rank]), np.concatenate([past.opens, new.opens]))
        numbered = pa.concat_tables(
            [pq.read_table(shelf.path(old.rows)), numbered], promote_options="permissive"
        )
    return Part(
        block.n,
        shelf.keep(number, "block", write_arrays(block.arrays(), block.said())),
        _keep_standing(shelf, number, new),
        shelf.keep(number, "parquet", parquet(numbered)),
    )


def _keep_standing(shelf: Shelf, number: int, said: Standing) -> str:
    return shelf.keep(number, "standing", write_arrays({"rank": said.rank, "opens": said.opens}, {}))


def parquet(table: pa.Table) -> bytes:
    """The bytes of a file of rows."""
    written = io.BytesIO()
    pq.write_table(table, written, compression="zstd")
    return written.getvalue()


def show(folder: Path, shows: Mapping[str, Shown]) -> int:
    """Sets anew who may see some genomes, by accession, and returns how many of them there are.

    This is how a genome is released, opened, or withdrawn from search; the blocks themselves stay as they are.
    """
    shelf = Shelf(folder.absolute())
    with shelf.alone():
        now = open_genomes(folder)
        parts, found = [], 0
        for number, part in enumerate(now.manifest.parts):
            names = pq.read_table(shelf.path(part.rows), columns=["accession"]).column(0).to_pylist()
            at = [row for row, name in enumerate(names) if name in shows]
            if at:
                rank, opens = now.standings[number].rank.copy(), now.standings[number].opens.copy()
                some = standing(shows[names[row]] for row in at)
                rank[at], opens[at] = some.rank, some.opens
                name = _keep_standing(shelf, number, Standing(rank, opens))
                part = Part(part.n, part.block, name, part.rows)  # noqa: PLW2901 -- the part that takes its place
            parts.append(part)
            found += len(at)
        if tuple(parts) != now.manifest.parts:
            shelf.publish(now.manifest.reference, tuple(parts), after=now.manifest)
    return found


def verify(folder: Path) -> int:
    """Reads every file whole against its checksums and returns how many there are. Raises NodeError if one fails."""
    shelf = Shelf(folder.absolute())
    manifest = open_genomes(folder).manifest
    for part in manifest.parts:
        read_arrays(shelf.path(part.block), check=True)
        read_arrays(shelf.path(part.standing), check=True)
    return 2 * len(manifest.parts)


def _require_rows(analysis: pa.Table, metadata: pa.Table, shows: Sequence[Shown]) -> None:
    if not analysis.num_rows == metadata.num_rows == len(shows):
        raise InputError(
            f"{analysis.num_rows} genomes are analysed; there are metadata of {metadata.num_rows} and "
            f"terms of {len(shows)}.",
            way_out="Give one row of each for every genome, in the same order.",
        )
    for name in NEEDED:
        if name not in metadata.column_names:
            raise InputError("This column is missing.", field=name, way_out="Add it to the metadata.")
    for name in ("block", "row"):
        if name in metadata.column_names:
            raise InputError("This name is taken.", field=name, way_out="Call the column something else.")


def _words(analysis: pa.Table, metadata: pa.Table) -> dict[str, list[str]]:
    """What is said of each genome, as the search takes it."""
    words = {"date": [_span(text) for text in _texts(metadata, "date")]}
    words["place"] = [path_of(code) for code in _texts(metadata, "place")]
    for name in COLUMNS[1:]:
        table = metadata if name in metadata.column_names else analysis
        if name in table.column_names:
            words[name] = _texts(table, name)
    if "lineage" in words and "lineage_alternatives" in analysis.column_names:
        others = analysis.column("lineage_alternatives").to_pylist()
        words["lineage"] = [_open(*each) for each in zip(words["lineage"], others, strict=True)]
    return words


def _open(call: str, others: list[str] | None) -> str:
    return ";".join(dict.fromkeys([call, *(others or [])])) if call else ""


def _texts(table: pa.Table, name: str) -> list[str]:
    said: list[Any] = table.column(name).cast(pa.string()).to_pylist()
    return [text or "" for text in said]


def _span(text: str) -> str:
    return write_span(*read_date(text)) if text else ""
