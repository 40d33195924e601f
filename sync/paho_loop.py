"""Run a paho client on asyncio's loop: without its own thread, so callbacks run in ours.

paho's own thread uses select(), which can't handle file descriptors above 1,023: the thread then ends silently, and the
connection hangs forever.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import paho.mqtt.client as paho

log = logging.getLogger(__name__)

MISC_S = 1.0
"""Interval at which paho checks whether a ping is due or unanswered (as in its own loops)."""


def drive(client: paho.Client, broken: Callable[[Exception], None]) -> None:
    """Read and write for a client after `connect`, until its socket is closed.

    `broken`: called when the client can't parse received data, and the connection is closed.
    """
    driver = _Driver(client, broken)
    client.on_socket_close = driver.on_closed
    client.on_socket_register_write = driver.has_to_write
    client.on_socket_unregister_write = driver.has_written
    driver.begin()


class _Driver:
    def __init__(self, client: paho.Client, broken: Callable[[Exception], None]) -> None:
        self._client = client
        self._broken = broken
        self._loop = asyncio.get_running_loop()
        self._later: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        connection = self._connection()
        if connection is None:
            return  # it failed at once, and `on_disconnect` reported that
        self._loop.add_reader(connection, self._read)
        self._look_after()
        self._read()  # TLS may already hold some data
        self._write()

    def _connection(self) -> socket.socket | None:
        connection = self._client.socket()
        return connection if isinstance(connection, socket.socket) else None

    def _read(self) -> None:
        self._do(self._client.loop_read)
        connection = self._connection()
        if isinstance(connection, ssl.SSLSocket) and connection.pending():  # the event loop sees only encrypted bytes
            self._loop.call_soon(self._read)

    def _write(self) -> None:
        if self._client.want_write():
            self._do(self._client.loop_write)
        connection = self._connection()
        if connection is not None and self._client.want_write():
            self._loop.add_writer(connection, self._write)

    def _look_after(self) -> None:
        self._do(self._client.loop_misc)
        if self._connection() is not None:
            self._later = self._loop.call_later(MISC_S, self._look_after)

    def _do(self, step: Callable[[], object]) -> None:
        try:
            step()
        except Exception as error:
            log.exception("sync: the broker sent data that isn't MQTT")
            self._give_up()
            self._broken(error)

    def _give_up(self) -> None:
        """Stop reading, as paho would fail on the same packet again. Its next write finds the connection closed."""
        connection = self._connection()
        if connection is not None:
            self._loop.remove_reader(connection)
            with suppress(OSError):  # the broker closed it first
                connection.shutdown(socket.SHUT_RDWR)

    # ---- callbacks of paho

    def has_to_write(self, *_: Any) -> None:
        self._loop.call_soon(self._write)  # flush together with other output of this loop iteration

    def has_written(self, _client: paho.Client, _userdata: Any, connection: Any) -> None:
        self._loop.remove_writer(connection)

    def on_closed(self, _client: paho.Client, _userdata: Any, connection: Any) -> None:
        self._loop.remove_reader(connection)
        self._loop.remove_writer(connection)
        if self._later is not None:
            self._later.cancel()
