"""The pages at the door as people see them: by eye, by keyboard, by screen reader, with and without scripts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from sampan.core.languages import LANGUAGES
from sampan.node import MEMORY_PEOPLE, Node, memory_node
from tests.pages.served import grave_faults, served, signed_in, watched
from tests.signed import PASSWORD, accounts_of

WIDTHS = {"wide": 1200, "narrow": 360}


@pytest.fixture(scope="module")
def node() -> Iterator[Node]:
    made = memory_node(people=MEMORY_PEOPLE)
    accounts_of(made).set_password("officer", PASSWORD)
    yield made
    made.close()


@pytest.fixture(scope="module")
def door(node: Node) -> Iterator[str]:
    """Where the site is served."""
    with served(node) as address:
        yield address


@pytest.fixture(scope="module")
def windows(browser: Browser, door: str, node: Node) -> Iterator[dict[str | None, Page]]:
    """What a stranger looks at, and what those who are signed in do."""
    contexts: dict[str | None, BrowserContext] = {None: browser.new_context(base_url=door)}
    for handle in ("officer", "administrator", "italy"):
        contexts[handle] = signed_in(browser, door, node, handle)
    yield {handle: watched(context.new_page()) for handle, context in contexts.items()}
    for context in contexts.values():
        context.close()


def pages(node: Node) -> list[tuple[str | None, str]]:
    """Who looks, and at what."""
    accounts = accounts_of(node)
    return [
        (None, "/sign-in?refused=1"),
        (None, f"/invitation/{accounts.invite('press')}"),
        (None, "/invitation/none"),
        (None, "/account"),
        ("officer", "/account"),
        ("italy", "/account"),
        ("officer", "/people"),
        ("administrator", "/people"),
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_they_fit_and_have_no_serious_fault_of_accessibility(
    windows: dict[str | None, Page], node: Node, language: str, pictures: Path | None
) -> None:
    for handle, path in pages(node):
        page = windows[handle]
        page.goto(f"/{language}{path}")
        if handle == "italy":  # the key is in the answer alone to whoever asked for it
            page.locator("form[action$='/second-factor'] button").click()
        root = "document.documentElement"
        for width, pixels in WIDTHS.items():
            page.set_viewport_size({"width": pixels, "height": 800})
            assert page.evaluate(f"{root}.scrollWidth <= {root}.clientWidth"), (path, width)
            if pictures:
                name = f"inside-{path.strip('/').split('/')[0].partition('?')[0]}-{handle}-{language}-{width}.png"
                page.screenshot(path=pictures / name, full_page=True)
        assert not grave_faults(page), path


@pytest.mark.parametrize("scripts", [True, False])
def test_somebody_comes_in_and_goes_out_by_keyboard_alone(browser: Browser, door: str, scripts: bool) -> None:
    context = browser.new_context(base_url=door, java_script_enabled=scripts)
    page: Page = context.new_page()
    page.goto("/fr/sign-in?next=/fr/brief")
    page.locator("#handle").focus()
    page.keyboard.type("officer")
    page.keyboard.press("Tab")
    page.keyboard.type("a wrong password")
    page.keyboard.press("Enter")
    page.locator("[role=alert]").wait_for()
    assert page.locator("#handle").input_value() == "officer", "what was typed is kept"
    assert page.locator("#password").input_value() == "", "but no password"
    page.locator("#password").focus()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/fr/brief")
    page.goto("/fr/account")
    page.get_by_role("button", name="Se déconnecter").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/fr/brief")
    assert context.cookies() == []
    page.goto("/fr/account")
    assert page.get_by_role("heading", name="Veuillez vous connecter").is_visible()
    context.close()
