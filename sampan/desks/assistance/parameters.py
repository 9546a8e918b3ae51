"""By which numbers, and for which medicines, does this office count need, and who says so?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from sampan.access.session import Session
from sampan.core.errors import InputError
from sampan.engines.needs import parameters as shipped
from sampan.engines.needs.medicines import Medicines, medicines
from sampan.engines.needs.parameters import Fact, Parameters, Said
from sampan.formats.medicines import read_medicines
from sampan.formats.parameters import ParameterRow, read_parameters, write_parameters
from sampan.records.assistance import MedicinesFile, ParametersFile
from sampan.world.places import find, is_place, place

MEDICINES = "medicines"
"""The group of the items that a list of medicines adds."""


@dataclass(frozen=True)
class Numbers:
    """The office's own table: WHO's with its changes everywhere, and what it says of single places.

    ``cites`` are the entries that said so, ``incomplete`` the (medicine, severity) with half a course.
    """

    table: Parameters
    of_places: dict[str, dict[str, Said]] = field(default_factory=dict)
    cites: tuple[str, ...] = ()
    incomplete: tuple[tuple[str, str], ...] = ()

    def at(self, places: Sequence[str]) -> Parameters:
        """The table for ``places``, each with what was said of it."""
        return self.table.for_places(places, self.of_places)

    @property
    def medicines(self) -> tuple[str, ...]:
        """The codes of the medicines loaded."""
        return tuple(code for code, item in self.table.items.items() if item.group == MEDICINES)


@dataclass(frozen=True)
class Loaded:
    """What a file of parameters or medicines held."""

    entry: str
    count: int
    places: int = 0
    """Places that it tells of."""
    incomplete: tuple[tuple[str, str], ...] = ()


def load_parameters(session: Session, name: str, data: bytes) -> Loaded:
    """Reads a file of parameters, keeps its bytes and records the reading: it replaces the one before.

    Raises InputError naming the line for whatever does not hold, Refused if the person may not load.
    """
    numbers = once(session, data, name=name)
    read = read_parameters(data, name=name)
    places = len(numbers.of_places)
    record = ParametersFile(file=session.keep(name, data), numbers=len(read), places=places)
    (entry,) = session.write("load", [record])
    return Loaded(entry.id, len(read), places)


def load_medicines(session: Session, name: str, data: bytes) -> Loaded:
    """Reads a list of medicines, keeps its bytes and records the reading: it replaces the one before."""
    made = _medicines(data, name)
    record = MedicinesFile(file=session.keep(name, data), medicines=len(made.items))
    (entry,) = session.write("load", [record])
    return Loaded(entry.id, record.medicines, incomplete=made.incomplete)


def known(session: Session) -> Numbers:
    """The numbers and medicines of this office: WHO's, with the newest file of each kind over them."""
    found = _before_parameters(session)
    for entry in session.ledger.entries(kind=ParametersFile.kind, newest_first=True, limit=1):
        file = ParametersFile.read(entry.body).file
        found = with_parameters(found, session.blobs.get(file.digest), name=file.name, entry=entry.id)
    return found


def _before_parameters(session: Session) -> Numbers:
    """WHO's numbers with the newest list of medicines."""
    for entry in session.ledger.entries(kind=MedicinesFile.kind, newest_first=True, limit=1):
        file = MedicinesFile.read(entry.body).file
        data = session.blobs.get(file.digest)
        return with_medicines(Numbers(shipped.load()), data, name=file.name, entry=entry.id)
    return Numbers(shipped.load())


def once(session: Session, data: bytes, *, name: str) -> Numbers:
    """WHO's numbers and the medicines loaded, with the numbers of a file that is not recorded over them."""
    return with_parameters(_before_parameters(session), data, name=name)


def with_medicines(numbers: Numbers, data: bytes, *, name: str, entry: str | None = None) -> Numbers:
    """The same with the medicines of a file, which ``entry`` recorded."""
    made = _medicines(data, name)
    table = numbers.table.with_items(made.items, made.rates)
    return replace(numbers, table=table, cites=_cited(numbers, entry), incomplete=made.incomplete)


def with_parameters(numbers: Numbers, data: bytes, *, name: str, entry: str | None = None) -> Numbers:
    """The same with the numbers of a file, which ``entry`` recorded, in place of what was said of places.

    Raises InputError naming the line of an unknown place or parameter and of a number that cannot be, and
    the file where the numbers do not go together.
    """
    rows = read_parameters(data, name=name)
    for row in rows:
        _check(numbers.table, row, name)
    try:
        table = numbers.table.override({row.parameter: _said(row) for row in rows if not row.place})
        of_places: dict[str, dict[str, Said]] = {}
        for row in rows:
            if row.place:
                of_places.setdefault(row.place, {})[row.parameter] = _said(row)
        table.for_places(list(of_places), of_places)
    except InputError as fault:
        raise InputError(fault.what, way_out=fault.way_out, file=name) from None
    return replace(numbers, table=table, of_places=of_places, cites=_cited(numbers, entry))


def _check(table: Parameters, row: ParameterRow, name: str) -> None:
    """Raises InputError with file, line and column for a line that cannot hold alone."""
    if row.place and not is_place(row.place):
        raise InputError(
            f'There is no place with the code "{row.place}".',
            file=name,
            line=row.line,
            field="place",
            way_out="Write a code of ISO 3166, as ITA or CN-HB; leave it empty for everywhere.",
        )
    try:
        table.cite(row.parameter).check(row.value)
    except InputError as fault:
        column = "parameter" if row.parameter not in table.facts else "value"
        raise InputError(fault.what, way_out=fault.way_out, file=name, line=row.line, field=column) from None


def _said(row: ParameterRow) -> Said:
    return Said(row.value, row.source, row.version or "local")


def _medicines(data: bytes, name: str) -> Medicines:
    return medicines(read_medicines(data, name=name), source=name, version="as loaded")


def _cited(numbers: Numbers, entry: str | None) -> tuple[str, ...]:
    return (*numbers.cites, *([entry] if entry else []))


@dataclass(frozen=True)
class NumberRow:
    """One number as it holds at a place, or everywhere; ``own`` where this office replaced the table's."""

    place: str
    parameter: str
    value: float
    unit: str
    meaning: str
    source: str
    version: str
    own: bool


def listed(numbers: Numbers, where: str | None = None, *, only: str = "") -> tuple[NumberRow, ...]:
    """Every number with ``only`` in its name, as it holds at ``where``; without it everywhere, then by place."""
    if where is not None:
        code = find(where).code
        facts = [fact.at(0) for fact in numbers.at([code]).facts.values()]
        return _rows(code, facts, only)
    rows = _rows("", numbers.table.facts.values(), only)
    for code in numbers.of_places:
        table = numbers.at([code])
        rows += _rows(code, [table.cite(name).at(0) for name in numbers.of_places[code]], only)
    return rows


def _rows(code: str, facts: Iterable[Fact], only: str) -> tuple[NumberRow, ...]:
    table = shipped.load().facts
    return tuple(
        NumberRow(
            code,
            fact.name,
            float(fact.value),
            fact.unit,
            fact.meaning,
            fact.source,
            fact.version,
            own=fact.name in table
            and (fact.value, fact.source) != (table[fact.name].value, table[fact.name].source),
        )
        for fact in facts
        if only.casefold() in fact.name.casefold()
    )


def exported(rows: Iterable[NumberRow]) -> str:
    """The rows as a file that ``load_parameters`` reads back to the same numbers."""
    return write_parameters(
        (row.place, row.parameter, repr(row.value), row.unit, row.source, row.version) for row in rows
    )


def name_of(code: str) -> str:
    """What the rows of ``code`` are headed: the place's name, or everywhere."""
    return place(code).name() if code else "everywhere"
