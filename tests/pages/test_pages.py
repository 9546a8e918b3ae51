"""The pages as a reader sees them: wide and narrow, in three scripts, by eye, by keyboard and by screen reader."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from sampan.core.languages import LANGUAGES
from tests.pages.served import cut_off, grave_faults, watched
from tests.sites import Site

WIDTHS = {"narrow": 360, "wide": 1200}


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """An empty page of a reader without history; what its console reports is a fault."""
    context = browser.new_context(base_url=address)
    opened = context.new_page()
    said: list[str] = []
    opened.on("console", lambda message: said.append(message.text))
    opened.on("pageerror", lambda fault: said.append(str(fault)))
    yield opened
    context.close()
    assert not said


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_fits_its_window_and_has_no_serious_fault_of_accessibility(
    page: Page, visited: Site, language: str, pictures: Path | None
) -> None:
    watched(page)
    root = "document.documentElement"
    for path in visited.paths():
        page.goto(f"/{language}{path}")
        for width, pixels in WIDTHS.items():
            page.set_viewport_size({"width": pixels, "height": 800})
            assert page.evaluate(f"{root}.scrollWidth <= {root}.clientWidth"), (path, width)
            assert not cut_off(page), (path, width)
            assert page.locator("h1").bounding_box()["height"] > 10
            if pictures:
                name = path.strip("/").split("/")[0] + str(path.count("/"))
                page.screenshot(path=pictures / f"{name}-{language}-{width}.png", full_page=True)
        direction = page.evaluate("getComputedStyle(document.body).direction")
        assert direction == ("rtl" if language == "ar" else "ltr")
        assert len(page.locator("main").inner_text()) > 40, path
        assert page.evaluate("getComputedStyle(document.body).maxWidth") != "none", "the style sheet is there"
        if path == "/world":
            page.goto(f"/{language}/world?region=5")
        assert not grave_faults(page, colours=language == "en"), path


def tab_to(page: Page, wanted: str, *, within: int = 8) -> str:
    """Presses Tab until the focus is on a link to ``wanted``, and returns where it leads."""
    for _ in range(within):
        page.keyboard.press("Tab")
        href = page.evaluate("document.activeElement.getAttribute('href')") or ""
        if wanted in href:
            return str(href)
    pytest.fail(f"no link to {wanted} within {within} stops")


def test_a_reader_reaches_a_proof_by_keyboard_alone(page: Page) -> None:
    page.goto("/en/brief")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert "/figures/countries?version=" in tab_to(page, "/figures/countries")
    page.keyboard.press("Enter")
    page.wait_for_url("**/figures/countries?version=2")
    entry = page.locator("tbody a[href*='/ledger/entries/']").first
    entry.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/ledger/entries/*")
    assert page.locator(".holds").is_visible()


def test_the_map_can_be_walked_or_passed_by_keyboard(page: Page) -> None:
    page.goto("/en/world")
    tab_to(page, "#places", within=30)
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "places"
    page.goto("/en/world")
    tab_to(page, "#places", within=30)
    href = tab_to(page, "/countries/")
    assert page.evaluate("document.activeElement.closest('svg') !== null")
    name = page.evaluate("document.activeElement.querySelector('title').textContent")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{href}")
    assert page.locator("h1").inner_text() in name


def test_tiles_are_large_enough_to_point_at(page: Page) -> None:
    """WCAG 2.2, 2.5.8: 24 pixels, on a telephone too."""
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto("/en/world")
    for box in [tile.bounding_box() for tile in page.locator(".map .tile").all()[:20]]:
        assert min(box["width"], box["height"]) >= 24


def test_a_word_without_end_breaks_and_the_page_does_not(page: Page) -> None:
    """Titles and names are what somebody typed."""
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto("/en/science/works/W-0001")
    page.evaluate("document.querySelector('h1 bdi').textContent = 'W'.repeat(400)")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_without_scripts_nothing_is_missing_but_the_print_button(browser: Browser, address: str) -> None:
    tables = []
    for scripts in (False, True):
        context = browser.new_context(base_url=address, java_script_enabled=scripts)
        page = context.new_page()
        page.goto("/fr/brief")
        assert page.get_by_role("button", name="Imprimer").count() == int(scripts)
        tables.append(page.locator("main table").count())
        context.close()
    assert tables[0] == tables[1] >= 4


def test_nobody_else_is_asked_for_anything(page: Page, visited: Site, address: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for path in visited.paths():
        page.goto(f"/ru{path}")
    assert asked
    assert all(url.startswith((address, "data:")) for url in asked)
    assert page.context.cookies() == []


def test_it_prints_without_what_paper_cannot_do(page: Page) -> None:
    page.goto("/es/brief")
    page.emulate_media(media="print")
    assert page.locator("main").is_visible()
    assert not page.locator("header.bar").is_visible()
    assert not page.locator("footer").is_visible()
    assert page.locator("main details p").first.is_visible()
    whole = page.locator("pre").first.evaluate("each => each.scrollWidth <= each.clientWidth")
    assert whole, "no signature is cut"
    assert len(page.pdf(format="A4")) > 10_000
