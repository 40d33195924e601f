"""Common code of TCP connections to devices."""

from __future__ import annotations

import socket

IDLE_S, EVERY_S, TIMES = 4, 2, 3
"""Keep-alive: a device without power sends nothing. After 4 s of silence it's probed every 2 s, and it counts as gone
after 10 s.
"""


def notice_silence(connection: socket.socket) -> None:
    """Let the kernel probe whether the other end is still there (tcp(7), keep-alive)."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, IDLE_S)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, EVERY_S)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, TIMES)
