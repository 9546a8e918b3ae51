"""Moments are UTC, days are days, and identifiers sort by time."""

import random
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampan.core.errors import InputError
from sampan.core.ids import uuid7
from sampan.core.time import StandingClock, read_day, read_stamp, stamp

moments = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))


@given(moments)
def test_a_stamp_reads_back_to_the_millisecond(at: datetime) -> None:
    assert abs(read_stamp(stamp(at)) - at) < timedelta(milliseconds=1)


@given(moments, moments)
def test_stamps_sort_as_moments_do(one: datetime, other: datetime) -> None:
    if one < other:
        assert stamp(one) <= stamp(other)


def test_other_zones_become_utc() -> None:
    beijing = timezone(timedelta(hours=8))
    assert stamp(datetime(2020, 3, 26, 20, tzinfo=beijing)) == "2020-03-26T12:00:00.000Z"


@pytest.mark.parametrize("text", ["", "yesterday", "2020-13-01T00:00:00Z", "2020-03-26T12:00:00"])
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        read_stamp(text)


def test_days() -> None:
    assert read_day("2020-03-26") == date(2020, 3, 26)
    assert read_day("٢٠٢٠-٠٣-٢٦") == date(2020, 3, 26)
    with pytest.raises(InputError, match="2020-03-26"):
        read_day("26 March")


def test_a_standing_clock_stands() -> None:
    clock = StandingClock(datetime(2020, 1, 1, tzinfo=UTC))
    assert clock.now() == clock.now()
    clock.set_to(date(2020, 3, 5))
    assert clock.now() == datetime(2020, 3, 5, 12, tzinfo=UTC)


@given(moments, st.integers())
def test_an_id_is_a_version_7_uuid_of_its_moment(at: datetime, seed: int) -> None:
    made = uuid7(at, random.Random(seed))
    assert made[14] == "7"
    assert made[19] in "89ab"
    assert int(made.replace("-", "")[:12], 16) == int(at.timestamp() * 1000)
