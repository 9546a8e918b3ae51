"""How much may the head of a request hold, and how long may it take to arrive?

uvicorn bounds neither, so that one slow or endless client could hold a connection, or the memory, for ever. Both are
bounded here, where bytes come in; bodies are bounded where they are read (``bounds``).
"""

from __future__ import annotations

from asyncio import TimerHandle, Transport

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST_HEAD = 32_768
"""Bytes of request line and headers together."""

PATIENCE = 10.0
"""Seconds from the first byte of a head, or from the connection, to the end of the head."""


class Careful(HttpToolsProtocol):
    """uvicorn's protocol, with bounds."""

    _head = 0
    _heads = True
    _begun = False
    _timer: TimerHandle | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """Begins to wait for the first head."""
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Waits no more."""
        self._rest()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Takes bytes in, unless a head has become too long that is still not whole."""
        self._begun = False
        super().data_received(data)
        if self._heads and not self._begun:  # else the piece may hold much of the body before it
            self._head += len(data)
            if self._head > MOST_HEAD:
                self._refuse()

    def on_message_begin(self) -> None:
        """A head begins."""
        super().on_message_begin()
        self._heads = self._begun = True
        if self._timer is None:
            self._wait()

    def on_headers_complete(self) -> None:
        """The head is whole. It is answered, unless it is too long."""
        self._rest()
        self._heads, self._head = False, 0
        size = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
        if size > MOST_HEAD:
            self._refuse()
            return
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A part of a body, of a request that was not refused."""
        if self.cycle is not None:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """The end of a request that was not refused."""
        if self.cycle is not None:
            super().on_message_complete()

    def _wait(self) -> None:
        self._timer = self.loop.call_later(PATIENCE, self._too_slow)

    def _rest(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _too_slow(self) -> None:
        self._timer = None
        self._close(b"408 Request Timeout")

    def _refuse(self) -> None:
        self._close(b"431 Request Header Fields Too Large")

    def _close(self, status: bytes) -> None:
        if self.transport.is_closing():
            return
        if self.cycle is None or self.cycle.response_complete:
            head = b"HTTP/1.1 " + status + b"\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
            self.transport.write(head)
        self.transport.close()
