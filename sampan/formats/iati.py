"""How is aid published so that every reader of the International Aid Transparency Initiative understands it?

Activities as XML by the activity standard 2.03 (https://iatistandard.org/en/iati-standard/203/activity-standard/).
``write`` checks code lists and rules first and publishes nothing that breaks one: the schema's order and types
hold by the way it is written, which the tests hold against the official schema.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from xml.etree import ElementTree

from sampan.core.errors import InputError
from sampan.formats.iati_codes import LISTS

_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_IDENTIFIER = re.compile(r"[^/&|?\s]+")
_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Organisation:
    """A party to an activity. ``ref`` is its registered identifier, None if nobody knows one."""

    name: str
    type: str
    ref: str | None = None


@dataclass(frozen=True)
class Transaction:
    """One flow of value, by its type in the code list; below zero where an earlier one is taken back."""

    type: str
    day: date
    value: Decimal
    currency: str
    says: str
    provider: Organisation
    receiver: Organisation
    channel: str | None = None


@dataclass(frozen=True)
class Quantity:
    """Units of something that a result counts: what was to come (None if unsaid) and what has come."""

    title: str
    unit: str
    planned: int | None
    actual: int | None


@dataclass(frozen=True)
class Activity:
    """One activity. It has a planned or an actual start; ``country`` is by ISO 3166-1 alpha-2, None for the world.

    ``humanitarian`` stands on the activity and on each of its transactions: dashboards read one or the other.
    """

    identifier: str
    title: str
    says: str
    status: str
    participants: tuple[tuple[str, Organisation], ...]
    country: str | None
    aid_type: str
    sector: str
    planned_start: date | None = None
    actual_start: date | None = None
    planned_end: date | None = None
    actual_end: date | None = None
    earmarking: str | None = None
    humanitarian: bool = True
    glide: str | None = None
    appeal: str | None = None
    transactions: tuple[Transaction, ...] = ()
    quantities: tuple[Quantity, ...] = ()

    @property
    def start(self) -> date | None:
        """The actual start, else the planned one."""
        return self.actual_start or self.planned_start


def write(activities: Sequence[Activity], *, reporter: Organisation, generated: datetime) -> bytes:
    """The activities as one file that ``reporter`` publishes at the moment ``generated``.

    Raises InputError with the first fault, and how many there are, if a code list or a rule does not hold.
    """
    found = list(faults(activities, reporter=reporter, generated=generated))
    if found:
        more = f" ({len(found) - 1} more like it.)" if len(found) > 1 else ""
        raise InputError(
            f"This is not valid IATI: {found[0]}.{more}",
            way_out="Correct the entry by another one; nothing was published.",
            faults=found,
        )
    root = ElementTree.Element(
        "iati-activities", {"version": "2.03", "generated-datetime": _moment(generated)}
    )
    for activity in activities:
        _activity(root, activity, reporter, generated)
    ElementTree.indent(root)
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


# Rules


def faults(activities: Sequence[Activity], *, reporter: Organisation, generated: datetime) -> Iterator[str]:
    """What breaks a code list of the standard or a rule of its ruleset, in words; nothing if all is well."""
    if not activities:
        yield "there is no activity to publish"
    if reporter.ref is None or not _IDENTIFIER.fullmatch(reporter.ref):
        yield f"{reporter.ref!r} identifies no publisher"
    seen: set[str] = set()
    for activity in activities:
        name = activity.identifier
        if name in seen:
            yield f"activity {name} is there twice"
        seen.add(name)
        if not name.startswith(f"{reporter.ref}-") or not _IDENTIFIER.fullmatch(name):
            yield f"{name} is no identifier of {reporter.ref}"
        yield from (f"in activity {name}, {fault}" for fault in _faults(activity, generated.date()))


def _faults(activity: Activity, today: date) -> Iterator[str]:
    yield from _outside("ActivityStatus", activity.status)
    yield from _outside("AidType", activity.aid_type)
    yield from _outside("Sector", activity.sector)
    if activity.earmarking is not None:
        yield from _outside("EarmarkingCategory", activity.earmarking)
    if activity.country is not None and not re.fullmatch("[A-Z]{2}", activity.country):
        yield f"{activity.country} is no country by ISO 3166-1 alpha-2"
    if not activity.participants:
        yield "nobody takes part"
    for role, organisation in activity.participants:
        yield from _outside("OrganisationRole", role)
        yield from _of_organisation(organisation)
    yield from _of_dates(activity, today)
    for text in (activity.title, activity.says):
        yield from _of_text(text)
    for transaction in activity.transactions:
        yield from _of_transaction(transaction, today)
    for quantity in activity.quantities:
        yield from _of_text(f"{quantity.title} {quantity.unit}")
        if activity.start is None or (quantity.planned is None and quantity.actual is None):
            yield f"nothing is counted of {quantity.title}"


def _outside(name: str, code: str) -> Iterator[str]:
    if code not in LISTS[name]:
        yield f"{code} is not in the code list {name}"


def _of_organisation(organisation: Organisation) -> Iterator[str]:
    yield from _outside("OrganisationType", organisation.type)
    yield from _of_text(organisation.name)
    if organisation.ref is not None and not _IDENTIFIER.fullmatch(organisation.ref):
        yield f"{organisation.ref!r} identifies no organisation"


def _of_dates(activity: Activity, today: date) -> Iterator[str]:
    if activity.start is None:
        yield "there is neither a planned nor an actual start"
    for first, last in (
        (activity.planned_start, activity.planned_end),
        (activity.actual_start, activity.actual_end),
    ):
        if first and last and last < first:
            yield f"it ends on {last}, before it begins on {first}"
    for day in (activity.actual_start, activity.actual_end):
        if day and day > today:
            yield f"{day} is still to come, and cannot be an actual date"


def _of_transaction(transaction: Transaction, today: date) -> Iterator[str]:
    yield from _outside("TransactionType", transaction.type)
    if transaction.channel is not None:
        yield from _outside("DisbursementChannel", transaction.channel)
    if transaction.day > today:
        yield f"a transaction on {transaction.day} is still to come"
    if not re.fullmatch("[A-Z]{3}", transaction.currency):
        yield f"{transaction.currency} is no currency"
    if not transaction.value.is_finite() or not transaction.value:
        yield f"{transaction.value} {transaction.currency} is no value"
    yield from _of_text(transaction.says)
    yield from _of_organisation(transaction.provider)
    yield from _of_organisation(transaction.receiver)


def _of_text(text: str) -> Iterator[str]:
    if not text.strip():
        yield "a text is empty"
    elif _NOT_XML.search(text):
        yield f"{text!r} has a sign that XML cannot hold"


# Writing, in the order of the schema


def _activity(
    root: ElementTree.Element, activity: Activity, reporter: Organisation, generated: datetime
) -> None:
    flag = _flag(activity.humanitarian)
    node = ElementTree.SubElement(
        root,
        "iati-activity",
        {_LANG: "en", "last-updated-datetime": _moment(generated), "humanitarian": flag},
    )
    ElementTree.SubElement(node, "iati-identifier").text = activity.identifier
    _organisation(node, "reporting-org", reporter)
    _text(node, "title", activity.title)
    _text(node, "description", activity.says, type="1")
    for role, organisation in activity.participants:
        _organisation(node, "participating-org", organisation, role=role)
    ElementTree.SubElement(node, "activity-status", code=activity.status)
    dates = (activity.planned_start, activity.actual_start, activity.planned_end, activity.actual_end)
    for kind, day in zip("1234", dates, strict=True):
        if day is not None:
            ElementTree.SubElement(node, "activity-date", {"type": kind, "iso-date": day.isoformat()})
    _recipient(node, activity.country)
    ElementTree.SubElement(node, "sector", vocabulary="1", code=activity.sector)
    for scope, vocabulary, code in (("1", "1-2", activity.glide), ("2", "2-1", activity.appeal)):
        if code is not None:
            ElementTree.SubElement(node, "humanitarian-scope", type=scope, vocabulary=vocabulary, code=code)
    ElementTree.SubElement(node, "default-aid-type", vocabulary="1", code=activity.aid_type)
    if activity.earmarking is not None:
        ElementTree.SubElement(node, "default-aid-type", vocabulary="2", code=activity.earmarking)
    for transaction in activity.transactions:
        _transaction(node, transaction, flag)
    if activity.quantities:
        _result(node, activity, generated.date())


def _recipient(node: ElementTree.Element, country: str | None) -> None:
    if country is None:
        ElementTree.SubElement(node, "recipient-region", code="998", vocabulary="1")
    else:
        ElementTree.SubElement(node, "recipient-country", code=country)


def _transaction(node: ElementTree.Element, transaction: Transaction, flag: str) -> None:
    day = transaction.day.isoformat()
    into = ElementTree.SubElement(node, "transaction", humanitarian=flag)
    ElementTree.SubElement(into, "transaction-type", code=transaction.type)
    ElementTree.SubElement(into, "transaction-date", {"iso-date": day})
    value = ElementTree.SubElement(into, "value", {"currency": transaction.currency, "value-date": day})
    value.text = f"{transaction.value:f}"
    _text(into, "description", transaction.says)
    _organisation(into, "provider-org", transaction.provider)
    _organisation(into, "receiver-org", transaction.receiver)
    if transaction.channel is not None:
        ElementTree.SubElement(into, "disbursement-channel", code=transaction.channel)


def _result(node: ElementTree.Element, activity: Activity, today: date) -> None:
    """Quantities have no element of their own: they are indicators of an output, counted in units."""
    begin = activity.start
    assert begin is not None
    end = activity.actual_end or activity.planned_end or max(begin, today)
    result = ElementTree.SubElement(node, "result", {"type": "1", "aggregation-status": "true"})
    _text(result, "title", "Assistance in kind")
    for quantity in activity.quantities:
        indicator = ElementTree.SubElement(result, "indicator", measure="1", ascending="true")
        _text(indicator, "title", f"{quantity.title} ({quantity.unit})")
        period = ElementTree.SubElement(indicator, "period")
        ElementTree.SubElement(period, "period-start", {"iso-date": begin.isoformat()})
        ElementTree.SubElement(period, "period-end", {"iso-date": end.isoformat()})
        if quantity.planned is not None:
            ElementTree.SubElement(period, "target", value=str(quantity.planned))
        if quantity.actual is not None:
            ElementTree.SubElement(period, "actual", value=str(quantity.actual))


def _organisation(node: ElementTree.Element, tag: str, organisation: Organisation, **more: str) -> None:
    ref = {} if organisation.ref is None else {"ref": organisation.ref}
    _text(node, tag, organisation.name, **ref, type=organisation.type, **more)


def _text(node: ElementTree.Element, tag: str, text: str, **attributes: str) -> None:
    into = ElementTree.SubElement(node, tag, attributes)
    ElementTree.SubElement(into, "narrative").text = text


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _flag(yes: bool) -> str:
    return "1" if yes else "0"
