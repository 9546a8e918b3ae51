"""What happens around the office between two decisions of an exercise?

An exercise has injects: somebody plays the works that fill the depot, the donors, the carriers, and the
recipients who sign, claim and appeal. They go through the same acts as real ones, on the days on which they
would, so that what was decided comes, late or damaged or not at all, and the public figures follow.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from functools import partial

import numpy as np

from sampan.access.people import somebody
from sampan.access.session import Session
from sampan.core.time import StandingClock
from sampan.desks.assistance import (
    appeals,
    contributions,
    deliveries,
    depots,
    donors,
    funds,
    journeys,
    packing,
    receipts,
    roster,
    rounds,
    teams,
)
from sampan.desks.assistance.assumptions import Assumptions
from sampan.desks.assistance.batches import Approved
from sampan.desks.assistance.lines import read_arrival, read_lines
from sampan.desks.assistance.stock_lists import lot_line
from sampan.desks.science.exercise import FictionalGenomes
from sampan.injects.laboratories import Laboratories
from sampan.records.assistance.appeals import AppealLine
from sampan.records.assistance.consignments import recipient_of
from sampan.world.accounts import held_now
from sampan.world.organisations import organisations
from sampan.world.places import place

BEFORE = timedelta(weeks=2)
"""The injects begin so long before the first decision: home is still being helped then."""

WEEKS = 12
"""Weeks from the first decision on in which the works deliver."""

SHELF_LIFE = timedelta(weeks=150)

DONORS = ("RUS", "JPN", "PAK", "KOR", "DEU", "EGY", "BRA", "THA", "KHM", "ETH", "WHO")
GIFTS = ("mask=120000", "protective_suit=2000", "test_kit=5000", "mask=60000", "thermometer_gun=400")
"""What each donor in turn gives home."""

BUDGET, TO_WHO = "USD=25000000", "USD=20000000"
"""What the ministry of finance pays into the relief fund, and what of it goes to WHO."""

ASKED = (("mask", 200_000), ("test_kit", 50_000), ("ventilator", 20), ("protective_suit", 5_000))
"""What those who appeal ask for, in turn; each asks for two."""

APPEALS, TEAM_DAYS, EXPERTS = 3, 14, 20
"""Appeals a week, days that a team stays, and experts on the roster."""

SKILLS = ("epidemiology", "laboratory", "critical-care", "infection-control")

LATE, DAMAGED, MISSING = 0.1, 0.04, 0.03
"""Shares of the consignments that stay a week with the carrier, arrive in part damaged, or in part not at all."""


class Injects:
    """Plays everybody else in an exercise, day by day. The same seed plays the same."""

    def __init__(
        self,
        office: Session,
        clock: StandingClock,
        *,
        assumptions: Assumptions,
        first: date,
        seed: int,
        genomes: FictionalGenomes | None = None,
    ) -> None:
        """``first`` is the day of the first decision; what comes before it goes on the calendar at once.

        Without ``genomes`` the laboratories do nothing.
        """
        self.office, self.clock = office, clock
        self.assumptions = rounds.for_home(office, assumptions)
        self.rng = np.random.default_rng(seed)
        self.calendar: dict[date, list[Callable[[], object]]] = {}
        self.appeals: dict[str, str] = {}
        """The appeal of each who has made one."""
        self.waybill = 0
        self._before(first)
        if genomes:
            Laboratories(office, genomes, opening=first - BEFORE, on=self._on)

    @property
    def today(self) -> date:
        """The day that is being played."""
        return self.office.today()

    def until(self, day: date) -> None:
        """Plays each day that is left up to ``day``, and leaves the clock at its noon."""
        while due := [one for one in self.calendar if one <= day]:
            self.clock.set_to(min(due), hour=8)
            for inject in self.calendar.pop(min(due)):
                inject()
        self.clock.set_to(day)

    def decided(self, batch: Approved, hardest_hit: Sequence[str]) -> None:
        """What a batch sets going, and what those who are ``hardest_hit`` do in the week after it."""
        self._answer(batch)
        for number in batch.consignments:
            late = 7 if self.rng.random() < LATE else 0
            self._in(int(self.rng.integers(1, 4)) + late, self._leave, number)
        asking = [code for code in hardest_hit if code not in self.appeals][:APPEALS]
        for at, code in enumerate(asking):
            self._in(2 + at, self._appeal, code, ASKED[at : at + 2])
        for code in asking[:1]:
            self._in(2, self._ask_for_team, code)

    def _in(self, days: int, inject: Callable[..., object], *given: object) -> None:
        self._on(self.today + timedelta(days), inject, *given)

    def _on(self, day: date, inject: Callable[..., object], *given: object) -> None:
        self.calendar.setdefault(day, []).append(partial(inject, *given))

    def _before(self, first: date) -> None:
        opening = first - BEFORE
        self._on(opening, self._open_books)
        givers = [code for code in DONORS if code != self.office.home]
        for at, donor in enumerate(givers):
            self._on(opening + timedelta(1 + at), self._give, donor, GIFTS[at % len(GIFTS)])
        for week in range(WEEKS):
            self._on(first + timedelta(weeks=week), self._deliver_works, week)

    def _open_books(self) -> None:
        """The opening stock, a fund with its money, what of it goes to WHO, and experts who may be sent."""
        self._stock({item: supply.stock for item, supply in self.assumptions.supply.items()}, "OPENING")
        ministry = f"{self.office.home}-FIN"
        donors.record_party(
            self.office,
            ministry,
            name="Ministry of Finance (exercise)",
            donor_kind="central government",
            country=self.office.home,
        )
        funds.open_fund(self.office, "relief", name="Relief fund (exercise)", currency="USD")
        paid_in = self._pledge(ministry, self.office.home, BUDGET)
        contributions.commit(self.office, paid_in)
        deliveries.deliver(self.office, paid_in, into="relief")
        to_who = self._pledge(self.office.home, "WHO", TO_WHO)
        contributions.commit(self.office, to_who, fund="relief")
        self._in(9, partial(deliveries.deliver, self.office, to_who))
        self._in(12, partial(deliveries.deliver, self.office, to_who, confirmed="WHO, by letter (exercise)"))
        span = f"{self.today}/{self.today + timedelta(weeks=26)}"
        people = [
            roster.expert(f"E-{at:04d}", [SKILLS[at % len(SKILLS)]], ["en"], [span])
            for at in range(1, 1 + EXPERTS)
        ]
        roster.enrol(self.office, people)

    def _deliver_works(self, week: int) -> None:
        supply = self.assumptions.supply.items()
        self._stock(
            {item: round(s.production * s.export_share) for item, s in supply}, f"WEEK-{week + 1:02d}"
        )

    def _stock(self, units: Mapping[str, int], lot: str) -> None:
        lines = [
            lot_line(item, count, lot=lot, expiry=self.today + SHELF_LIFE)
            for item, count in units.items()
            if count
        ]
        depots.produce(self.office, lines, source="The works (exercise)")

    def _pledge(self, donor: str, recipient: str, what: str) -> str:
        lines = read_lines([what])
        return contributions.pledge(self.office, donor=donor, recipient=recipient, lines=lines).number

    def _give(self, donor: str, what: str) -> None:
        """A gift to home: pledged today, in the depot a few days later, and thanked for."""
        number = self._pledge(donor, self.office.home, what)
        contributions.commit(self.office, number)
        arrival = read_arrival(f"{what}@{donor}/{self.today + SHELF_LIFE}")
        self._in(4, partial(deliveries.deliver, self.office, number, (arrival,), into="home"))
        self._in(6, partial(contributions.thank, self.office, number, "by letter (exercise)"))

    def _leave(self, number: str) -> None:
        """A consignment is packed and given to the airline; it comes when its lane says, more or less."""
        packing.pack(self.office, number)
        self.waybill += 1
        to = recipient_of(number)
        journeys.hand_over(
            self.office,
            number,
            mode="air",
            carrier="Exercise Air Cargo",
            waybill=f"999-{self.waybill:08d}",
            origin=self.office.home,
            destination=to,
        )
        self._in(7 * self._weeks_to(to) + int(self.rng.integers(-3, 2)), self._sign, number)

    def _weeks_to(self, code: str) -> int:
        region = None if code in organisations() else place(code).region
        lane = self.assumptions.lanes.get(region or "")
        return lane.weeks if lane else 1

    def _sign(self, number: str) -> None:
        """The recipient's word: all good, or some of the first lot damaged or missing."""
        recipient = recipient_of(number)
        signing = self.office.on_behalf_of(
            somebody(f"signs-for-{recipient.lower()}", [f"receiver:{recipient}"])
        )
        chance = self.rng.random()
        if chance >= DAMAGED + MISSING:
            receipts.receive_all(signing, number)
            return
        receipts.receive(signing, number, self._found(number, damaged=chance < DAMAGED))

    def _found(self, number: str, *, damaged: bool) -> list[receipts.Found]:
        """What the recipient counts: a fiftieth of the first lot is wanting, and is settled a week later."""
        (first, units), *rest = held_now(self.office.ledger, f"transit:{number}").items()
        wanting = max(1, units // 50)
        self._in(
            7,
            partial(
                receipts.settle, self.office, number, first.item, wanting, "lost",
                reason="The insurer agrees (exercise)", lot=first.lot,
            ),
        )  # fmt: skip
        reason = "Wet cartons (exercise)" if damaged else "Fewer cartons than listed (exercise)"
        return [
            receipts.Found(
                first.item,
                units - wanting,
                wanting * damaged,
                wanting * (not damaged),
                first.lot,
                first.expiry,
                reason,
            ),
            *(receipts.Found(what.item, count, lot=what.lot, expiry=what.expiry) for what, count in rest),
        ]

    def _appeal(self, requester: str, asked: Sequence[tuple[str, int]]) -> None:
        """An appeal, verified and acknowledged within two days; a batch will answer it."""
        needed_by = self.today + timedelta(weeks=3)
        lines = [
            AppealLine(kind="goods", item=item, quantity=units, needed_by=needed_by) for item, units in asked
        ]
        taken = appeals.record_appeal(self.office, requester=requester, lines=lines, note="EXERCISE")
        number = self.appeals[requester] = taken.done.number
        move = partial(appeals.move_appeal, self.office, number)
        self._in(1, move, "verified", "The embassy was called back (exercise)")
        self._in(2, move, "acknowledged", "By note verbale (exercise)")

    def _answer(self, batch: Approved) -> None:
        for requester, number in self.appeals.items():
            if requester in batch.recipients:
                appeals.move_appeal(self.office, number, "answered", f"Batch {batch.number} (exercise)")

    def _ask_for_team(self, recipient: str) -> None:
        """A team is asked for, leaves after two days, and reports each day."""
        start = self.today + timedelta(2)
        seats = [roster.seats(f"{skill}=1") for skill in SKILLS]
        asked = roster.request(self.office, recipient, seats, start=start, days=TEAM_DAYS)
        number = teams.send(self.office, [asked.number])[0].number
        for at in range(TEAM_DAYS):
            day = start + timedelta(at)
            self._on(day, teams.report, self.office, number, day)
