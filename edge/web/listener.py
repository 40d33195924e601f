"""Accepts connections: limits, callers, and TLS detection.

Both protocols share one port. TLS clients get TLS. Without TLS, only this machine (and a trusted proxy) gets the pages;
other machines get pages that lead them to TLS.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections import Counter
from collections.abc import Callable, Iterable

import structlog
from aiohttp import web

from edge.core.addresses import network_of
from edge.core.process.parts import TaskSet
from edge.web.connection import Connection
from edge.web.limits import (
    ACCEPT_AGAIN_S,
    ACCEPTED_AT_ONCE,
    CONNECTIONS_OF_ONE,
    CONNECTIONS_OF_OTHERS,
    HEAD_S,
    LINGER_S,
    LOCAL_CONNECTIONS,
    LOG_INTERVAL_S,
)
from edge.web.rate_limit import Rates

_log = structlog.get_logger(__name__)
_TLS = b"\x16"
"""First byte of every TLS connection: a handshake record (RFC 8446, section 5.1)."""


class Peer:
    """One connection, from accept to close."""

    def __init__(self, connection: socket.socket, address: str, near: bool) -> None:
        self.socket = connection
        self.network = network_of(address)
        self.near = near
        self.http: Connection | None = None

    @property
    def waits(self) -> bool:
        """Whether the connection has no request in progress, so that closing it loses nothing."""
        return self.http is None or not self.http.busy

    def close(self) -> None:
        """Shut the connection down; readers see its end."""
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # already closed


class Listener:
    """Serves `pages` on listening sockets. `near` returns whether an address needs no TLS: this machine, or a proxy.
    `context` returns the TLS context (None: no TLS); `astray` serves other machines without TLS. Their handshakes take
    about a millisecond and run one at a time in `others_turn`, shared with their requests, so that a till waits for at
    most one."""

    def __init__(
        self,
        pages: web.Server,
        astray: web.Server,
        near: Callable[[str], bool],
        context: Callable[[], ssl.SSLContext | None],
        rates: Rates,
        others_turn: asyncio.Lock | None = None,
    ) -> None:
        self._pages, self._astray = pages, astray
        self._near, self._context = near, context
        self._rates = rates
        self._others_turn = others_turn or asyncio.Lock()
        self._loop = asyncio.get_running_loop()
        self._ours: dict[Peer, None] = {}
        self._others: dict[Peer, None] = {}
        self._networks: Counter[str] = Counter()
        self._tasks = TaskSet(LOCAL_CONNECTIONS + CONNECTIONS_OF_OTHERS)
        self._sockets: list[socket.socket] = []
        self._again: asyncio.TimerHandle | None = None
        self._said_s = -LOG_INTERVAL_S

    def open(self, sockets: Iterable[socket.socket]) -> None:
        """Start accepting connections."""
        self._sockets = list(sockets)
        for one in self._sockets:
            one.setblocking(False)
        self._listen()

    async def close(self) -> None:
        """Stop accepting connections, and drop those not served yet."""
        if self._again is not None:
            self._again.cancel()
        for one in self._sockets:
            self._loop.remove_reader(one)
            one.close()
        for peer in [peer for peer in (*self._ours, *self._others) if peer.http is None]:
            self._drop(peer)
        await self._tasks.stop()

    def __len__(self) -> int:
        return len(self._ours) + len(self._others)

    def _listen(self) -> None:
        for one in self._sockets:
            self._loop.add_reader(one, self._accept, one)

    def _accept(self, listening: socket.socket) -> None:
        for _ in range(ACCEPTED_AT_ONCE):
            try:
                connection, address = listening.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:
                self._pause(error)
                return
            self._take(connection, address[0])

    def _pause(self, error: OSError) -> None:
        """Pause accepting, mostly when out of file descriptors, and drop idle connections."""
        if self._loop.time() >= self._said_s + LOG_INTERVAL_S:
            self._said_s = self._loop.time()
            _log.error("a connection couldn't be accepted", why=error.strerror, connections=len(self))
        self._make_room((*self._others, *self._ours))
        for one in self._sockets:
            self._loop.remove_reader(one)
        self._again = self._loop.call_later(ACCEPT_AGAIN_S, self._go_on)

    def _go_on(self) -> None:
        for _ in range(ACCEPTED_AT_ONCE):
            if not self._make_room((*self._others, *self._ours)):
                break
        self._listen()

    def _take(self, connection: socket.socket, address: str) -> None:
        peer = Peer(connection, address, self._near(address))
        if not self._room_for(peer):
            connection.close()
            return
        connection.setblocking(False)
        (self._ours if peer.near else self._others)[peer] = None
        self._networks[peer.network] += 1
        late = self._loop.call_later(HEAD_S, self._drop, peer)
        self._loop.add_reader(connection, self._first, peer, late)

    def _room_for(self, peer: Peer) -> bool:
        """Make room for a connection if needed, dropping the longest idle first. Returns whether there is room."""
        if peer.near:
            return len(self._ours) < LOCAL_CONNECTIONS or self._make_room(self._ours)
        if self._rates.take("connect", peer.network):
            return False
        if self._networks[peer.network] >= CONNECTIONS_OF_ONE:
            return self._make_room(other for other in self._others if other.network == peer.network)
        return len(self._others) < CONNECTIONS_OF_OTHERS or self._make_room(self._others)

    def _make_room(self, among: Iterable[Peer]) -> bool:
        waiting = next((peer for peer in among if peer.waits), None)
        if waiting is None:
            return False
        self._drop(waiting)
        return True

    def _first(self, peer: Peer, late: asyncio.TimerHandle) -> None:
        """Read the first byte, which identifies the protocol."""
        late.cancel()
        self._loop.remove_reader(peer.socket)
        try:
            first = peer.socket.recv(1, socket.MSG_PEEK)
        except OSError:
            first = b""
        context = self._context() if first == _TLS else None
        if not first or (first == _TLS and context is None):
            self._drop(peer)
            return
        server = self._pages if context or peer.near else self._astray
        if not self._tasks.start(self._serve(peer, server, context), "connection"):
            self._drop(peer)

    async def _serve(self, peer: Peer, server: web.Server, context: ssl.SSLContext | None) -> None:
        """Hand the connection to HTTP, over TLS if the client uses it."""

        def begin() -> Connection:
            peer.http = Connection(server, lambda: self._remove_peer(peer))
            return peer.http

        if not peer.near:
            async with self._others_turn:
                await asyncio.sleep(0)
        if peer.socket.fileno() < 0:
            return  # dropped meanwhile to make room
        times = {"ssl_handshake_timeout": HEAD_S, "ssl_shutdown_timeout": LINGER_S} if context else {}
        try:
            await self._loop.connect_accepted_socket(begin, peer.socket, ssl=context, **times)
        except OSError:  # it left, or doesn't trust us: TLS errors are OSErrors
            self._remove_peer(peer)

    def _drop(self, peer: Peer) -> None:
        """Close the connection in any state."""
        self._remove_peer(peer)
        if peer.http is not None:
            peer.close()  # HTTP's transport owns the socket and notices the end
        elif peer.socket.fileno() >= 0:
            self._loop.remove_reader(peer.socket)
            peer.socket.close()

    def _remove_peer(self, peer: Peer) -> None:
        among = self._ours if peer.near else self._others
        if peer in among:
            del among[peer]
            self._networks[peer.network] -= 1
            if not self._networks[peer.network]:
                del self._networks[peer.network]
