"""What does a folder say of a virus: its genome, its proteins, its lineages, and how good a genome must be?

Two layouts are read, and may be mixed. Ours, described in ``docs/genomes.md``: ``reference.fasta``,
``genome_annotation.gff3``, ``pathogen.json``, ``lineages.tsv`` with ``lineages.fasta`` (or a column of mutations). And
a dataset folder of Nextclade, whose ``pathogen.json`` names its files and whose ``tree.json`` takes the place of the
table. Nothing is fetched. Positions in what is returned count from 0, half open.
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from sampan.core.errors import InputError
from sampan.core.files import read_bytes
from sampan.formats.fasta import read_fasta

SEQUENCE = ("reference.fasta", "sequence.fasta", "reference.fa")
ANNOTATION = ("genome_annotation.gff3", "annotation.gff3", "genome_annotation.gff", "genemap.gff")
SETTINGS = ("pathogen.json", "qc_parameters.json", "qc.json")
TABLE = ("lineages.tsv",)
TREE = ("tree.json",)
OURS = "reference.json"
"""Written on installation: name, version, and the day up to which lineages are designated."""

LONGEST_GENOME = 5_000_000
_NAMES = ("Name", "name", "gene_name", "gene", "locus_tag", "product", "protein_id", "ID")
_LINEAGE, _PARENT = ("lineage", "name"), ("parent",)
_CLADE, _DAY = ("clade", "nextstrainClade"), ("designation_date", "designationDate")
_MUTATION = re.compile(r"([A-Z-])?(\d+)([ACGT-])|(\d+)-(\d+)")
_UNSURE = re.compile(r"[A-Z-]?\d+[RYKMSWBDHVN]")
"""A change of a tree to a letter that may be several bases: it tells nothing."""


@dataclass(frozen=True)
class Protein:
    """A CDS: its parts in the order of reading."""

    name: str
    parts: tuple[tuple[int, int], ...]
    reverse: bool
    line: int


@dataclass(frozen=True)
class Lineage:
    """A lineage, or a node of a tree, by a consensus genome or by its mutations."""

    name: str | None
    """What a genome that is nearest is called; None for a node of a tree that has no lineage."""
    parent: str | None = None
    clade: str | None = None
    designated: str | None = None
    """ISO date, if known."""
    sequence: str | None = field(default=None, repr=False)
    mutations: tuple[tuple[int, str], ...] | None = field(default=None, repr=False)
    """Position and base, or "-" if deleted."""
    listed: bool = True
    """False for a consensus genome that no row of the table tells of."""
    prior: float = 0.0
    """Logarithm of how often genomes are placed here; the larger, the likelier among equals."""


@dataclass(frozen=True)
class ReferenceFolder:
    """All that a folder says."""

    name: str
    version: str
    sequence: str = field(repr=False)
    proteins: tuple[Protein, ...]
    settings: Mapping[str, Any] = field(repr=False)
    """``pathogen.json`` as it is: qc, mutLabels, alignmentParams."""
    lineages: tuple[Lineage, ...] = field(repr=False)
    digest: str
    """SHA-256 of all files that were read."""
    files: tuple[Path, ...]
    until: str | None = None
    """ISO date, if lineages designated later were left out."""


class _Files:
    """Reads files of a folder, and remembers which and what."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.used: list[Path] = []
        self.hash = hashlib.sha256()

    def find(self, names: tuple[str, ...], folder: Path | None = None) -> Path | None:
        return next((p for name in names if (p := (folder or self.folder) / name).is_file()), None)

    def use(self, path: Path) -> Path:
        self.used.append(path)
        data = hashlib.sha256(read_bytes(path)).digest()
        self.hash.update(path.name.encode() + b"\0" + data)
        return path

    def json(self, path: Path) -> Any:
        try:
            return json.loads(read_bytes(self.use(path)))
        except (ValueError, RecursionError) as fault:
            raise InputError(
                f"This is not JSON ({fault}).", file=path, way_out="Fetch the dataset again."
            ) from None


def read_reference(
    folder: Path, *, lineages: Path | None = None, designated_until: str | None = None
) -> ReferenceFolder:
    """Reads a folder.

    lineages: another folder with the lineages, if they are not in this one.
    designated_until: ISO date; lineages designated later are left out.

    Raises InputError, naming file and line, if a file is missing or does not fit the genome.
    """
    if not folder.is_dir():
        raise InputError(
            "There is no such folder.", file=folder, way_out="Name a folder with reference.fasta."
        )
    files = _Files(folder)
    ours = files.json(path) if (path := files.find((OURS,))) else {}
    settings = files.json(path) if (path := files.find(SETTINGS)) else {}
    if not isinstance(ours, dict) or not isinstance(settings, dict):
        raise InputError("The settings are no JSON object.", file=folder, way_out="Fetch the dataset again.")
    told = settings.get("files")
    named = told if isinstance(told, dict) else {}
    sequence = _sequence(files, _named(named, "reference", SEQUENCE))
    annotation = files.find(_named(named, "genomeAnnotation", ANNOTATION))
    proteins = _proteins(files.use(annotation), len(sequence)) if annotation else ()
    until = designated_until or ours.get("designated_until")
    found = _lineages(files, lineages, len(sequence), _named(named, "treeJson", TREE))
    kept = tuple(one for one in found if not until or (one.listed and (one.designated or "") <= until))
    digest = files.hash.hexdigest()
    return ReferenceFolder(
        name=str(ours.get("name") or _attribute(settings, "name") or folder.name),
        version=str(ours.get("version") or _dated(str(_version(settings) or digest[:12]), until)),
        sequence=sequence,
        proteins=proteins,
        settings=settings,
        lineages=kept,
        digest=digest,
        files=tuple(files.used),
        until=until,
    )


def _named(files: Mapping[str, Any], key: str, usual: tuple[str, ...]) -> tuple[str, ...]:
    """The name that a dataset gives to a file, which must stay in its folder, then the usual ones."""
    told = files.get(key)
    return (Path(told).name, *usual) if isinstance(told, str) and told else usual


def _dated(version: str, until: str | None) -> str:
    return f"{version}-until-{until}" if until else version


def _attribute(settings: Mapping[str, Any], key: str) -> Any:
    attributes = settings.get("attributes")
    value = attributes.get(key) if isinstance(attributes, dict) else None
    return value.get("value") if isinstance(value, dict) else value


def _version(settings: Mapping[str, Any]) -> Any:
    version = settings.get("version")
    return version.get("tag") or version.get("updatedAt") if isinstance(version, dict) else version


def _sequence(files: _Files, names: tuple[str, ...]) -> str:
    path = files.find(names)
    if path is None:
        raise InputError(
            "The folder holds no reference genome.", file=files.folder, way_out=f"Put {SEQUENCE[0]} into it."
        )
    records = [record for _, record in _records(files.use(path))]
    if len(records) != 1 or not records[0]:
        raise InputError(
            f"A reference is one sequence; this file holds {len(records)}.",
            file=path,
            way_out="Keep the genome.",
        )
    if strange := re.sub("[ACGTN]", "", records[0]):
        raise InputError(
            f'The reference holds "{strange[0]}", which is none of A, C, G, T and N.',
            file=path,
            way_out="Give the genome's nucleotides.",
        )
    return records[0]


def _records(path: Path) -> Iterator[tuple[str, str]]:
    for portion in read_fasta(path, longest=LONGEST_GENOME):
        for name, begin, end in zip(portion.names, portion.begins, portion.ends, strict=True):
            letters = portion.data[begin : max(begin, end)].decode("ascii", "replace")
            yield name.split()[0], re.sub(r"[\s-]", "", letters).upper().replace("U", "T")


def _proteins(path: Path, letters: int) -> tuple[Protein, ...]:
    """CDS features of a GFF3 file; genes, where it holds no CDS. Parts of one share an ID, or else a name."""
    rows = [row for row in _features(path, letters) if row[1] == "CDS"]
    rows = rows or [row for row in _features(path, letters) if row[1] == "gene"]
    grouped: dict[str, list[tuple[int, int, int, bool, int, str]]] = {}
    for line, _, begin, end, strand, phase, attributes in rows:
        name = next((attributes[key] for key in _NAMES if attributes.get(key)), "")
        if not name:
            raise InputError(
                "This CDS has no name.", file=path, line=line, way_out="Add Name= to its attributes."
            )
        reverse = _is_reverse(strand, name, path, line)
        grouped.setdefault(attributes.get("ID") or name, []).append((line, begin, end, reverse, phase, name))
    found = tuple(_protein(path, parts) for parts in grouped.values())
    names = [protein.name for protein in found]
    for protein in found:
        if names.count(protein.name) > 1:
            raise InputError(
                f'Two CDS are called "{protein.name}".',
                file=path,
                line=protein.line,
                way_out="Give parts of one CDS the same ID, and others another name.",
            )
    return found


def _is_reverse(strand: str, name: str, path: Path, line: int) -> bool:
    """Whether a CDS is read backwards. Raises InputError for a strand that is not known (?), or is none (.)."""
    if strand not in ("+", "-"):
        raise InputError(
            f'The strand of {name} is "{strand}": nobody can tell how it is read.',
            file=path,
            line=line,
            way_out="Write + or - in column 7; ? means that the strand is not known, and . that there is none.",
        )
    return strand == "-"


def _protein(path: Path, parts: list[tuple[int, int, int, bool, int, str]]) -> Protein:
    line, _, _, reverse, phase, name = parts[0]
    if len({part[3] for part in parts}) > 1:
        raise InputError(
            f"Parts of {name} lie on both strands.", file=path, line=line, way_out="Check the strand."
        )
    ordered = sorted(((begin, end) for _, begin, end, _, _, _ in parts), reverse=reverse)
    first = ordered[0]
    ordered[0] = (first[0], first[1] - phase) if reverse else (first[0] + phase, first[1])
    length = sum(end - begin for begin, end in ordered)
    if length % 3 or length < 3:
        raise InputError(
            f"{name} has {length:,} letters, which is no number of whole codons.",
            file=path,
            line=line,
            way_out="Check its begin and end: both count from 1 and belong to it.",
        )
    return Protein(name, tuple(ordered), reverse, line)


def _features(path: Path, letters: int) -> Iterator[tuple[int, str, int, int, str, int, dict[str, str]]]:
    """Line, kind, begin, end, strand, phase and attributes of each feature that is read."""
    text = read_bytes(path).decode("utf-8", "replace")
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith("##FASTA"):
            return
        cells = line.split("\t")
        if not line.strip() or line.startswith("#") or (len(cells) > 2 and cells[2] not in {"CDS", "gene"}):
            continue
        try:
            begin, end, strand = int(cells[3]), int(cells[4]), cells[6].strip()[:20]
            phase = int(cells[7]) if cells[7] in {"1", "2"} and cells[2] == "CDS" else 0
            pairs = [pair.partition("=") for pair in cells[8].split(";") if "=" in pair]
        except (IndexError, ValueError):
            raise InputError(
                "This is no line of GFF3.", file=path, line=number, way_out="Nine columns, parted by tabs."
            ) from None
        if not 1 <= begin <= end <= letters:
            raise InputError(
                f"This feature reaches from {begin:,} to {end:,}, and the genome from 1 to {letters:,}.",
                file=path,
                line=number,
                way_out="Is it the annotation of another genome?",
            )
        attributes = {key.strip(): unquote(value.strip()) for key, _, value in pairs}
        yield number, cells[2], begin - 1, end, strand, phase, attributes


def _lineages(files: _Files, other: Path | None, letters: int, trees: tuple[str, ...]) -> list[Lineage]:
    folder = other or files.folder
    if table := files.find(TABLE, folder):
        return list(_from_table(files, table, letters))
    if tree := files.find(trees, folder):
        return list(_from_tree(files.json(tree), tree, letters))
    if other:
        raise InputError(
            "The folder holds no lineages.", file=other, way_out="Put lineages.tsv or tree.json into it."
        )
    return []


def _from_table(files: _Files, path: Path, letters: int) -> Iterator[Lineage]:
    text = read_bytes(files.use(path)).decode("utf-8", "replace")
    rows = list(csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))
    sequences = dict(_consensus(files, path))
    for number, row in enumerate(rows, start=2):
        name = _cell(row, _LINEAGE)
        if not name:
            raise InputError(
                "This row names no lineage.", file=path, line=number, way_out="Fill the first column."
            )
        told = row.get("mutations")
        mutations = tuple(_mutations(told, path, number, letters)) if told is not None else None
        if mutations is None and name not in sequences:
            continue
        yield Lineage(
            name,
            _cell(row, _PARENT),
            _cell(row, _CLADE),
            _cell(row, _DAY),
            sequences.get(name),
            mutations if name not in sequences else None,
        )
    told_of = {_cell(row, _LINEAGE) for row in rows}
    for name, sequence in sequences.items():
        if name not in told_of:
            yield Lineage(name, sequence=sequence, listed=False)


def _consensus(files: _Files, table: Path) -> Iterator[tuple[str, str]]:
    """Consensus genomes beside the table: ``lineages.fasta``, or the only FASTA file there is, packed or not."""
    usual = [
        path
        for end in ("", ".xz", ".gz", ".zst")
        if (path := table.parent / f"lineages.fasta{end}").is_file()
    ]
    found = usual or [path for path in sorted(table.parent.glob("*.fasta*")) if path.name not in SEQUENCE]
    if len(found) == 1:
        yield from _records(files.use(found[0]))


def _cell(row: Mapping[str, str | None], names: tuple[str, ...]) -> str | None:
    return next((value.strip() for name in names if (value := row.get(name)) and value.strip()), None)


def _mutations(text: str | None, path: Path, line: int | None, letters: int) -> Iterator[tuple[int, str]]:
    """``C241T,21765-21770,G28271-`` → positions from 0 with the base, or "-"."""
    for word in (text or "").replace(" ", "").split(","):
        if not word:
            continue
        match = _MUTATION.fullmatch(word)
        positions = (
            range(int(match[4]), int(match[5]) + 1)
            if match and match[4]
            else [int(match[2])]
            if match
            else []
        )
        if not match or not positions or positions[0] < 1 or positions[-1] > letters:
            raise InputError(
                f'"{word}" is no mutation of this genome.',
                file=path,
                line=line,
                way_out="Write C241T or 21765-21770.",
            )
        for position in positions:
            yield position - 1, match[3] or "-"


def _from_tree(tree: Any, path: Path, letters: int) -> Iterator[Lineage]:
    """Every node of an Auspice tree, with the mutations of the way to it."""
    try:
        stack: list[tuple[Any, dict[int, str], str | None]] = [(tree["tree"], {}, None)]
        while stack:
            node, above, parent = stack.pop()
            branch = node.get("branch_attrs", {}).get("mutations", {}).get("nuc", [])
            own = dict(above)
            sure = ",".join(word for word in branch if not _UNSURE.fullmatch(word))
            for position, base in _mutations(sure, path, None, letters):
                own[position] = base
            attributes = node.get("node_attrs", {})
            lineage = _told(attributes, "Nextclade_pango") or _told(attributes, "lineage")
            prior = attributes.get("placement_prior", {})
            yield Lineage(
                lineage,
                parent if parent != lineage else None,
                _told(attributes, "clade_membership"),
                mutations=tuple(sorted(own.items())),
                prior=float(prior.get("value", -10.0)) if isinstance(prior, dict) else -10.0,
            )
            stack += [(child, own, lineage or parent) for child in reversed(node.get("children", []))]
    except (KeyError, AttributeError, TypeError, ValueError) as fault:
        raise InputError(
            f"This is no tree of Auspice ({fault!r}).", file=path, way_out="Fetch the dataset again."
        ) from None


def _told(attributes: Mapping[str, Any], key: str) -> str | None:
    value = attributes.get(key)
    return str(value["value"]) if isinstance(value, dict) and value.get("value") else None
