"""What is each request to a desk answered with? One plain loop over what the desks list."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, cast
from urllib.parse import urlencode

from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from sampan.access import arguments
from sampan.access.offer import Act, View
from sampan.access.session import Session
from sampan.core.errors import InputError, MovedOn, SampanError, Stale
from sampan.core.plain import plain
from sampan.core.problems import MEDIA
from sampan.ledger.entry import Draft, Entry
from sampan.ledger.ledger import Ledger
from sampan.node import Node
from sampan.records.access import Refusal
from sampan.records.control import Snapshot
from sampan.web.answers import Answer, Kept
from sampan.web.api import paging, problems
from sampan.web.api.once import Given, Once
from sampan.web.api.reading import Asked, read
from sampan.web.standing import PUBLIC

JSON = "application/json"
LONG = 200_000
"""Bytes beyond which a body is compressed quickly rather than well."""


@dataclass(frozen=True)
class Shown(Answer):
    """What a view is answered with, and the Link header that leads to the next page of it."""

    link: str = ""


class Answering:
    """Answers requests about one node's desks."""

    def __init__(self, node: Node) -> None:
        self._session = node.session
        self._once = Once(node.session.ledger, node.session.clock)
        self._kept = Kept()

    async def __call__(self, request: Request) -> Response:
        """The answer to a request, or raises the SampanError that it is answered with."""
        asked = await read(request)
        if isinstance(asked.offer, Act):
            given, again = await run_in_threadpool(self._done, asked)
            headers = {
                "Cache-Control": "no-store",
                "Vary": "Accept-Language",
                **({"Idempotency-Replayed": "true"} if again else {}),
            }
            return Response(given.body, given.status, headers, media_type=given.media)
        shown = await run_in_threadpool(self._looked, asked)
        response = shown.to(request)
        response.headers["Cache-Control"] = "no-cache"
        if shown.link:
            response.headers["Link"] = shown.link
        return response

    # Views

    def _looked(self, asked: Asked) -> Shown:
        """What a view shows, as it was worked out at this size of the ledger, or is now."""
        assert isinstance(asked.offer, View)
        person = PUBLIC if asked.offer.readers == "public" else asked.somebody
        session = self._session.on_behalf_of(person)
        size = session.ledger.size
        key = f"{person.handle} {person.party} {session.today()} {asked.path}?{urlencode(asked.said)}"
        found = self._kept.get(size, key)
        if found is None:
            made = self._made(asked, asked.offer, session, size)
            found = self._kept.made(size, key, lambda: made)
        return cast(Shown, found)

    def _made(self, asked: Asked, view: View, session: Session, size: int) -> Shown:
        result: Any
        if view.paged:
            result, link = self._page(asked, view, session, size)
        else:
            given = arguments.from_texts(view, asked.said)
            result = view.call(session, **given)
            after = paging.next_of_own(view, result, given)
            link = "" if after is None else _next(asked, "after", after)
        body: bytes = result if view.media else _json(result)
        etag = f'W/"{size}.{sha256(body).hexdigest()[:24]}"'
        small = gzip.compress(body, 1 if len(body) > LONG else 5, mtime=0)
        return Shown(view.media or JSON, body, small, etag, link)

    def _page(self, asked: Asked, view: View, session: Session, size: int) -> tuple[Sequence[Any], str]:
        """Some rows of a list, and the link to those that follow."""
        own = dict(pair for pair in asked.said if pair[0] in ("limit", "cursor"))
        page = paging.first_page(own.get("limit"), own.get("cursor"))
        page.require(size)
        given = arguments.from_texts(view, [pair for pair in asked.said if pair[0] not in own])
        known_on = None
        if "known_on" in view.signature.parameters:
            known_on = given["known_on"] = given.get("known_on") or page.known_on or session.known_now()
        rows = view.call(session, **given)
        shown = rows[page.begin : page.begin + page.limit]
        if page.begin + page.limit >= len(rows):
            return shown, ""
        cursor = page.cursor(len(shown), known_on=known_on, size=size)
        return shown, _next(asked, "cursor", cursor)

    # Acts

    def _done(self, asked: Asked) -> tuple[Given, bool]:
        """What an act wrote, and whether that is told again."""
        assert isinstance(asked.offer, Act)
        act, person = asked.offer, asked.somebody
        session = self._session.on_behalf_of(person)
        session.require(act.needs)
        given = arguments.from_json(act, asked.body)
        _require_kept(session, given)
        if asked.size is not None:
            session = replace(session, ledger=cast(Ledger, _AsSeen(session.ledger, asked.size)))

        def make() -> Given:
            try:
                result = act.call(session, **given)
            except SampanError as fault:
                if fault.http_status >= 500:
                    raise
                return Given(fault.http_status, MEDIA, problems.body(fault, asked.path, asked.language))
            return Given(200, JSON, _json(result))

        if asked.key is None:
            return make(), False
        return self._once.answer(person.handle, asked.key, asked.path.encode() + b"\0" + asked.body, make)


def _json(result: Any) -> bytes:
    return json.dumps(plain(result), ensure_ascii=False, allow_nan=False).encode()


def _next(asked: Asked, name: str, value: str) -> str:
    said = [pair for pair in asked.said if pair[0] != name]
    return f'<{asked.path}?{urlencode([*said, (name, value)])}>; rel="next"'


def _require_kept(session: Session, given: Mapping[str, Any]) -> None:
    """Lets every document that is cited be one that lies beside the ledger. Raises InputError otherwise."""
    for name, value in given.items():
        if isinstance(value, Snapshot) and not _is_kept(session, value):
            raise InputError(
                "This document is not kept here.", way_out="Keep it first; cite what comes back.", field=name
            )


def _is_kept(session: Session, cited: Snapshot) -> bool:
    return session.blobs.has(cited.digest) and len(session.blobs.get(cited.digest)) == cited.size


class _AsSeen:
    """A ledger that takes in the next entries only if it still has the size at which its reader saw it."""

    def __init__(self, ledger: Ledger, size: int) -> None:
        self._ledger = ledger
        self._size: int | None = size

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ledger, name)

    def append(
        self,
        drafts: Iterable[Draft],
        *,
        expecting: int | None = None,
        check: Callable[[Connection], None] | None = None,
    ) -> tuple[Entry, ...]:
        """As the ledger does. Raises Stale if it has grown; that somebody was refused is written all the same."""
        seen, drafts = self._size, tuple(drafts)
        if seen is None or all(draft.kind == Refusal.kind for draft in drafts):
            return self._ledger.append(drafts, expecting=expecting, check=check)
        self._size = None
        try:
            if expecting not in (None, seen):
                raise MovedOn("Somebody wrote.")
            return self._ledger.append(drafts, expecting=seen, check=check)
        except MovedOn:
            raise Stale(
                f"The ledger has grown since it had {seen} entries.",
                way_out="Look again, then decide.",
                size=seen,
            ) from None
