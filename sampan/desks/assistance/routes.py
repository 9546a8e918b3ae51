"""From which account to which does a gift go, and whose word says that it is there?"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sampan.access.session import Session
from sampan.core.errors import InputError, Refused
from sampan.desks.assistance.funds import the_fund
from sampan.desks.assistance.lines import Arrival, shown
from sampan.ledger.ledger import Ledger
from sampan.records.assistance.contributions import Contribution, GiftKind
from sampan.records.movement import Commodity, Kind, Movement
from sampan.world.accounts import statement
from sampan.world.contributions import carried, side
from sampan.world.parties import Known, party

COMMODITY: dict[GiftKind, Kind] = {
    "goods": "goods",
    "money": "money",
    "services": "services",
    "people": "person-days",
}

_DEPOT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")

_TAKER: dict[GiftKind, str] = {
    "goods": "received",
    "money": "disbursed",
    "services": "served",
    "people": "deployed",
}


@dataclass(frozen=True)
class Route:
    """Who gives to whom, seen from home. ``abroad``: the recipient is not of home."""

    ledger: Ledger
    said: Contribution
    home: str
    abroad: bool

    def movement(self, what: Arrival, *, into: str | None) -> Movement:
        """The movement that brings ``what``, to the account ``into`` (a depot or a fund) if home takes it in."""
        earmark = self.said.earmark
        lot = what.lot or (self.said.number if what.kind == "goods" else None)
        goods = Commodity(COMMODITY[what.kind], what.item, lot, what.expiry, earmark)
        return Movement(f"donor:{self.said.donor}", self._taker(what, into), goods, what.quantity)

    def _taker(self, what: Arrival, into: str | None) -> str:
        if self.said.recipient == self.home and what.kind == "goods":
            if not _DEPOT.fullmatch(into or "home"):
                raise InputError(
                    f'"{into}" is no name for a depot.',
                    way_out="Use letters, digits and dashes.",
                    field="into",
                )
            return f"depot:{into or 'home'}"
        if self.said.recipient == self.home and what.kind == "money":
            return f"fund:{the_fund(self.ledger, into).code}"
        return f"{_TAKER[what.kind]}:{self.said.recipient}"

    def require_word(self, *, confirmed: str, carried_by: str | None, kinds: Collection[GiftKind]) -> None:
        """Nothing counts as delivered abroad until the recipient says so; what home pays, its bank says.

        Home's own goods and people leave by a consignment or a deployment, out of its depots and its roster.
        """
        ours = self.said.donor == self.home
        if carried_by is None and ours and {"goods", "people"} & set(kinds):
            raise Refused(
                "What home itself gives leaves its depots by a consignment, and its roster by a deployment.",
                way_out="Name the one that carried it: --carried-by.",
            )
        pays = ours and set(kinds) == {"money"}
        if not self.abroad or confirmed.strip() or carried_by is not None or pays:
            return
        raise Refused(
            f"{self.said.recipient} has not said that it has this.",
            way_out="Cite the recipient's receipt or letter: --confirmed; or what carried it: --carried-by.",
        )

    def require_carried(self, there: Sequence[Arrival], number: str, *, day: date) -> None:
        """Lets a delivery cite the consignment or the deployment ``number`` for what came of it.

        Raises Refused if the recipient has signed for less, or had fewer person-days, than deliveries say.
        """
        if self.said.donor != self.home:
            raise InputError("Only what home sends is carried by its consignments.", way_out="Leave it out.")
        for what in there:
            if what.kind not in ("goods", "people"):
                raise InputError(f"No consignment carries {what.kind}.", way_out="Record it apart.")
            left = self._not_cited(what, number, day)
            if what.quantity > left:
                raise Refused(
                    f"{self.said.recipient} has had {shown(what.kind, what.item, left)} of {number} that no "
                    f"delivery cites yet; this cites {what.quantity:,}.",
                    way_out="Wait for its receipt or report, or name what carried it.",
                )

    def _not_cited(self, what: Arrival, number: str, day: date) -> int:
        """What came by a consignment, or of one skill at all, less what deliveries say of it already."""
        account = f"{_TAKER[what.kind]}:{self.said.recipient}"
        came = statement(self.ledger, account, item=what.item, as_of=day)
        if what.kind == "people":
            worked = sum(line.change for line in came if line.other == "roster")
            return worked - carried(self.ledger, what.item, to=self.said.recipient)
        signed = sum(line.change for line in came if line.other.partition(":")[2] == number)
        return signed - carried(self.ledger, what.item, by=number)


def route(session: Session, said: Contribution) -> Route:
    """The route of a contribution. Raises InputError if home has no part in it, or it goes nowhere."""
    donor, recipient = party(session.ledger, said.donor), party(session.ledger, said.recipient)
    if said.donor == said.recipient:
        raise InputError(f"{said.donor} gives nothing to itself.", way_out="Name another recipient.")
    _of_home(session.home, donor, recipient)
    return Route(session.ledger, said, session.home, recipient.partner != session.home)


def _of_home(home: str, donor: Known, recipient: Known) -> None:
    if side(donor.partner, recipient.partner, home) is None:
        raise InputError(
            f"Neither {donor.code} nor {recipient.code} is of {home}: this node keeps no books for them.",
            way_out=f"One of the two is {home}, or belongs to it.",
        )
