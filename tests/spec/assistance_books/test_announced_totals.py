"""The totals of 26 March 2020, built as a ledger and read back; then a late correction.

89 countries and 4 organisations in four batches: 28 in Asia, 16 in Europe, 26 in Africa, 9 in the Americas,
10 in the South Pacific; help from 79 countries and 10 organisations; USD 20 million to WHO. Source: State
Council Information Office of China, press conference of 26 March 2020. Which countries they were is not said
there: the tests take the first of each region by code.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from sampan.core.time import StandingClock
from sampan.desks.assistance import contributions, deliveries, donors
from sampan.desks.assistance.figures import NAMES, figure, figures
from sampan.desks.assistance.lines import read_lines
from sampan.desks.assistance.packing import withdraw
from sampan.node import Node, memory_node
from sampan.world.organisations import organisations
from sampan.world.places import places
from tests.books import batch, stock
from tests.giving import furnish, give

ANNOUNCED = {"Asia": 28, "Europe": 16, "Africa": 26, "Americas": 9, "South Pacific": 10}
THE_26TH = date(2020, 3, 26)
BATCH_DAYS = tuple(THE_26TH - timedelta(weeks=back) for back in (3, 2, 1, 0))
STRANGERS = {"SCO-SEC": "Shanghai Cooperation Organisation", "NDB-HQ": "New Development Bank"}


def of_region(name: str, count: int) -> list[str]:
    states = [
        p.code for p in places().values() if p.region == name and not p.territory_of and p.code != "CHN"
    ]
    return states[:count]


@pytest.fixture(scope="module")
def announced() -> Iterator[Node]:
    with memory_node(at=datetime(2020, 3, 26, 10, tzinfo=UTC)) as node:
        assisted = [code for name, count in ANNOUNCED.items() for code in of_region(name, count)]
        assisted += ["WHO", "EU", "AU", "ASEAN"]
        stock(node.session, "mask", 93 * 2000, day=BATCH_DAYS[0])
        stock(node.session, "test_kit", 93 * 500, day=BATCH_DAYS[0])
        for number, day in enumerate(BATCH_DAYS):
            batch(node, {code: {"mask": 2000, "test_kit": 500} for code in assisted[number::4]}, day=day)
        office = furnish(node.session)
        helpers = [p.code for p in places().values() if not p.territory_of and p.code != "CHN"][:79]
        for code, name in STRANGERS.items():
            donors.record_party(
                office, code, name=name, donor_kind="multilateral", country="SGP", day=THE_26TH
            )
        for code in [*helpers, *organisations(), *STRANGERS]:
            give(office, code, "CHN", "mask=1000", day=THE_26TH)
        give(office, "CHN-MOF", "CHN", "USD=20000000.00", day=THE_26TH)
        pledged = contributions.pledge(
            office, donor="CHN", recipient="WHO", lines=read_lines(["USD=20000000.00"]), day=THE_26TH
        )
        contributions.commit(office, pledged.number, day=THE_26TH)
        deliveries.deliver(office, pledged.number, day=THE_26TH)
        yield node


def test_who_was_assisted(announced: Node) -> None:
    said = figures(announced.session, as_of=THE_26TH)
    assert (said.countries.count, said.organisations.count, said.batches.count) == (89, 4, 4)
    assert {region.what: region.count for region in said.regions} == ANNOUNCED
    assert {row.code for row in said.organisations.rows} == {"WHO", "EU", "AU", "ASEAN"}


def test_who_helped_us(announced: Node) -> None:
    said = figures(announced.session, as_of=THE_26TH)
    assert (said.helped_us_countries.count, said.helped_us_organisations.count) == (79, 10)


def test_twenty_million_to_who(announced: Node) -> None:
    (row,) = figure(announced.session, "paid", as_of=THE_26TH).rows
    assert (row.code, row.amounts) == ("WHO", {"USD": 20_000_000_00})


def test_donors_by_kind_and_items(announced: Node) -> None:
    said = figures(announced.session, as_of=THE_26TH)
    kinds = {kind.what: kind.count for kind in said.donors}
    assert kinds["multilateral"] == 10
    assert kinds["central government"] == 79 + 1, "79 countries, and home's own ministry of finance"
    assert {row.code: sum(row.amounts.values()) for row in said.items.rows} == {
        "mask": 93 * 2000,
        "test_kit": 93 * 500,
    }


def test_each_earlier_day_had_its_own_totals(announced: Node) -> None:
    totals = [figure(announced.session, "batches", as_of=day).count for day in BATCH_DAYS]
    countries = [figure(announced.session, "countries", as_of=day).count for day in BATCH_DAYS]
    assert totals == [1, 2, 3, 4]
    assert countries[-1] == 89
    assert countries == sorted(countries)
    assert figure(announced.session, "countries", as_of=BATCH_DAYS[0] - timedelta(days=1)).count == 0


@pytest.mark.parametrize("name", NAMES)
def test_behind_every_figure_stands_its_list(announced: Node, name: str) -> None:
    one = figure(announced.session, name, as_of=THE_26TH)
    assert one.count == len(one.rows) == len({row.code for row in one.rows})
    ledger = announced.session.ledger
    for row in one.rows:
        assert row.entries
        assert all(ledger.at(position).effective.date() <= THE_26TH for position in row.entries)


def test_nothing_is_received_before_the_recipient_says_so(announced: Node) -> None:
    assert figure(announced.session, "countries", as_of=THE_26TH, stage="received").count == 0


def test_a_late_correction_changes_todays_figure_and_not_yesterdays() -> None:
    """On the 27th it turns out that a promise of the 26th never stood."""
    with memory_node(at=datetime(2020, 3, 26, 10, tzinfo=UTC)) as node:
        stock(node.session, "mask", 28 * 2000, day=THE_26TH)
        batch(node, {code: {"mask": 2000} for code in of_region("Asia", 28)}, day=THE_26TH)
        published = node.session.clock.now()
        clock = node.session.clock
        assert isinstance(clock, StandingClock)
        clock.set_to(date(2020, 3, 27))
        gone = of_region("Asia", 28)[0]
        withdraw(node.session, f"1-{gone}", reason="the request had been taken back", day=THE_26TH)

        def count(**asked: object) -> int:
            return figure(node.session, "countries", **asked).count  # type: ignore[arg-type]

        assert count(as_of=THE_26TH, known_on=published) == 28, "what was published stays as it was"
        assert count(as_of=THE_26TH) == 27, "and what we know of that day now is another figure"
        assert count() == 27
        assert gone not in {row.code for row in figure(node.session, "countries").rows}
        node.session.ledger.rebuild()
        assert (count(as_of=THE_26TH, known_on=published), count(as_of=THE_26TH)) == (28, 27)
