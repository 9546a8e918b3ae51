"""How does the API answer when something is wrong?"""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.responses import Response

from sampan.core.errors import NodeError, SampanError
from sampan.core.problems import MEDIA, Fault, told


def body(fault: SampanError, path: str) -> bytes:
    """``fault`` as it is sent."""
    return json.dumps(told(fault, path), ensure_ascii=False, default=str).encode("utf-8", "replace")


def answer(fault: SampanError, path: str, headers: Mapping[str, str] | None = None) -> Response:
    """The response that tells ``fault``."""
    more = {"Cache-Control": "no-store"}
    if fault.http_status == 401:
        more["WWW-Authenticate"] = 'Bearer realm="sampan"'
    wait = 5 if isinstance(fault, NodeError) else getattr(fault, "wait", None)
    if wait is not None:
        more["Retry-After"] = str(wait)
    return Response(body(fault, path), fault.http_status, {**more, **(headers or {})}, media_type=MEDIA)


def of_http(fault: HTTPException) -> SampanError:
    """A fault that the server found in the request, as ours."""
    phrase = HTTPStatus(fault.status_code).phrase
    return Fault(fault.status_code, f"{phrase}.", way_out="See /api/v1/ for what there is.")
