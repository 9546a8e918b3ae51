"""Which answers are ready to be sent again?"""

from __future__ import annotations

import gzip
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from threading import Lock

from starlette.requests import Request
from starlette.responses import Response

KEPT_BYTES = 48 * 2**20
"""Of answers, before those that were made longest ago are forgotten."""


@dataclass(frozen=True)
class Answer:
    """What a request is answered with: whole, compressed, and under the name of its content."""

    type: str
    body: bytes
    small: bytes
    etag: str

    @classmethod
    def of(cls, type: str, body: bytes) -> Answer:
        """``body``, ready to be sent."""
        return cls(type, body, gzip.compress(body, 6, mtime=0), f'W/"{sha256(body).hexdigest()[:24]}"')

    def to(self, request: Request, *, seconds: int = 60) -> Response:
        """The response: nothing but its name if the reader has it already. ``seconds`` may caches keep it."""
        headers = {
            "Content-Type": self.type,
            "ETag": self.etag,
            "Cache-Control": f"public, max-age={seconds}",
            "Vary": "Accept-Encoding",
        }
        if self.etag.removeprefix("W/") in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        if not takes_gzip(request.headers.get("accept-encoding", "")):
            return Response(self.body, headers=headers)
        return Response(self.small, headers={**headers, "Content-Encoding": "gzip"})


def takes_gzip(accepted: str) -> bool:
    """Whether an Accept-Encoding header allows gzip (RFC 9110 §12.5.3)."""
    for offer in accepted.lower().split(","):
        coding, _, weight = offer.partition(";")
        if coding.strip() in ("gzip", "x-gzip"):
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


class Kept:
    """Answers worked out at one size of the ledger; when it has grown, they are worked out anew."""

    def __init__(self) -> None:
        self._size = -1
        self._bytes = 0
        self._answers: OrderedDict[str, Answer] = OrderedDict()
        self._turn = Lock()

    def get(self, size: int, key: str) -> Answer | None:
        """The answer under ``key``, if it holds at this size."""
        return self._answers.get(key) if size == self._size else None

    def made(self, size: int, key: str, make: Callable[[], Answer]) -> Answer:
        """The answer under ``key``, made if need be. One is made at a time: the next may find it there."""
        with self._turn:
            if found := self.get(size, key):
                return found
            answer = make()
            if size > self._size:
                self._size, self._bytes = size, 0
                self._answers.clear()
            if size == self._size:
                self._keep(key, answer)
            return answer

    def _keep(self, key: str, answer: Answer) -> None:
        self._answers[key] = answer
        self._bytes += len(answer.body) + len(answer.small)
        while self._bytes > KEPT_BYTES:
            _, gone = self._answers.popitem(last=False)
            self._bytes -= len(gone.body) + len(gone.small)
