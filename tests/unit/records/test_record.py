"""A record reads back what it wrote, and keeps what it does not know."""

import dataclasses
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampan.core.errors import InputError, NodeError
from sampan.records.control import Reports, Snapshot
from sampan.records.record import Record, kinds, read_record

json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def reports(**changes: object) -> Reports:
    made = Reports(
        source="jhu",
        files=(Snapshot(name="a.csv", digest="0" * 64, size=3),),
        first_day=date(2020, 1, 22),
        last_day=date(2020, 3, 26),
        places=3,
        corrections=0,
    )
    return dataclasses.replace(made, **changes)


def test_reads_back_what_it_wrote() -> None:
    assert Reports.read(reports().body()) == reports()


def test_the_body_is_plain_json() -> None:
    assert reports().body()["first_day"] == "2020-01-22"
    assert reports().body()["version"] == 1


@given(st.dictionaries(st.text(min_size=1, max_size=8), json, max_size=3))
def test_what_a_newer_node_added_is_written_back(added: dict[str, object]) -> None:
    body = {**added, **reports().body(), "version": 2}
    assert Reports.read(body).body() == body


@pytest.mark.parametrize(
    ("field", "value"), [("places", "many"), ("first_day", "some day"), ("files", [{"name": "a"}])]
)
def test_a_body_that_does_not_hold_names_the_field(field: str, value: object) -> None:
    with pytest.raises(InputError) as fault:
        Reports.read(reports().body() | {field: value})
    assert fault.value.field.startswith(field)


def test_a_missing_field_is_named() -> None:
    body = reports().body()
    del body["source"]
    with pytest.raises(InputError, match="source"):
        Reports.read(body)


def test_every_kind_is_known_once_and_says_its_desk() -> None:
    for kind, cls in kinds().items():
        assert issubclass(cls, Record)
        assert kind.split(".")[0] in cls.__module__ or kind.startswith("world."), kind


def test_a_kind_of_a_newer_sampan_is_not_guessed_at() -> None:
    with pytest.raises(NodeError, match="Upgrade"):
        read_record("control.telepathy", {})
