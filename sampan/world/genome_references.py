"""Which references of viruses has the operator installed, and how does a folder become what the engine reads?

Installed references lie in one folder, ``<name>/<version>``, and are never changed: another version is another folder,
so that an old analysis can be made again. ``SAMPAN_REFERENCES`` says where.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sampan.core.errors import InputError
from sampan.core.files import disk_faults, write_whole
from sampan.formats.genome_reference import OURS, Lineage, ReferenceFolder, read_reference

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from sampan.engines.genome.quality import Rules
    from sampan.engines.genome.reference import GenomeReference

_BASES = "ACGT-"


def references_folder() -> Path:
    """Where references are installed: ``SAMPAN_REFERENCES``, or the person's data folder."""
    told = os.environ.get("SAMPAN_REFERENCES")
    data = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(told).expanduser() if told else Path(data).expanduser() / "sampan" / "references"


def installed(store: Path | None = None) -> list[Path]:
    """Folders of the installed references, by name and version."""
    return sorted(path.parent for path in (store or references_folder()).glob(f"*/*/{OURS}"))


def viruses(store: Path | None = None) -> list[str]:
    """The names of the references that are installed."""
    return sorted({folder.parent.name for folder in installed(store)})


def find_reference(told: str | None, store: Path | None = None) -> Path:
    """The folder that ``told`` means: a path, or ``name@version`` or ``name`` of an installed one, newest first.

    None means the only virus there is. Raises InputError, naming those there are, if there is none, or several.
    """
    told = told or _only_one(viruses(store))
    if Path(told).is_dir():
        return Path(told)
    name, _, version = told.partition("@")
    called = name.casefold()
    found = [
        path
        for path in installed(store)
        if path.parent.name.casefold() == called and version in ("", path.name)
    ]
    if found:
        return max(found, key=lambda path: (path / OURS).stat().st_mtime)
    there = ", ".join(f"{path.parent.name}@{path.name}" for path in installed(store))
    raise InputError(
        f'There is no reference "{told}".',
        way_out=(f"Installed: {there}. " if there else "")
        + "Install one with sampan genomes reference add FOLDER, or name a folder.",
    )


def _only_one(names: Sequence[str]) -> str:
    if not names:
        raise InputError(
            "No reference is installed.", field="reference", way_out="sampan genomes reference add FOLDER"
        )
    if len(names) > 1:
        raise InputError(
            f"There are references of {', '.join(names)}.",
            field="reference",
            way_out="Say which virus it is.",
        )
    return names[0]


def install(
    folder: Path,
    *,
    lineages: Path | None = None,
    designated_until: str | None = None,
    name: str | None = None,
    store: Path | None = None,
) -> tuple[Path, ReferenceFolder]:
    """Copies a reference to where references are installed, after reading it; nothing is left half copied.

    Raises InputError if it does not hold together, or this name and version is installed with other content.
    """
    read = read_reference(folder, lineages=lineages, designated_until=designated_until)
    title = _safe(name or read.name)
    home = (store or references_folder()) / title / _safe(read.version)
    note = {
        "name": title,
        "version": read.version,
        "designated_until": designated_until,
        "sha256": read.digest,
    }
    if home.exists():
        kept = json.loads((home / OURS).read_bytes()) if (home / OURS).is_file() else {}
        if kept.get("sha256") == read.digest:
            return home, read
        raise InputError(
            f"{title}@{read.version} is installed already, with other content.",
            way_out="Give the new one another version in its pathogen.json.",
        )
    with disk_faults(home):
        home.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix=".part-", dir=home.parent))
        try:
            for path in read.files:
                shutil.copyfile(path, part / path.name)
            write_whole(part / OURS, json.dumps(note, indent=1).encode())
            part.chmod(0o755)
            part.replace(home)
        except BaseException:
            shutil.rmtree(part, ignore_errors=True)
            raise
    return home, read


def _safe(text: str) -> str:
    """A name that is one folder and no more."""
    kept = "".join(sign if sign.isalnum() or sign in "-_.+" else "-" for sign in text.strip()).lstrip(".-")
    return (kept or "reference")[:100]


def load_reference(
    folder: Path, *, lineages: Path | None = None, designated_until: str | None = None
) -> GenomeReference:
    """Reads a folder and prepares it for the engine; consensus genomes of lineages are aligned on the way."""
    return prepared(read_reference(folder, lineages=lineages, designated_until=designated_until))


def prepared(read: ReferenceFolder) -> GenomeReference:
    """The engine's reference from what a folder says. Raises InputError for settings that are no numbers."""
    from sampan.engines.genome.ancestors import forks
    from sampan.engines.genome.coding import Cds
    from sampan.engines.genome.reference import Node, reference_of

    try:
        settings: dict[str, Any] = {
            "rules": _rules(_part(read.settings, "qc") or read.settings),
            "known_frame_shifts": list(_known_shifts(read.settings)),
            "known_stops": list(_known_stops(read.settings)),
            "labels": _known_then(_labels(read.settings, len(read.sequence)), read),
            **_alignment(read.settings),
        }
    except (KeyError, TypeError, ValueError) as fault:
        raise InputError(
            f"The settings of {read.name} cannot be read ({fault!r}).", way_out="Fetch pathogen.json again."
        ) from None
    cdses = [Cds(one.name, one.parts, one.reverse) for one in read.proteins]
    bare = reference_of(read.sequence, cdses, name=read.name, version=read.version, **settings)
    nodes = [
        Node(one.name, one.clade, states, one.prior)
        for one, states in _states(read.lineages, bare, read.sequence)
    ]
    parents = {one.name: one.parent for one in read.lineages if one.name and one.parent}
    nodes += forks(nodes, parents)
    return reference_of(
        read.sequence, cdses, name=read.name, version=read.version, nodes=nodes, parents=parents, **settings
    )


def examined(folder: Path, *, lineages: Path | None = None) -> dict[str, Any]:
    """What a reference holds, and remarks on what looks odd: CDS that stop early, rules that are not applied."""
    import numpy as np

    from sampan.engines.genome.letters import PEPTIDE

    read = read_reference(folder, lineages=lineages)
    reference = prepared(read)
    coding = reference.arrays.coding
    remarks = []
    for index, cds in enumerate(reference.cdses):
        peptide = PEPTIDE[coding.peptide[coding.begins[index] // 3 : coding.begins[index + 1] // 3]].tobytes()
        if stops := peptide[:-1].count(b"*"):
            remarks.append(
                f"{cds.name} has {stops} stop codons before its end: are its strand and parts right?"
            )
    remarks += [f"there are no parameters for the rule {rule}" for rule in _without(reference.arrays.rules)]
    lineages_read = sum(not node.inferred for node in reference.nodes)
    left_out = len(read.lineages) - lineages_read
    if left_out:
        remarks.append(f"{left_out} lineages do not align with the reference and were left out")
    if not read.lineages:
        remarks.append("there are no lineages: genomes are not placed, and private mutations not judged")
    parts = np.diff(coding.begins) // 3
    return {
        "reference": reference.title,
        "sha256": read.digest,
        "letters": len(read.sequence),
        "lineages": lineages_read,
        "cds": [
            {
                "name": cds.name,
                "codons": int(size),
                "strand": "-" if cds.reverse else "+",
                "parts": len(cds.parts),
            }
            for cds, size in zip(reference.cdses, parts, strict=True)
        ],
        "remarks": remarks,
    }


def _without(rules: Rules) -> list[str]:
    """Rules that are not applied, because the first of their parameters is not given."""
    firsts = {
        "missing data": rules.missing_threshold,
        "mixed sites": rules.mixed_threshold,
        "private mutations": rules.private_cutoff,
        "SNP clusters": rules.cluster_weight,
        "frame shifts": rules.frame_shift_weight,
        "stop codons": rules.stop_weight,
    }
    return [name for name, value in firsts.items() if isnan(value)]


def _states(
    lineages: Sequence[Lineage], reference: GenomeReference, sequence: str
) -> Iterator[tuple[Lineage, npt.NDArray[np.int64]]]:
    """Mutations of each lineage; one whose consensus does not align is left out."""
    import numpy as np

    from sampan.engines.genome.analyse import states_of

    for one in lineages:
        if one.mutations is not None:
            told = [5 * at + _BASES.index(base) for at, base in one.mutations if base != sequence[at]]
            yield one, np.array(sorted(told), np.int64)
        elif one.sequence and (states := states_of(one.sequence, reference)) is not None:
            yield one, states


def _part(settings: Mapping[str, Any], *keys: str) -> Mapping[str, Any]:
    """A part of the settings, empty if it is not there or turned off."""
    part: Any = settings
    for key in keys:
        part = part.get(key) if isinstance(part, Mapping) else None
    return part if isinstance(part, Mapping) and part.get("enabled", True) else {}


def _rules(qc: Mapping[str, Any]) -> Rules:
    from sampan.engines.genome.quality import Rules

    absent = float("nan")
    missing, mixed = _part(qc, "missingData"), _part(qc, "mixedSites")
    private, clusters = _part(qc, "privateMutations"), _part(qc, "snpClusters")
    shifts, stops = _part(qc, "frameShifts"), _part(qc, "stopCodons")
    return Rules(
        missing_threshold=float(missing.get("missingDataThreshold", absent)),
        missing_bias=float(missing.get("scoreBias", 0)),
        mixed_threshold=float(mixed.get("mixedSitesThreshold", absent)),
        private_cutoff=float(private.get("cutoff", absent)),
        private_typical=float(private.get("typical", 0)),
        weight_reversion=float(private.get("weightReversionSubstitutions", 1)),
        weight_labelled=float(private.get("weightLabeledSubstitutions", 1)),
        weight_unlabelled=float(private.get("weightUnlabeledSubstitutions", 1)),
        cluster_weight=float(clusters.get("scoreWeight", 50 if clusters else absent)),
        cluster_window=float(clusters.get("windowSize", 100)),
        cluster_cutoff=float(clusters.get("clusterCutOff", 6)),
        frame_shift_weight=float(shifts.get("scoreWeight", 75 if shifts else absent)),
        stop_weight=float(stops.get("scoreWeight", 75 if stops else absent)),
    )


def _known_shifts(settings: Mapping[str, Any]) -> Iterator[tuple[str, int, int]]:
    qc = settings.get("qc", settings)
    for one in _part(qc, "frameShifts").get("ignoredFrameShifts", []):
        codons = one["codonRange"]
        yield str(one.get("cdsName", one.get("geneName"))), int(codons["begin"]), int(codons["end"])


def _known_stops(settings: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    qc = settings.get("qc", settings)
    for one in _part(qc, "stopCodons").get("ignoredStopCodons", []):
        yield str(one.get("cdsName", one.get("geneName"))), int(one["codon"])


def _labels(settings: Mapping[str, Any], letters: int) -> dict[int, tuple[str, ...]]:
    """``10029T`` → labels, by 5 × position + base."""
    told = _part(settings, "mutLabels", "nucMutLabelMap")
    found = {}
    for mutation, labels in told.items():
        position, base = int(mutation[:-1]) - 1, _BASES.index(mutation[-1])
        if 0 <= position < letters:
            found[5 * position + base] = tuple(map(str, labels))
    return found


def _known_then(labels: dict[int, tuple[str, ...]], read: ReferenceFolder) -> dict[int, tuple[str, ...]]:
    """Labels of clades that had a lineage by the day up to which lineages are read; all, if there is no such day."""
    clades = {one.clade for one in read.lineages if one.clade}
    if not read.until or not clades:
        return labels
    kept = {state: tuple(one for one in names if one in clades) for state, names in labels.items()}
    return {state: names for state, names in kept.items() if names}


def _alignment(settings: Mapping[str, Any]) -> dict[str, Any]:
    told = _part(settings, "alignmentParams")
    return {
        "least_letters": int(told.get("minLength", 100)),
        "gap_open": (
            int(told.get("penaltyGapOpen", 6)),
            int(told.get("penaltyGapOpenInFrame", 7)),
            int(told.get("penaltyGapOpenOutOfFrame", 8)),
        ),
    }
