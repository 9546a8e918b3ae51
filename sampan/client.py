"""How is a node that is served elsewhere asked, as if it were here?

Its desks have the acts and views of a node on this machine: the same arguments, the same results, the same
errors. An act is sent under a key of its own, so that it can be sent again when the line breaks, and is done once.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self

from sampan.access import arguments
from sampan.access.offer import Act, Counter, Offer, View
from sampan.core.errors import InputError, PeerError, SampanError
from sampan.core.problems import MEDIA, understood
from sampan.node import DESKS, desk

if TYPE_CHECKING:
    import httpx2

TRIES = 3
PATIENCE = 60.0
"""Seconds for one answer: a plan takes a while."""


class Remote:
    """A node at an address. Its desks are attributes: ``remote.assistance.pledge(…)``."""

    def __init__(self, url: str, *, token: str | None = None, http: httpx2.Client | None = None) -> None:
        import httpx2

        if not url.startswith(("https://", "http://")):
            raise InputError(f"{url} is no address of a node.", way_out="Write https://…", field="url")
        self._url = url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._http = http or httpx2.Client(timeout=PATIENCE)

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
        if offer.media:
            return self._send("GET", path, params=said).content
        return _result(
            offer, self._whole(path, said) if offer.paged else self._send("GET", path, params=said).content
        )

    def _whole(self, path: str, said: Sequence[tuple[str, str]]) -> bytes:
        """Every page of a list, as one."""
        answer = self._send("GET", path, params=said)
        rows = answer.json()
        while following := answer.links.get("next"):
            answer = self._send("GET", following["url"])
            rows += answer.json()
        return json.dumps(rows).encode()

    def _send(self, method: str, path: str, **more: Any) -> httpx2.Response:
        """The answer, or raises the error that it tells. Sends again where the line breaks."""
        import httpx2

        headers = {**self._headers, **more.pop("headers", {})}
        for left in reversed(range(TRIES)):
            try:
                answer = self._http.request(method, self._url + path, headers=headers, **more)
                break
            except httpx2.TransportError as fault:
                if not left:
                    raise PeerError(
                        f"{self._url} does not answer ({fault}).", way_out="Check the address and the line."
                    ) from fault
                time.sleep(0.2 * (TRIES - left))
        if answer.is_success:
            return answer
        raise _fault(answer)


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
