"""A consignment waits to be packed for as long as something of its promise is still in a depot."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sampan.desks.assistance import packing, receipts
from sampan.desks.assistance.receipts import Found
from sampan.desks.assistance.underway import everywhere
from sampan.node import Node, memory_node
from tests.books import DAY, batch, hand_over, stock


@pytest.fixture
def node() -> Iterator[Node]:
    with memory_node() as made:
        stock(made.session, "mask", 10_000)
        batch(made, {"ITA": {"mask": 6_000}})
        yield made


def waiting(node: Node) -> frozenset[str]:
    return everywhere(node.session.ledger)["decided"]


def test_it_waits_until_it_is_packed_and_again_once_it_is_unpacked(node: Node) -> None:
    assert waiting(node) == {"1-ITA"}
    packing.pack(node.session, "1-ITA", day=DAY)
    assert waiting(node) == frozenset()
    packing.unpack(node.session, "1-ITA", reason="wrong lot", day=DAY)
    assert waiting(node) == {"1-ITA"}


def test_what_is_split_off_waits_under_its_own_number(node: Node) -> None:
    packing.split(node.session, "1-ITA", {"mask": 2_000}, reason="later", day=DAY)
    packing.pack(node.session, "1-ITA", day=DAY)
    assert waiting(node) == {"1-ITA.2"}


def test_what_came_back_of_a_claim_waits_for_nobody(node: Node) -> None:
    packing.pack(node.session, "1-ITA", day=DAY)
    hand_over(node.session, "1-ITA")
    italy = node.on_behalf_of("italy")
    receipts.receive(italy, "1-ITA", [Found("mask", 5_000, 1_000, reason="wet")], day=DAY)
    receipts.settle(node.session, "1-ITA", "mask", 1_000, "returned", reason="sent back", day=DAY)
    assert waiting(node) == frozenset()
