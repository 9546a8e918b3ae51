"""How is a node that is served elsewhere asked, as if it were here?

Its desks have the acts and views of a node on this machine: the same arguments, the same results, the same
errors. An act is sent under a key of its own, so that it can be sent again when the line breaks, and is done once.
"""

from __future__ import annotations

import json
import time
import uuid
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlencode

from sampan.access import arguments
from sampan.access.offer import Act, Counter, Offer, View
from sampan.core.errors import InputError, PeerError, SampanError
from sampan.core.problems import MEDIA, Fault, understood
from sampan.node import DESKS, desk

if TYPE_CHECKING:
    import httpx2

TRIES = 3
"""How often something is sent where the line breaks."""

PATIENCE = 60.0
"""Seconds for one answer (a plan takes a while), and for those who are told to come back."""

AT_ONCE = 1_000
"""Rows of a list that are asked for at a time."""

KEPT_BYTES = 16 * 2**20
"""Of answers that need not be sent again while the node says that they still hold."""


class Remote:
    """A node at an address. Its desks are attributes: ``remote.assistance.pledge(…)``.

    What was seen before is asked for by its ETag. Where the line breaks, it is sent again; where the node says when to
    come back, it is asked again then, as long as that is within ``timeout`` seconds.
    """

    def __init__(
        self,
        url: str,
        *,
        token: str | None = None,
        timeout: float = PATIENCE,
        http: httpx2.Client | None = None,
    ) -> None:
        import httpx2

        if not url.startswith(("https://", "http://")):
            raise InputError(f"{url} is no address of a node.", way_out="Write https://…", field="url")
        self._url = url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._http = http or httpx2.Client(timeout=timeout)
        self._patience = timeout
        self._seen = _Seen()

    def __getattr__(self, name: str) -> Counter:
        if name not in DESKS:
            raise AttributeError(f"A node has no {name}: its desks are {', '.join(DESKS)}.")
        return Counter(desk(name), lambda offer, given: self._ask(name, offer, given))

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *DESKS})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of the line."""
        self._http.close()

    def _ask(self, where: str, offer: Offer, given: Mapping[str, Any]) -> Any:
        path = f"/api/v1/{where}/{offer.name}"
        if isinstance(offer, Act):
            headers = {"Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4())}
            body = arguments.to_json(offer, given)
            return _result(offer, self._send("POST", path, headers=headers, content=body).content)
        assert isinstance(offer, View)
        said = arguments.to_texts(offer, given)
        if offer.paged:
            return _result(offer, self._whole(path, said))
        body = self._look(path, said).content
        return body if offer.media else _result(offer, body)

    def _whole(self, path: str, said: Sequence[tuple[str, str]]) -> bytes:
        """Every page of a list, as one: begun again if it has changed since its first page."""
        for left in reversed(range(TRIES)):
            answer = self._look(path, [*said, ("limit", str(AT_ONCE))])
            rows = answer.json()
            try:
                while following := answer.links.get("next"):
                    answer = self._look(following["url"])
                    rows += answer.json()
            except Fault as fault:
                if fault.http_status != 409 or not left:
                    raise
                continue
            break
        return json.dumps(rows).encode()

    def _look(self, path: str, said: Sequence[tuple[str, str]] = ()) -> httpx2.Response:
        """What a view shows, or still shows."""
        address = f"{path}?{urlencode(said)}" if said else path
        seen = self._seen.get(address)
        headers = {"If-None-Match": seen.headers["ETag"]} if seen else {}
        answer = self._send("GET", address, headers=headers)
        if seen and answer.status_code == 304:
            return seen
        self._seen.keep(address, answer)
        return answer

    def _send(self, method: str, path: str, *, headers: Mapping[str, str], **more: Any) -> httpx2.Response:
        """The answer, or raises the error that it tells."""
        import httpx2

        until, broken = time.monotonic() + self._patience, 0
        while True:
            try:
                answer = self._http.request(
                    method, self._url + path, headers={**self._headers, **headers}, **more
                )
            except httpx2.TransportError as fault:
                broken += 1
                if broken == TRIES:
                    raise PeerError(
                        f"{self._url} does not answer ({fault}).", way_out="Check the address and the line."
                    ) from fault
                time.sleep(0.2 * broken)
                continue
            if answer.is_success or answer.status_code == 304:
                return answer
            wait = answer.headers.get("Retry-After", "")
            if not wait.isdecimal() or time.monotonic() + int(wait) > until:
                raise _fault(answer)
            time.sleep(int(wait))


class _Seen:
    """Answers by their address, those that were looked at longest ago forgotten first."""

    def __init__(self) -> None:
        self._answers: OrderedDict[str, httpx2.Response] = OrderedDict()
        self._bytes = 0

    def get(self, address: str) -> httpx2.Response | None:
        return self._answers.get(address)

    def keep(self, address: str, answer: httpx2.Response) -> None:
        if "ETag" not in answer.headers:
            return
        if gone := self._answers.pop(address, None):
            self._bytes -= len(gone.content)
        self._answers[address] = answer
        self._bytes += len(answer.content)
        while self._bytes > KEPT_BYTES:
            self._bytes -= len(self._answers.popitem(last=False)[1].content)


def _result(offer: Offer, body: bytes) -> Any:
    from pydantic import ValidationError

    try:
        return arguments.result(offer).validate_json(body)
    except ValidationError as fault:
        raise PeerError(
            f"What came back from {offer.name} is not what this Sampan knows: {fault.errors()[0]['msg']}.",
            way_out="Both ends should have the same version.",
        ) from fault


def _fault(answer: httpx2.Response) -> SampanError:
    if answer.headers.get("content-type", "").startswith(MEDIA):
        return understood(answer.json())
    return PeerError(
        f"{answer.url} answered {answer.status_code}, which no node would.", way_out="Check the address."
    )
