"""Where a machine hears the others."""

from __future__ import annotations

import socket

from edge.backoffice.twin.limits import STRANGERS
from edge.backoffice.twin.members import Member
from edge.core.addresses import is_loopback


def listen_as(mine: Member) -> socket.socket:
    """A socket on which this member is heard from now on. `OSError`: the port cannot be taken."""
    family = socket.AF_INET6 if ":" in mine.host else socket.AF_INET
    host = mine.host if is_loopback(mine.host) else ("::" if ":" in mine.host else "0.0.0.0")
    return socket.create_server((host, mine.port), family=family, backlog=STRANGERS)


def can_listen_as(mine: Member) -> bool:
    """Whether the port could be taken just now."""
    try:
        listen_as(mine).close()
    except OSError:
        return False
    return True
