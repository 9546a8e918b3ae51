"""An office replaces numbers of the needs logic: each is cited, and what cannot be is named by line."""

from __future__ import annotations

from pathlib import Path

import pytest

from sampan.core.errors import InputError, Refused
from sampan.desks.assistance.parameters import (
    Numbers,
    exported,
    known,
    listed,
    load_medicines,
    load_parameters,
    with_parameters,
)
from sampan.engines.needs.parameters import load
from sampan.node import Node, memory_node

OURS = (
    "place,parameter,value,source,version\n"
    'ITA,stay_critical,1.5,"Ministry of Health, circular 12",2020-04-02\n'
    ",antigen_share,2/5,guidance of ours,2\n"
    "CN-HB,gown:cleaner,2,Hubei,\n"
)


@pytest.fixture
def node() -> Node:
    return memory_node(home="CHN")


def test_a_number_holds_where_it_was_said_and_is_cited_there_alone(node: Node) -> None:
    loaded = load_parameters(node.session, "ours.csv", OURS.encode())
    assert (loaded.count, loaded.places) == (3, 2)
    numbers = known(node.session)
    assert numbers.cites == (loaded.entry,)
    table = numbers.at(["FRA", "ITA"])
    stay = table.cite("stay_critical")
    assert (stay.at(0).value, stay.at(0).source) == (2, load().cite("stay_critical").source)
    assert (stay.at(1).value, stay.at(1).source) == (1.5, "Ministry of Health, circular 12")
    assert table.cite("antigen_share").value == 0.4
    assert "2020-04-02" in table.version


def test_the_newest_file_holds_alone_and_an_empty_one_goes_back(node: Node) -> None:
    load_parameters(node.session, "ours.csv", OURS.encode())
    load_parameters(node.session, "none.csv", OURS.splitlines()[0].encode() + b"\n")
    assert known(node.session).at(["ITA"]).facts == load().facts


def test_what_is_exported_reads_back_to_the_same_numbers(node: Node) -> None:
    load_parameters(node.session, "ours.csv", OURS.encode())
    numbers = known(node.session)
    again = with_parameters(Numbers(load()), exported(listed(numbers)).encode(), name="again.csv")
    for place in ("ITA", "CN-HB", "FRA"):
        mine, theirs = numbers.at([place]).facts, again.at([place]).facts
        assert {name: fact.at(0) for name, fact in theirs.items()} == {
            name: fact.at(0) for name, fact in mine.items()
        }
    ours = [row.parameter for row in listed(numbers) if row.own]
    assert ours == ["antigen_share", "stay_critical", "gown:cleaner"]


@pytest.mark.parametrize(
    ("row", "line", "field", "says"),
    [
        ("ITA,stay_critcal,1.5,x,", 2, "parameter", "Did you mean stay_critical"),
        ("ITA,stay_critical,0.5,x,", 2, "value", "1 or more"),
        ("ITA,antigen_share,40,x,", 2, "value", "from 0 to 1"),
        ("ITA,antigen_share,forty,x,", 2, "value", "digits"),
        ("ITA,antigen_share,,x,", 2, "value", "digits"),
        ("ITA,antigen_share,1/0,x,", 2, "value", "digits"),
        ("ITA,antigen_share,nan,x,", 2, "value", "digits"),
        ("ITA,antigen_share,0.4,,", 2, "source", "who says so"),
        ("ITA,,0.4,x,", 2, "parameter", "Name the parameter"),
        ("XXQ,antigen_share,0.4,x,", 2, "place", "ISO 3166"),
        ("ITA,antigen_share,0.4,x,\nITA,antigen_share,0.5,x,", 3, None, "Keep one"),
        ("ITA,mild_share,0.5,x,", None, None, "together"),
        (",mild_share,0.5,x,", None, None, "together"),
        ("ITA,antigen_share,0.4,x", 2, None, "Correct the row"),
    ],
)
def test_what_does_not_hold_is_named_by_line_and_column(
    node: Node, row: str, line: int | None, field: str | None, says: str
) -> None:
    text = OURS.splitlines()[0] + "\n" + row + "\n"
    with pytest.raises(InputError) as fault:
        load_parameters(node.session, "bad.csv", text.encode())
    assert (fault.value.file, fault.value.line, fault.value.field) == ("bad.csv", line, field)
    assert says in str(fault.value)
    assert known(node.session).cites == ()


def test_who_may_not_load_is_refused(node: Node) -> None:
    with pytest.raises(Refused):
        load_parameters(node.on_behalf_of("director"), "ours.csv", OURS.encode())


def test_whos_list_of_medicines_becomes_items_that_are_cited(node: Node, shared: Path) -> None:
    path = shared / "facts" / "esft" / "pharmaceuticals.csv"
    loaded = load_medicines(node.session, path.name, path.read_bytes())
    numbers = known(node.session)
    assert loaded.count == len(numbers.medicines) == 145
    assert loaded.entry in numbers.cites
    assert loaded.incomplete == numbers.incomplete != ()
