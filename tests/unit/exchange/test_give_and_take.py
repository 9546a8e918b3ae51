"""Italy is given goods by China, thanks for them, uses some, and later gives back: both books say so."""

from __future__ import annotations

from datetime import date

from sampan.desks.assistance import contributions, packing
from sampan.desks.assistance.deliveries import use
from sampan.desks.assistance.figures import figure
from sampan.desks.assistance.lines import read_arrival
from sampan.desks.assistance.tracing import received, story
from sampan.exchange.arrivals import Counted, receive
from sampan.exchange.notices import export_notice, export_receipt, take_in
from sampan.exchange.partners import add
from sampan.node import Node, memory_node
from sampan.world.accounts import balance
from sampan.world.reciprocity import reciprocity
from tests.books import batch, hand_over, stock
from tests.dispatch import at_sea

LATE = date(2020, 3, 20)


def between(node: Node, partner: str) -> dict[str, tuple[int, int]]:
    lines = reciprocity(node.session.ledger, node.session.home)
    return {line.item: (line.given, line.received) for line in lines if line.partner == partner}


def test_what_a_partner_node_sent_is_received_used_thanked_and_given_back() -> None:
    with memory_node(home="CHN") as china, memory_node(home="ITA") as italy:
        at_sea(china)
        add(china.on_behalf_of("administrator"), "Italy", str(italy.session.ledger.verifier))
        add(italy.on_behalf_of("administrator"), "China", str(china.session.ledger.verifier))
        take_in(italy.session, export_notice(china.session, "1-ITA"))
        receive(italy.session, "CHN/1-ITA", [Counted("mask", good=30_000, lot="M1")])
        (gift,) = received(italy.session)
        assert (gift.row.donor, gift.row.status) == ("CHN", "partly delivered")
        receive(italy.session, "CHN/1-ITA")
        (gift,) = received(italy.session)
        assert (gift.row.number, gift.row.status) == ("CHN/1-ITA", "delivered")
        assert {line.item: line.delivered for line in gift.row.lines} == {"mask": 40_000, "ventilator": 30}
        assert between(italy, "CHN") == {"mask": (0, 40_000), "ventilator": (0, 30)}
        assert figure(italy.session, "helped-us-countries").count == 1
        contributions.thank(italy.session, "CHN/1-ITA", "letter of 26 March")
        use(italy.session, "CHN/1-ITA", [read_arrival("mask=1000")], place="IT-25")
        (gift,) = received(italy.session)
        assert gift.row.thanked
        assert gift.used == (("IT-25", "1,000 mask"),)
        assert story(italy.session, "CHN/1-ITA").whereabouts

        take_in(china.session, export_receipt(italy.session, "CHN/1-ITA"))
        stock(italy.session, "test_kit", 500, day=LATE)
        batch(italy, {"CHN": {"test_kit": 500}}, day=LATE)
        packing.pack(italy.session, "1-CHN", day=LATE)
        hand_over(italy.session, "1-CHN", day=LATE)
        take_in(china.session, export_notice(italy.session, "1-CHN"))
        receive(china.session, "ITA/1-CHN")
        take_in(italy.session, export_receipt(china.session, "ITA/1-CHN"))
        goods = {"mask": (40_000, 0), "ventilator": (30, 0), "test_kit": (0, 500)}
        assert between(china, "ITA") == goods
        assert between(italy, "CHN") == {item: both[::-1] for item, both in goods.items()}
        for node in (china, italy):
            sums: dict[object, int] = {}
            for each in balance(node.session.ledger):
                sums[each.commodity] = sums.get(each.commodity, 0) + each.quantity
            assert not any(sums.values())


def test_a_receiver_without_the_books_signs_all_the_same() -> None:
    """Whoever may only receive signs for the goods, which enter the depot; the gift is the officer's to record."""
    people = {"officer": ("officer",), "dock": ("receiver",), "administrator": ("administrator",)}
    with memory_node(home="CHN") as china, memory_node(home="ITA", people=people) as italy:
        at_sea(china)
        add(italy.on_behalf_of("administrator"), "China", str(china.session.ledger.verifier))
        take_in(italy.session, export_notice(china.session, "1-ITA"))
        receive(italy.on_behalf_of("dock"), "CHN/1-ITA")
        assert received(italy.session) == ()
        assert (
            sum(h.quantity for h in balance(italy.session.ledger, account="depot:home", item="mask"))
            == 40_000
        )
