"""What is each request answered with?"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response

from sampan.access.session import Session
from sampan.core.errors import NodeError, SampanError
from sampan.core.languages import LANGUAGES, Language
from sampan.web import pages
from sampan.web.answers import Answer, Kept
from sampan.web.asked import NotFound
from sampan.web.assets import ASSETS
from sampan.web.bounds import MEGABYTE, most_of
from sampan.web.links import Here, Links
from sampan.web.negotiate import preferred
from sampan.web.pages import TYPES, Page
from sampan.web.standing import Reading, Standing
from sampan.web.who import MOST_FIELD_BYTES

LONGEST_QUERY = 1_000
A_YEAR = 31_536_000

Handler = Callable[[Request], Awaitable[Response]]


class Handlers:
    """Answers requests about one node. What an answer costs is paid once for each size of its ledger."""

    def __init__(self, reading: Reading, public_url: str) -> None:
        self._reading = reading
        self._site = public_url
        self._kept = Kept()
        self._searches = Kept()
        """Apart, so that whoever asks much of the genomes neither delays nor displaces the other pages."""

    # Pages

    def page(self, page: Page, form: str) -> Handler:
        """The handler of one page in one form."""

        async def show(request: Request) -> Response:
            language = _language(request)
            parts = {name: text for name, text in request.path_params.items() if name != "language"}
            path = page.path.format_map({name: quote(text, safe="") for name, text in parts.items()})
            query = _query(request, page)
            here = Here(self._site, language, path, query, page.forms)
            make = partial(pages.render_page, page, form, asked={**parts, **query}, here=here)
            key = f"{form} {here.address}"
            return await self._answer(request, key, TYPES[form], make, mark=page.mark)

        return show

    async def feed(self, request: Request) -> Response:
        """The feed of one language."""
        language = _language(request)
        make = partial(pages.feed, site=self._site, language=language)
        return await self._answer(request, f"feed {language}", TYPES["atom"], make)

    async def checkpoint(self, request: Request) -> Response:
        """The head of the log as a signed note, as other people's verifiers fetch it."""
        return await self._answer(request, "checkpoint", "text/plain; charset=utf-8", _checkpoint)

    async def _answer(
        self,
        request: Request,
        key: str,
        type: str,
        make: Callable[..., bytes],
        *,
        mark: Callable[[Session], str] | None = None,
    ) -> Response:
        standing, kept = await self._reading.now(), self._kept
        if mark is not None:
            kept, key = self._searches, f"{await run_in_threadpool(mark, standing.session)} {key}"
        answer = kept.get(standing.size, key)
        if answer is None:
            whole = lambda: Answer.of(type, make(standing=standing))  # noqa: E731
            answer = await run_in_threadpool(kept.made, standing.size, key, whole)
        return answer.to(request)

    # Ways in

    async def front_door(self, request: Request) -> Response:
        """Leads to the brief in the language that the reader's browser asks for."""
        language = preferred(request.headers.get("accept-language", ""))
        return RedirectResponse(
            Links(language).to("/brief"), 302, {"Vary": "Accept-Language", "Cache-Control": "no-cache"}
        )

    async def front_page(self, request: Request) -> Response:
        """Leads to the brief in one language."""
        return RedirectResponse(Links(_language(request)).to("/brief"), 302)

    # Beside the pages

    async def asset(self, request: Request) -> Response:
        """A file that every page uses. Its name changes with it, so it may be kept."""
        found = next((each for each in ASSETS.values() if each.path == request.scope["path"]), None)
        if found is None:
            raise NotFound
        return Answer.of(found.type, found.data).to(request, seconds=A_YEAR)

    async def robots(self, request: Request) -> Response:  # noqa: ARG002
        """Everything here is public, and a search engine may read it."""
        return PlainTextResponse("User-agent: *\nDisallow:\n")

    async def health(self, request: Request) -> Response:  # noqa: ARG002
        """Whether the process answers."""
        return JSONResponse({"healthy": True}, headers={"Cache-Control": "no-store"})

    async def ready(self, request: Request) -> Response:  # noqa: ARG002
        """Whether the ledger answers too."""
        try:
            size = await run_in_threadpool(self._reading.size)
        except NodeError:
            return JSONResponse({"ready": False}, 503, {"Cache-Control": "no-store", "Retry-After": "5"})
        return JSONResponse({"ready": True, "size": size}, headers={"Cache-Control": "no-store"})

    async def sorry(self, request: Request, fault: Exception) -> Response:
        """The page that says what went wrong, in the reader's language, and nothing about how."""
        status, headers = 500, {"Cache-Control": "no-store"}
        if isinstance(fault, NotFound):
            status = 404
        elif isinstance(fault, HTTPException):
            status = fault.status_code
            headers |= dict(fault.headers or {})
        elif isinstance(fault, SampanError):
            status = fault.http_status
        if status == 503:
            headers["Retry-After"] = "10"
        if status == 401:
            headers["WWW-Authenticate"] = 'Bearer realm="Sampan"'
        wanted = request.scope["path"] if request.method == "GET" else None
        body = await run_in_threadpool(
            pages.sorry,
            self._site,
            _reader(request),
            status,
            exercise=self._reading.exercise,
            wanted=wanted,
            most_form=most_of(request.scope) // MEGABYTE,
            most_field=MOST_FIELD_BYTES // MEGABYTE,
        )
        return Response(body, status, headers, media_type=TYPES["html"])


def _checkpoint(standing: Standing) -> bytes:
    return standing.session.ledger.checkpoint().encode()


def _language(request: Request) -> Language:
    found = _known(request.path_params["language"])
    if found is None:
        raise NotFound
    return found


def _known(text: str) -> Language | None:
    return next((each for each in LANGUAGES if each == text), None)


def _reader(request: Request) -> Language:
    """The language of somebody whose address leads nowhere."""
    return _known(request.scope["path"].split("/")[1]) or preferred(
        request.headers.get("accept-language", "")
    )


def _query(request: Request, page: Page) -> Mapping[str, str]:
    """What the query says of that which the page knows."""
    if len(request.scope["query_string"]) > LONGEST_QUERY:
        raise HTTPException(414)
    said = request.query_params
    return {name: said[name] for name in page.query if said.get(name)}
