"""What cannot all hold is named in words, on a plan that is marked as relaxed; and limits in kg bind."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from sampan.core.errors import InputError
from sampan.desks.assistance import donors
from sampan.desks.assistance.alternatives import compared, what_if
from sampan.desks.assistance.assumptions import (
    Assumptions,
    Lane,
    default,
    overlaid,
    read,
    with_floors,
    with_policy,
)
from sampan.desks.assistance.deciding import decide
from sampan.desks.assistance.depots import count
from sampan.desks.assistance.plan import Decision
from sampan.desks.assistance.rounds import asked_otherwise, opened, propose
from sampan.desks.assistance.stock_lists import lot_line
from sampan.node import Node

DAY = date(2020, 3, 26)


def planned(node: Node, given: Assumptions) -> Decision:
    return decide(opened(node.session, assumptions=given, day=DAY).question)


def lanes(given: Assumptions, **changed: float) -> Assumptions:
    return replace(given, lanes={region: replace(lane, **changed) for region, lane in given.lanes.items()})  # type: ignore[arg-type]


def test_the_shipped_plan_needs_no_easing(china: Node) -> None:
    assert planned(china, default()).conflicts == ()


def test_a_floor_above_the_supply_is_named_and_eased(china: Node) -> None:
    decision = planned(china, with_floors(default(), {"Italy": {"mask": 900_000_000}}))
    said, missed = decision.conflicts
    assert said.startswith(
        "These limits cannot all hold: floor (mask, Italy, week 2); stock (mask). Floors are eased by "
    )
    assert missed.startswith("Of the 900,000,000 mask that Italy must be sent in this round, ")
    italy = sum(line.units for line in decision.leaving if (line.recipient, line.item) == ("ITA", "mask"))
    assert italy > 0


def test_every_floor_that_gives_way_is_named_also_beside_a_tighter_one(china: Node) -> None:
    """The conflict names a smallest set of limits; the officer must hear of the other floors that fell with it."""
    asked = {"ITA": {"mask": 900_000_000, "ventilator": 5_000}, "IRN": {"test_kit": 90_000_000}}
    said = planned(china, with_floors(default(), asked)).conflicts
    for who, what in (("Italy", "mask"), ("Italy", "ventilator"), ("Iran", "test_kit")):
        assert any(f"{what} that {who} must be sent" in each for each in said)


def test_a_floor_is_kept_or_named_under_the_even_policy(china: Node) -> None:
    asked = with_policy(with_floors(default(), {"ITA": {"mask": 20_000}}), "proportional")
    decision = planned(china, asked)
    assert decision.conflicts == ()
    assert sum(x.units for x in decision.leaving if (x.recipient, x.item) == ("ITA", "mask")) >= 20_000
    closed = planned(china, lanes(asked, freight_m3=0.0))
    assert any("20,000 mask that Italy must be sent" in said for said in closed.conflicts)


def test_no_freight_is_said_once(china: Node) -> None:
    closed = lanes(with_floors(default(), {"ITA": {"mask": 2_000}}), freight_m3=0.0)
    assert not any("freight by volume" in said for said in planned(china, closed).conflicts)


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ('[lanes]\n"Europe" = { weeks = 8, freight_m3 = 5 }', "8 weeks under way"),
        ("[floors]\nITA = { mask = 20 }\nItaly = { mask = 40 }", "are one"),
        ("[floors]\nCN-HB = { mask = 20 }", "provinces are not in this plan"),
    ],
)
def test_terms_that_no_plan_can_have_are_refused(china: Node, said: str, says: str) -> None:
    question = opened(china.session, assumptions=default(), day=DAY, with_provinces=False).question
    edited = overlaid(question.assumptions, said.encode(), name="wi.toml")
    with pytest.raises(InputError, match=says) as fault:
        decide(asked_otherwise(china.session, question, edited))
    assert fault.value.way_out


def test_an_item_whose_harm_nobody_said_is_refused(china: Node) -> None:
    given = default()
    harm = {item: weight for item, weight in given.harm.items() if item != "mask"}
    with pytest.raises(InputError, match="unit of mask unmet"):
        planned(china, replace(given, harm=harm))


def test_a_floor_that_can_be_met_is_met(china: Node) -> None:
    decision = planned(china, with_floors(default(), {"ITA": {"mask": 50_000}}))
    assert decision.conflicts == ()
    assert sum(x.units for x in decision.leaving if (x.recipient, x.item) == ("ITA", "mask")) >= 50_000


def test_no_freight_is_named_where_a_floor_meets_it(china: Node) -> None:
    closed = lanes(with_floors(default(), {"ITA": {"mask": 2_000}}), freight_m3=0.0)
    decision = planned(china, closed)
    assert decision.lines == ()
    assert any("no freight (" in said for said in decision.conflicts)


def test_a_reserve_above_the_stock_is_named_and_nothing_of_it_leaves(australia: Node) -> None:
    given = default()
    bare = {name: replace(item, production=0, stock=10) for name, item in given.supply.items()}
    decision = planned(australia, replace(given, supply=bare | {"mask": given.supply["mask"]}))
    short = {said.split(" is above ")[0] for said in decision.conflicts}
    assert "The home reserve of ventilator" in short
    assert not [line for line in decision.lines if line.item == "ventilator"]
    assert not next(line for line in decision.home if line.item == "ventilator").covered


def test_a_limit_in_kg_binds_where_it_is_tighter(china: Node) -> None:
    free = lanes(default(), freight_kg=float("inf"))
    tight = lanes(default(), freight_kg=1_000.0)
    loose, held = planned(china, free), planned(china, tight)
    assert sum(x.units for x in held.lines) < sum(x.units for x in loose.lines)
    assert any("freight kg" in line.binding for line in held.lines)


@pytest.mark.parametrize(
    ("floors", "says"),
    [
        ({"Australia": {"mask": 5}}, "is home"),
        ({"Atlantis": {"mask": 5}}, "no place"),
        ({"Italy": {"maks": 5}}, "Did you mean mask"),
        ({"Samoa": {"mask": 5}}, "not in this plan"),
    ],
)
def test_a_floor_for_whom_there_is_none_is_refused(
    australia: Node, floors: dict[str, dict[str, int]], says: str
) -> None:
    with pytest.raises(InputError, match=says):
        planned(australia, with_floors(default(), floors))


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ("[floors]\nITA = { mask = -5 }", "not negative"),
        ("[floors]\nITA = { mask = 2.5 }", "cannot be counted"),
        ("[floors]\nITA = 5", "names no items"),
        ('[policy]\nreserve = "var"', "quantile, cvar"),
        ('[lanes]\n"Asia" = { weeks = 1, freight_m3 = 5, freight_kg = -1 }', "not negative"),
        ("[provinces]\nweeks = 0.5", "cannot be counted"),
    ],
)
def test_bad_terms_are_named_by_file_and_field(said: str, says: str) -> None:
    with pytest.raises(InputError, match=says) as fault:
        overlaid(default(), said.encode(), name="wi.toml")
    assert fault.value.file == "wi.toml"
    assert fault.value.field


def test_a_copy_of_the_assumptions_from_before_still_reads() -> None:
    """Limits in kg, provinces, floors and the way of the reserve came later."""
    import re

    text = default().text.decode()
    old = re.sub(
        r", freight_kg = [\d_]+|^reserve = .*$|^\[provinces\]\nweeks.*\nfreight.*$|^\[floors\]$",
        "",
        text,
        flags=re.M,
    )
    given = read(old.encode(), name="old.toml")
    assert given.policy == default().policy
    assert given.lanes["Asia"] == Lane(1, 6000.0)
    assert given.floors == {}


def test_lots_of_every_depot_go_to_whom_their_donors_allow_and_a_wish_for_nobody_is_named(
    china: Node,
) -> None:
    session = china.session
    for code, allowed in (("FOR-AFR", "Africa"), ("FOR-PRK", "PRK"), ("FOR-HOME", "CHN")):
        donors.record_earmark(
            session, code, donor="ITA", level="earmarked", recipients=[allowed], items=["ventilator"], day=DAY
        )
    for depot, code, units in (
        ("airport", "FOR-AFR", 40),
        ("harbour", "FOR-PRK", 7),
        ("airport", "FOR-HOME", 3),
    ):
        lot = lot_line("ventilator", units, lot=code, earmark=code)
        count(session, [(lot, "")], depot=depot, day=DAY)
    given = default()
    given = replace(
        given, supply=given.supply | {"ventilator": replace(given.supply["ventilator"], production=0)}
    )
    decision = propose(session, assumptions=given, day=DAY, record=False).decision
    sent = [line for line in decision.lines if line.item == "ventilator"]
    assert {line.region for line in sent} == {"Africa"}
    assert 0 < sum(line.units for line in sent) <= 40
    (nobody,) = [said for said in decision.conflicts if "earmark" in said]
    assert "FOR-PRK" in nobody
    assert "7 ventilator stay in the depot harbour" in nobody


def test_every_policy_is_compared_and_an_edit_may_change_the_policy(australia: Node) -> None:
    question = opened(australia.session, assumptions=default(), day=DAY).question
    rows = {row.policy: row for row in compared(question)}
    assert {"no sharing", "proportional to cases"} <= set(rows)
    assert all(row.least_coverage >= 0 for row in rows.values())
    assert rows["expected harm"].averted == max(row.averted for row in rows.values())
    edited = overlaid(question.assumptions, b'[policy]\npolicy = "proportional to cases"\n', name="wi.toml")
    found = what_if(question, asked_otherwise(australia.session, question, edited))
    assert found.then.policy == "proportional to cases"
    assert found.changes
