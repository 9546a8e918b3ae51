"""How do our contributions look to those who read FTS flows or HXL tables?

Each line of a contribution is up to three flows: what is only pledged, what is committed, what is paid or
delivered. A gift in kind has a value only if one was documented; its quantity stands in words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from sampan.access.session import Session
from sampan.core.money import Money, Rate
from sampan.desks.assistance.giving import Row, contributions
from sampan.desks.assistance.lines import shown, write_quantity, write_what
from sampan.formats import fts, hxl_write
from sampan.records.assistance.contributions import Contribution, Delivery
from sampan.world.contributions import LineState
from sampan.world.earmarks import earmarks
from sampan.world.parties import party
from sampan.world.places import places

EARMARKING = {
    "unearmarked": "Unearmarked",
    "softly": "Softly Earmarked",
    "earmarked": "Earmarked",
    "tightly": "Tightly Earmarked",
}
"""Grand Bargain categories as FTS writes them."""

_STATUS: tuple[tuple[Literal["pledge", "commitment", "paid"], str], ...] = (
    ("pledge", "open"),
    ("commitment", "due"),
    ("paid", "out"),
)

_AMOUNTS = ("pledged", "committed", "delivered", "cancelled")

HXL = (
    ("Contribution", "#activity+id"),
    ("Date of pledge", "#date+start"),
    ("Donor", "#org+funder+name"),
    ("Donor code", "#org+funder+code"),
    ("Kind of donor", "#org+funder+type"),
    ("Recipient", "#org+impl+name"),
    ("Recipient code", "#org+impl+code"),
    ("Status", "#status"),
    ("Thing", "#item+code"),
    ("Currency", "#currency+code"),
    *((f"Money {each}", f"#value+{each}") for each in _AMOUNTS),
    *((f"Quantity {each}", f"#item+quantity+{each}") for each in _AMOUNTS),
    ("Earmark", "#meta+earmark+code"),
    ("Earmark in words", "#meta+earmark"),
    ("Purpose", "#description+purpose"),
    ("Thanked", "#meta+thanked"),
)
"""Our columns under HXL 1.1: hashtags are the standard's (``#value`` is money and nothing else), some attributes
our own, as it allows."""


def as_hxl(session: Session, *, as_of: date | None = None, known_on: datetime | None = None) -> bytes:
    """Every contribution line as CSV with hashtags. Money in major units, the rest in its own."""
    rows = contributions(session, as_of=as_of, known_on=known_on)
    return hxl_write.write(HXL, (_hxl(row, line) for row in rows for line in row.lines))


def _hxl(row: Row, line: LineState) -> list[object]:
    amounts = [write_quantity(line.kind, line.item, getattr(line, each)) for each in _AMOUNTS]
    blank = [None] * len(amounts)
    return [
        row.number,
        row.day,
        row.donor_name,
        row.donor,
        row.donor_kind,
        row.recipient_name,
        row.recipient,
        row.status,
        None if line.kind == "money" else write_what(line.kind, line.item),
        line.item if line.kind == "money" else None,
        *(amounts + blank if line.kind == "money" else blank + amounts),
        " ".join(filter(None, (row.earmark, *row.drawn_on))) or None,
        row.earmark_says,
        row.purpose,
        "yes" if row.thanked else "no",
    ]


def as_fts(session: Session, *, as_of: date | None = None, known_on: datetime | None = None) -> bytes:
    """Every contribution as FTS-style flows in CSV."""
    return fts.write(flows(session, as_of=as_of, known_on=known_on))


def flows(
    session: Session, *, as_of: date | None = None, known_on: datetime | None = None
) -> Iterator[fts.Flow]:
    """The flows, in the order of pledges, of lines, and of pledge, commitment, paid."""
    rates = _rates(session, known_on)
    levels = {code: earmark.level for code, earmark in earmarks(session.ledger, known_on=known_on).items()}
    pledges = {
        entry.body["number"]: (Contribution.read(entry.body), entry.recorded.date())
        for entry in session.ledger.entries(kind=Contribution.kind, known_on=known_on)
    }
    for row in contributions(session, as_of=as_of, known_on=known_on):
        said, reported = pledges[row.number]
        worth = {(line.kind, line.item): (line.worth, line.quantity) for line in said.lines}
        for line in row.lines:
            for status, part in _STATUS:
                quantity = getattr(line, part)
                if not quantity:
                    continue
                value = _value(line, quantity, *worth[line.kind, line.item])
                rate = rates.get((row.number, value.currency)) if value else None
                yield _flow(session, row, line, status, quantity, value, rate, reported, levels)


def _rates(session: Session, known_on: datetime | None) -> dict[tuple[str, str], Rate]:
    """The newest rate to or from US dollars that a payment of each contribution used, by currency."""
    found: dict[tuple[str, str], Rate] = {}
    for entry in session.ledger.entries(kind=Delivery.kind, known_on=known_on):
        if entry.body["rate"] is not None:
            delivery = Delivery.read(entry.body)
            rate = delivery.rate
            if rate is not None and "USD" in (rate.base, rate.quote):
                other = rate.quote if rate.base == "USD" else rate.base
                found[delivery.contribution, other] = rate
    return found


def _value(line: LineState, quantity: int, worth: Money | None, pledged: int) -> Money | None:
    """Money as it is; a gift in kind by its share of the documented worth; None where there is none."""
    if line.kind == "money":
        return Money(quantity, line.item)
    return None if worth is None else Money(worth.minor * quantity // pledged, worth.currency)


def _flow(  # noqa: PLR0917 what one flow is made of
    session: Session,
    row: Row,
    line: LineState,
    status: Literal["pledge", "commitment", "paid"],
    quantity: int,
    value: Money | None,
    rate: Rate | None,
    reported: date,
    levels: Mapping[str, str],
) -> fts.Flow:
    pooled = row.side == "domestic" and row.recipient == session.home and line.kind == "money"
    through: Literal["standard", "pass through"] = "pass through" if row.parent else "standard"
    return fts.Flow(
        id=f"{row.number}/{write_what(line.kind, line.item)}/{status}",
        status=status,
        flowType="parked" if pooled else through,
        contributionType="financial" if line.kind == "money" else "in kind",
        newMoney=row.parent is None,
        parentFlowId=row.parent,
        sourceOrganization=row.donor_name,
        sourceOrganizationType=row.donor_kind,
        sourceLocation=_location(session, row.donor),
        destinationOrganization=row.recipient_name,
        destinationLocation=_location(session, row.recipient),
        destinationUsageYear=row.day.year,
        amountUSD=_dollars(value, rate),
        originalAmount=value.amount if value else None,
        originalCurrency=value.currency if value else None,
        exchangeRate=rate.rate if rate else None,
        decisionDate=row.day,
        firstReportedDate=reported,
        earmarkingType=EARMARKING[levels.get(row.earmark or "", "unearmarked")],
        earmark=" ".join(filter(None, (row.earmark, *row.drawn_on))) or None,
        description="; ".join(part for part in (shown(line.kind, line.item, quantity), row.purpose) if part),
    )


def _location(session: Session, code: str) -> str:
    partner = party(session.ledger, code).partner
    return partner if partner in places() else "World"


def _dollars(value: Money | None, rate: Rate | None) -> Decimal | None:
    if value is None or (value.currency != "USD" and rate is None):
        return None
    return value.amount if rate is None or value.currency == "USD" else rate.convert(value).amount
