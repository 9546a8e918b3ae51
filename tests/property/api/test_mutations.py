"""What can be done, with one thing in it made strange, is done or refused: never a fault of ours.

Schemathesis seldom guesses a number that there is; here every request was good before one value was changed.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sampan.access import arguments
from sampan.access.offer import View
from sampan.node import DESKS, desk
from tests.everything import Asked, asked_of, do_everything
from tests.served import Served, serve

STRANGE: tuple[Any, ...] = (
    *(0, 1, -1, 7, 10**6, 10**9, 2**31, 2**53 - 1, -(2**53) + 1, 2**63, 0.5, -0.0, 1e308, 5e-324),
    *(
        "",
        " ",
        "x",
        "x" * 19_999,
        "0",
        "-1",
        "1e9",
        "a/b",
        "../..",
        "%s",
        "{}",
        "<b>",
        "=1+1",
        "\u202e",
        "𓀀",
        "é",
    ),
    *("ITA", "CHN", "WHO", "CN-HB", "Italy", "USD", "XXX", "home", "mask", "relief", "officer", "covid-19"),
    *(
        "A-0001",
        "C-0001",
        "C-0002",
        "C-0003",
        "R-0001",
        "T-0001",
        "1-ITA",
        "1-ITA.2",
        "1-SRB",
        "ITA/1-CHN",
        "MOF-1",
    ),
    *("1900-01-01", "2020-01-01", "2020-03-05", "2020-03-26", "2020-03-27", "2199-12-31", "2020-02-30"),
    *("1900-01-01T00:00:00Z", "2199-12-31T23:59:59+23:59", "2020-03-26T12:00:00Z", "2020-03-26T12:00:00"),
    *("depot:home", "depot:", "goods", "public", "region:Asia", "donors:business", "AAAA", "e30="),
    *(True, False, None, [], {}, [[]], {"a": 1}, ["ITA", "ITA"]),
)


@pytest.fixture(scope="module")
def done() -> tuple[Served, list[tuple[Asked, bytes]]]:
    """A node on which everything was done, and every act of it as JSON."""
    served = serve()
    node = served.node

    def ask(asked: Asked) -> Any:
        return getattr(node.desk(asked.desk, session=node.on_behalf_of(asked.by)), asked.act)(**asked.given)

    return served, [
        (asked, arguments.to_json(desk(asked.desk).offers[asked.act], asked.given))
        for asked, _ in do_everything(ask)
    ]


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where in a body something stands that can be changed."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = [place for key, part in inner for place in leaves(part, (*path, key))]
    return found + ([path] if path else [])


def changed(value: Any, path: tuple[Any, ...], strange: Any) -> Any:
    """The same body with something else at one place."""
    if not path:
        return strange
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = changed(value[path[0]], path[1:], strange)
    return copy


def try_acts(done: tuple[Served, list[tuple[Asked, bytes]]], examples: int) -> None:
    """Every act, this often, with one or two things changed."""
    served, script = done

    @settings(max_examples=examples, database=None)
    @given(data=st.data())
    def attempt(data: st.DataObject) -> None:
        asked, body = data.draw(st.sampled_from(script))
        said = json.loads(body)
        for _ in range(data.draw(st.integers(0, 2))):
            places = leaves(said)
            if places:
                said = changed(said, data.draw(st.sampled_from(places)), data.draw(st.sampled_from(STRANGE)))
        answer = served.client(asked.by).post(f"/api/v1/{asked.desk}/{asked.act}", json=said)
        assert answer.status_code in (200, 403, 422, 409, 502), (asked, said, answer.text)

    attempt()


def try_views(served: Served, examples: int) -> None:
    """Every view, this often, with one thing changed or added."""
    views = [(name, view) for name in DESKS for view in desk(name).views]

    @settings(max_examples=examples, database=None)
    @given(data=st.data())
    def attempt(data: st.DataObject) -> None:
        name, view = data.draw(st.sampled_from(views))
        assert isinstance(view, View)
        said = arguments.to_texts(view, asked_of(served.node, f"{name}.{view.name}"))
        names = [*view.signature.parameters, "limit", "cursor"]
        strange = st.sampled_from([each for each in STRANGE if not isinstance(each, list | dict)])
        extra = data.draw(st.lists(st.tuples(st.sampled_from(names), strange), max_size=2))
        kept = [pair for pair in said if pair[0] not in dict(extra)]
        query = [*kept, *((key, str(value)) for key, value in extra)]
        answer = served.client("viewer").get(f"/api/v1/{name}/{view.name}", params=query)
        assert answer.status_code in (200, 403, 422, 409, 414), (name, view.name, query, answer.text)

    attempt()


def test_an_act_with_something_strange_in_it(done: tuple[Served, list[tuple[Asked, bytes]]]) -> None:
    try_acts(done, 250)


def test_a_view_with_something_strange_in_it(done: tuple[Served, list[tuple[Asked, bytes]]]) -> None:
    try_views(done[0], 150)


@pytest.mark.full
def test_acts_and_views_however_strange(done: tuple[Served, list[tuple[Asked, bytes]]]) -> None:
    for _ in range(3):
        try_acts(done, 4_000)
        try_views(done[0], 2_000)


def test_after_all_that_every_view_can_be_read_and_the_ledger_holds(
    done: tuple[Served, list[tuple[Asked, bytes]]],
) -> None:
    served = done[0]
    for name in DESKS:
        for view in desk(name).views:
            said = arguments.to_texts(view, asked_of(served.node, f"{name}.{view.name}"))
            answer = served.client("viewer").get(f"/api/v1/{name}/{view.name}", params=said)
            assert answer.status_code in (200, 422, 403), (name, view.name, answer.text)
    served.node.session.ledger.verify()
    served.node.session.ledger.verify_models()
