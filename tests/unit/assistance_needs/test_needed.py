"""Need, what can be used and what must still come: for countries, provinces, organisations, of any item."""

from __future__ import annotations

import math
from datetime import date
from pathlib import Path

import pytest

from sampan.core.errors import InputError
from sampan.desks.assistance.appeals import record_appeal
from sampan.desks.assistance.assumptions import default
from sampan.desks.assistance.depots import count
from sampan.desks.assistance.needed import NeedRow, explained, needed
from sampan.desks.assistance.parameters import load_medicines, load_parameters, once
from sampan.desks.assistance.stock_lists import lot_line
from sampan.engines.needs.explain import recompute
from sampan.node import Node
from sampan.records.assistance import AppealLine

DAY = date(2020, 3, 26)


def row(node: Node, recipient: str, item: str, **asked: object) -> NeedRow:
    found = needed(node.session, default(), recipients=[recipient], items=item, **asked)  # type: ignore[arg-type]
    (one,) = [each for each in found.rows if each.recipient == recipient]
    return one


def test_of_what_is_needed_some_can_be_used_and_some_must_still_come(australia: Node) -> None:
    for each in needed(australia.session, default()).rows:
        one = each.total
        assert one.absorbable.mean <= one.need.mean
        assert one.net.mean <= one.need.mean
        assert one.net_absorbable.mean <= one.absorbable.mean
        assert one.need.low <= one.need.median <= one.need.high


def test_weeks_add_up_to_all_weeks_and_fewer_may_be_asked_for(australia: Node) -> None:
    all_weeks = row(australia, "ITA", "mask", weekly=True)
    assert [one.week for one in all_weeks.weekly] == list(range(1, 9))
    assert math.isclose(sum(one.need.mean for one in all_weeks.weekly), all_weeks.total.need.mean, abs_tol=8)
    three = row(australia, "ITA", "mask", weekly=True, weeks=3)
    assert three.weekly == all_weeks.weekly[:3]
    assert not row(australia, "ITA", "mask").weekly
    with pytest.raises(InputError, match="sampan forecast --weeks 12 --publish"):
        row(australia, "ITA", "mask", weeks=12)


def test_home_counts_its_depots_and_its_own_production(china: Node) -> None:
    home = row(china, "CHN", "mask")
    made = default().supply["mask"]
    a_week = made.production * (1 - made.export_share) * default().policy.home_production
    assert (home.at_hand, home.assured) == (0, round(8 * a_week))
    assert home.total.net.mean == 0 < home.total.need.mean


def test_a_provinces_store_counts_for_it_alone(australia: Node) -> None:
    session = australia.session
    before = row(australia, "AU-VIC", "mask", of_provinces=False)
    count(session, [(lot_line("mask", before.total.need.mean, lot="V"), "")], depot="AU-VIC", day=DAY)
    after = row(australia, "AU-VIC", "mask")
    assert after.at_hand == before.total.need.mean
    assert after.total.need == before.total.need
    assert after.total.net.mean < before.total.net.mean
    assert row(australia, "AU-NSW", "mask").at_hand == 0
    assert row(australia, "AUS", "mask").at_hand == 0


def test_provinces_of_any_country_with_reports_by_province(china: Node) -> None:
    found = needed(china.session, default(), recipients=["CAN"], of_provinces=True)
    assert {each.kind for each in found.rows} == {"province"}
    assert {each.recipient[:3] for each in found.rows} == {"CA-"}
    assert set(found.uncapped) >= {"CA-ON"}, "nobody said what beds Ontario has"
    with pytest.raises(InputError, match="No province of ITA has reports"):
        needed(china.session, default(), recipients=["ITA"], of_provinces=True)


def test_what_an_organisation_appealed_for_stands_beside_its_members_need(australia: Node) -> None:
    session = australia.session
    assert row(australia, "WHO", "mask").appealed is None
    lines = [AppealLine(kind="goods", item="mask", quantity=7_000_000)]
    record_appeal(session, requester="WHO", lines=lines, day=DAY)
    one = row(australia, "WHO", "mask")
    assert one.kind == "organisation"
    assert one.appealed == 7_000_000
    assert one.total.need.mean > 0


def test_medicines_are_needed_like_any_item_and_explained_to_their_list(china: Node, shared: Path) -> None:
    session = china.session
    with pytest.raises(InputError, match="sampan load medicines"):
        row(china, "ITA", "medicines")
    path = shared / "facts" / "esft" / "pharmaceuticals.csv"
    load_medicines(session, path.name, path.read_bytes())
    found = needed(session, default(), recipients=["ITA", "WHO"], items="medicines")
    assert len({each.item for each in found.rows}) > 90
    steroid = "medicine_dexamethasone_phosphate_4mg_ml_1ml_amp_ampoule"
    steps = explained(session, default(), "ITA", "dexamethasone phosphate, 4mg/ml", 1)
    made = next(step for step in steps if step.label == steroid)
    assert "pharmaceuticals.csv" in made.source
    assert made.numbers["rate_severe_admitted"] == 6
    assert all(math.isclose(recompute(step), step.value) for step in steps if step.numbers)


def test_a_number_of_the_office_changes_the_need_and_stands_in_the_arithmetic(china: Node) -> None:
    session = china.session
    before = {code: row(china, code, "ventilator") for code in ("ITA", "FRA")}
    text = (
        "place,parameter,value,source,version\n"
        "ITA,ventilator:critical_bed,1,circular of ours,7\nFRA,gown:cleaner,2,x,\n"
    )
    tried = once(session, text.encode(), name="ours.csv")
    assert row(china, "ITA", "ventilator", numbers=tried).total.need.mean > before["ITA"].total.need.mean
    assert row(china, "ITA", "ventilator") == before["ITA"], "tried once, and not recorded"
    loaded = load_parameters(session, "ours.csv", text.encode())
    after = needed(session, default(), recipients=["ITA", "FRA"], items="ventilator")
    assert loaded.entry in after.cites
    by_code = {each.recipient: each.total for each in after.rows}
    assert by_code["FRA"] == before["FRA"].total
    assert by_code["ITA"].need.mean > before["ITA"].total.need.mean
    mine, theirs = (
        "; ".join(step.source for step in explained(session, default(), code, "ventilator", 2))
        for code in ("ITA", "FRA")
    )
    assert "circular of ours (7)" in mine
    assert "circular of ours" not in theirs


@pytest.mark.parametrize(
    ("code", "item", "week", "says"),
    [
        ("ITA", "mask", 9, "weeks 1 to 8"),
        ("ITA", "maks", 1, "Did you mean mask"),
        ("WHO", "mask", 1, "share of its members"),
        ("PRK", "mask", 1, "reported nothing"),
        ("ITA", "mask_worker,gown", 1, "no item"),
    ],
)
def test_what_cannot_be_explained_says_what_can(
    china: Node, code: str, item: str, week: int, says: str
) -> None:
    with pytest.raises(InputError, match=says):
        explained(china.session, default(), code, item, week)


def test_the_net_of_a_cell_is_explained_with_its_stock(china: Node) -> None:
    session = china.session
    count(session, [(lot_line("mask", 1_000, lot="S"), "")], depot="CN-SD", day=DAY)
    steps = explained(session, default(), "CN-SD", "mask", 1)
    net = steps[-1]
    assert net.label == "net"
    assert net.numbers["stock_and_inbound_so_far"] == 1_000
    assert recompute(net) == net.value
