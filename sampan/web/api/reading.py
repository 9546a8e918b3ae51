"""What does a request to the API ask for, as far as that can be told without looking at the ledger?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request

from sampan.access.offer import Act, Offer
from sampan.access.people import Person
from sampan.core.errors import InputError, NotSignedIn
from sampan.core.languages import Language
from sampan.core.problems import Fault
from sampan.node import DESKS, desk
from sampan.web.api.problems import language_of
from sampan.web.who import person_of

LONGEST_QUERY = 8_000
LARGEST_BODY = 32 * 2**20

_MATCH = re.compile(r'(?:W/)?"(\d{1,15})(?:\.[0-9a-f]+)?"')


@dataclass(frozen=True)
class Asked:
    """A request that is well formed: who asks what of a desk, and on which conditions.

    ``key`` is its Idempotency-Key; ``size`` that of the ledger on which it was decided (If-Match).
    """

    offer: Offer
    path: str
    said: Sequence[tuple[str, str]]
    body: bytes
    person: Person | None
    key: str | None
    size: int | None
    language: Language

    @property
    def somebody(self) -> Person:
        """Who asks. Raises NotSignedIn if that is nobody."""
        if self.person is None:
            raise NotSignedIn(
                "Nobody is signed in.", way_out="Send an API token in the header Authorization: Bearer …"
            )
        return self.person


async def read(request: Request) -> Asked:
    """The request, or raises the SampanError that says what is wrong with it."""
    offer = offered(request.path_params["desk"], request.path_params["name"])
    _require_method(request.method, offer)
    if len(request.scope["query_string"]) > LONGEST_QUERY:
        raise Fault(414, "This query is too long.", way_out=f"Send up to {LONGEST_QUERY} signs.")
    return Asked(
        offer,
        request.scope["path"],
        request.query_params.multi_items(),
        await _body(request) if isinstance(offer, Act) else b"",
        person_of(request),
        request.headers.get("idempotency-key"),
        _size(request.headers.get("if-match")),
        language_of(request),
    )


def offered(where: str, name: str) -> Offer:
    """The act or the view called ``name`` of the desk ``where``. Raises Fault if there is none."""
    found = desk(where).offers.get(name) if where in DESKS else None
    if found is None:
        raise Fault(404, "No desk offers this.", way_out="See /api/v1/ for what there is.")
    return found


class WrongMethod(Fault):
    """An act is posted, a view is got."""

    def __init__(self, allowed: str) -> None:
        super().__init__(405, "This cannot be asked so.", way_out=f"Use {allowed}.", allowed=allowed)
        self.allowed = allowed


def _require_method(method: str, offer: Offer) -> None:
    allowed = ("POST",) if isinstance(offer, Act) else ("GET", "HEAD")
    if method not in allowed:
        raise WrongMethod(", ".join(allowed))


async def _body(request: Request) -> bytes:
    """The JSON that was posted, whole. Raises Fault if it is too much or of another type."""
    too_much = Fault(413, "This is too much at once.", way_out=f"Send up to {LARGEST_BODY} bytes.")
    length = request.headers.get("content-length", "0")
    if not (length.isascii() and length.isdigit()) or int(length[:20]) > LARGEST_BODY:
        raise too_much
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > LARGEST_BODY:
            raise too_much
        parts.append(part)
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if size and media != "application/json":
        raise Fault(415, "This is not said in JSON.", way_out="Send Content-Type: application/json.")
    return b"".join(parts)


def _size(match: str | None) -> int | None:
    """The size of the ledger in an If-Match header, which is an ETag of ours."""
    if match is None or match.strip() == "*":
        return None
    found = _MATCH.fullmatch(match.strip())
    if found is None:
        raise InputError("If-Match names no ETag of ours.", way_out="Send the ETag of what you saw.")
    return int(found[1])
