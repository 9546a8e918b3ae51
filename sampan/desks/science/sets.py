"""Which genomes belong to a piece of work, so that it can be cited as one, as DataCite describes it?

Focal are the genomes that the work is about, background those that it is set against. A set has editions; each names
the very versions of the genomes in it. Its description is shaped as DataCite 4.5 wants it, ready to be registered.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sampan.access.session import Session
from sampan.core.errors import InputError, Refused
from sampan.desks.science.collection import collection, keep_names, names_of
from sampan.desks.science.described import Described
from sampan.desks.science.described import datacite as catalogued
from sampan.desks.science.done import Done, several
from sampan.desks.science.identifiers import require_doi, require_licence
from sampan.records.control import Snapshot
from sampan.records.record import Record
from sampan.records.science import Reader
from sampan.records.science_exchange import GenomeSet


@dataclass(frozen=True)
class SetRow:
    """A set as a list shows it: its newest edition."""

    number: str
    edition: int
    """Number of the edition, from 1."""
    title: str
    creators: tuple[str, ...]
    year: int
    """Year of publication."""
    focal: int
    """Genomes that the set is about."""
    background: int
    """Genomes that they are shown against."""
    visible: int
    """How many of its genomes anybody may see today."""
    doi: str
    licence: str


def record_set(
    session: Session,
    title: str,
    focal: Sequence[str],
    *,
    creators: Sequence[str],
    publisher: str = "",
    background: Sequence[str] = (),
    description: str = "",
    licence: str = "",
    doi: str = "",
    related: Sequence[str] = (),
    number: str | None = None,
) -> Done:
    """Makes a set of genomes, or a new edition of the set ``number``. ``creators`` are groups or institutions.

    Raises InputError for a genome that is not here, a DOI or a licence that is none; Refused for a genome that
    was withdrawn.
    """
    if not title.strip() or not creators:
        raise InputError("A set has a title and creators.", field="title", way_out="Give both.")
    licence = require_licence(licence) if licence else ""
    identifier = require_doi(doi) if doi else ""
    links = tuple(require_doi(each) for each in related)

    def draft() -> list[Record]:
        held = collection(session)
        inner, outer = held.find_all(focal), held.find_all(background)
        if not inner:
            raise InputError("A set has genomes.", field="focal", way_out="Name their accessions.")
        for one in (*inner, *outer):
            if one.state == "withdrawn":
                raise Refused(f"{one.name} was withdrawn.", way_out="Leave it out.")
        known = sets(session)
        name = number or f"S-{len(known) + 1:04d}"
        before = known.get(name)
        if number and before is None:
            raise InputError(
                f'There is no set "{number}".', field="number", way_out="Leave the number out for a new one."
            )
        return [
            GenomeSet(
                number=name,
                edition=before.edition + 1 if before else 1,
                title=title.strip(),
                creators=tuple(creators),
                publisher=publisher or session.home,
                year=session.today().year,
                focal=keep_names(session, "focal.json", [one.name for one in inner]),
                focal_count=len(inner),
                background=keep_names(session, "background.json", [one.name for one in outer])
                if outer
                else None,
                background_count=len(outer),
                description=description,
                licence=licence,
                doi=identifier,
                related=links,
            )
        ]

    (entry,) = session.decide("curate", draft)
    name = str(entry.body["number"])
    return Done(
        name, (entry.id,), f"{name}: {several(entry.body['focal_count'])}, edition {entry.body['edition']}"
    )


def sets(session: Session) -> dict[str, GenomeSet]:
    """The newest version of each set, by number."""
    return {each.number: each for each in session.said(GenomeSet)}


def find_set(session: Session, number: str, reader: Reader = "staff") -> GenomeSet:
    """The newest version of a set. Raises InputError if there is none that ``reader`` may hear of."""
    found = next((each for each in shown_sets(session, reader) if each.number == number), None)
    if found is None:
        raise InputError(
            f'There is no set "{number}".',
            field="number",
            way_out="sampan science sets lists those there are.",
        )
    return found


def list_sets(session: Session) -> list[SetRow]:
    """Every set in its newest edition."""
    held = collection(session)
    rows = []
    for each in sets(session).values():
        names = [
            name
            for cited in (each.focal, each.background)
            if cited
            for name in names_of(session.blobs, cited)
        ]
        visible = sum(held.held[name].seen_by("public", session.today()) for name in names)
        rows.append(
            SetRow(
                each.number,
                each.edition,
                each.title,
                each.creators,
                each.year,
                each.focal_count,
                each.background_count,
                visible,
                each.doi,
                each.licence,
            )
        )
    return rows


def datacite(session: Session, number: str) -> bytes:
    """The description of a set as DataCite takes it, in JSON: of its genomes, those that anybody may see today."""
    said = described(session, find_set(session, number), "public")
    return (json.dumps(catalogued(said), ensure_ascii=False, indent=2) + "\n").encode()


def described(session: Session, said: GenomeSet, reader: Reader) -> Described:
    """What is told of a set to ``reader``: nothing of genomes that they may not see."""
    focal, background = (_seen(session, cited, reader) for cited in (said.focal, said.background))
    return Described(
        number=said.number,
        kind="set",
        title=said.title,
        creators=said.creators,
        publisher=said.publisher,
        year=said.year,
        edition=str(said.edition),
        licence=said.licence,
        doi=said.doi,
        description=said.description,
        sizes=(f"{len(focal)} focal genomes", f"{len(background)} background genomes"),
        related=said.related,
        parts=(*focal, *background),
    )


def _seen(session: Session, cited: Snapshot | None, reader: Reader) -> list[str]:
    held, today = collection(session).held, session.today()
    names = names_of(session.blobs, cited) if cited else []
    return [name for name in names if held[name].seen_by(reader, today)]


def shown_sets(session: Session, reader: Reader) -> list[GenomeSet]:
    """The sets that ``reader`` may hear of: staff of all, others of those whose focal genomes they all may see."""
    found = list(sets(session).values())
    if reader == "staff":
        return found
    return [each for each in found if len(_seen(session, each.focal, reader)) == each.focal_count]
