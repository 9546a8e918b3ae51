"""Which parties and earmarks does a sheet hold?"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from sampan.access.session import Session
from sampan.core.time import read_day
from sampan.desks.assistance.donors import new_earmark, new_party
from sampan.desks.assistance.sheets import (
    DAY,
    Cells,
    Column,
    Dated,
    Template,
    entries_of,
    refuse_twice,
)
from sampan.records.assistance.contributions import (
    Earmark,
    Party,
)


def _read_parties(session: Session, rows: list[Cells]) -> list[Dated]:
    found: list[Dated] = []
    seen: dict[str, int] = {}
    for row in rows:
        refuse_twice(row, "code", seen)
        fields = {name: row.text(name) for name in ("code", "name", "donor_kind", "country")}
        said = row.checked(partial(new_party, session, **fields))
        found.append((row.maybe("day", read_day) or session.today(), said))
    return found


def _write_parties(session: Session) -> list[Mapping[str, object]]:
    newest = {entry.body["code"]: entry for entry in entries_of(session, Party.kind)}
    names = ("code", "name", "donor_kind", "country")
    return [
        {"day": entry.effective.date(), **{name: entry.body[name] for name in names}}
        for entry in newest.values()
    ]


# Earmarks


def _read_earmarks(session: Session, rows: list[Cells]) -> list[Dated]:
    found: list[Dated] = []
    seen: dict[str, int] = {}
    for row in rows:
        refuse_twice(row, "code", seen)

        def build(row: Cells = row) -> Earmark:
            return new_earmark(
                session,
                row.text("code"),
                donor=row.text("donor"),
                level=row.text("level"),
                recipients=several(row.text("recipients")),
                items=several(row.text("items")),
                purpose=row.text("purpose"),
            )

        found.append((row.maybe("day", read_day) or session.today(), row.checked(build)))
    return found


def several(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())


def _write_earmarks(session: Session) -> list[Mapping[str, object]]:
    return [
        {
            "day": entry.effective.date(),
            **{name: entry.body[name] for name in ("code", "donor", "level", "purpose")},
            **{name: ";".join(entry.body[name]) for name in ("recipients", "items")},
        }
        for entry in entries_of(session, Earmark.kind)
    ]


PARTIES = Template(
    "parties",
    "Donors and others that are no country and no known organisation.",
    (
        Column("code", "Capitals, digits, dots and dashes.", "ITA-CRI", required=True),
        Column("name", "What it is called; no person's name.", "Italian Red Cross", required=True),
        Column("donor_kind", "central government, business, NGO, …", "NGO", required=True),
        Column("country", "Where it belongs: a code, as ITA.", "ITA", required=True),
        DAY,
    ),
    _read_parties,
    _write_parties,
)


EARMARKS = Template(
    "earmarks",
    "What donors allow their gifts to be used for.",
    (
        Column("code", "Letters, digits, dots and dashes.", "CRI-1", required=True),
        Column("donor", "The code of a party.", "ITA-CRI", required=True),
        Column("level", "unearmarked, softly, earmarked or tightly.", "tightly", required=True),
        Column("recipients", "Codes or regions, with ; between them.", "CHN"),
        Column("items", "Codes of items, with ; between them.", "mask;ventilator"),
        Column("purpose", "In a few words.", ""),
        DAY,
    ),
    _read_earmarks,
    _write_earmarks,
)
