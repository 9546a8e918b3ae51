"""Local, over the API and on the command line, a desk is asked for the same and gives the same."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import TypeAdapter

from sampan.access import arguments
from sampan.access.offer import Offer, View
from sampan.node import DESKS, Node, desk, memory_node
from sampan.web.api.description import described
from sampan.web.api.examples import example
from sampan.web.api.meanings import NUMBERS, WORDS
from tests.everything import Asked, asked_of, do_everything
from tests.served import PEOPLE, Served

OFFERS = {f"{name}.{offer.name}": offer for name in DESKS for offer in desk(name).offers.values()}
VIEWS = [name for name, offer in OFFERS.items() if isinstance(offer, View)]
ACTS = [name for name in OFFERS if name not in VIEWS]

ENTRY = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def test_every_act_is_asked_for(done_remotely: tuple[Served, list[tuple[Asked, Any]]]) -> None:
    asked = {repr(each) for each, _ in done_remotely[1]}
    assert asked == set(ACTS)


def test_acts_give_the_same_here_and_there(done_remotely: tuple[Served, list[tuple[Asked, Any]]]) -> None:
    node = memory_node(people=PEOPLE)

    def ask(asked: Asked) -> Any:
        counter = node.desk(asked.desk, session=node.on_behalf_of(asked.by))
        return getattr(counter, asked.act)(**asked.given)

    here = do_everything(ask)
    for (asked, mine), (_, theirs) in zip(here, done_remotely[1], strict=True):
        assert type(mine) is type(theirs), asked
        assert ENTRY.sub("…", repr(mine)) == ENTRY.sub("…", repr(theirs)), asked


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_gives_the_same_here_and_there(served: Served, view: str) -> None:
    where, _, name = view.partition(".")
    given = asked_of(served.node, view)
    here = getattr(getattr(served.node, where), name)(**given)
    there = getattr(getattr(served.remote("viewer"), where), name)(**given)
    if isinstance(here, bytes):
        assert there[:100] == here[:100] or view == "assistance.packing_list"  # a workbook knows the second
        assert abs(len(there) - len(here)) < 20
    else:
        assert there == here
        assert here or view in NOTHING_THERE


NOTHING_THERE = {"assistance.claims", "control.odd_days", "press.brief_changed", "science.receipts"}
"""Views of which, at the end of everything, nothing is to be shown."""


@pytest.mark.parametrize("name", list(OFFERS))
def test_what_an_offer_asks_for_can_be_described_and_read(name: str) -> None:
    offer = OFFERS[name]
    assert offer.help.endswith("."), "an act or a view says in one line what it does"
    assert arguments.model(offer).model_json_schema()["type"] == "object"
    assert isinstance(arguments.result(offer), TypeAdapter)
    if isinstance(offer, View):
        assert set(offer.signature.parameters) & {"cursor", "expecting"} == set()
        for parameter in offer.signature.parameters.values():
            assert _is_text(offer, parameter), f"{name} takes a {parameter}, which no query can say"
    else:
        arguments.from_json(offer, json.dumps(example(offer)).encode())


def _is_text(offer: Offer, parameter: inspect.Parameter) -> bool:
    schema = arguments.model(offer).model_json_schema()["properties"][parameter.name]
    kinds = schema.get("anyOf", [schema])
    texts = ("string", "integer", "number", "boolean", "null")
    return all(
        kind.get("type") in texts or (kind.get("type") == "array" and kind["items"].get("type") in texts)
        for kind in kinds
    )


def test_what_may_be_asked_for_is_explained() -> None:
    for path, methods in described()["paths"].items():
        for said in methods.values():
            assert [each["name"] for each in said["parameters"] if not each.get("description")] == [], path
    assert set(NUMBERS) & set(WORDS) == set()
    schemas = described()["components"]["schemas"]
    assert schemas["LineState"]["properties"]["pledged"]["description"].startswith("In the item's base units")


def test_every_number_and_every_day_says_what_it_is_and_in_which_unit() -> None:
    said = list(_fields_of(described()))
    assert [where for where, schema in said if _needs_a_unit(schema) and not schema.get("description")] == []
    told = {schema.get("description", "").rstrip(".").casefold() for _, schema in said}
    shared = {**WORDS, **NUMBERS}
    unused = [name for name, text in shared.items() if text.rstrip(".").casefold() not in told]
    assert unused == [], "a word of nothing"


def _fields_of(part: Any, where: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every field and parameter anywhere in a description, with where it stands."""
    if isinstance(part, list):
        for each in part:
            yield from _fields_of(each, where)
    elif isinstance(part, dict):
        if "in" in part and "schema" in part:
            yield f"{where}?{part['name']}", {**part["schema"], "description": part.get("description", "")}
        for name, inner in part.items():
            if name == "properties" and "type" in part:
                yield from ((f"{where}.{field}", said) for field, said in inner.items())
            yield from _fields_of(inner, f"{where}/{name}")


def _needs_a_unit(schema: Any) -> bool:
    """Whether there is a number or a day in it, at any depth short of another type."""
    if isinstance(schema, list):
        return any(map(_needs_a_unit, schema))
    if not isinstance(schema, dict):
        return False
    if schema.get("type") in ("integer", "number") or schema.get("format") in ("date", "date-time"):
        return True
    return any(
        _needs_a_unit(schema.get(key)) for key in ("anyOf", "items", "prefixItems", "additionalProperties")
    )


def test_what_stands_beside_a_field_is_what_the_description_says() -> None:
    from sampan.desks.control.situation import PlaceSituation
    from sampan.web.api.meanings import beside

    said = described()["components"]["schemas"]["PlaceSituation"]["properties"]
    assert said["change"]["description"] == beside(PlaceSituation)["change"]
    assert said["new_cases"]["description"] == NUMBERS["new_cases"]  # nothing stands there: the shared word


def test_what_is_given_by_position_or_name_is_the_same(served: Served) -> None:
    desk_, remote = served.node.assistance, served.remote("viewer").assistance
    assert desk_.consignment("1-ITA") == remote.consignment(number="1-ITA")
    assert inspect.signature(desk_.pledge) == inspect.signature(remote.pledge)
    assert desk_.pledge.__doc__ == remote.pledge.__doc__
    assert dir(desk_) == dir(remote) and "pledge" in dir(desk_)
    with pytest.raises(TypeError):
        remote.pledge(doner="ITA")
    with pytest.raises(AttributeError, match="offers no nonsense"):
        _ = remote.nonsense
    with pytest.raises(AttributeError, match="has no nonsense"):
        _ = served.remote().nonsense


CLI = {
    "assistance.contributions": ["contribution", "list"],
    "assistance.reciprocity": ["reciprocity"],
    "assistance.received": ["received"],
    "assistance.appeals": ["appeal", "list"],
    "assistance.parties": ["party", "list"],
    "assistance.funds": ["fund", "list"],
    "assistance.stock": ["stock", "list"],
    "assistance.lots": ["stock", "list", "--lots"],
    "assistance.batches": ["batch", "list"],
    "assistance.claims": ["receipt", "claims"],
    "exchange.notices": ["bundle", "notices"],
}
"""Views that a command shows too."""


def test_the_api_gives_what_the_command_line_gives(
    served: Served, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from typer.testing import CliRunner

    from sampan.cli.main import app

    monkeypatch.setattr(Node, "open", lambda folder, **_: replace_close(served.node))
    for view, command in CLI.items():
        run = CliRunner().invoke(app, [*command, "--json", "--node", "."])
        assert run.exit_code == 0, run.output
        where, _, name = view.partition(".")
        there = served.client("viewer").get(f"/api/v1/{where}/{name}")
        assert json.loads(run.stdout) == there.json(), view


def replace_close(node: Node) -> Node:
    """The node, which a command then does not close."""
    kept = object.__new__(Node)
    kept.__dict__.update(node.__dict__)
    kept.close = lambda: None  # type: ignore[method-assign]
    return kept
