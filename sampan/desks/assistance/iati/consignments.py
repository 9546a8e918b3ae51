"""How is a consignment published: by quantity, and delivered when its recipient has signed?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sampan.core.money import Money
from sampan.desks.assistance.iati.context import Context
from sampan.formats.iati import Activity, Organisation, Quantity, Transaction
from sampan.records.assistance import Delivery, Handover, Receipt, Settlement
from sampan.world.assisted import Sent, confirmed, sent
from sampan.world.items import item


@dataclass
class _Way:
    """What became of one consignment."""

    left: date | None = None
    signed: date | None = None
    good: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    receipts: list[tuple[date, dict[str, int]]] = field(default_factory=list)


def consignments(context: Context) -> Iterator[Activity]:
    ledger = context.session.ledger
    ways = _ways(context)
    done = set(confirmed(ledger, as_of=context.as_of, known_on=context.known_on))
    counted = {record.carried_by for _, record in context.read(Delivery) if isinstance(record, Delivery)} - {
        None
    }
    for each in sent(ledger, as_of=context.as_of, known_on=context.known_on):
        way = ways[each.number]
        yield _consignment(
            context, each, way, finished=each.number in done, valued=each.number not in counted
        )


def _consignment(context: Context, each: Sent, way: _Way, *, finished: bool, valued: bool) -> Activity:
    home, recipient = context.organisation(context.session.home), context.organisation(each.recipient)
    goods = ", ".join(f"{units:,} {item(code).name()}" for code, units in each.units.items())
    return context.activity(
        f"K-{each.number}",
        f"Batch {each.batch} to {recipient.name}: {goods}",
        f"Medical supplies sent as consignment {each.number}; delivered is what the recipient has signed for.",
        status="4" if finished else "2" if way.left else "1",
        participants=context.participants(home, recipient),
        country=context.country(each.recipient),
        aid_type="C01",
        sector="12264",
        planned_start=each.day,
        actual_start=way.left,
        actual_end=way.signed if finished else None,
        transactions=tuple(_handed_over(context, way, home, recipient)) if valued else (),
        quantities=tuple(
            Quantity(item(code).name(), item(code).unit, units, way.good.get(code, 0) if way.left else None)
            for code, units in each.units.items()
        ),
    )


def _ways(context: Context) -> Mapping[str, _Way]:
    found: dict[str, _Way] = defaultdict(_Way)
    for entry, record in context.read(Handover):
        if isinstance(record, Handover):
            way = found[record.consignment]
            way.left = min(way.left or date.max, entry.effective.date())
    for entry, record in [*context.read(Receipt), *context.read(Settlement)]:
        if isinstance(record, Receipt):
            good = [(line.item, line.good) for line in record.lines]
        elif isinstance(record, Settlement):
            good = [(line.item, line.units) for line in record.lines if line.outcome == "found"]
        else:
            continue
        _sign(found[record.consignment], entry.effective.date(), good)
    return found


def _sign(way: _Way, day: date, good: Sequence[tuple[str, int]]) -> None:
    units: dict[str, int] = defaultdict(int)
    for code, count in good:
        units[code] += count
        way.good[code] += count
    way.receipts.append((day, units))
    way.left = min(way.left or date.max, day)
    way.signed = max(way.signed or date.min, day)


def _handed_over(
    context: Context, way: _Way, home: Organisation, recipient: Organisation
) -> Iterator[Transaction]:
    """Goods in kind at their documented unit values, when the recipient signed for them."""
    for day, units in way.receipts:
        by_currency: dict[str, list[tuple[str, int, Money]]] = defaultdict(list)
        for code, count in units.items():
            if count and code in context.publishing.values:
                each = context.publishing.values[code]
                by_currency[each.currency].append((code, count, each))
        for currency, lines in by_currency.items():
            value = sum((each.amount * count for _, count, each in lines), Decimal(0))
            says = ", ".join(f"{count:,} {item(code).name()}" for code, count, _ in lines)
            yield Transaction("3", day, value, currency, f"{says} handed over", home, recipient, "4")
