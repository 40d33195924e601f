"""Checks whether another machine is reached by Wi-Fi. A link that stalls for seconds makes the boxes take turns
leading."""

from __future__ import annotations

import socket
from pathlib import Path

_NET = Path("/sys/class/net")
_ANY_PORT = 9
"""An arbitrary port, as nothing is sent to it."""


def is_by_wifi(host: str, net: Path = _NET) -> bool:
    """Whether the interface to `host` is Wi-Fi (nl80211 in sysfs). Blocks on name resolution; False if there is no
    route."""
    import ifaddr  # only for shops with two boxes

    try:
        ((family, kind, _, _, at), *_) = socket.getaddrinfo(host, _ANY_PORT, type=socket.SOCK_DGRAM)
        with socket.socket(family, kind) as asking:
            asking.connect(at)
            mine = asking.getsockname()[0]
    except OSError:
        return False
    names = {adapter.nice_name for adapter in ifaddr.get_adapters() for ip in adapter.ips if _text(ip.ip) == mine}
    return any((net / name / "phy80211").exists() or (net / name / "wireless").exists() for name in names)


def _text(ip: str | tuple[str, int, int]) -> str:
    return ip if isinstance(ip, str) else ip[0]
