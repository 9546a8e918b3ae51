"""Whatever is tried, in whatever order: the books balance, and what is refused changes nothing.

A slow oracle keeps its own plain books of pledges and funds. Every random step is tried on the desk; where
the desk takes it, the oracle follows; where it refuses, the oracle must agree that it could not be.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from sampan.access.session import Session
from sampan.core.errors import InputError, Refused
from sampan.core.money import Money, Rate
from sampan.desks.assistance import contributions, deliveries, donors, funds
from sampan.desks.assistance.lines import Arrival
from sampan.node import Node, memory_node
from sampan.records.assistance import Line
from sampan.records.movement import may_owe
from sampan.world.accounts import Holding, balance
from sampan.world.contributions import progress
from tests.giving import FIRST, furnish

ITEMS = (("goods", "mask"), ("money", "USD"), ("money", "EUR"), ("people", "nurse"))
GIFTS = (("ITA-CRI", "CHN"), ("CHN-MOF", "CHN"), ("CHN-FND", "ETH"), ("CHN", "WHO"), ("CHN", "ITA"))
EARMARKS = {"MOF-WHO": ("CHN-MOF", "WHO"), "CRI-CHN": ("ITA-CRI", "CHN")}


class Oracle:
    """Plain sums: per contribution and thing what is pledged, committed, delivered; per fund and earmark."""

    def __init__(self) -> None:
        self.parties: dict[str, tuple[str, str, str | None]] = {}
        self.said: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        self.fund: Counter[tuple[str, str | None]] = Counter()
        self.bound: dict[str, Counter[tuple[str, str | None]]] = defaultdict(Counter)
        self.used: Counter[str] = Counter()

    def may_draw(self, number: str, currency: str) -> int:
        """What of the fund this contribution may have: free money, and what its earmark allows."""
        _, recipient, _ = self.parties[number]
        return sum(
            held
            for (money, earmark), held in self.fund.items()
            if money == currency and (earmark is None or EARMARKS[earmark][1] == recipient)
        )

    def draw(self, number: str, currency: str, quantity: int) -> None:
        """Tied money first."""
        _, recipient, _ = self.parties[number]
        for earmark in [*EARMARKS, None]:
            if earmark is None or EARMARKS[earmark][1] == recipient:
                taken = min(quantity, self.fund[currency, earmark])
                self.fund[currency, earmark] -= taken
                self.bound[number][currency, earmark] += taken
                quantity -= taken
        assert quantity == 0

    def unbind(self, number: str, currency: str, quantity: int, *, back: bool) -> None:
        """Pays tied money first; gives free money back first."""
        order = [None, *EARMARKS] if back else [*EARMARKS, None]
        for earmark in order:
            taken = min(quantity, self.bound[number][currency, earmark])
            self.bound[number][currency, earmark] -= taken
            if back:
                self.fund[currency, earmark] += taken
            quantity -= taken
        assert quantity == 0


class Trial:
    """One node, one oracle, one stream of chances. Days only go forward, as the oracle keeps no calendar."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.node: Node = memory_node(at=datetime(2020, 12, 31, 12, tzinfo=UTC))
        self.office: Session = furnish(self.node.session)
        for code, (donor, recipient) in EARMARKS.items():
            donors.record_earmark(
                self.office, code, donor=donor, level="earmarked", recipients=[recipient], day=FIRST
            )
        self.oracle = Oracle()
        self.day = FIRST
        self.taken: Counter[str] = Counter()

    def step(self) -> None:
        self.day += timedelta(days=self.chance.choice([0, 0, 0, 1]))
        name = self.chance.choice(
            ["pledge", "commit", "commit", "deliver", "deliver", "cancel", "use", "change"]
        )
        before = self._all()
        try:
            could = getattr(self, f"_{name}")()
        except (Refused, InputError) as fault:
            assert self._all() == before, fault
            assert fault.way_out
            assert not self._possible, f"{name} was possible, and refused: {fault}"
            self.taken["refused"] += 1
        else:
            assert could is None
            assert self._possible, f"{name} was taken, and could not be"
            self._follow()
            self.taken[name] += 1

    def _all(self) -> tuple[int, list[Holding]]:
        """How much is recorded, but for the attempts that were refused; and what every account holds."""
        ledger = self.office.ledger
        attempts = sum(1 for _ in ledger.entries(kind="access.refusal"))
        return ledger.size - attempts, balance(ledger)

    def _pledge(self) -> None:
        donor, recipient = self.chance.choice(GIFTS)
        earmark = self.chance.choice([None, None, *EARMARKS])
        things = self.chance.sample(ITEMS, self.chance.choice([1, 2]))
        lines = [Line(kind=k, item=i, quantity=self.chance.randint(1, 50)) for k, i in things]  # type: ignore[arg-type]
        number = f"C-{len(self.oracle.parties):04d}"
        fits = earmark is None or (
            EARMARKS[earmark][0] == donor and (recipient in ("CHN", EARMARKS[earmark][1]))
        )
        self._possible = fits

        def follow() -> None:
            self.oracle.parties[number] = (donor, recipient, earmark)
            for line in lines:
                self.oracle.said[number, line.item]["pledged"] = line.quantity

        self._follow = follow
        contributions.pledge(
            self.office,
            donor=donor,
            recipient=recipient,
            lines=lines,
            earmark=earmark,
            number=number,
            day=self.day,
        )

    def _any(self, room: Callable[[Counter[str]], int]) -> tuple[str, str, str, int]:
        """A contribution, a thing and a quantity: mostly with ``room`` for it, at times not, at times nonsense."""
        legal = [(*key, left) for key, said in self.oracle.said.items() if (left := room(said)) > 0]
        if legal and self.chance.random() < 0.7:
            number, item, left = self.chance.choice(legal)
            kind = next(kind for kind, each in ITEMS if each == item)
            return number, kind, item, self.chance.randint(1, left)
        known = [*self.oracle.parties, "C-9999"]
        kind, item = self.chance.choice(ITEMS)
        return self.chance.choice(known), kind, item, self.chance.randint(1, 60)

    def _commit(self) -> None:
        number, kind, item, quantity = self._any(lambda said: said["pledged"] - said["committed"])
        said = self.oracle.said.get((number, item), Counter())
        home = number in self.oracle.parties and self.oracle.parties[number][0] == "CHN"
        self._possible = quantity <= said["pledged"] - said["committed"] and (
            not home or kind != "money" or quantity <= self.oracle.may_draw(number, item)
        )

        def follow() -> None:
            said["committed"] += quantity
            if home and kind == "money":
                self.oracle.draw(number, item, quantity)

        self._follow = follow
        line = Line(kind=kind, item=item, quantity=quantity)  # type: ignore[arg-type]
        contributions.commit(self.office, number, [line], day=self.day)

    def _deliver(self) -> None:
        number, kind, item, quantity = self._any(lambda said: said["committed"] - said["delivered"])
        said = self.oracle.said.get((number, item), Counter())
        donor, recipient, earmark = self.oracle.parties.get(number, ("", "", None))
        confirmed = self.chance.choice(["", "letter", "letter"])
        # home's own goods and people need a consignment or a deployment, which nobody sends here
        spoken = kind == "money" if donor == "CHN" else recipient == "CHN" or confirmed != ""
        ours = kind == "money" and donor == "CHN"
        confirms = ours and confirmed != "" and quantity <= said["paid"]
        due = said["committed"] - said["delivered"] - said["paid"]
        self._possible = confirms or (quantity <= due and spoken)

        def follow() -> None:
            said["delivered" if confirmed or not ours else "paid"] += quantity
            if confirms:
                said["paid"] -= quantity
            elif kind == "money" and donor == "CHN":
                self.oracle.unbind(number, item, quantity, back=False)
            elif kind == "money" and recipient == "CHN":
                self.oracle.fund[item, earmark] += quantity

        self._follow = follow
        arrival = Arrival(kind, item, quantity)  # type: ignore[arg-type]
        deliveries.deliver(self.office, number, [arrival], confirmed=confirmed, day=self.day)

    def _cancel(self) -> None:
        number, kind, item, quantity = self._any(
            lambda said: said["pledged"] - said["delivered"] - said["paid"]
        )
        said = self.oracle.said.get((number, item), Counter())
        self._possible = quantity <= said["pledged"] - said["delivered"] - said["paid"]
        bound = max(0, quantity - (said["pledged"] - said["committed"]))

        def follow() -> None:
            said["pledged"] -= quantity
            said["committed"] -= bound
            if kind == "money" and self.oracle.parties[number][0] == "CHN":
                self.oracle.unbind(number, item, bound, back=True)

        self._follow = follow
        line = Line(kind=kind, item=item, quantity=quantity)  # type: ignore[arg-type]
        contributions.cancel(self.office, number, [line], note="chance", day=self.day)

    def _use(self) -> None:
        number, kind, item, quantity = self._any(lambda said: said["delivered"] - said["used"])
        said = self.oracle.said.get((number, item), Counter())
        _, recipient, earmark = self.oracle.parties.get(number, ("", "", None))
        self._possible = (
            kind != "money"
            and recipient == "CHN"
            and earmark in (None, "CRI-CHN")
            and quantity <= said["delivered"] - said["used"]
        )

        def follow() -> None:
            said["used"] += quantity

        self._follow = follow
        arrival = Arrival(kind, item, quantity)  # type: ignore[arg-type]
        deliveries.use(self.office, number, [arrival], place="CN-HB", day=self.day)

    def _change(self) -> None:
        held = [(money, earmark) for (money, earmark), minor in self.oracle.fund.items() if minor]
        currency, earmark = self.chance.choice([*held, ("USD", None), ("EUR", "MOF-WHO")])
        sold = Money(self.chance.randint(1, 60), currency)
        rate = Rate("EUR", "USD", Decimal("1.25"), self.day, "chance")
        bought = rate.convert(sold)
        self._possible = bought.minor > 0 and sold.minor <= self.oracle.fund[sold.currency, earmark]

        def follow() -> None:
            self.oracle.fund[sold.currency, earmark] -= sold.minor
            self.oracle.fund[bought.currency, earmark] += bought.minor

        self._follow = follow
        funds.exchange(self.office, "relief", sold, rate=rate, earmark=earmark, day=self.day)

    _possible: bool
    _follow: Any

    def check(self) -> None:
        """The books balance, nothing is below zero, and the desk and the oracle tell the same story."""
        ledger = self.office.ledger
        total: Counter[Any] = Counter()
        for held in balance(ledger):
            total[held.commodity] += held.quantity
            assert held.quantity > 0 or may_owe(held.account), held
        assert not any(total.values())
        fund = {
            (h.commodity.item, h.commodity.earmark): h.quantity
            for h in balance(ledger, account="fund:relief")
        }
        assert fund == {key: held for key, held in self.oracle.fund.items() if held}
        for each in progress(ledger):
            for line in each.lines:
                said = self.oracle.said[each.number, line.item]
                assert line.holds
                names = ("pledged", "committed", "paid", "delivered", "used")
                assert tuple(getattr(line, name) for name in names) == tuple(said[name] for name in names)
            bound = {
                (h.commodity.item, h.commodity.earmark): h.quantity
                for h in balance(ledger, account=f"committed:{each.number}")
            }
            assert bound == {key: held for key, held in self.oracle.bound[each.number].items() if held}

    def replay(self) -> None:
        """Drops the tables and makes them again: the same books on every day."""
        ledger = self.office.ledger
        days = [FIRST + timedelta(days=n) for n in range(0, (self.day - FIRST).days + 1, 3)]
        before = [(balance(ledger, as_of=day), progress(ledger, as_of=day)) for day in days]
        ledger.rebuild()
        assert [(balance(ledger, as_of=day), progress(ledger, as_of=day)) for day in days] == before


def _run(seed: int, steps: int) -> Counter[str]:
    trial = Trial(seed)
    with trial.node:
        for number in range(steps):
            trial.step()
            if number % 20 == 0:
                trial.check()
        trial.check()
        trial.replay()
    return trial.taken


def test_the_books_balance_whatever_is_tried() -> None:
    taken: Counter[str] = Counter()
    for seed in range(5):
        taken += _run(seed, 120)
    assert set(taken) == {"pledge", "commit", "deliver", "cancel", "use", "change", "refused"}, taken


@pytest.mark.full
@pytest.mark.parametrize("seed", range(100, 125))
def test_the_books_balance_whatever_is_tried_for_long(seed: int) -> None:
    _run(seed, 500)


def _days() -> Iterator[date]:
    yield from (FIRST + timedelta(days=n) for n in range(30))


def test_steps_on_any_day_leave_every_day_in_order() -> None:
    """Back-dated steps: taken or refused, at the end of no day is more delivered than was promised."""
    chance = random.Random(7)
    days = list(_days())
    with memory_node() as node:
        office = furnish(node.session)
        contributions.pledge(
            office,
            donor="ITA",
            recipient="CHN",
            lines=[Line(kind="goods", item="mask", quantity=200)],
            day=FIRST,
        )
        taken: Counter[str] = Counter()
        for _ in range(100):
            line = Line(kind="goods", item="mask", quantity=chance.randint(1, 30))
            arrival = Arrival("goods", "mask", line.quantity)
            day = chance.choice(days)
            name = chance.choice(["commit", "deliver", "cancel", "use"])
            try:
                if name == "commit":
                    contributions.commit(office, "C-0001", [line], day=day)
                elif name == "deliver":
                    deliveries.deliver(office, "C-0001", [arrival], day=day)
                elif name == "cancel":
                    contributions.cancel(office, "C-0001", [line], note="chance", day=day)
                else:
                    deliveries.use(office, "C-0001", [arrival], place="CN-HB", day=day)
            except Refused:
                taken["refused"] += 1
            else:
                taken[name] += 1
            for each in days:
                assert all(line.holds for line in progress(office.ledger, as_of=each)[0].lines)
                held = balance(office.ledger, as_of=each)
                assert sum(h.quantity for h in held) == 0
                assert all(h.quantity > 0 or may_owe(h.account) for h in held)
    assert set(taken) == {"commit", "deliver", "cancel", "use", "refused"}, taken
