"""How is the site doing? Figures and log lines for whoever runs it, with nothing in them of who asked for what.

A request is known by the pattern of its address (``/{language}/countries/{code}``), its status, how long it took,
and a number made for it alone. Addresses of readers, query strings, handles and what an exception says of its values
are written nowhere.
"""

from __future__ import annotations

import hmac
import json
import logging
import os
import secrets
import time
import traceback
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import cached_property
from ipaddress import ip_address
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sampan.core.errors import NodeError
from sampan.core.time import stamp
from sampan.records.access import Refusal
from sampan.web.asked import NotFound
from sampan.web.door import Door
from sampan.web.standing import Reading
from sampan.web.who import address_of

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.3, 0.6, 1.0, 2.5, 5.0, 10.0)

_log = logging.getLogger("sampan.requests")


class Figures:
    """What is counted of requests, by this process or, with several workers, by all of them."""

    def __init__(self) -> None:
        shared = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
        self.registry = CollectorRegistry()
        into = None if shared else self.registry
        if shared:
            MultiProcessCollector(self.registry)  # type: ignore[no-untyped-call]
        self.requests = Counter(
            "sampan_requests", "Requests answered.", ["method", "route", "status"], registry=into
        )
        self.seconds = Histogram(
            "sampan_request_seconds",
            "Seconds until an answer was sent.",
            ["route"],
            registry=into,
            buckets=BUCKETS,
        )


class OfTheNode(Collector):
    """What the node's database says when it is asked: the size of the ledger, refusals, what happened at the door."""

    def __init__(self, reading: Reading, door: Door) -> None:
        self._reading = reading
        self._door = door

    def collect(self) -> Iterable[Metric]:
        """The figures; only that the database does not answer, where it does not."""
        answers = GaugeMetricFamily("sampan_database_up", "Whether the database answers.", 1)
        try:
            found = list(self._asked())
        except NodeError:
            found, answers = [], GaugeMetricFamily("sampan_database_up", "Whether the database answers.", 0)
        return [answers, *found]

    def _asked(self) -> Iterator[Metric]:
        yield GaugeMetricFamily("sampan_ledger_entries", "Entries of the ledger.", self._reading.size())
        refused = sum(1 for _ in self._reading.session.ledger.entries(kind=Refusal.kind))
        yield CounterMetricFamily("sampan_refusals", "What people tried and may not do.", refused)
        door = CounterMetricFamily("sampan_door", "What happened where people sign in.", labels=["event"])
        for event, count in self._door.accounts.counted().items():
            door.add_metric([event], count)
        yield door


class Metrics:
    """Answers at /metrics: to whoever brings the token, or asks on this machine and through no proxy."""

    def __init__(self, figures: Figures, reading: Reading, door: Door) -> None:
        self._registry = figures.registry
        self._registry.register(OfTheNode(reading, door))
        self._token = os.environ.get("SAMPAN_METRICS_TOKEN", "")

    async def __call__(self, request: Request) -> Response:
        """The figures in the text format of Prometheus; to everybody else there is no such page."""
        if not self._may(request):
            raise NotFound
        body = await run_in_threadpool(generate_latest, self._registry)
        return Response(body, 200, {"Cache-Control": "no-store"}, "text/plain; version=0.0.4; charset=utf-8")

    def _may(self, request: Request) -> bool:
        if self._token:
            said = request.headers.get("authorization", "")
            return hmac.compare_digest(said.encode(), f"Bearer {self._token}".encode())
        passed_on = {"x-forwarded-for", "x-forwarded-host", "x-real-ip", "forwarded", "via"} & set(
            request.headers
        )
        return not passed_on and _here(address_of(request)) and _here(request.url.hostname or "")


def _here(host: str) -> bool:
    """Whether this names the machine itself."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Watch:
    """Counts, times and logs what passes."""

    def __init__(self, app: ASGIApp, routes: Iterable[BaseRoute], figures: Figures) -> None:
        self._app = app
        self._routes = routes
        self._figures = figures

    @cached_property
    def _patterns(self) -> dict[Any, str]:
        """The pattern of the address of every handler."""
        return dict(_walk(self._routes, ""))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on, and notes how it went."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun, status, number = time.perf_counter(), 500, secrets.token_hex(8)

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["x-request-id"] = number
            await send(message)

        try:
            await self._app(scope, receive, watched)
        finally:
            self._note(scope, status, time.perf_counter() - begun, number)

    def _note(self, scope: Scope, status: int, seconds: float, number: str) -> None:
        method = scope["method"] if scope["method"] in METHODS else "other"
        route = self._patterns.get(scope.get("endpoint"), "none")
        self._figures.requests.labels(method, route, status).inc()
        self._figures.seconds.labels(route).observe(seconds)
        if _log.isEnabledFor(logging.INFO):
            said = {"request": number, "method": method, "route": route, "status": status}
            _log.info("request", extra={"said": {**said, "ms": round(seconds * 1000, 1)}})


def _walk(routes: Iterable[BaseRoute], before: str) -> Iterator[tuple[Any, str]]:
    for route in routes:
        if isinstance(route, Mount):
            yield from _walk(route.routes, before + route.path)
        elif hasattr(route, "endpoint"):
            yield route.endpoint, before + getattr(route, "path", "")


# Log lines


class JsonLines(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        return json.dumps(_said(record), ensure_ascii=False)


class TextLines(logging.Formatter):
    """One line of text."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        said = _said(record)
        fault = said.pop("fault", None)
        line = " ".join(str(value) for value in said.values())
        return f"{line} {fault['type']} {' '.join(fault['at'])}" if fault else line


def _said(record: logging.LogRecord) -> dict[str, Any]:
    said: dict[str, Any] = {
        "time": stamp(datetime.fromtimestamp(record.created, UTC)),
        "level": record.levelname.lower(),
    }
    said |= getattr(record, "said", None) or {"message": record.getMessage()}
    if record.exc_info and record.exc_info[0] is not None:
        frames = traceback.extract_tb(record.exc_info[2])
        at = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-12:]]
        said["fault"] = {"type": record.exc_info[0].__name__, "at": at}
    return said
