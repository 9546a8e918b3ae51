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

from sampan.core.errors import NodeError

KEPT_BYTES = 48 * 2**20
"""Of answers, before those that were made longest ago are forgotten."""


@dataclass(frozen=True)
class Answer:
    """What a request is answered with: whole, compressed, and under the name of its content."""

    type: str
    body: bytes
    small: bytes
    etag: str

    @property
    def size(self) -> int:
        """Bytes that keeping it takes."""
        return len(self.body) + len(self.small)

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
    """Answers worked out at one size of the ledger. When it has grown they are worked out anew, if they can be."""

    def __init__(self) -> None:
        self._bytes = 0
        self._answers: OrderedDict[str, tuple[int, Answer]] = OrderedDict()
        self._turn = Lock()

    def get(self, size: int, key: str) -> Answer | None:
        """The answer under ``key``, if it holds at this size."""
        of, answer = self._answers.get(key, (-1, None))
        return answer if of == size else None

    def made(self, size: int, key: str, make: Callable[[], Answer]) -> Answer:
        """The answer under ``key``, made if need be. One is made at a time: the next may find it there.

        While the database does not answer, the one made last. Raises NodeError if there is none.
        """
        with self._turn:
            if found := self.get(size, key):
                return found
            of, last = self._answers.get(key, (-1, None))
            try:
                answer = make()
            except NodeError:
                if last is None:
                    raise
                return last
            if size > of:
                self._keep(key, size, answer)
            return answer

    def _keep(self, key: str, size: int, answer: Answer) -> None:
        _, gone = self._answers.pop(key, (-1, None))
        self._answers[key] = size, answer
        self._bytes += answer.size - (gone.size if gone else 0)
        while self._bytes > KEPT_BYTES:
            _, (_, gone) = self._answers.popitem(last=False)
            self._bytes -= gone.size
