"""A night at the desk without a mouse: from an appeal to the recipient's signature, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser

from sampan.node import MEMORY_PEOPLE, Node, memory_node
from sampan.world.consignments import track
from tests.pages.served import Keyboard, served, signed_in


@pytest.fixture
def node() -> Iterator[Node]:
    made = memory_node(at=datetime(2020, 3, 26, 12, tzinfo=UTC), people=MEMORY_PEOPLE)
    yield made
    made.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_from_an_appeal_to_the_signature(browser: Browser, node: Node, scripts: bool) -> None:
    with served(node) as door:
        people = {
            who: signed_in(browser, door, node, who, java_script_enabled=scripts)
            for who in ("officer", "director", "italy")
        }
        pages = {who: context.new_page() for who, context in people.items()}
        officer, director, italy = (Keyboard(page) for page in pages.values())

        officer.page.goto("/en/desk/assistance/record_appeal")
        officer.write("requester", "Italy")
        officer.write("lines.0.what", "mask")
        officer.write("lines.0.quantity", "many")
        officer.send()
        officer.page.locator("#fault:focus").wait_for()  # given when the page is drawn
        officer.press("#fault a")
        assert officer.page.evaluate("document.activeElement.name") == "lines.0.quantity"
        officer.page.keyboard.press("Control+A")
        officer.page.keyboard.type("200 000")
        officer.send()
        assert "A-0001" in officer.page.content()

        officer.page.goto("/en/desk/assistance/count_stock")
        officer.choose("lots.0.item", "medical masks")
        officer.write("lots.0.lot", "L7")
        officer.write("lots.0.units", "6000")
        officer.send()
        assert officer.page.locator("[role=status]").is_visible()

        officer.page.goto("/en/desk/assistance/propose_batch")
        officer.write("lines.0.recipient", "Italy")
        officer.choose("lines.0.item", "medical masks")
        officer.write("lines.0.units", "4000")
        officer.write("reason", "A-0001")
        officer.send()
        officer.press("tbody th a")
        assert "A second person approves it" in officer.page.content(), "whoever proposed sees why not"
        assert (
            officer.page.locator("main button.main").count() == officer.page.locator(".filter button").count()
        )

        director.page.goto("/en/desk")
        director.press('.tiles a[href*="/desk/assistance/plan?"]')
        director.press("form.wide button.main")
        assert track(node.session.ledger, "1-ITA").state == "decided"

        officer.page.goto("/en/desk")
        officer.press('.tiles a[href*="step=decided"]')
        officer.press('.nexts a[href*="/pack?"]')
        assert officer.page.locator(".summary").is_visible()
        officer.press("form.wide button.main")
        officer.press('.next a[href*="/hand_over?"]')
        officer.write("carrier", "CA")
        officer.write("waybill", "999-1")
        officer.write("origin", "PVG")
        officer.write("destination", "FCO")
        officer.press("form.wide button.main")
        assert track(node.session.ledger, "1-ITA").state == "handed to carrier"

        italy.page.goto("/en/desk")
        italy.press('.nexts a[href*="/receive?"]')
        italy.write("found.0.good", "4001")
        italy.press("form.wide button.main")
        assert "4,001" in italy.page.locator("#fault").inner_text()
        assert italy.page.locator("[id='found.0.good-wrong']").is_visible()
        italy.write("found.0.good", "3900")
        italy.write("found.0.damaged", "100")
        italy.write("found.0.reason", "wet")
        italy.press("form.wide button.main")
        one = track(node.session.ledger, "1-ITA")
        assert (one.state, one.claimed) == ("received", 100)
        for context in people.values():
            context.close()
