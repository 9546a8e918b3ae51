"""What does the exchange between nodes offer, the log among it?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sampan.access.offer import Act, Desk, View
from sampan.access.session import Session
from sampan.exchange import arrivals, log, notices, partners
from sampan.exchange.partners import Known
from sampan.ledger.ledger import Ledger


@dataclass(frozen=True)
class PartnerRow:
    """A partner, the key that we trust for it, and the entry that says so."""

    partner: str
    key: str
    entry: str


@dataclass(frozen=True)
class NoticeRow:
    """What a partner has announced of one lot, and how much of it is still to be signed for."""

    number: str
    item: str
    lot: str | None
    expiry: date | None
    earmark: str | None
    left: int


def trust(session: Session, name: str, key: str) -> PartnerRow:
    """Trusts ``key`` for the node of the country or organisation ``name``, instead of any key before.

    Have it told to you by another way than the file that it signs.
    """
    return _row(partners.add(session, name, key))


def partner_list(ledger: Ledger) -> tuple[PartnerRow, ...]:
    """The partners and their keys."""
    return tuple(_row(known) for known in partners.partners(ledger).values())


def notice_list(ledger: Ledger) -> tuple[NoticeRow, ...]:
    """What partners have announced, lot by lot, and what of it is still to be signed for."""
    return tuple(
        NoticeRow(each.notice.number, what.item, what.lot, what.expiry, what.earmark, left)
        for each in arrivals.notices(ledger)
        for what, left in each.left.items()
    )


def _row(known: Known) -> PartnerRow:
    return PartnerRow(known.code, str(known.key), known.entry)


DESK = Desk(
    "exchange",
    acts=(
        Act("trust", trust, "administer"),
        Act("take_in", notices.take_in, "receive"),
        Act("sign_for", arrivals.receive, "receive"),
    ),
    views=(
        View("partners", partner_list),
        View("notices", notice_list),
        View("notice", notices.export_notice, media="application/json"),
        View("receipt", notices.export_receipt, media="application/json"),
        View("checkpoint", log.checkpoint, "public"),
        View("consistency", log.consistency, "public"),
        View("published", log.published, "public"),
        View("public_entry", log.public_entry, "public"),
        View("entries", log.entries),
        View("entry", log.entry),
    ),
)
