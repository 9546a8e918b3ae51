"""How large may the body of a request be, and how long may it take to arrive?"""

from __future__ import annotations

import asyncio

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sampan.web.who import Caller

MEGABYTE = 2**20
STRANGERS = MEGABYTE
PEOPLES = 32 * MEGABYTE
"""Bytes: of a form that a stranger sends, and of what somebody sends who is signed in or brings a token."""

PIECE, WHOLE = 20.0, 300.0
"""Seconds to wait for the next piece of a body, and for all of it."""


def most_of(scope: Scope) -> int:
    """Bytes that the body of a request may have, by who sends it."""
    return PEOPLES if isinstance(scope["state"].get("caller"), Caller) else STRANGERS


class Bounds:
    """Hands a body to the application piece by piece, as long as it stays within bounds."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on. Reading too much of it raises HTTPException 413, waiting too long 408."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = most_of(scope)
        said = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
        if not said.isdigit():
            said = b"0"
        came, until, whole = 0, asyncio.get_running_loop().time() + WHOLE, False

        async def bounded() -> Message:
            nonlocal came, whole
            if whole:
                return await receive()  # whether the reader has gone, which may take as long as it likes
            if int(said) > most:
                raise HTTPException(413)
            left = min(PIECE, until - asyncio.get_running_loop().time())
            try:
                message = await asyncio.wait_for(receive(), left)
            except TimeoutError:
                raise HTTPException(408) from None
            came += len(message.get("body", b""))
            whole = not message.get("more_body", False)
            if came > most:
                raise HTTPException(413)
            return message

        await self._app(scope, bounded, send)
