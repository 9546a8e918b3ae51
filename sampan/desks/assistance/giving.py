"""What have we given and been given, by whom and under which earmark, as of a day and as known on a day?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sampan.access.session import Session
from sampan.core.rows import Rows
from sampan.desks.assistance.donors import sentence
from sampan.desks.assistance.lines import shown
from sampan.ledger.entry import Entry
from sampan.world.contributions import (
    Came,
    LineState,
    Progress,
    Side,
    Status,
    delivered,
    pledges,
    progress,
    said_of,
    side,
)
from sampan.world.earmarks import earmarks
from sampan.world.parties import Known, finder


@dataclass(frozen=True)
class Row:
    """A contribution as it stands. ``status`` speaks of its last line; ``earmark`` is the donor's own.

    ``drawn_on`` are the earmarks of the money that a gift of home's was committed from: other donors' wishes.
    """

    number: str
    entry: str
    day: date
    donor: str
    donor_name: str
    donor_kind: str
    recipient: str
    recipient_name: str
    side: Side
    status: Status
    lines: tuple[LineState, ...]
    earmark: str | None
    earmark_says: str
    drawn_on: tuple[str, ...]
    purpose: str
    appeal: str | None
    parent: str | None
    note: str
    thanked: bool

    @property
    def said(self) -> str:
        """What was pledged, in words, less what was cancelled."""
        return ", ".join(shown(line.kind, line.item, line.pledged) for line in self.lines)


def contributions(
    session: Session,
    *,
    only: Side | None = None,
    as_of: date | None = None,
    known_on: datetime | None = None,
) -> Sequence[Row]:
    """Every contribution pledged up to ``as_of``, or only those on one side of home, in the order of pledges."""
    known_on = known_on or session.known_now()
    found = on_side(session, only=only, as_of=as_of, known_on=known_on)
    return Rows(
        len(found),
        lambda begin, end: rows(session, found[begin:end], as_of=as_of, known_on=known_on),
    )


def on_side(
    session: Session, *, only: Side | None, as_of: date | None, known_on: datetime | None
) -> list[str]:
    """The numbers of those that home has part in, or only those on one side of it, in the order of pledges."""
    find = finder(session.ledger, known_on=known_on)
    return [
        each.number
        for each in pledges(session.ledger, as_of=as_of, known_on=known_on)
        if (which := side(find(each.donor).partner, find(each.recipient).partner, session.home)) is not None
        and only in (None, which)
    ]


def rows(
    session: Session,
    numbers: Sequence[str],
    *,
    as_of: date | None = None,
    known_on: datetime | None = None,
) -> tuple[Row, ...]:
    """These contributions as they stand: quick for a few of many."""
    find = finder(session.ledger, known_on=known_on)
    said = {code: sentence(earmark) for code, earmark in earmarks(session.ledger, known_on=known_on).items()}
    pledged = {entry.index: entry for entry in said_of(session.ledger, numbers, "pledged")}
    drawn = _drawn_on(said_of(session.ledger, numbers, "committed"), known_on)
    made = []
    for each in progress(session.ledger, numbers, as_of=as_of, known_on=known_on):
        donor, recipient = find(each.donor), find(each.recipient)
        which = side(donor.partner, recipient.partner, session.home)
        assert which is not None, each.number
        made.append(
            _row(each, donor, recipient, which, pledged[each.entry], said, drawn.get(each.number, ()))
        )
    return tuple(made)


def _drawn_on(commitments: Iterable[Entry], known_on: datetime | None) -> dict[str, tuple[str, ...]]:
    """The earmarks of the money that each commitment of home's bound, by contribution."""
    found: dict[str, dict[str, None]] = {}
    for entry in commitments:
        if known_on is None or entry.recorded <= known_on:
            codes = (moved["commodity"]["earmark"] for moved in entry.body["moved"])
            found.setdefault(entry.body["contribution"], {}).update({code: None for code in codes if code})
    return {number: tuple(codes) for number, codes in found.items()}


def _row(  # noqa: PLR0917 the parts of one row
    each: Progress,
    donor: Known,
    recipient: Known,
    which: Side,
    entry: Entry,
    said: Mapping[str, str],
    drawn_on: tuple[str, ...],
) -> Row:
    body = entry.body
    code = body["earmark"]
    return Row(
        number=each.number,
        entry=entry.id,
        day=entry.effective.date(),
        donor=donor.code,
        donor_name=donor.name,
        donor_kind=donor.donor_kind,
        recipient=recipient.code,
        recipient_name=recipient.name,
        side=which,
        status=each.status,
        lines=each.lines,
        earmark=code,
        earmark_says=said.get(code or "", ""),
        drawn_on=drawn_on,
        purpose=body["purpose"] or "",
        appeal=body["appeal"],
        parent=body["parent"],
        note=body["note"] or "",
        thanked=each.thanked,
    )


@dataclass(frozen=True)
class OfKind:
    """What donors of one kind have delivered of one thing, and the contributions behind it."""

    donor_kind: str
    kind: str
    item: str
    donors: int
    """Donors of this kind."""
    delivered: int
    contributions: tuple[str, ...]


def by_donor_kind(
    session: Session,
    *,
    only: Side | None = None,
    as_of: date | None = None,
    known_on: datetime | None = None,
) -> tuple[OfKind, ...]:
    """What was delivered, by kind of donor and by thing, with the list behind each figure."""
    find = finder(session.ledger, known_on=known_on)
    found: dict[tuple[str, str, str], list[Came]] = {}
    for each in delivered(session.ledger, as_of=as_of, known_on=known_on):
        donor, recipient = find(each.donor), find(each.recipient)
        if only in (None, side(donor.partner, recipient.partner, session.home)):
            found.setdefault((donor.donor_kind, each.kind, each.item), []).append(each)
    return tuple(
        OfKind(
            *key,
            donors=len({each.donor for each in all_of}),
            delivered=sum(each.quantity for each in all_of),
            contributions=tuple(each.contribution for each in all_of),
        )
        for key, all_of in sorted(found.items())
    )
