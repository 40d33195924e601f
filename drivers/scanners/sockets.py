"""Common code of TCP connections to devices."""

from __future__ import annotations

import socket

IDLE_S, EVERY_S, TIMES = 4, 2, 3
"""Keep-alive, as a device without power sends nothing.

After 4 s of silence it's probed every 2 s, and after 10 s it counts as gone.
"""


def notice_silence(connection: socket.socket) -> None:
    """Let the kernel check whether the other end still responds (tcp(7), keep-alive)."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, IDLE_S)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, EVERY_S)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, TIMES)
