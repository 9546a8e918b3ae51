"""How do catalogues want a set or a work described: DataCite 4.5, and schema.org?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sampan.records.science_exchange import WorkKind

Kind = WorkKind | Literal["set"]

_DATACITE: Mapping[Kind, tuple[str, str]] = {
    "set": ("Set of genetic sequences", "Dataset"),
    "dataset": ("Dataset", "Dataset"),
    "preprint": ("Preprint", "Preprint"),
    "article": ("Article", "JournalArticle"),
    "protocol": ("Protocol", "Text"),
    "software": ("Software", "Software"),
}
_SCHEMA_ORG: Mapping[Kind, str] = {
    "set": "Dataset",
    "dataset": "Dataset",
    "preprint": "ScholarlyArticle",
    "article": "ScholarlyArticle",
    "protocol": "CreativeWork",
    "software": "SoftwareSourceCode",
}


@dataclass(frozen=True, kw_only=True)
class Described:
    """What a catalogue is told: nothing that its reader may not see."""

    number: str
    kind: Kind
    title: str
    creators: tuple[str, ...]
    publisher: str
    year: int | None
    edition: str
    licence: str = ""
    doi: str = ""
    address: str = ""
    description: str = ""
    topics: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    """DOIs of works that refer to it."""
    parts: tuple[str, ...] = ()
    """Accessions in it, or that it rests on."""


def datacite(it: Described) -> dict[str, Any]:
    """Source: DataCite Metadata Schema 4.5, as its REST API has it."""
    general, exact = _DATACITE[it.kind]
    attributes = {
        "identifiers": [{"identifier": it.number, "identifierType": f"Sampan {it.kind}"}],
        "doi": it.doi or None,
        "url": it.address or None,
        "creators": [{"name": each, "nameType": "Organizational"} for each in it.creators],
        "titles": [{"title": it.title}],
        "publisher": {"name": it.publisher},
        "publicationYear": it.year,
        "types": {"resourceType": general, "resourceTypeGeneral": exact},
        "version": it.edition,
        "subjects": [{"subject": each} for each in it.topics],
        "sizes": list(it.sizes),
        "rightsList": [{"rightsIdentifier": it.licence, "rightsIdentifierScheme": "SPDX"}]
        if it.licence
        else [],
        "descriptions": [{"description": it.description, "descriptionType": "Abstract"}]
        if it.description
        else [],
        "relatedIdentifiers": [
            *(_related(each, "DOI", "IsReferencedBy") for each in it.related),
            *(_related(each, "Accession", "HasPart") for each in it.parts),
        ],
        "schemaVersion": "http://datacite.org/schema/kernel-4",
    }
    return {"data": {"type": "dois", "attributes": attributes}}


def _related(identifier: str, kind: str, relation: str) -> dict[str, str]:
    return {"relatedIdentifier": identifier, "relatedIdentifierType": kind, "relationType": relation}


def schema_org(it: Described) -> dict[str, Any]:
    """Source: schema.org 28, Dataset and CreativeWork, as JSON-LD; what is not known is left out."""
    said = {
        "@context": "https://schema.org/",
        "@type": _SCHEMA_ORG[it.kind],
        "name": it.title,
        "identifier": f"https://doi.org/{it.doi}" if it.doi else it.number,
        "url": it.address,
        "description": it.description,
        "creator": [{"@type": "Organization", "name": each} for each in it.creators],
        "publisher": {"@type": "Organization", "name": it.publisher} if it.publisher else None,
        "datePublished": str(it.year) if it.year else "",
        "version": it.edition,
        "license": _licence(it.licence),
        "keywords": list(it.topics),
        "size": ", ".join(it.sizes),
        "hasPart": [{"@type": "Dataset", "identifier": each} for each in it.parts],
    }
    return {name: value for name, value in said.items() if value}


def _licence(spdx: str) -> str:
    known = spdx and not spdx.startswith("LicenseRef-")
    return f"https://spdx.org/licenses/{spdx}" if known else spdx
