"""Every desk page as an officer sees it: it fits, and a screen reader can read it, in six languages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page

from sampan.access.offer import View
from sampan.core.languages import LANGUAGES
from sampan.core.plain import plain
from sampan.node import Node, memory_node
from sampan.web.desk.menu import offers
from tests.everything import Asked, asked_of, do_everything
from tests.pages.served import cut_off, grave_faults, served, signed_in, watched
from tests.served import PEOPLE

OTHERS = tuple(language for language in LANGUAGES if language != "en")

GET_MORE = {"assistance.draft_plan", "assistance.compare_policies", "assistance.what_if"}
"""Views that are asked to begin; they are slow, and shown in one language only."""


@pytest.fixture(scope="module")
def node() -> Iterator[Node]:
    made = memory_node(people=PEOPLE)

    def ask(asked: Asked) -> object:
        counter = made.desk(asked.desk, session=made.on_behalf_of(asked.by))
        return getattr(counter, asked.act)(**asked.given)

    do_everything(ask)
    yield made
    made.close()


@pytest.fixture(scope="module")
def door(node: Node) -> Iterator[str]:
    with served(node) as address:
        yield address


@pytest.fixture
def page(browser: Browser, door: str, node: Node) -> Iterator[Page]:
    context = signed_in(browser, door, node, "officer")
    yield watched(context.new_page())
    context.close()


def paths(node: Node) -> list[str]:
    """Every page, each view with something to show."""
    found = ["/desk"]
    for key, placed in offers().items():
        said = plain(asked_of(node, key)) if isinstance(placed.offer, View) else {}
        if key in GET_MORE:
            said["go"] = "1"
        query = urlencode({name: value for name, value in said.items() if value is not None}, doseq=True)
        found.append(placed.path + (f"?{query}" if query else ""))
    plan = node.assistance.batches()[0].plan
    return [
        *found,
        f"/desk/assistance/plan?entry={plan}",
        "/desk/assistance/receive?number=1-ITA",
        "/desk/assistance/hand_over?number=1-ITA",
        "/desk/assistance/stock?look=mask",
    ]


def fits_and_can_be_read_aloud(page: Page, language: str, of: Sequence[str]) -> None:
    root = "document.documentElement"
    page.set_viewport_size({"width": 360, "height": 800})
    for path in of:
        page.goto(f"/{language}{path}")
        assert page.evaluate(f"{root}.scrollWidth <= {root}.clientWidth"), path
        assert not cut_off(page), path
        assert not grave_faults(page, colours=language == "en"), path


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_fits_a_small_window_and_can_be_read_aloud(page: Page, node: Node, language: str) -> None:
    """Every page in English and in one other language."""
    every = paths(node)
    of = every if language == "en" else every[OTHERS.index(language) :: len(OTHERS)]
    fits_and_can_be_read_aloud(page, language, of)


@pytest.mark.full
@pytest.mark.parametrize("language", OTHERS)
def test_every_page_fits_in_every_language(page: Page, node: Node, language: str) -> None:
    fits_and_can_be_read_aloud(page, language, paths(node))
