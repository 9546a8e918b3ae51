"""What a partner signs is held against the day on which it left, and cites no file that is not here."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest

from sampan.core.errors import InputError, PeerError
from sampan.exchange.arrivals import Counted, receive, standing
from sampan.exchange.notices import export_notice, export_receipt, take_in
from sampan.exchange.partners import add
from sampan.node import Node, memory_node
from sampan.records.assistance import Receipt
from sampan.records.exchange import GoodsReceived
from sampan.world.cited import require_cited
from tests.dispatch import SENT, at_sea

Pair = tuple[Node, Node]
BEFORE = SENT - timedelta(days=1)


@pytest.fixture
def pair() -> Iterator[Pair]:
    """China, which has sent 1-ITA on the 10th, and Italy, which has its notice."""
    with memory_node(home="CHN") as china, memory_node(home="ITA") as italy:
        at_sea(china)
        add(china.on_behalf_of("administrator"), "Italy", str(italy.session.ledger.verifier))
        add(italy.on_behalf_of("administrator"), "China", str(china.session.ledger.verifier))
        take_in(italy.session, export_notice(china.session, "1-ITA"))
        yield china, italy


def test_goods_have_not_come_before_they_left(pair: Pair) -> None:
    _, italy = pair
    assert standing(italy.session.ledger, "CHN/1-ITA").notice.left == SENT
    with pytest.raises(InputError, match="left on 2020-03-10; it cannot have come on 2020-03-09") as fault:
        receive(italy.session, "CHN/1-ITA", day=BEFORE)
    assert fault.value.way_out == "Name 2020-03-10 or a later day."
    assert receive(italy.session, "CHN/1-ITA", day=SENT).good == 40_030


def test_the_sender_does_not_believe_it_either(pair: Pair) -> None:
    """A partner whose node does not ask may sign such a receipt."""
    china, italy = pair
    _sign(italy, BEFORE)
    with pytest.raises(PeerError, match="1-ITA left on 2020-03-10; this receipt is of 2020-03-09"):
        take_in(china.session, export_receipt(italy.session, "CHN/1-ITA"))


def test_a_picture_that_lies_at_the_partner_is_not_cited_here(pair: Pair) -> None:
    china, italy = pair
    _sign(italy, SENT, photo="ab" * 32)
    take_in(china.session, export_receipt(italy.session, "CHN/1-ITA"))
    entries = china.session.ledger.entries(kind=Receipt.kind)
    assert {line.photo for entry in entries for line in Receipt.read(entry.body).lines} == {None}
    require_cited(china.session.ledger, china.session.blobs)


@pytest.mark.parametrize("where", ["top", "entry"])
def test_a_field_that_nobody_signed_is_an_alteration_even_of_what_was_taken_in(
    pair: Pair, where: str
) -> None:
    china, italy = pair
    said = json.loads(export_notice(china.session, "1-ITA"))
    (said if where == "top" else said["entries"][0])["note"] = "pay here"
    with pytest.raises(PeerError, match="'note' too, which nothing signs: it was altered"):
        take_in(italy.session, json.dumps(said).encode())


def _sign(italy: Node, day: date, photo: str | None = None) -> None:
    """Italy's word as a careless program would write it."""
    notice = standing(italy.session.ledger, "CHN/1-ITA").notice
    receive(italy.session, "CHN/1-ITA", [Counted("ventilator", damaged=1, reason="bent")])
    (entry,) = italy.session.ledger.entries(kind=GoodsReceived.kind)
    (line,) = GoodsReceived.read(entry.body).lines
    said = GoodsReceived(
        partner="CHN", origin=notice.origin, consignment="1-ITA", part=2, lines=(replace(line, photo=photo),)
    )
    italy.session.write("receive", [said], effective=day)
