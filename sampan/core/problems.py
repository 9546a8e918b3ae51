"""How is a fault told to another program, and understood by it? As problem details (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from sampan.core.errors import (
    InputError,
    MovedOn,
    NodeError,
    NotSignedIn,
    PeerError,
    Refused,
    SampanError,
    Stale,
)
from sampan.core.plain import plain

MEDIA = "application/problem+json"
WHERE = "/api/v1/#problem-"

KINDS: Mapping[str, tuple[type[SampanError], str]] = {
    "stale": (Stale, "The ledger has grown"),
    "moved-on": (MovedOn, "Somebody else wrote first"),
    "input": (InputError, "Something given is wrong"),
    "not-signed-in": (NotSignedIn, "Nobody is signed in"),
    "refused": (Refused, "This may not be done"),
    "peer": (PeerError, "Another node sent what does not hold"),
    "node": (NodeError, "The node cannot do it now"),
    "request": (SampanError, "The request cannot be answered"),
}
"""What may go wrong, each by the end of its type; the narrower before the wider."""


class Fault(SampanError):
    """Something about the request itself, before any desk is asked. ``wait``: seconds after which to ask again."""

    def __init__(
        self, status: int, what: str, *, way_out: str, wait: int | None = None, **facts: object
    ) -> None:
        super().__init__(what, way_out=way_out, **facts)
        self.http_status = status
        self.wait = wait


def told(fault: SampanError, path: str) -> dict[str, Any]:
    """``fault``, met at ``path``, as the members of a problem."""
    kind, title = next((kind, said) for kind, (type_, said) in KINDS.items() if isinstance(fault, type_))
    if kind == "request" and fault.http_status in set(HTTPStatus):
        title = HTTPStatus(fault.http_status).phrase
    problem = {
        "type": WHERE + kind,
        "title": title,
        "status": fault.http_status,
        "detail": fault.what,
        "instance": path,
        "way_out": fault.way_out,
    }
    if isinstance(fault, InputError):
        where = {"field": fault.field, "file": fault.file, "line": fault.line}
        problem |= {name: said for name, said in where.items() if said is not None}
    return problem | ({"facts": plain(fault.facts)} if fault.facts else {})


def understood(problem: Mapping[str, Any]) -> SampanError:
    """The fault that a problem tells, of the same type as where it was met."""
    kind = str(problem.get("type", "")).removeprefix(WHERE)
    what, way_out = str(problem.get("detail", "The node says no more.")), str(problem.get("way_out", ""))
    type_ = KINDS.get(kind, KINDS["request"])[0]
    if issubclass(type_, InputError):
        where = {name: problem.get(name) for name in ("field", "file", "line")}
        fault: SampanError = type_(what, way_out=way_out, **where)
    elif type_ is SampanError:
        fault = Fault(500, what, way_out=way_out)
    else:
        fault = type_(what, way_out=way_out)
    fault.http_status = int(problem.get("status", fault.http_status))
    fault.facts = dict(problem.get("facts", {}))
    return fault
