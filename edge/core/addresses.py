"""Parsing and comparison of network addresses."""

from __future__ import annotations

import ipaddress
import re
import socket
from functools import lru_cache
from urllib.parse import urlsplit

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_NUMBERS = re.compile(r"(0x[0-9a-f]+|[0-9]+)(\.(0x[0-9a-f]+|[0-9]+)){0,3}")


ADDRESS_CACHE = 256
"""Number of parsed addresses to cache. Each request parses its caller's address several times."""
NAME_CACHE = 64
"""Number of host names to cache with whether they belong to this box. Nearly all requests use the same name."""


@lru_cache(ADDRESS_CACHE)
def address_of(text: str) -> Address:
    """Parse an address, without its zone; an IPv4-mapped IPv6 address becomes IPv4. Raises `ValueError` for anything
    else.

    >>> address_of("::ffff:192.0.2.7")
    IPv4Address('192.0.2.7')
    """
    address = ipaddress.ip_address(text.partition("%")[0])
    return getattr(address, "ipv4_mapped", None) or address


@lru_cache(ADDRESS_CACHE)
def is_loopback(text: str) -> bool:
    """Whether `text` is a loopback address or the name "localhost"."""
    try:
        return text == "localhost" or address_of(text).is_loopback
    except ValueError:
        return False


def is_of_machine(host: str) -> bool:
    """Whether `host` is a loopback, unspecified, link-local or multicast address, or localhost. Recognises the short
    and hexadecimal forms that resolvers accept (inet_aton).

    >>> [is_of_machine(host) for host in ("localhost", "127.0.0.1", "fe80::1", "0.0.0.0", "192.168.1.9", "a.example")]
    [True, True, True, True, False, False]
    >>> [is_of_machine(host) for host in ("127.1", "0x7f000001", "2130706433", "0", "1.example")]
    [True, True, True, True, False]
    """
    bare = host.strip("[]").rstrip(".").lower()
    try:
        address = address_of(socket.inet_ntoa(socket.inet_aton(bare)) if _NUMBERS.fullmatch(bare) else bare)
    except (ValueError, OSError):
        return bare == "localhost" or bare.endswith(".localhost")
    return address.is_loopback or address.is_link_local or address.is_unspecified or address.is_multicast


@lru_cache(ADDRESS_CACHE)
def network_of(text: str) -> str:
    """Return the key by which callers are rate-limited: the IPv4 address, or the /64 network of an IPv6 address. Text
    that isn't an address is returned unchanged."""
    try:
        address = address_of(text)
    except ValueError:
        return text
    return str(address) if address.version == 4 else str(ipaddress.ip_network((address, 64), strict=False))


@lru_cache(NAME_CACHE)
def names_us(host: str, address: str, port: int, secure: bool, names: frozenset[str]) -> bool:
    """Whether a Host header matches one of `names`, or `address` itself, on this `port`."""
    try:
        split = urlsplit(f"//{host}")
        name, said = (split.hostname or "").rstrip("."), split.port or (443 if secure else 80)
    except ValueError:
        return False
    if said != port:
        return False
    if name in names:
        return True
    try:
        # A literal address can't be rebound by DNS: the client really meant this machine.
        return ipaddress.ip_address(name) == address_of(address)
    except ValueError:
        return False
