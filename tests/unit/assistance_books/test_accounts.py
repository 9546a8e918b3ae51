"""Accounts answer as a slow loop over the log answers, on both stores, before and after a rebuild."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random

from sampan.core.time import StandingClock
from sampan.ledger.entry import Draft
from sampan.ledger.ledger import Ledger
from sampan.records.assistance import CountLine, LotLine, Production, StockCount
from sampan.records.movement import Account, Commodity
from sampan.records.record import read_record
from sampan.world.account_tables import Accounts
from sampan.world.accounts import balance, held_now, statement
from tests.ledgers import KEY, ORIGIN

FIRST = datetime(2020, 3, 1, 12, tzinfo=UTC)


def filled(place: str | Path, random: Random) -> Ledger:
    """Forty entries, some true on earlier days than they were recorded."""
    clock = StandingClock(FIRST)
    ledger = Ledger.create(place, origin=ORIGIN, key=KEY, clock=clock, read_models=[Accounts()])
    for number in range(40):
        clock.at = FIRST + timedelta(days=number // 4)
        day = clock.at.date() - timedelta(days=random.choice((0, 0, 3)))
        item, lot = random.choice(("mask", "ventilator")), random.choice(("A", "B"))
        made = Production(depot="home", lines=(LotLine(item=item, lot=lot, units=50),), source="Works")
        found = StockCount(
            depot="home", lines=(CountLine(item=item, lot=lot, booked=50, counted=43, reason="x"),)
        )
        for record in (made, found):
            at = datetime.combine(day, time(), UTC)
            ledger.append([Draft(record.kind, record.body(), "officer", at)])
    return ledger


def slowly(
    ledger: Ledger, as_of: date | None, known_on: datetime | None
) -> dict[tuple[Account, Commodity], int]:
    total: dict[tuple[Account, Commodity], int] = defaultdict(int)
    for entry in ledger.entries(known_on=known_on):
        if as_of is None or entry.effective.date() <= as_of:
            for moved in read_record(entry.kind, entry.body).movements():
                total[moved.giver, moved.commodity] -= moved.quantity
                total[moved.taker, moved.commodity] += moved.quantity
    return {key: quantity for key, quantity in total.items() if quantity}


def test_balances_as_of_and_as_known_on(place: str | Path) -> None:
    random = Random(1)
    with filled(place, random) as ledger:
        for _ in range(2):
            for _ in range(12):
                as_of = random.choice([None, (FIRST + timedelta(days=random.randrange(-3, 12))).date()])
                known_on = random.choice([None, FIRST + timedelta(days=random.randrange(-1, 12))])
                found = balance(ledger, as_of=as_of, known_on=known_on)
                assert {(x.account, x.commodity): x.quantity for x in found} == slowly(
                    ledger, as_of, known_on
                )
            assert held_now(ledger, "depot:home") == {
                what: n
                for (account, what), n in slowly(ledger, None, None).items()
                if account == "depot:home"
            }
            ledger.rebuild()


def test_a_statement_ends_at_the_balance(place: str | Path) -> None:
    with filled(place, Random(2)) as ledger:
        lines = statement(ledger, "depot:home", item="mask")
        ends = {line.commodity: line.balance for line in lines}
        assert ends == {x.commodity: x.quantity for x in balance(ledger, account="depot:home", item="mask")}
        assert [line.day for line in lines] == sorted(line.day for line in lines)
        assert statement(ledger, "depot:nowhere") == ()


def test_prefixes_and_whole_names(place: str | Path) -> None:
    with filled(place, Random(3)) as ledger:
        assert {x.account for x in balance(ledger, account="depot:")} == {"depot:home"}
        assert balance(ledger, account="depot") == []
        assert {x.commodity.item for x in balance(ledger, item="mask")} == {"mask"}
