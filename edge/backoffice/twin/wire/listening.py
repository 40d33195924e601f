"""Listening sockets of a machine."""

from __future__ import annotations

import socket

from edge.backoffice.twin.limits import STRANGERS
from edge.backoffice.twin.membership.members import Member
from edge.core.addresses import is_loopback


def listen_as(mine: Member) -> socket.socket:
    """A listening socket for this member. Raises `OSError` if the port is taken."""
    family = socket.AF_INET6 if ":" in mine.host else socket.AF_INET
    host = mine.host if is_loopback(mine.host) else ("::" if ":" in mine.host else "0.0.0.0")
    return socket.create_server((host, mine.port), family=family, backlog=STRANGERS)


def can_listen_as(mine: Member) -> bool:
    """Whether the port is currently free."""
    try:
        listen_as(mine).close()
    except OSError:
        return False
    return True
