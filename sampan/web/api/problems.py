"""How does the API answer when something is wrong?"""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from sampan.core.errors import NodeError, SampanError
from sampan.core.languages import Language
from sampan.core.problems import MEDIA, Fault, told
from sampan.languages import faults
from sampan.web.negotiate import preferred


def body(fault: SampanError, path: str, language: Language) -> bytes:
    """``fault`` as it is sent: what is wrong and the way out in the language that was asked for, titles in English."""
    problem = told(fault, path)
    if language != "en":
        problem |= {name: faults.said(problem[name], language) for name in ("detail", "way_out")}
    return json.dumps(problem, ensure_ascii=False, default=str).encode("utf-8", "replace")


def language_of(request: Request) -> Language:
    """The language in which whoever asks would hear what is wrong: English, unless another is asked for."""
    return preferred(request.headers.get("accept-language", ""))


def answer(request: Request, fault: SampanError, headers: Mapping[str, str] | None = None) -> Response:
    """The response that tells ``fault``."""
    more = {"Cache-Control": "no-store", "Vary": "Accept-Language"}
    if fault.http_status == 401:
        more["WWW-Authenticate"] = 'Bearer realm="sampan"'
    wait = 5 if isinstance(fault, NodeError) else getattr(fault, "wait", None)
    if wait is not None:
        more["Retry-After"] = str(wait)
    told_as = body(fault, request.scope["path"], language_of(request))
    return Response(told_as, fault.http_status, {**more, **(headers or {})}, media_type=MEDIA)


def of_http(fault: HTTPException) -> SampanError:
    """A fault that the server found in the request, as ours."""
    phrase = HTTPStatus(fault.status_code).phrase
    return Fault(fault.status_code, f"{phrase}.", way_out="See /api/v1/ for what there is.")
