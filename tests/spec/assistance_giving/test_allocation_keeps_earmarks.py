"""A donor's wish on stock is kept by the plan: those lots go to whom the donor allows, and to nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from sampan.access.session import Session
from sampan.desks.assistance import assumptions, donors, rounds
from sampan.desks.assistance.earmarked import Tied, as_lots, free, tied
from sampan.desks.control import forecast
from sampan.desks.control.reports import load
from sampan.desks.control.situation import assessed
from sampan.node import memory_node
from sampan.records.assistance import Earmark
from tests.giving import furnish, give
from tests.replays import real_files

DAY = date(2020, 3, 26)


def _earmark(code: str, *recipients: str) -> Earmark:
    return Earmark(code=code, donor="ITA", level="earmarked", recipients=recipients, items=("mask",))


def test_a_tag_names_those_whom_the_donor_allows() -> None:
    stock = [
        Tied("mask", 500, date(2020, 4, 8), _earmark("AFR", "Africa")),
        Tied("mask", 300, None, _earmark("AFR", "Africa")),
        Tied("mask", 100, None, _earmark("HOME", "CHN")),
    ]
    codes = ["ITA", "ETH", "AU", "SRB"]
    lots, tags = as_lots(stock, items=["test_kit", "mask"], recipients=codes, day=DAY)
    assert [(lot.item, lot.units, lot.expires, lot.earmark) for lot in lots] == [
        (1, 500, 1, 0),
        (1, 300, None, 0),
    ]
    assert [(tag.name, tag.recipients, tag.items) for tag in tags] == [("AFR", (1, 2), (1,))]
    assert free({"mask": 1000, "ventilator": 5}, stock) == {"mask": 100, "ventilator": 5}


@pytest.fixture(scope="module")
def planning(shared: Path) -> Iterator[Session]:
    """A node that has read the real reports up to 26 March 2020, and published its forecast."""
    with memory_node(at=datetime(2020, 3, 26, 12, tzinfo=UTC)) as node:
        session = furnish(node.session)
        load(session, real_files(shared))
        state = assessed(session, until=DAY)
        forecast.publish(session, state, forecast.make(state))
        yield session


def test_earmarked_masks_are_planned_for_africa_alone(planning: Session) -> None:
    donors.record_earmark(
        planning,
        "CRI-AFR",
        donor="ITA-CRI",
        level="earmarked",
        recipients=["Africa"],
        items=["mask"],
        day=DAY,
    )
    give(planning, "ITA-CRI", "CHN", "mask=2000000@L1/2022-01-01", earmark="CRI-AFR", day=DAY)
    give(planning, "ITA-CRI", "CHN", "mask=60000@L2/2022-01-01", day=DAY)
    (lot,) = tied(planning.ledger, {"mask": 2_060_000}, as_of=DAY)
    assert (lot.units, lot.earmark.code) == (2_000_000, "CRI-AFR")
    decision = rounds.propose(planning, assumptions=_no_production(), day=DAY, record=False).decision
    masks = [line for line in decision.lines if line.item == "mask"]
    africa = sum(line.units for line in masks if line.region == "Africa")
    others = sum(line.units for line in masks if line.region != "Africa")
    assert africa > 0
    assert others <= 60_000


def _no_production() -> assumptions.Assumptions:
    """The shipped assumptions, where nobody makes masks."""
    from dataclasses import replace

    given = assumptions.default()
    supply = {
        name: replace(item, production=0, stock=0) if name == "mask" else item
        for name, item in given.supply.items()
    }
    return replace(given, supply=supply)
