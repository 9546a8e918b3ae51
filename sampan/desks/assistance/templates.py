"""How do an office's own lists come in and go out: parties, earmarks, appeals, contributions, deliveries?

Each is a CSV sheet. A whole sheet is recorded, or nothing of it. What goes out can come in at another node
and goes out there the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from sampan.access.session import Session
from sampan.core.errors import InputError
from sampan.core.money import Money, exponent, read_rate, write_rate
from sampan.core.time import read_day
from sampan.desks.assistance import sheets
from sampan.desks.assistance.appeals import check_appeal, read_glide
from sampan.desks.assistance.contributions import check_pledge
from sampan.desks.assistance.deliveries import drafted
from sampan.desks.assistance.donors import new_earmark, new_party
from sampan.desks.assistance.lines import Arrival, read_quantity, read_what, write_quantity, write_what
from sampan.desks.assistance.sheets import Cells, Column
from sampan.desks.assistance.steps import standing, stepped
from sampan.ledger.entry import Entry
from sampan.records.assistance.appeals import Appeal, AppealLine
from sampan.records.assistance.contributions import (
    Commitment,
    Contribution,
    Delivery,
    Earmark,
    GiftKind,
    Line,
    Party,
)
from sampan.records.record import Record
from sampan.world.appeals import Standing, appeals, standing_of
from sampan.world.contributions import Stepped, contribution
from sampan.world.parties import find_party

Dated = tuple[date, Record]


@dataclass(frozen=True)
class Template:
    """A sheet: its columns, how its rows become records, and how records become its rows."""

    name: str
    says: str
    columns: tuple[Column, ...]
    records: Callable[[Session, list[Cells]], list[Dated]]
    lines: Callable[[Session], list[Mapping[str, object]]]

    def blank(self) -> bytes:
        """The header and a row of examples, to be written over."""
        return sheets.write(self.columns, [{column.name: column.example for column in self.columns}])


@dataclass(frozen=True)
class Imported:
    """What a sheet became."""

    sheet: str
    rows: int
    entries: tuple[str, ...]


def bring_in(session: Session, name: str, data: bytes, *, file: str) -> Imported:
    """Records a whole sheet, or nothing of it.

    Raises InputError naming file, line and column, Refused naming file and line.
    """
    chosen = template(name)
    rows = sheets.read(data, chosen.columns, name=file)
    entries = session.decide_dated("contribute", lambda: chosen.records(session, rows))
    return Imported(name, len(rows), tuple(entry.id for entry in entries))


def take_out(session: Session, name: str) -> bytes:
    """Everything of one sheet that the ledger holds, as ``bring_in`` reads it."""
    chosen = template(name)
    return sheets.write(chosen.columns, chosen.lines(session))


def template(name: str) -> Template:
    """The sheet called ``name``. Raises InputError with those there are."""
    if name not in TEMPLATES:
        raise InputError(f'There is no sheet "{name}".', way_out=f"Choose {', '.join(TEMPLATES)}.")
    return TEMPLATES[name]


def _entries(session: Session, kind: str) -> list[Entry]:
    return list(session.ledger.entries(kind=kind))


def _twice(row: Cells, column: str, seen: dict[str, int]) -> None:
    """Refuses a code that an earlier row of the sheet has introduced."""
    code = row.text(column)
    if code in seen:
        raise row.wrong(
            InputError(f"{code} stands on line {seen[code]}.", way_out="Keep one of them."), column
        )
    seen[code] = row.line


# Parties


def _read_parties(session: Session, rows: list[Cells]) -> list[Dated]:
    found: list[Dated] = []
    seen: dict[str, int] = {}
    for row in rows:
        _twice(row, "code", seen)
        fields = {name: row.text(name) for name in ("code", "name", "donor_kind", "country")}
        said = row.checked(partial(new_party, session, **fields))
        found.append((row.maybe("day", read_day) or session.today(), said))
    return found


def _write_parties(session: Session) -> list[Mapping[str, object]]:
    newest = {entry.body["code"]: entry for entry in _entries(session, Party.kind)}
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
        _twice(row, "code", seen)

        def build(row: Cells = row) -> Earmark:
            return new_earmark(
                session,
                row.text("code"),
                donor=row.text("donor"),
                level=row.text("level"),
                recipients=_several(row.text("recipients")),
                items=_several(row.text("items")),
                purpose=row.text("purpose"),
            )

        found.append((row.maybe("day", read_day) or session.today(), row.checked(build)))
    return found


def _several(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())


def _write_earmarks(session: Session) -> list[Mapping[str, object]]:
    return [
        {
            "day": entry.effective.date(),
            **{name: entry.body[name] for name in ("code", "donor", "level", "purpose")},
            **{name: ";".join(entry.body[name]) for name in ("recipients", "items")},
        }
        for entry in _entries(session, Earmark.kind)
    ]


# Appeals


def _read_appeals(session: Session, rows: list[Cells]) -> list[Dated]:
    found: list[Dated] = []
    known: list[Standing] = list(appeals(session.ledger))
    for group in sheets.grouped(rows, "number", ("day", "requester", "glide", "follows", "note")):
        first = group[0]
        day = first.get("day", read_day)
        said = Appeal(
            number=first.text("number"),
            requester=first.get("requester", lambda text: find_party(session.ledger, text).code),
            lines=tuple(_asked(row) for row in group),
            glide=first.maybe("glide", partial(read_glide, on=day)),
            follows=first.text("follows") or None,
            note=first.text("note"),
        )
        first.checked(partial(check_appeal, session, said, day, known))
        known.append(standing_of(said, entry="", day=day, state="received", answers=[]))
        found.append((day, said))
    return found


def _asked(row: Cells) -> AppealLine:
    kind, item = row.get("what", read_what)
    quantity = row.get("quantity", partial(read_quantity, kind, item))
    return AppealLine(kind=kind, item=item, quantity=quantity, needed_by=row.maybe("needed_by", read_day))


def _write_appeals(session: Session) -> list[Mapping[str, object]]:
    return [
        {
            "day": entry.effective.date(),
            **{name: entry.body[name] for name in ("number", "requester", "glide", "follows", "note")},
            **_thing(line),
            "needed_by": line["needed_by"],
        }
        for entry in _entries(session, Appeal.kind)
        for line in entry.body["lines"]
    ]


def _thing(line: Mapping[str, object]) -> dict[str, object]:
    kind, item, quantity = str(line["kind"]), str(line["item"]), int(str(line["quantity"]))
    return {"what": write_what(kind, item), "quantity": write_quantity(kind, item, quantity)}


# Contributions

_PLEDGE = ("day", "donor", "recipient", "earmark", "purpose", "appeal", "parent", "note")


def _read_contributions(session: Session, rows: list[Cells]) -> list[Dated]:
    found: list[Dated] = []
    numbers: set[str] = set()
    for group in sheets.grouped(rows, "number", _PLEDGE):
        first = group[0]
        day = first.get("day", read_day)
        said = Contribution(
            number=first.text("number"),
            donor=first.get("donor", lambda text: find_party(session.ledger, text).code),
            recipient=first.get("recipient", lambda text: find_party(session.ledger, text).code),
            lines=_pledged(group),
            earmark=first.text("earmark") or None,
            purpose=first.text("purpose"),
            appeal=first.text("appeal") or None,
            parent=first.text("parent") or None,
            note=first.text("note"),
        )
        first.checked(partial(check_pledge, session, said, also=numbers))
        numbers.add(said.number)
        found.append((day, said))
    return found


def _pledged(group: Sequence[Cells]) -> tuple[Line, ...]:
    lines: dict[tuple[GiftKind, str], Line] = {}
    for row in group:
        kind, item = row.get("what", read_what)
        if (kind, item) in lines:
            raise row.wrong(InputError(f"{item} is pledged twice.", way_out="Add the lines up."), "what")
        quantity = row.get("quantity", partial(read_quantity, kind, item))
        lines[kind, item] = Line(
            kind=kind, item=item, quantity=quantity, worth=row.maybe("worth", read_money)
        )
    return tuple(lines.values())


def read_money(text: str) -> Money:
    """``EUR=1000.00``. Raises InputError for anything else."""
    currency, equals, amount = text.partition("=")
    if not equals:
        raise InputError(f'"{text}" names no currency.', way_out="Write EUR=1000.00.")
    exponent(currency.strip())
    money = Money.read(amount, currency.strip())
    if money.minor < 1:
        raise InputError(f"{money} is nothing.", way_out="Write an amount above zero.")
    return money


def _write_contributions(session: Session) -> list[Mapping[str, object]]:
    return [
        {
            "number": said.number,
            "day": entry.effective.date(),
            **{name: getattr(said, name) for name in _PLEDGE if name != "day"},
            "what": write_what(line.kind, line.item),
            "quantity": write_quantity(line.kind, line.item, line.quantity),
            "worth": line.worth and f"{line.worth.currency}={line.worth.amount}",
        }
        for entry in _entries(session, Contribution.kind)
        for said in [Contribution.read(entry.body)]
        for line in said.lines
    ]


# Deliveries of what others give


def _read_deliveries(session: Session, rows: list[Cells]) -> list[Dated]:
    found: list[Dated] = []
    pending: dict[str, list[Stepped]] = {}
    for row in rows:
        day = row.get("day", read_day)
        columns = {"item": "what", "number": "contribution"}
        records = row.checked(partial(_delivered, session, row, day, pending), columns)
        found += [(day, record) for record in records]
    return found


def _delivered(session: Session, row: Cells, day: date, pending: dict[str, list[Stepped]]) -> list[Record]:
    """The delivery that a row says, after a commitment of as much of it as was only pledged."""
    said = contribution(session.ledger, row.text("contribution"))
    if said.donor == session.home:
        raise InputError(
            f"{said.number} is home's own gift: its funds, consignments and deployments deliver it.",
            way_out="Leave it out of the sheet.",
            field="contribution",
        )
    kind, item = row.get("what", read_what)
    quantity = row.get("quantity", partial(read_quantity, kind, item))
    before = pending.setdefault(said.number, [])
    states = {(s.kind, s.item): s for s in standing(session, said.number, day, pending=before)}
    state = states.get((kind, item))
    short = quantity - state.due if state else 0
    records: list[Record] = []
    if state and 0 < short <= state.open:
        lines = (Line(kind=kind, item=item, quantity=short),)
        records.append(Commitment(contribution=said.number, lines=lines))
        before += stepped("committed", lines, day)
    delivery = drafted(
        session,
        said.number,
        [Arrival(kind, item, quantity, row.text("lot") or None, row.maybe("expiry", read_day))],
        into=row.text("into") or None,
        paid=row.maybe("paid", read_money),
        rate=row.maybe("rate", lambda text: read_rate(text, day=day)),
        confirmed=row.text("confirmed"),
        note=row.text("note"),
        day=day,
        pending=before,
    )
    before += stepped("delivered", delivery.lines, day)
    return [*records, delivery]


def _write_deliveries(session: Session) -> list[Mapping[str, object]]:
    lines: list[Mapping[str, object]] = []
    for entry in _entries(session, Delivery.kind):
        said = Delivery.read(entry.body)
        if contribution(session.ledger, said.contribution).donor == session.home:
            continue
        common = {"contribution": said.contribution, "day": entry.effective.date()}
        common |= {"confirmed": said.confirmed, "note": said.note}
        lines += [{**common, **line} for line in _arrived(said)]
    return lines


def _arrived(said: Delivery) -> list[dict[str, object]]:
    """One row for each movement: a lot, or a sum of money."""
    if said.rate is not None:
        paid = Money(said.moved[0].quantity, said.moved[0].commodity.item)
        owed = said.lines[0]
        return [
            {
                "what": owed.item,
                "quantity": write_quantity(owed.kind, owed.item, owed.quantity),
                "into": _into(said.moved[0].taker),
                "paid": f"{paid.currency}={paid.amount}",
                "rate": write_rate(said.rate),
            }
        ]
    kinds: dict[str, GiftKind] = {"person-days": "people", "services": "services", "money": "money"}
    return [
        {
            "what": write_what(kind, what.item),
            "quantity": write_quantity(kind, what.item, moved.quantity),
            "lot": what.lot,
            "expiry": what.expiry,
            "into": _into(moved.taker),
        }
        for moved in said.moved
        for what in [moved.commodity]
        for kind in [kinds.get(what.kind, "goods")]
    ]


def _into(account: str) -> str:
    kind, _, name = account.partition(":")
    return name if kind in ("depot", "fund") else ""


_DAY = Column("day", "The day on which it was said, as 2020-03-26.", "2020-03-26")
_WHAT = Column("what", "mask, USD, people:nurse or service:air freight.", "mask", required=True)
_QUANTITY = Column("quantity", "Units, an amount of money, person-days or times.", "200000", required=True)
_NOTE = Column("note", "A word for the record; nothing personal.", "")

TEMPLATES: Mapping[str, Template] = {
    each.name: each
    for each in (
        Template(
            "parties",
            "Donors and others that are no country and no known organisation.",
            (
                Column("code", "Capitals, digits, dots and dashes.", "ITA-CRI", required=True),
                Column("name", "What it is called; no person's name.", "Italian Red Cross", required=True),
                Column("donor_kind", "central government, business, NGO, …", "NGO", required=True),
                Column("country", "Where it belongs: a code, as ITA.", "ITA", required=True),
                _DAY,
            ),
            _read_parties,
            _write_parties,
        ),
        Template(
            "earmarks",
            "What donors allow their gifts to be used for.",
            (
                Column("code", "Letters, digits, dots and dashes.", "CRI-1", required=True),
                Column("donor", "The code of a party.", "ITA-CRI", required=True),
                Column("level", "unearmarked, softly, earmarked or tightly.", "tightly", required=True),
                Column("recipients", "Codes or regions, with ; between them.", "CHN"),
                Column("items", "Codes of items, with ; between them.", "mask;ventilator"),
                Column("purpose", "In a few words.", ""),
                _DAY,
            ),
            _read_earmarks,
            _write_earmarks,
        ),
        Template(
            "appeals",
            "Requests for help, one row for each thing asked for.",
            (
                Column("number", "The same in all rows of one appeal.", "A-0001", required=True),
                Column("day", "The day of the appeal, as 2020-03-26.", "2020-03-26", required=True),
                Column("requester", "A country or an organisation.", "ITA", required=True),
                _WHAT,
                _QUANTITY,
                Column("needed_by", "The day by which it is needed.", "2020-04-15"),
                Column("glide", "As EP-2020-000012-001.", "EP-2020-000012-001"),
                Column("follows", "The number of an earlier appeal that this adds to.", ""),
                _NOTE,
            ),
            _read_appeals,
            _write_appeals,
        ),
        Template(
            "contributions",
            "Pledges, given and received, one row for each thing pledged.",
            (
                Column("number", "The same in all rows of one contribution.", "C-0001", required=True),
                Column("day", "The day of the pledge, as 2020-03-26.", "2020-03-26", required=True),
                Column("donor", "A party.", "ITA-CRI", required=True),
                Column("recipient", "A party.", "CHN", required=True),
                _WHAT,
                _QUANTITY,
                Column("worth", "The documented value of a gift in kind, as EUR=1000.00.", ""),
                Column("earmark", "Its code.", "CRI-1"),
                Column("purpose", "What the recipient shall do with it.", ""),
                Column("appeal", "The number of the appeal that it answers.", ""),
                Column("parent", "The number of the contribution that it passes on.", ""),
                _NOTE,
            ),
            _read_contributions,
            _write_contributions,
        ),
        Template(
            "deliveries",
            "What has come of contributions that are not home's own.",
            (
                Column("contribution", "Its number.", "C-0001", required=True),
                Column("day", "The day on which it came, as 2020-03-26.", "2020-03-26", required=True),
                _WHAT,
                _QUANTITY,
                Column("lot", "The maker's lot; the contribution's number unless given.", "L7"),
                Column("expiry", "The day on which the lot expires.", "2022-05-31"),
                Column("into", "The depot or the fund.", "home"),
                Column("paid", "What was paid in another currency, as EUR=1000.00.", ""),
                Column("rate", "As EUR/USD 1.0843 ECB 2020-03-26.", ""),
                Column("confirmed", "The word of a recipient abroad.", ""),
                _NOTE,
            ),
            _read_deliveries,
            _write_deliveries,
        ),
    )
}
