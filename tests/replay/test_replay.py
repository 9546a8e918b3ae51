"""The whole loop, on the figures of March 2020 and on an exercise: what must hold of any run."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from sampan.core.errors import InputError, Refused
from sampan.debriefing import debrief
from sampan.desks.assistance import assumptions
from sampan.desks.assistance.batches import approve
from sampan.desks.assistance.plan import read_plan
from sampan.desks.assistance.rounds import propose
from sampan.desks.control import forecast, situation
from sampan.desks.press.brief import brief
from sampan.desks.press.render import render
from sampan.engines.forecast import Forecast
from sampan.formats import jhu
from sampan.records.assistance import Approval, Batch, Consignment, Need, Plan
from sampan.records.assistance.contributions import Delivery
from sampan.records.control import Forecast as ForecastRecord
from sampan.records.control import Reports
from sampan.replay import ANNOUNCED, decision_days
from sampan.world.assisted import sent
from sampan.world.items import item
from sampan.world.organisations import organisations
from sampan.world.places import REGIONS, place
from tests.replays import Ran, real_files, run


@pytest.fixture(params=["real", "exercise"])
def ran(request: pytest.FixtureRequest) -> Ran:
    return request.getfixturevalue(request.param)


def test_the_real_replay_decides_on_the_four_thursdays_of_march(real: Ran) -> None:
    assert [one.day for one in real.replay.rounds] == [date(2020, 3, d) for d in (5, 12, 19, 26)]
    assert [one.batch.number for one in real.replay.rounds] == [1, 2, 3, 4]
    assert real.replay.brief.day == ANNOUNCED.day


def test_each_round_knew_only_what_had_been_reported_by_then(ran: Ran) -> None:
    for one in ran.replay.rounds:
        assert one.assessed.known.reports.days[-1] == one.day
        whole = jhu.read(*ran.files.values())
        upto = whole.days.index(one.day) + 1
        known = one.assessed.known.reports
        column = known.column("ITA")
        italy = next(i for i, label in enumerate(whole.labels) if label.text == "Italy")
        np.testing.assert_array_equal(known.cases[:, column], whole.cases[:upto, italy])


def test_the_figures_are_those_of_the_files(real: Ran, shared: Path) -> None:
    """Against the compiled table beside the data, which is not ours: Italy and Hubei on each date."""
    import polars as pl

    table = pl.read_csv(shared / "facts" / "reported_cases.csv")
    for one in real.replay.rounds:
        for code in ("ITA", "CN-HB", "CHN", "IRN"):
            expected = table.filter((pl.col("place") == code) & (pl.col("date") == one.day.isoformat()))
            reports = one.assessed.known.reports
            assert reports.cases[-1, reports.column(code)] == expected["confirmed"].item()
            assert reports.deaths[-1, reports.column(code)] == expected["deaths"].item()


def test_nothing_is_sent_that_is_not_there_and_home_keeps_its_reserve(ran: Ran) -> None:
    opening = assumptions.default().supply
    for one in ran.replay.rounds:
        leaving = {line.item for line in one.decision.leaving}
        for line in one.decision.home:
            assert line.covered or line.item not in leaving, f"{one.day}: {line}"
    first = ran.replay.rounds[0].day
    for name, supply in opening.items():
        units = sum(one.units.get(name, 0) for one in sent(ran.node.session.ledger))
        weeks = (ran.replay.rounds[-1].day - first).days / 7 + 1
        given = _given_to_home(ran, name)
        assert units <= supply.stock + weeks * supply.production * supply.export_share + given


def _given_to_home(ran: Ran, item: str) -> int:
    """Units that donors have brought into the depot: none on real figures, where nobody is played."""
    moved = [
        movement
        for entry in ran.node.session.ledger.entries(kind=Delivery.kind)
        for movement in Delivery.read(entry.body).moved
    ]
    return sum(one.quantity for one in moved if one.commodity.item == item and one.taker.startswith("depot:"))


def test_every_consignment_is_in_whole_cartons_for_somebody_with_grounds(ran: Ran) -> None:
    consignments = sent(ran.node.session.ledger)
    assert consignments
    for one in consignments:
        assert one.recipient in organisations() or place(one.recipient).parent is None
        assert one.recipient != "CHN"
        for name, units in one.units.items():
            assert units > 0
            assert units % item(name).pack == 0


def test_the_batch_is_what_the_plan_said_would_leave_now(ran: Ran) -> None:
    for one in ran.replay.rounds:
        planned = Counter[tuple[str, str]]()
        for line in one.decision.leaving:
            planned[line.recipient, line.item] += line.units
        batch = Counter[tuple[str, str]]()
        for consignment in sent(ran.node.session.ledger):
            if consignment.batch == one.batch.number:
                batch.update({(consignment.recipient, name): n for name, n in consignment.units.items()})
        assert planned == batch


def test_every_plan_carries_a_bound_and_a_reason_for_each_line(ran: Ran) -> None:
    for one in ran.replay.rounds:
        assert 0 <= one.decision.gap < 0.02
        assert one.decision.objective < one.decision.nothing_sent
        for line in one.decision.lines:
            assert line.binding or line.next_pack - line.price <= 1e-5 * one.decision.objective, line
            assert 0 <= line.chance_short <= 1
            assert line.last_pack >= 0


def test_a_plan_reads_back_from_the_ledger_as_it_was_decided(ran: Ran) -> None:
    session = ran.node.session
    for one, batch in zip(ran.replay.rounds, session.ledger.entries(kind=Batch.kind), strict=True):
        plan = session.ledger.get(batch.body["plan"])
        assert read_plan(session, Plan.read(plan.body)) == one.decision


def test_a_batch_can_be_followed_back_to_the_bytes_that_were_read(ran: Ran) -> None:
    ledger = ran.node.session.ledger
    for entry in ledger.entries(kind=Batch.kind):
        plan = ledger.get(entry.body["plan"])
        need = next(e for e in map(ledger.get, plan.refs) if e.kind == Need.kind)
        made = next(e for e in map(ledger.get, need.refs) if e.kind == ForecastRecord.kind)
        reports = ledger.get(made.refs[0])
        for file in Reports.read(reports.body).files:
            assert ran.node.session.blobs.get(file.digest) == jhu.until(
                ran.files[file.name], made.effective.date(), name=file.name
            )


def test_an_earlier_forecast_can_be_computed_again_to_the_byte(ran: Ran) -> None:
    session = ran.node.session
    for one, entry in zip(ran.replay.rounds, session.ledger.entries(kind=ForecastRecord.kind), strict=True):
        again = situation.assessed(session, known_on=entry.recorded)
        assert again.known.reports.days[-1] == one.day
        made: Forecast = forecast.make(again)
        table = forecast.parquet(again.known.reports.places, made)
        assert table == session.blobs.get(ForecastRecord.read(entry.body).quantiles.digest)


def test_the_same_figures_give_the_same_consignments(real: Ran, shared: Path, tmp_path: Path) -> None:
    again = run(tmp_path / "again", real_files(shared))
    with again.node:
        ours, theirs = (sent(x.node.session.ledger) for x in (real, again))
        assert [(s.batch, s.recipient, s.units) for s in ours] == [
            (s.batch, s.recipient, s.units) for s in theirs
        ]


def test_the_ledger_verifies_and_was_signed_at_the_times_it_says(ran: Ran) -> None:
    ledger = ran.node.session.ledger
    assert ledger.verify().entries == ledger.size
    decided = {entry.recorded.date() for entry in ledger.entries(kind=Plan.kind)}
    assert decided == {one.day for one in ran.replay.rounds}
    assert all(entry.recorded.date() in decided or ran.exercise for entry in ledger.entries())


def test_the_brief_counts_what_the_ledger_holds(ran: Ran) -> None:
    """Counted again from the raw entries, not through the brief's own code."""
    entries = [e.body for e in ran.node.session.ledger.entries(kind=Consignment.kind)]
    recipients = {body["recipient"] for body in entries}
    countries = recipients - set(organisations())
    figures = ran.replay.brief
    assert figures.countries.count == len(countries) == len(figures.countries.names)
    assert figures.organisations.count == len(recipients - countries)
    assert sum(region.count for region in figures.regions) == figures.countries.count
    assert [region.what for region in figures.regions] == list(REGIONS)
    units = Counter[str]()
    for body in entries:
        units.update({line["item"]: line["units"] for line in body["lines"]})
    assert {line.item: line.units for line in figures.items} == units
    assert sum(batch.first_time for batch in figures.batches) == len(recipients)


def test_an_earlier_brief_is_what_it_was(ran: Ran) -> None:
    second = ran.replay.rounds[1]
    figures = brief(ran.node.session, day=second.day)
    assert [batch.number for batch in figures.batches] == [1, 2]
    before = brief(ran.node.session, day=ran.replay.rounds[0].day - timedelta(days=1))
    assert before.countries.count == 0
    assert "0 countries and 0 organisations in 0 batches" in render(before, "md")


@pytest.mark.parametrize("form", ["html", "md"])
def test_an_exercise_is_marked_and_the_real_thing_is_not(real: Ran, exercise: Ran, form: str) -> None:
    assert "EXERCISE" in render(exercise.replay.brief, form)
    assert "EXERCISE" not in render(real.replay.brief, form)
    for entry in exercise.node.session.ledger.entries():
        if "exercise" in entry.body:
            assert entry.body["exercise"] is True, entry.kind
    for entry in real.node.session.ledger.entries():
        assert entry.body.get("exercise", False) is False


def test_nobody_approves_their_own_plan(real: Ran) -> None:
    session = real.node.session
    tried = propose(session, assumptions=assumptions.default())
    both = session.on_behalf_of(type(session.person)("officer", ("officer", "approver")))
    with pytest.raises(Refused, match="second person"):
        approve(both, tried.entry)
    approved = sum(1 for _ in session.ledger.entries(kind=Approval.kind))
    with pytest.raises(Refused, match="may not approve"):
        approve(session, tried.entry)
    with pytest.raises(InputError, match="approved as batch 1"):
        approve(real.node.on_behalf_of("director"), real.replay.rounds[0].batch.plan)
    assert sum(1 for _ in session.ledger.entries(kind=Approval.kind)) == approved


def test_the_debriefing_holds_estimates_against_the_truth(exercise: Ran) -> None:
    found = debrief(exercise.replay, exercise.exercise)
    assert found.r_scored > 100
    assert found.r_missing == 0
    assert found.phase_right > 0.8
    assert found.forecast_coverage[0] > 0.7
    assert 0 < found.r_log_error < 0.3


def test_decision_days() -> None:
    first = date(2020, 1, 22)
    march = (date(2020, 3, 5), date(2020, 3, 12), date(2020, 3, 19), date(2020, 3, 26))
    assert decision_days(first, date(2020, 4, 4)) == march
    assert decision_days(first, date(2020, 3, 25))[-1] == date(2020, 3, 25)
    with pytest.raises(InputError, match="six weeks"):
        decision_days(first, date(2020, 2, 20))
