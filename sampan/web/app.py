"""How does a request become a page? The public ones know nothing of who asks."""

from __future__ import annotations

import gc
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI
from starlette.exceptions import HTTPException

from sampan.access.secrets import Cost
from sampan.core.errors import SampanError
from sampan.node import Node
from sampan.web.account import AccountPages
from sampan.web.apart import apart
from sampan.web.api.app import PREFIX, Api
from sampan.web.asked import NotFound
from sampan.web.bounds import Bounds
from sampan.web.desk.pages import DeskPages
from sampan.web.door import Door
from sampan.web.guard import Guard
from sampan.web.handlers import Handlers
from sampan.web.inside import Inside
from sampan.web.pages import PAGES
from sampan.web.science.desk import GenomeDeskPages
from sampan.web.science.downloading import DownloadPages
from sampan.web.science.submitting import SubmissionPage
from sampan.web.signin import SignInPages
from sampan.web.standing import Reading
from sampan.web.watch import Figures, Metrics, Watch
from sampan.web.who import Recognise

HERE = "http://127.0.0.1:8000"

PATIENCE = 5.0
"""Seconds that a reader or a form waits for the database: with a new connection after that, under ten in all."""


def create() -> Guard:
    """The site of the node that the environment names: what ``sampan serve`` starts in each worker."""
    node = Node.open(Path(os.environ.get("SAMPAN_NODE", ".")), patience=PATIENCE)
    workers = int(os.environ.get("SAMPAN_WORKERS", "1"))
    made = site(node, public_url=os.environ.get("SAMPAN_PUBLIC_URL", HERE), workers=workers)
    settle()
    return made


def settle() -> None:
    """Spares readers the wait while the garbage collector looks again through what stays for ever: 0.1 s a time."""
    gc.collect()
    gc.freeze()


def site(
    node: Node,
    *,
    public_url: str = HERE,
    cost: Cost = Cost(),  # noqa: B008
    workers: int = 1,
) -> Guard:
    """The site of an open node, which is closed with it. ``public_url`` is the address that readers know.

    It is never taken from a request: what a stranger claims to have asked for must not reach other readers.
    ``cost`` is that of hashing a password; ``workers`` is how many processes serve this site together.
    """
    public_url = public_url.rstrip("/")

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:  # noqa: ARG001
        yield
        node.close()

    app = FastAPI(lifespan=lifespan, openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    door = Door(node, public_url, cost=cost)
    reading = Reading(node)
    handlers = Handlers(reading, public_url)
    app.mount(PREFIX, Api(node, workers=workers).app())
    inside = Inside(reading, public_url)
    signing = SignInPages(door, inside)
    account = AccountPages(door, inside, signing, node.settings)
    desks = apart(DeskPages(inside, node.session), node.session.home)
    genomes = GenomeDeskPages(inside)
    figures = Figures()
    app.add_route("/metrics", Metrics(figures, reading, door).__call__, ["GET"])
    for path, handler, methods in (
        *signing.routes(),
        *account.routes(),
        *genomes.routes(),
        *SubmissionPage(inside, node.session).routes(),
        *DownloadPages(inside, reading.session).routes(),
        *desks,
    ):
        app.add_route(path, handler, methods)
    _add_routes(app, handlers)
    for fault in (HTTPException, NotFound, SampanError, Exception):
        app.add_exception_handler(fault, handlers.sorry)
    secure = public_url.startswith("https:")
    recognised = Recognise(Bounds(app), door, secure=secure)
    return Guard(Watch(recognised, app.routes, figures), secure=secure)


def _add_routes(app: FastAPI, handlers: Handlers) -> None:
    """An address with a form comes before the one without, whose last part would swallow it."""
    simple = {
        "/": handlers.front_door,
        "/healthz": handlers.health,
        "/readyz": handlers.ready,
        "/robots.txt": handlers.robots,
        "/checkpoint": handlers.checkpoint,
        "/static/{name}": handlers.asset,
        "/{language}": handlers.front_page,
        "/{language}/": handlers.front_page,
        "/{language}/feed.atom": handlers.feed,
    }
    paged = {
        f"/{{language}}{page.path}" + (f".{form}" if form else ""): handlers.page(page, form or "html")
        for page in PAGES
        for form in (*page.forms, "")
    }
    for path, handler in {**simple, **paged}.items():
        app.add_route(path, handler, ["GET"])
