"""Each way in which reports mislead, one small series each."""

import numpy as np
import pytest

from sampan.core.errors import InputError
from sampan.engines.incidence import from_cumulative, from_daily


def daily(*counts):
    return from_daily(np.array(counts, dtype=float))


def test_an_absent_total_is_silence_and_its_people_are_in_the_next():
    seen = from_cumulative([0.0, 10.0, np.nan, np.nan, 40.0, 50.0])
    assert np.isnan(seen.raw[2:4]).all()
    assert seen.covers[:, 0].tolist() == [1, 1, 0, 0, 3, 1]
    assert seen.daily[:, 0].tolist() == [0, 10, 10, 10, 10, 10]


def test_a_zero_among_hundreds_is_silent_and_among_few_is_zero():
    loud = daily(*[300] * 8, 0, 600, *[300] * 5)
    assert loud.silent[8, 0] and loud.covers[9, 0] == 2 and loud.daily[8, 0] == 300
    quiet = daily(*[3] * 8, 0, 6, *[3] * 5)
    assert not quiet.silent.any() and quiet.used[8, 0] == 0


def test_a_country_that_counts_on_mondays_reports_for_the_week():
    seen = daily(*([0, 0, 0, 0, 0, 0, 700] * 6))
    assert seen.covers[13::7, 0].tolist() == [7] * 5
    assert seen.daily[14:, 0] == pytest.approx(100)


def test_a_fall_is_traced_back_in_proportion_and_marked():
    seen = from_cumulative([0.0, 10.0, 30.0, 20.0])
    assert seen.raw[:, 0].tolist() == [0, 10, 20, -10]
    assert seen.used[:, 0] == pytest.approx([0, 20 / 3, 40 / 3, 0])
    assert seen.corrected[:, 0].tolist() == [False, True, True, True]
    assert not seen.readable[3, 0]


def test_a_fall_below_everything_reported_leaves_zero_not_less():
    assert daily(0, 5, -9).used[:, 0].tolist() == [0, 0, 0]


def test_a_spike_is_flagged_and_capped_and_the_user_can_vouch_for_it():
    counts = [100, 110, 95, 105, 98, 102, 100, 97, 1500, 104, 99]
    seen = daily(*counts)
    assert np.flatnonzero(seen.anomaly).tolist() == [8]
    assert seen.used[8, 0] < 150 and seen.raw[8, 0] == 1500
    vouched = from_daily(np.array(counts, dtype=float), trust=np.arange(11) == 8)
    assert not vouched.anomaly.any() and vouched.used[8, 0] == 1500


def test_a_lasting_step_is_a_new_definition_and_the_past_is_made_comparable():
    seen = daily(*[900] * 20, *[7200] * 10)
    assert np.flatnonzero(seen.anomaly).tolist() == [20]
    assert seen.comparable[:20, 0] == pytest.approx(7200) and seen.used[:20, 0] == pytest.approx(900)


def test_exponential_growth_is_neither_a_spike_nor_a_definition():
    seen = daily(*np.round(30 * np.exp(0.25 * np.arange(25))))
    assert not seen.anomaly.any() and (seen.rebase == 1).all()


def test_a_first_total_above_zero_and_a_feed_that_starts_again_are_openings():
    assert from_cumulative([444.0, 549.0]).opening[:, 0].tolist() == [True, False]
    gap = daily(3, 2, *[0] * 30, 700, 120, 110)
    assert gap.opening[32, 0] and gap.silent[2:32].all() and not gap.readable[32, 0]


def test_a_month_of_zeros_is_believed_when_nothing_bulky_ends_it():
    ended = daily(*[40] * 10, *[0] * 30)
    assert not ended.silent[12:].any()


@pytest.mark.parametrize(
    ("table", "says"), [([], "table of days"), ([[[1.0]]], "table of days"), ([-1.0, 2.0], "below zero")]
)
def test_what_is_no_table_of_totals_is_refused(table, says):
    with pytest.raises(InputError, match=says):
        from_cumulative(table)


def test_an_infinite_count_is_refused():
    with pytest.raises(InputError, match="infinite"):
        daily(1, np.inf)
