"""An HTTP connection of aiohttp with deadlines for everything expected from the client."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from aiohttp import web
from aiohttp.typedefs import Handler

from edge.web.limits import BODY_BYTES_PER_S, BODY_S, HEAD_S, IDLE_S, LINGER_S, UPLOAD_BYTES


class Connection(web.RequestHandler):
    """An HTTP connection that is closed when a request head is late, a body stalls, or it is idle for too long. `left`
    is called after closing. `busy`: a complete request is being answered, or a page is connected."""

    __slots__ = ("_answering", "_late", "_left", "_waits_for_head", "busy")

    def __init__(self, server: web.Server, left: Callable[[], None]) -> None:
        loop = asyncio.get_running_loop()
        super().__init__(server, loop=loop, access_log=None, lingering_time=LINGER_S)  # type: ignore[arg-type]
        self.busy = self._answering = False
        self._left = left
        self._late: asyncio.TimerHandle | None = None
        self._waits_for_head = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._within(HEAD_S)
        self._waits_for_head = True

    def connection_lost(self, exc: BaseException | None) -> None:
        self._whenever()
        super().connection_lost(exc)
        self._left()

    def data_received(self, data: bytes) -> None:
        if not self._answering and not self._waits_for_head:
            self._waits_for_head = True
            self._within(HEAD_S)
        super().data_received(data)

    def begin_request(self, body_bytes: int | None) -> None:
        """A request head arrived; `body_bytes` follow (None: unknown; 0: none)."""
        self._answering, self._waits_for_head = True, False
        if body_bytes == 0:
            self.complete()
        else:
            self._within(BODY_S + (UPLOAD_BYTES if body_bytes is None else body_bytes) / BODY_BYTES_PER_S)

    def complete(self) -> None:
        """The whole body arrived."""
        if self._answering:
            self.busy = True
            self._whenever()

    def end_response(self) -> None:
        """The response is complete except for buffered data."""
        self.busy = self._answering = False
        self._within(IDLE_S)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Handle an error without logging malformed requests and disconnects, because anyone could flood the log."""
        if status >= 500 and not isinstance(exc, ConnectionError):
            answer = super().handle_error(request, status, exc, message)
        else:
            answer = web.Response(status=status, text="This isn't a valid HTTP request.\n")
            answer.force_close()
        answer.headers["Server"] = "edge-store"  # instead of the versions of aiohttp and Python
        answer.headers["X-Content-Type-Options"] = "nosniff"
        return answer

    def _within(self, seconds: float) -> None:
        self._whenever()
        self._late = asyncio.get_running_loop().call_later(seconds, self._abort)

    def _whenever(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _abort(self) -> None:
        if isinstance(self.transport, asyncio.Transport):
            self.transport.abort()


@web.middleware
async def time_request(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Report the request's progress to its connection."""
    connection = request.protocol
    if not isinstance(connection, Connection):
        return await handler(request)
    connection.begin_request(request.content_length if request.can_read_body else 0)
    if request.can_read_body:
        request.content.on_eof(connection.complete)
    try:
        return await handler(request)
    finally:
        connection.end_response()
