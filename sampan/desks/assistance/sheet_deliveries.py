"""What of other people's gifts has come, as a sheet tells it?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import partial

from sampan.access.session import Session
from sampan.core.errors import InputError
from sampan.core.money import Money, read_rate, write_rate
from sampan.core.time import read_day
from sampan.desks.assistance.deliveries import drafted
from sampan.desks.assistance.lines import (
    Arrival,
    read_money,
    read_quantity,
    read_what,
    write_quantity,
    write_what,
)
from sampan.desks.assistance.sheets import (
    NOTE,
    QUANTITY,
    WHAT,
    Cells,
    Column,
    Dated,
    Template,
    entries_of,
)
from sampan.desks.assistance.steps import standing, stepped
from sampan.records.assistance.contributions import (
    Commitment,
    Delivery,
    GiftKind,
    Line,
)
from sampan.records.record import Record
from sampan.world.contributions import Stepped, contribution


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
    for entry in entries_of(session, Delivery.kind):
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


DELIVERIES = Template(
    "deliveries",
    "What has come of contributions that are not home's own.",
    (
        Column("contribution", "Its number.", "C-0001", required=True),
        Column("day", "The day on which it came, as 2020-03-26.", "2020-03-26", required=True),
        WHAT,
        QUANTITY,
        Column("lot", "The maker's lot; the contribution's number unless given.", "L7"),
        Column("expiry", "The day on which the lot expires.", "2022-05-31"),
        Column("into", "The depot or the fund.", "home"),
        Column("paid", "What was paid in another currency, as EUR=1000.00.", ""),
        Column("rate", "As EUR/USD 1.0843 ECB 2020-03-26.", ""),
        Column("confirmed", "The word of a recipient abroad.", ""),
        NOTE,
    ),
    _read_deliveries,
    _write_deliveries,
)
