"""How much may somebody else's server answer? What it sends is read here, and no further than a bound."""

from __future__ import annotations

from io import BytesIO
from typing import Any, TypeVar

from requests import PreparedRequest, Response, Session
from requests.adapters import HTTPAdapter
from requests.exceptions import ContentDecodingError, RequestException
from urllib3.exceptions import HTTPError

MOST_BYTES = 2**20
"""Bytes of one answer, unpacked."""

Client = TypeVar("Client", bound=Session)


class _Bounded(HTTPAdapter):
    """Reads every answer itself, before whoever asked would read it to its end."""

    def send(self, request: PreparedRequest, *args: Any, **more: Any) -> Response:
        answer = super().send(request, *args, **more)
        with answer.raw as raw:
            try:
                data = raw.read(MOST_BYTES + 1, decode_content=True)
            except HTTPError as fault:
                raise ContentDecodingError(fault, request=request) from fault
        if len(data) > MOST_BYTES:
            raise RequestException("The answer does not end.", request=request)
        answer.raw = BytesIO(data)
        return answer


def bounded(client: Client) -> Client:
    """``client``, which from now on raises RequestException when an answer is longer than MOST_BYTES."""
    client.mount("https://", _Bounded())
    client.mount("http://", _Bounded())
    return client
