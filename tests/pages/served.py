"""A site over a node as browsers get it, and a browser in which somebody is signed in."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import sleep

import uvicorn
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, BrowserContext, Page

from sampan.access.sign_ins import SignIns
from sampan.node import Node
from sampan.web.app import site
from sampan.web.guard import Guard
from tests.signed import PASSWORD, QUICK, accounts_of


@contextmanager
def served(node: Node) -> Iterator[str]:
    """Where the site of ``node`` is served."""
    port = free_port()
    with serving(site(node, public_url=f"http://127.0.0.1:{port}", cost=QUICK), port) as address:
        yield address


@contextmanager
def serving(app: Guard, port: int) -> Iterator[str]:
    """Where ``app`` is served, until the end."""
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error", access_log=False))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        sleep(0.05)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(15)


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def signed_in(browser: Browser, door: str, node: Node, handle: str, **options: object) -> BrowserContext:
    """A browser in which ``handle`` is signed in."""
    accounts = accounts_of(node)
    accounts.set_password(handle, PASSWORD)
    context = browser.new_context(base_url=door, **options)
    secret = SignIns(accounts).begin(handle, address="192.0.2.1")
    context.add_cookies([{"name": "sampan", "value": secret, "url": door}])
    return context


def watched(page: Page) -> Page:
    """The same page, with axe in whatever it opens from now on, for ``grave_faults``."""
    page.add_init_script(AXE_SCRIPT)
    return page


def grave_faults(page: Page, *, colours: bool = True) -> list[list[str]]:
    """Serious and critical faults of accessibility, and where they stand: WCAG 2.2 AA, as far as axe can see.

    They are picked out in the page (a ``watched`` one): all that axe has to say weighs megabytes. ``colours`` may
    be left out where the same page was looked at in another language: they take longer than all else.
    """
    found: list[list[str]] = page.evaluate(
        """async colours => (await axe.run({
                resultTypes: ["violations"], rules: {"color-contrast": {enabled: colours}}
            })).violations
            .filter(fault => ["serious", "critical"].includes(fault.impact))
            .map(fault => [fault.id, fault.nodes[0].html])""",
        colours,
    )
    return found


def cut_off(page: Page) -> list[str]:
    """Links at the head and the foot of the page that stand, in part or whole, outside the window."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll(".bar a, .foot a")].filter(link => {
            const box = link.getBoundingClientRect()
            return box.width && (box.left < 0 || box.right > document.documentElement.clientWidth)
        }).map(link => link.textContent)"""
    )
    return found


class Keyboard:
    """Somebody at a page who has no mouse: fields and buttons are reached with the tabulator."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def go_to(self, where: str) -> None:
        """Presses Tab until ``where`` (a selector) has the focus. Fails if it cannot be reached."""
        for _ in range(160):
            self.page.keyboard.press("Tab")
            if self.page.evaluate("where => document.activeElement.matches(where)", where):
                return
        raise AssertionError(f"{where} cannot be reached by keyboard")

    def write(self, name: str, text: str) -> None:
        """Writes into the field ``name``, in place of what is there."""
        self.go_to(f'[name="{name}"]:not([type=hidden])')
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def choose(self, name: str, label: str) -> None:
        """Chooses by the first letters of what is written there."""
        self.go_to(f'select[name="{name}"]')
        self.page.keyboard.type(label)

    def send(self) -> None:
        """Presses the main button and waits for what comes."""
        self.press("button.main")

    def press(self, where: str) -> None:
        """Presses a button or follows a link, and waits for the page behind it."""
        self.go_to(where)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
