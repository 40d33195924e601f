"""Current names and addresses of this machine."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator

import ifaddr

from edge.core.addresses import address_of

_HOST = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*")


def host_names() -> tuple[str, ...]:
    """Host names, local and on its network (mDNS)."""
    host = socket.gethostname().lower().removesuffix(".local")
    return ("localhost", host, f"{host}.local") if _HOST.fullmatch(host) and host != "localhost" else ("localhost",)


def addresses() -> tuple[str, ...]:
    """Reachable addresses, loopback first."""
    return tuple(dict.fromkeys(("127.0.0.1", "::1", *_adapter_addresses())))


def _adapter_addresses() -> Iterator[str]:
    for adapter in ifaddr.get_adapters():
        for ip in adapter.ips:
            address = address_of(ip.ip if isinstance(ip.ip, str) else ip.ip[0])
            if not (address.is_link_local and address.version == 6):  # these need a zone, which a page's URL can't have
                yield str(address)
