"""Where is the API, and what stands before every request to it?"""

from __future__ import annotations

import logging

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sampan.access.throttle import network
from sampan.core.errors import SampanError
from sampan.core.problems import Fault
from sampan.node import Node
from sampan.web.answers import Answer
from sampan.web.api import description, page, problems
from sampan.web.api.answering import Answering
from sampan.web.api.rate import CALLER, STRANGER, Buckets, Rate
from sampan.web.api.reading import WrongMethod
from sampan.web.who import Caller

PREFIX = "/api/v1"

_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]
_log = logging.getLogger(__name__)


class Api:
    """The API of one node, as one of its ``workers`` answers."""

    def __init__(
        self, node: Node, *, stranger: Rate = STRANGER, caller: Rate = CALLER, workers: int = 1
    ) -> None:
        self._answering = Answering(node)
        self._buckets = Buckets()
        self._rates = (stranger.of_one(workers), caller.of_one(workers))

    def app(self) -> Starlette:
        """The application, to be mounted at PREFIX."""
        return Starlette(
            routes=[
                Route("/", self._page, methods=["GET"]),
                Route("/openapi.json", self._described, methods=["GET"]),
                Route("/{desk}/{name}", self._ask, methods=_METHODS),
            ],
            exception_handlers={
                SampanError: _told,
                HTTPException: _told_of_http,
            },
        )

    async def _ask(self, request: Request) -> Response:
        may, standing = self._take(request)
        if not may:
            fault = Fault(429, "Too many requests.", way_out=f"Wait {standing['Retry-After']} s, then go on.")
            return problems.answer(request, fault, standing)
        try:
            response = await self._answering(request)
        except SampanError as fault:
            allowed = {"Allow": fault.allowed} if isinstance(fault, WrongMethod) else {}
            return problems.answer(request, fault, {**standing, **allowed})
        except HTTPException:
            raise
        except Exception:
            _log.exception("A request to the API failed.")  # where the mistake lies is not for a stranger
            return problems.answer(request, _mistake(), standing)
        response.headers.update(standing)
        return response

    def _take(self, request: Request) -> tuple[bool, dict[str, str]]:
        """Counts the request with those of its token, or of its address."""
        stranger, caller = self._rates
        known = request.scope["state"]["caller"]
        if isinstance(known, Caller):
            may, headers = self._buckets.take(f"caller {known.id}", caller)
        else:
            address = network(request.client.host if request.client else "", whole=True)
            may, headers = self._buckets.take(f"address {address}", stranger)
        return may, dict(headers)

    async def _described(self, request: Request) -> Response:
        body = await run_in_threadpool(description.as_json)
        return Answer.of("application/json", body).to(request)

    async def _page(self, request: Request) -> Response:
        body = await run_in_threadpool(page.html)
        return Answer.of("text/html; charset=utf-8", body).to(request)


async def _told(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, SampanError)
    return problems.answer(request, fault)


async def _told_of_http(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, HTTPException)
    return problems.answer(request, problems.of_http(fault), fault.headers)


def _mistake() -> SampanError:
    return Fault(500, "The node made a mistake.", way_out="Try again; if it stays so, tell its operator.")
