"""Which genomes are the same one twice: by their letters, their accession elsewhere, or their sample?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sampan.access.session import Session
from sampan.desks.science.collection import collection, require_staff
from sampan.desks.science.findings import Notes

By = Literal["sequence", "external", "sample"]


@dataclass(frozen=True)
class Twice:
    """Genomes that share something, by which they may be one."""

    by: By
    shared: str
    names: tuple[str, ...]


def marks(fields: Mapping[str, Any]) -> Iterable[tuple[By, str]]:
    """By what a genome may be known again."""
    yield "sequence", fields["sha256"]
    for each in (fields["external"] or "").split():
        yield "external", each.partition(".")[0]
    if fields["key"]:
        yield "sample", fields["key"]


def duplicates(session: Session) -> list[Twice]:
    """Genomes of this node, of which several share a sequence, an accession elsewhere or a sample."""
    require_staff(session)
    found: dict[tuple[By, str], list[str]] = {}
    for one in collection(session).newest().values():
        for mark in marks(one.fields):
            found.setdefault(mark, []).append(one.name)
    return [Twice(by, shared, tuple(names)) for (by, shared), names in found.items() if len(names) > 1]


class Known:
    """What is held, and what the upload had so far, by all marks."""

    def __init__(self, session: Session) -> None:
        self._seen: dict[tuple[By, str], str] = {}
        for one in collection(session).newest().values():
            for mark in marks(one.fields):
                self._seen.setdefault(mark, one.accession)

    def look(self, fields: Mapping[str, Any], own: str, notes: Notes, **at: Any) -> None:
        """Notes whatever ``fields`` share with another genome than that with the accession ``own``.

        The same letters of another sample are common in an outbreak: a warning. The same sample, or the same
        accession elsewhere, is one genome twice: an error.
        """
        said = fields["strain"]
        other = {
            by: seen for by, shared in marks(fields) if (seen := self._seen.get((by, shared), own)) != own
        }
        way_out = "Leave it out; or revise the other, by writing its accession in the column accession."
        if "sample" in other:
            notes.error(f"Its sample is that of {other['sample']}.", way_out, field="sample_id", **at)
        if "external" in other:
            notes.error(
                f"Its accession elsewhere is that of {other['external']}.", way_out, field="external", **at
            )
        if set(other) == {"sequence"}:
            notes.warning(
                f"Its letters are those of {other['sequence']}.",
                "Leave it out if it is the same sample.",
                **at,
            )
        for mark in marks(fields):
            self._seen.setdefault(mark, own or f'"{said}" in this upload')
