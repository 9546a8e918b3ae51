"""Beds follow the ages of a place where an office has loaded them, and say so."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from sampan.access.session import Session
from sampan.core.errors import Refused
from sampan.core.time import StandingClock
from sampan.desks.control import ages, exercise, forecast, reports
from sampan.desks.control.beds import BedWeek, beds
from sampan.desks.control.situation import assessed
from sampan.node import Node
from sampan.records.control import Snapshot
from sampan.records.world import AgesFile
from sampan.world.ages import HEADER

CLOCK = StandingClock(datetime(2031, 4, 1, 12, tzinfo=UTC))
OLD, YOUNG = range(100, 1800, 100), range(1700, 0, -100)


def file(**people: range) -> bytes:
    rows = [HEADER, *((code, *map(str, bands)) for code, bands in people.items())]
    return "".join(",".join(row) + "\n" for row in rows).encode()


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    with Node.create(tmp_path / "n", home="CHN", clock=CLOCK, exercise=True) as node:
        yield node.session


def week(session: Session, disease: str = "covid-19") -> dict[str, BedWeek]:
    state = assessed(session, disease=disease)
    made = forecast.make(state, weeks=1)
    asked = ("ITA", "KEN", "USA")
    rows = beds(state, made, seed=forecast.seed(state), ages=ages.known(session), places=asked)
    return {row.place: row for row in rows}


def test_old_places_need_more_young_ones_less_and_others_what_they_did(session: Session) -> None:
    reports.load(session, exercise.make(home="CHN", seed=1).files)
    before = week(session)
    ages.load(session, "a.csv", file(ITA=OLD, KEN=YOUNG))
    after = week(session)
    assert {row.severity for row in before.values()} == {"default"}
    assert {code: row.severity for code, row in after.items()} == {
        "ITA": "by age",
        "KEN": "by age",
        "USA": "default",
    }
    assert after["USA"] == before["USA"]
    assert after["ITA"].intensive_care[1] > before["ITA"].intensive_care[1] > 0
    assert after["KEN"].intensive_care[1] < before["KEN"].intensive_care[1]
    assert {row.severity for row in week(session, "ebola").values()} == {"default"}


def test_a_later_file_replaces_the_places_in_it_only(session: Session) -> None:
    ages.load(session, "a.csv", file(ITA=OLD, KEN=YOUNG))
    loaded = ages.load(session, "b.csv", file(ITA=YOUNG, XXX=OLD))
    assert (loaded.places, loaded.aside) == (1, ("XXX",))
    known = ages.known(session)
    np.testing.assert_array_equal(known["ITA"], YOUNG)
    np.testing.assert_array_equal(known["KEN"], YOUNG)


def test_who_may_not_load_writes_no_ages_under_another_act(tmp_path: Path) -> None:
    Node.create(tmp_path / "n", home="CHN", clock=CLOCK).close()
    record = AgesFile(file=Snapshot(name="a.csv", digest="0" * 64, size=1), places=1)
    with (
        Node.open(tmp_path / "n", person="director", clock=CLOCK) as node,
        pytest.raises(Refused, match="may not load"),
    ):
        node.session.write("approve", [record])
