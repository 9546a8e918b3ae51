"""What does a row about a genome say, cell by cell, and what is wrong with it?

Columns are called as Nextstrain, INSDC and GISAID call them; which names mean the same is said in COLUMNS. A column
that is not among them stays in the original and is not kept beside: what an office did not mean to share is not shared.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, get_args

from sampan.core.errors import InputError
from sampan.core.texts import UNFIT_IN_A_NAME
from sampan.desks.science.accessions import read_accession
from sampan.desks.science.findings import Notes
from sampan.engines.genome_search.columns import read_date
from sampan.formats.genome_metadata import MetadataTable, is_formula
from sampan.records.science import DATED, Terms, TermsKind
from sampan.world.places import find, fold, places, subdivisions

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "strain": ("strain", "name", "sequence_name", "seqName", "virus_name", "isolate", "submissionId"),
    "accession": ("accession", "sampan_accession"),
    "date": ("date", "collection_date", "collectionDate", "sample_collection_date", "sampleCollectionDate"),
    "country": ("country", "geo_loc_country", "geoLocCountry", "place"),
    "division": ("division", "admin1", "geo_loc_admin_1", "geoLocAdmin1", "province", "state"),
    "host": ("host", "host_name_scientific", "hostNameScientific"),
    "sample_id": (
        "sample_id",
        "sample",
        "sampleId",
        "specimen_collector_sample_id",
        "specimenCollectorSampleId",
    ),
    "external": (
        "external_accession",
        "genbank_accession",
        "insdc_accession",
        "insdcAccessionFull",
        "gisaid_epi_isl",
        "external",
    ),
    "originating_lab": ("originating_lab", "originatingLab", "lab"),
    "submitting_lab": ("submitting_lab", "submittingLab"),
    "authors": ("authors", "author"),
    "technology": ("sequencing_technology", "technology", "sequencing_instrument", "sequencingInstrument"),
    "purpose": ("purpose_of_sequencing", "sampling_strategy", "purpose", "purposeOfSequencing"),
    "terms": ("terms", "data_use_terms", "dataUseTerms"),
    "until": ("until", "restricted_until", "dataUseTermsRestrictedUntil"),
    "licence": ("licence", "license"),
    "attribution": ("attribution",),
    "permit": ("permit", "permit_reference"),
}
"""Our name of each column, and what it may be called in a file."""

NEEDED = ("strain", "date", "country")
EARLIEST = date(1900, 1, 1)
MISSING = frozenset(
    {"", "?", "na", "n/a", "unknown", "not collected", "not provided", "missing", "-", "none", "null"}
)
_KEY = re.compile(r"[^0-9a-z\u0080-\uffff]+")


@dataclass(frozen=True)
class Told:
    """What one row says of a genome, read; ``kept`` is what is stored of it, by our names of the columns."""

    line: int
    strain: str
    accession: str
    kept: Mapping[str, Any]


def told(table: MetadataTable, terms: Terms, *, today: date, notes: Notes) -> dict[str, Told]:
    """What each row says, by the name of its sequence; those with an error among them, which ``notes`` knows.

    ``terms`` hold for every row that says nothing else. Raises InputError if a needed column is missing.
    """
    names = _named(table, notes)
    found: dict[str, Told] = {}
    for row in table.rows:
        cells = {ours: row.cells.get(theirs, "") for ours, theirs in names.items()}
        one = _Row(cells, table.file, row.line, notes).read(terms, today)
        if one is None:
            continue
        if one.strain in found:
            notes.error(
                f"Two rows describe it, here and in line {found[one.strain].line}.",
                "Keep one of them.",
                file=table.file,
                line=row.line,
                field=names["strain"],
                record=one.strain,
            )
        else:
            found[one.strain] = one
    return found


def _named(table: MetadataTable, notes: Notes) -> dict[str, str]:
    """Which column of the file each of ours is. Raises InputError if one that is needed is missing."""
    folded = {column.casefold(): column for column in table.columns}
    names: dict[str, str] = {}
    for ours, theirs in COLUMNS.items():
        match = next((folded[each.casefold()] for each in theirs if each.casefold() in folded), None)
        if match is not None and match not in names.values():
            names[ours] = match
    for ours in NEEDED:
        if ours not in names:
            raise InputError(
                f'The column "{ours}" is missing.',
                file=table.file,
                line=1,
                field=ours,
                way_out=f"Add it; it may also be called {', '.join(COLUMNS[ours][1:4])}.",
            )
    unused = [column for column in table.columns if column and column not in names.values()]
    if unused:
        notes.warning(
            f"Not used, and kept in the original file alone: {', '.join(unused)}.",
            "Rename a column if it means one of those that are used.",
            file=table.file,
            line=1,
        )
    return names


class _Row:
    """Reads one row."""

    def __init__(self, cells: dict[str, str], file: str, line: int, notes: Notes) -> None:
        self.cells = cells
        self.at: dict[str, Any] = {"file": file, "line": line, "record": cells["strain"]}
        self.notes = notes

    def read(self, terms: Terms, today: date) -> Told | None:
        strain = self.cells["strain"]
        if not strain:
            self.notes.error(
                "The row does not name its sequence.",
                "Write the name that the FASTA file has.",
                field="strain",
                **self.at,
            )
            return None
        self._require_plain()
        country, place = self._place()
        kept = {name: self._text(name) for name in _PLAIN}
        kept |= {"strain": strain, "date": self._date(today), "place": place, "country": country}
        kept |= {"division": self._text("division"), "external": self._external()}
        kept |= self._terms(terms, today)
        return Told(self.at["line"], strain, self._accession(), kept)

    def _text(self, name: str) -> str:
        text = self.cells.get(name, "")
        return "" if text.casefold() in MISSING else text

    def _require_plain(self) -> None:
        """No cell is one that a spreadsheet would calculate, or hides something."""
        for name, text in self.cells.items():
            if is_formula(text):
                self.notes.error(
                    f'"{text[:30]}" begins as a formula does.',
                    "Write the value itself.",
                    field=name,
                    **self.at,
                )
            elif UNFIT_IN_A_NAME.search(text):
                self.notes.error(
                    "The cell holds a control character.", "Type it anew.", field=name, **self.at
                )

    def _accession(self) -> str:
        text = self._text("accession")
        if not text:
            return ""
        try:
            return read_accession(text)[0]
        except InputError as fault:
            self.notes.error(fault.what, fault.way_out, field="accession", **self.at)
            return ""

    def _external(self) -> str:
        """Accessions elsewhere, without versions: several have a space or a comma between them."""
        return " ".join(each.upper() for each in re.split(r"[\s,;]+", self._text("external")) if each)

    def _date(self, today: date) -> str:
        said = self._text("date")
        text = said.replace(" ", "").replace("..", "/")
        if not text or not text.strip("X-x"):
            self.notes.warning(
                "It is not known when the sample was taken.",
                "Give the year at least, if it is known.",
                field="date",
                **self.at,
            )
            return ""
        try:
            first, last = _days(text)
        except InputError as fault:
            self.notes.error(
                fault.what.replace(text, said),
                "Write 2020-03-26, 2020-03, 2020, or a range as 2020-03-01/2020-03-10.",
                field="date",
                **self.at,
            )
            return ""
        if first > today:
            self.notes.error(
                f"{text} has not come yet.",
                "Write the day on which the sample was taken.",
                field="date",
                **self.at,
            )
        elif first < EARLIEST:
            self.notes.error(
                f"{text} is too long ago.",
                "Write the day on which the sample was taken.",
                field="date",
                **self.at,
            )
        elif first != last:
            self.notes.warning(
                f"The day is known as {text} only.", "Give the day, if it is known.", field="date", **self.at
            )
        return _tidy(text)

    def _place(self) -> tuple[str, str]:
        """The country, and the place as narrow as it is known: codes of ISO 3166."""
        said = self._text("country")
        if not said:
            self.notes.error(
                "It is not said where the sample was taken.",
                "Name the country, by its name or code.",
                field="country",
                **self.at,
            )
            return "", ""
        try:
            code, parent = _found(said)
        except InputError as fault:
            self.notes.error(fault.what, fault.way_out, field="country", **self.at)
            return "", ""
        if parent or not self._text("division"):
            return parent or code, code
        area = _area(code, self._text("division"))
        if area is None and _found_or_none(self._text("division")) != code:
            self.notes.warning(
                f'"{self._text("division")}" is no first-level area of {code} that is known by this name.',
                "Write its code of ISO 3166-2, as CN-HB; it counts to the country meanwhile.",
                field="division",
                **self.at,
            )
        return code, area or code

    def _terms(self, terms: Terms, today: date) -> dict[str, Any]:
        kind, until = self._kind(terms), self._until(terms, today)
        if kind not in DATED:
            until = until if self._text("until") else None
        try:
            Terms(kind=kind, until=until)
        except InputError as fault:
            self.notes.error(fault.what, fault.way_out, field=fault.field or "terms", **self.at)
            kind, until = terms.kind, terms.until
        named = {
            name: self._text(name) or getattr(terms, name) for name in ("licence", "attribution", "permit")
        }
        return {"kind": kind, "until": until, "group": terms.group, "focal_point": terms.focal_point, **named}

    def _kind(self, terms: Terms) -> TermsKind:
        text = self._text("terms").casefold()
        if not text:
            return terms.kind
        for kind in get_args(TermsKind):
            if text == kind:
                return kind  # type: ignore[no-any-return]
        self.notes.error(
            f'"{text[:30]}" are no terms.',
            f"Write one of {', '.join(get_args(TermsKind))}.",
            field="terms",
            **self.at,
        )
        return terms.kind

    def _until(self, terms: Terms, today: date) -> date | None:
        text = self._text("until")
        if not text:
            return terms.until
        try:
            day = date.fromisoformat(text)
        except ValueError:
            self.notes.error(f'"{text[:30]}" is no day.', "Write it as 2021-03-01.", field="until", **self.at)
            return terms.until
        if day <= today:
            self.notes.warning(
                f"{day} has come: the record is open once it is released.",
                "Name a later day if it should not be.",
                field="until",
                **self.at,
            )
        return day


_PLAIN = ("host", "sample_id", "originating_lab", "submitting_lab", "authors", "technology", "purpose")


@lru_cache(maxsize=4096)
def _days(text: str) -> tuple[date, date]:
    return read_date(text)


def _tidy(text: str) -> str:
    """A date as it is kept: without the parts that are not known."""
    return "/".join(re.sub(r"(-[Xx]+)+$", "", part) for part in text.split("/"))


@lru_cache(maxsize=4096)
def _found(text: str) -> tuple[str, str]:
    """Code and country of the place that ``text`` means. Raises InputError if there is none."""
    found = find(text)
    return found.code, found.parent or ""


@lru_cache(maxsize=4096)
def _found_or_none(text: str) -> str | None:
    """The code of a place by its name; None if there is none. Some write the country again where its area belongs."""
    try:
        return find(text).code
    except InputError:
        return None


@lru_cache(maxsize=4096)
def _area(country: str, text: str) -> str | None:
    """The code of a first-level area of a country by its code or its name; None if there is none."""
    areas = subdivisions(country)
    code = text.upper()
    for each in (code, f"{places()[country].alpha2}-{code}"):
        if each in areas:
            return each
    folded = fold(text)
    return next((area.code for area in areas.values() if fold(area.name()) == folded), None)


def sample_key(kept: Mapping[str, Any]) -> str:
    """What tells a sample apart from every other: country, laboratory or group, and its number there; or nothing."""
    if not kept["sample_id"]:
        return ""
    lab = kept["originating_lab"] or kept["group"]
    return "|".join(
        [kept["country"], _KEY.sub("", lab.casefold()), _KEY.sub("", kept["sample_id"].casefold())]
    )
