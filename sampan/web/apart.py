"""What of the desks is open to somebody who signs here for another country? What is sent to them (``access.reach``)."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from sampan.access.offer import View
from sampan.access.reach import closed, require_own
from sampan.web.desk.menu import offers, open_to, section_of
from sampan.web.desk.pages import MOST_FILES, DeskPages
from sampan.web.inside import DESK, Handler, Routes, language_of, led_to
from sampan.web.links import Links
from sampan.web.who import Caller, form_of, require_person

OWN_FIRST = f"{DESK}/assistance/consignments"
"""The first page of somebody for whom nothing waits but what is sent to them."""


def apart(pages: DeskPages, home: str) -> Routes:
    """The routes of the desks, each of which first asks whether it is open to somebody of another party."""
    return [(path, _guarded(handler, home), methods) for path, handler, methods in pages.routes()]


def _guarded(show: Handler, home: str) -> Handler:
    async def handler(request: Request) -> Response:
        party = _party(request, home)
        if party != home:
            if "desk" not in request.path_params:
                return led_to(Links(language_of(request)).to(_first(request, home)))
            await _require_open(request, party)
        return await show(request)

    return handler


def _party(request: Request, home: str) -> str:
    """For whom the reader speaks, as far as is known before their form was read."""
    caller = request.scope["state"].get("caller")
    return (caller.person.party or home) if isinstance(caller, Caller) else home


def _first(request: Request, home: str) -> str:
    """The page to begin with: of a section, or of all."""
    person, section = require_person(request), section_of(request.path_params.get("section", ""))
    found = open_to(person, home, section.pages) if section else []
    return found[0].path if found else OWN_FIRST


async def _require_open(request: Request, party: str) -> None:
    """Lets a page be one that shows nothing of others'. Raises Refused, and what ``form_of`` raises."""
    name = request.path_params.get("name", "").partition(".")[0]
    placed = offers().get(f"{request.path_params.get('desk')}.{name}")
    if placed is None:
        return
    if not placed.is_open:
        raise closed(party)
    if isinstance(placed.offer, View):
        return
    said = request.query_params if request.method == "GET" else await form_of(request, files=MOST_FILES)
    if number := said.get("number"):
        require_own(party, str(number))
