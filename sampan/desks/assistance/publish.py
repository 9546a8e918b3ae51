"""How is everything that the desk gave and was given published as IATI activities, nothing of it twice?

One activity for each contribution, each consignment and each team. Value stands where it is documented: in
contributions, and in consignments only for items whose unit value the office names and that no contribution
has counted already. What has no documented value is published by quantity: absent is not zero.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal

from sampan.access.session import Session
from sampan.core.errors import InputError
from sampan.core.money import Money
from sampan.desks.assistance.giving import Row, contributions
from sampan.desks.assistance.lines import shown
from sampan.formats import iati
from sampan.formats.iati import Activity, Organisation, Quantity, Transaction
from sampan.ledger.entry import Entry
from sampan.records.assistance import (
    Cancellation,
    Commitment,
    Contribution,
    Delivery,
    Handover,
    Line,
    Receipt,
    Settlement,
)
from sampan.records.record import Record
from sampan.world.assisted import Sent, confirmed, sent
from sampan.world.earmarks import earmarks
from sampan.world.items import item
from sampan.world.organisations import organisations
from sampan.world.parties import party
from sampan.world.places import places
from sampan.world.skills import SKILLS
from sampan.world.teams import Team, teams

TYPES = {
    "central government": "10",
    "local government": "11",
    "business": "70",
    "NGO": "22",
    "foundation": "60",
    "individual": "90",
    "multilateral": "40",
}
"""Kinds of donor in the code list OrganisationType. Individuals stand together, as other."""

LEVELS = {"unearmarked": "1", "softly": "2", "earmarked": "3", "tightly": "4"}
"""Levels of earmarking in IATI's earmarking category (vocabulary 2)."""

STATUS = {"pledged": "1", "delivered": "4", "closed": "4", "cancelled": "5"}
"""Of contributions; what lies between is under way (2)."""

UNITS = {"goods": "units", "services": "times", "people": "person-days"}


@dataclass(frozen=True)
class Publishing:
    """Who publishes, about which emergency, and with which documented unit values of items.

    ``reporter`` is the office's identifier in the registry of IATI. ``glide`` and ``appeal`` name the emergency
    and the humanitarian plan.
    """

    reporter: str
    glide: str | None = "EP-2020-000012-001"
    appeal: str | None = "HCOVD20"
    values: Mapping[str, Money] = field(default_factory=dict)
    exercise: bool = False


@dataclass(frozen=True)
class _Context:
    session: Session
    publishing: Publishing
    as_of: date
    known_on: datetime | None

    def read(self, kind: type[Record]) -> Iterator[tuple[Entry, Record]]:
        """Entries of one kind, with their records, that were true and known by then."""
        by = datetime.combine(self.as_of, time.max, UTC)
        for entry in self.session.ledger.entries(kind=kind.kind, known_on=self.known_on, effective_by=by):
            yield entry, kind.read(entry.body)

    def organisation(self, code: str) -> Organisation:
        """A party as IATI speaks of it. Countries have no identifier of their own, save home's."""
        known = party(self.session.ledger, code, known_on=self.known_on)
        ref = organisations()[code].identifier if code in organisations() else None
        if code == self.session.home:
            ref = self.publishing.reporter
        return Organisation(known.name, TYPES[known.donor_kind], ref)

    def country(self, code: str) -> str | None:
        """ISO 3166-1 alpha-2 of the country where a party is; None for an organisation of the world."""
        partner = party(self.session.ledger, code, known_on=self.known_on).partner
        return places()[partner].alpha2 if partner in places() else None

    def activity(self, number: str, title: str, says: str, **more: object) -> Activity:
        """An activity of this emergency under our identifier of ``number``."""
        marked = "EXERCISE – " if self.publishing.exercise else ""
        return Activity(
            identifier=f"{self.publishing.reporter}-{number}",
            title=marked + title,
            says=marked + says,
            glide=self.publishing.glide,
            appeal=self.publishing.appeal,
            **more,  # type: ignore[arg-type]
        )


def read_values(data: bytes, *, name: str) -> Mapping[str, Money]:
    """Documented unit values by item, from CSV with item, value and currency. Raises InputError by line."""
    rows = csv.DictReader(io.StringIO(data.decode("utf-8-sig", "replace"), newline=""))
    if {"item", "value", "currency"} - set(rows.fieldnames or ()):
        raise InputError(
            "A list of unit values has the columns item, value, currency.", file=name, line=1,
            way_out="Name them in the first line.",
        )  # fmt: skip
    found: dict[str, Money] = {}
    for row in rows:
        try:
            found[item(row["item"] or "").code] = Money.read(row["value"] or "", row["currency"] or "")
        except InputError as fault:
            raise InputError(fault.what, way_out=fault.way_out, file=name, line=rows.line_num) from None
    return found


def as_iati(
    session: Session,
    publishing: Publishing,
    *,
    as_of: date | None = None,
    known_on: datetime | None = None,
) -> bytes:
    """The whole desk as one IATI file. Raises InputError, and publishes nothing, if a rule does not hold."""
    context = _Context(session, publishing, as_of or session.today(), known_on)
    reporter = context.organisation(session.home)
    return iati.write(_activities(context), reporter=reporter, generated=session.clock.now())


def _activities(context: _Context) -> list[Activity]:
    """Contributions in the order of pledges, then consignments, then teams."""
    return [*_contributions(context), *_consignments(context), *_teams(context)]


# Contributions


def _contributions(context: _Context) -> Iterator[Activity]:
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
            participants=_participants(context, donor, recipient),
            country=context.country(row.recipient),
            aid_type=_aid_type(row, level, recipient),
            sector="12264",
            actual_start=row.day,
            earmarking=level,
            transactions=tuple(_transactions(row, flows[row.number], donor, recipient)),
            quantities=tuple(_gifts(row, carried=row.number in carried)),
        )


def _participants(
    context: _Context, donor: Organisation, recipient: Organisation
) -> tuple[tuple[str, Organisation], ...]:
    home = context.organisation(context.session.home)
    found = [("1", donor), ("4", recipient)]
    if home not in (donor, recipient):
        found.insert(1, ("3", home))
    return tuple(found)


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


def _flows(context: _Context) -> Mapping[str, list[_Flow]]:
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


# Consignments


@dataclass
class _Way:
    """What became of one consignment."""

    left: date | None = None
    signed: date | None = None
    good: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    receipts: list[tuple[date, dict[str, int]]] = field(default_factory=list)


def _consignments(context: _Context) -> Iterator[Activity]:
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


def _consignment(context: _Context, each: Sent, way: _Way, *, finished: bool, valued: bool) -> Activity:
    home, recipient = context.organisation(context.session.home), context.organisation(each.recipient)
    goods = ", ".join(f"{units:,} {item(code).name()}" for code, units in each.units.items())
    return context.activity(
        f"K-{each.number}",
        f"Batch {each.batch} to {recipient.name}: {goods}",
        f"Medical supplies sent as consignment {each.number}; delivered is what the recipient has signed for.",
        status="4" if finished else "2" if way.left else "1",
        participants=_participants(context, home, recipient),
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


def _ways(context: _Context) -> Mapping[str, _Way]:
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
    context: _Context, way: _Way, home: Organisation, recipient: Organisation
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


# Teams


def _teams(context: _Context) -> Iterator[Activity]:
    known = teams(context.session.ledger, as_of=context.as_of, known_on=context.known_on)
    for team in known.deployments.values():
        yield _team(context, team)


def _team(context: _Context, team: Team) -> Activity:
    home = context.organisation(context.session.home)
    said = team.deployment
    recipient = context.organisation(said.recipient)
    state = team.state(context.as_of)
    worked: dict[str, int] = defaultdict(int)
    for report in team.reports:
        for part in report.present:
            worked[part.skill] += part.seats
    days = (said.last - said.start).days + 1
    return context.activity(
        said.number,
        f"{said.team} of {team.people} to {recipient.name}",
        f"{team.people} people from {said.start} to {team.last}; a person-day counts when it was worked.",
        status={"planned": "1", "deployed": "2", "returned": "4"}[state],
        participants=_participants(context, home, recipient),
        country=context.country(said.recipient),
        aid_type="D01",
        sector="12264",
        planned_start=said.start,
        planned_end=said.last,
        actual_start=None if state == "planned" else said.start,
        actual_end=team.returned,
        quantities=tuple(
            Quantity(SKILLS.get(part.skill, part.skill), "person-days", part.seats * days, worked[part.skill])
            for part in said.people
        ),
    )
