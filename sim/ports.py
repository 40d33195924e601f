"""Ports for servers that are stopped and restarted; no other process can take them in between."""

from __future__ import annotations

import random
import socket
from collections import deque
from pathlib import Path

LOWEST = 10_000
KEPT = 64
"""Maximum ports reserved by a process. Beyond that, the oldest reservations are released."""
TRIES = 1000
_CONNECTIONS = Path("/proc/sys/net/ipv4/ip_local_port_range")

_chance = random.SystemRandom()
_claims: deque[socket.socket] = deque()


def free_port() -> int:
    """Return a free TCP port of 127.0.0.1, reserved for this process while it lives.

    The port is outside the range that the kernel uses for connections (ip(7), ip_local_port_range). The reservation is
    an abstract socket's name (unix(7)), which ends with the process. `OSError`: all ports tried are taken.
    """
    above = max(int(_CONNECTIONS.read_text().split()[0]), 2 * LOWEST)
    for _ in range(TRIES):
        port = _chance.randrange(LOWEST, above)
        if claim := _claim_port(port):
            _claims.append(claim)
            if len(_claims) > KEPT:
                _claims.popleft().close()
            return port
    raise OSError(f"no free TCP port was found between {LOWEST} and {above}")


def _claim_port(port: int) -> socket.socket | None:
    """Reserve a port if it's free. Closing the returned socket releases it."""
    claim = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        claim.bind(f"\0edge-port-{port}")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
    except OSError:
        claim.close()
        return None
    return claim
