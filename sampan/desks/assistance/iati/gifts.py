"""How is a contribution published: what was pledged, committed and delivered, in value where one is documented?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sampan.core.money import Money
from sampan.desks.assistance.giving import Row, contributions
from sampan.desks.assistance.iati.context import Context
from sampan.desks.assistance.lines import shown
from sampan.formats.iati import Activity, Organisation, Quantity, Transaction
from sampan.records.assistance import Cancellation, Commitment, Contribution, Delivery, Line
from sampan.world.earmarks import earmarks
from sampan.world.items import item
from sampan.world.skills import SKILLS

LEVELS = {"unearmarked": "1", "softly": "2", "earmarked": "3", "tightly": "4"}
"""Levels of earmarking in IATI's earmarking category (vocabulary 2)."""

STATUS = {"pledged": "1", "delivered": "4", "closed": "4", "cancelled": "5"}
"""Of contributions; what lies between is under way (2)."""

UNITS = {"goods": "units", "services": "times", "people": "person-days"}


def gifts(context: Context) -> Iterator[Activity]:
    levels = {
        code: e.level for code, e in earmarks(context.session.ledger, known_on=context.known_on).items()
    }
    flows = _flows(context)
    carried = {d.contribution for _, d in context.read(Delivery) if isinstance(d, Delivery) and d.carried_by}
    for row in contributions(context.session, as_of=context.as_of, known_on=context.known_on):
        if row.side == "domestic":
            continue
        donor, recipient = context.organisation(row.donor), context.organisation(row.recipient)
        unmarked = "softly" if row.purpose else "unearmarked"
        level = LEVELS[levels[row.earmark] if row.earmark else unmarked]
        yield context.activity(
            row.number,
            f"{row.donor_name} to {row.recipient_name}: {row.said or 'cancelled'}",
            "; ".join(part for part in (row.said, row.purpose, row.earmark_says) if part) or "Cancelled",
            status=STATUS.get(row.status, "2"),
            participants=context.participants(donor, recipient),
            country=context.country(row.recipient),
            aid_type=_aid_type(row, level, recipient),
            sector="12264",
            actual_start=row.day,
            earmarking=level,
            transactions=tuple(_transactions(row, flows[row.number], donor, recipient)),
            quantities=tuple(_gifts(row, carried=row.number in carried)),
        )


def _aid_type(row: Row, level: str, recipient: Organisation) -> str:
    kinds = {line.kind for line in row.lines}
    if kinds == {"people"}:
        return "D01"
    if kinds == {"money"} and recipient.type == "40":
        return "B02" if level == "1" and not row.purpose else "B03"
    return "C01"


@dataclass(frozen=True)
class _Flow:
    """One step of a contribution as value: (outgoing, incoming) types, its day, its money."""

    types: tuple[str, str]
    day: date
    says: str
    value: Decimal
    currency: str
    in_kind: bool


_STEPS: tuple[tuple[type[Contribution] | type[Commitment] | type[Delivery], tuple[str, str], str], ...] = (
    (Contribution, ("12", "13"), "pledged"),
    (Commitment, ("2", "11"), "committed"),
    (Delivery, ("3", "1"), "delivered"),
)


def _flows(context: Context) -> Mapping[str, list[_Flow]]:
    """What every contribution's steps were worth, by its number; takings-back are below zero."""
    pledged: dict[str, Contribution] = {}
    found: dict[str, list[_Flow]] = defaultdict(list)

    def add(number: str, lines: Sequence[Line], types: tuple[str, str], day: date, said: str) -> None:
        sign = -1 if said == "cancelled" else 1
        for (currency, in_kind), (value, words) in _valued(pledged[number], lines).items():
            says = f"{', '.join(words)} {said}"
            found[number].append(_Flow(types, day, says, sign * value, currency, in_kind))

    for kind, types, said in _STEPS:
        for entry, record in context.read(kind):
            if isinstance(record, Contribution):
                pledged[record.number] = record
                add(record.number, record.lines, types, entry.effective.date(), said)
            elif isinstance(record, Delivery) and record.step == "confirmed":
                continue  # the payment was told already
            elif isinstance(record, Commitment | Delivery) and record.contribution in pledged:
                add(record.contribution, record.lines, types, entry.effective.date(), said)
    for entry, record in context.read(Cancellation):
        if isinstance(record, Cancellation) and record.contribution in pledged:
            day = entry.effective.date()
            add(record.contribution, record.lines, ("12", "13"), day, "cancelled")
            add(record.contribution, record.released, ("2", "11"), day, "cancelled")
    return found


def _valued(
    said: Contribution, lines: Sequence[Line]
) -> Mapping[tuple[str, bool], tuple[Decimal, list[str]]]:
    """The documented value of ``lines`` by currency, money apart from gifts in kind, and what they are."""
    whole = {(line.kind, line.item): line for line in said.lines}
    found: dict[tuple[str, bool], tuple[Decimal, list[str]]] = {}
    for line in lines:
        if line.kind == "money":
            money = Money(line.quantity, line.item)
        else:
            of = whole[line.kind, line.item]
            if of.worth is None:
                continue
            money = Money(of.worth.minor * line.quantity // of.quantity, of.worth.currency)
        key = (money.currency, line.kind != "money")
        value, words = found.get(key, (Decimal(0), []))
        found[key] = (value + money.amount, [*words, shown(line.kind, line.item, line.quantity)])
    return {key: each for key, each in found.items() if each[0]}


def _transactions(
    row: Row, flows: Sequence[_Flow], donor: Organisation, recipient: Organisation
) -> Iterator[Transaction]:
    incoming = row.side == "received"
    for flow in flows:
        kind = flow.types[incoming]
        channel = "4" if flow.in_kind and kind == "3" else None
        yield Transaction(kind, flow.day, flow.value, flow.currency, flow.says, donor, recipient, channel)


def _gifts(row: Row, *, carried: bool) -> Iterator[Quantity]:
    """Gifts in kind by quantity; goods and people that a consignment or a team carried are counted there."""
    for line in row.lines:
        if line.kind == "money" or (carried and line.kind != "services"):
            continue
        if line.pledged or line.delivered:
            yield Quantity(_thing(line.kind, line.item), UNITS[line.kind], line.pledged, line.delivered)


def _thing(kind: str, code: str) -> str:
    return item(code).name() if kind == "goods" else SKILLS.get(code, code)
