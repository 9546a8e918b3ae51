"""How does a page look that depends on who reads it? In the reader's language, with a token in its forms."""

from __future__ import annotations

import math
import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from decimal import Decimal
from functools import cache, partial
from typing import Any

import jinja2
from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from sampan.core.languages import LANGUAGES, Language
from sampan.core.time import stamp
from sampan.languages.speech import Speech, country_of, speech, three_digits
from sampan.web.asked import NotFound
from sampan.web.assets import ASSETS
from sampan.web.desk import accounts
from sampan.web.desk.menu import open_to
from sampan.web.links import Here, Links
from sampan.web.pages import TYPES, templates
from sampan.web.standing import Reading, Standing
from sampan.web.who import FormExpired, caller_of, csrf_token

Handler = Callable[[Request], Awaitable[Response]]
Routes = list[tuple[str, Handler, list[str]]]
"""Address, handler, methods: what a part of the site adds to it."""

DESK = "/desk"
"""Where somebody comes who has signed in and was on the way to nowhere else."""

_WITHIN = re.compile(
    rf"/(?:{'|'.join(LANGUAGES)})(?:/[A-Za-z0-9_~.-]+)*(?:\?[A-Za-z0-9_~.=&%+-]*)?", re.ASCII
)


class Inside:
    """Answers with pages for one person, over the same templates as the public ones."""

    def __init__(self, reading: Reading, site: str) -> None:
        self._reading = reading
        self.site = site

    def standing(self) -> Standing:
        """What is so now, as the public pages have it. Raises NodeError if it cannot be read."""
        return self._reading.standing()

    async def page(
        self, request: Request, template: str, *, path: str, status: int = 200, **said: Any
    ) -> Response:
        """The page that ``template`` makes. ``path`` is its own, after the language."""
        language = language_of(request)
        standing = await self._reading.now()
        caller = caller_of(request) if request.method == "GET" or said.get("known") else None
        said = {"person": caller.person if caller else None, **said}
        text = _templates(language).get_template(template)
        body = await run_in_threadpool(
            text.render,
            standing=standing,
            exercise=standing.exercise,
            here=Here(self.site, language, path, _kept(request), ()),
            links=Links(language),
            assets=ASSETS,
            csrf=csrf_token(request),
            **said,
        )
        return Response(body, status, {"Cache-Control": "no-store"}, media_type=TYPES["html"])


def _kept(request: Request) -> list[tuple[str, str]]:
    """What was asked of a page, so that it is the same in another language; not that something was just done."""
    asked = request.query_params.multi_items() if request.method == "GET" else []
    return [(name, text) for name, text in asked if name != "done"]


@cache
def _templates(language: Language) -> jinja2.Environment:
    made = templates(language)
    spoken = speech(language)
    made.tests["area"] = lambda code: country_of(code) is not None
    made.filters |= {
        "moment": partial(_moment, spoken),
        "account": lambda account, names: accounts.said(account, spoken, names),
        "depot": lambda name: accounts.depot(name, spoken),
        "own_party": accounts.party,
        "figure": partial(_figure, spoken),
        "money": lambda money: spoken.money(money.amount, money.currency),
        "opened": lambda placed, person, standing: open_to(person, standing.session.home, placed),
    }
    return made


def _figure(spoken: Speech, value: float | Decimal) -> Markup:
    """A number as a reader writes it: whole ones whole, others to three digits that count."""
    if not math.isfinite(value):
        return Markup("–")
    return Markup('<data value="{}">{}</data>').format(value, spoken.number(three_digits(value)))


def _moment(spoken: Speech, at: datetime) -> Markup:
    """A moment in UTC, to the minute."""
    return Markup('<time datetime="{}">{} <bdi>{:%H:%M}</bdi></time>').format(
        stamp(at), spoken.day(at.date()), at
    )


def language_of(request: Request) -> Language:
    """The language that the address names. Raises NotFound if it is none of ours."""
    said = request.path_params.get("language")
    found = next((each for each in LANGUAGES if each == said), None)
    if found is None:
        raise NotFound
    return found


def led_to(path: str, cookies: Mapping[str, str] | None = None) -> Response:
    """Leads to another page with a new request, so that sending a form again does nothing (303)."""
    answer = RedirectResponse(path, 303, {"Cache-Control": "no-store"})
    for line in (cookies or {}).values():
        answer.headers.append("set-cookie", line)
    return answer


def within(said: object, language: Language) -> str:
    """The page of ours that somebody was on the way to. Anything else, another site above all, is the desk."""
    if isinstance(said, str) and len(said) <= 500 and _WITHIN.fullmatch(said) and ".." not in said:
        return said
    return Links(language).to(DESK)


def said(form: FormData, name: str) -> str:
    """What a field of a form says; nothing where it is missing. Raises FormExpired for a file in its place."""
    found = form.get(name, "")
    if not isinstance(found, str):
        raise FormExpired("A file came where words were expected.", way_out="Open the page again.")
    return found


def printable(text: str) -> str:
    """``text`` without what no keyboard types and no database takes."""
    return "".join(sign for sign in text if sign.isprintable()).strip()
