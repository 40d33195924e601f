"""Addresses that outgoing calls may reach. The box itself and its link-local neighbours are excluded."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Collection, Iterable

import ifaddr
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from edge.runtime.outgoing.faults import Undelivered

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def own_addresses() -> frozenset[str]:
    """Addresses of this machine's interfaces."""
    found = [ip.ip[0] if isinstance(ip.ip, tuple) else ip.ip for one in ifaddr.get_adapters() for ip in one.ips]
    return frozenset(str(ip) for ip in found)


def is_forbidden(text: str, own: Collection[str]) -> bool:
    """Whether an address must never be called: loopback, link-local, unspecified, multicast, or the box's own."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return True
    plain = getattr(address, "ipv4_mapped", None) or address
    inside = plain.is_loopback or plain.is_link_local or plain.is_unspecified or plain.is_multicast
    return inside or str(plain) in own


def check_host(host: str, allowed: Collection[str], own: Callable[[], Collection[str]] = own_addresses) -> None:
    """Raise `Undelivered` for a host written as a forbidden address or as this machine's name.

    Names are checked again when they are resolved.
    """
    if host in allowed:
        return
    bare = host.strip("[]").rstrip(".").lower()
    try:
        ipaddress.ip_address(bare)
    except ValueError:
        if bare == "localhost" or bare.endswith(".localhost"):
            raise Undelivered("forbidden_address", host, permanent=True) from None
        return
    if is_forbidden(bare, own()):
        raise Undelivered("forbidden_address", host, permanent=True)


class GuardedResolver(AbstractResolver):
    """Resolves names and drops forbidden addresses, because a name may resolve differently from the earlier check."""

    def __init__(self, allowed: Collection[str]) -> None:
        self._allowed = allowed
        self._inner = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._inner.resolve(host, port, family)
        if host in self._allowed:
            return found
        good = list(permitted_addresses(found, own_addresses()))
        if not good:
            raise OSError(None, f"{host} is a blocked address")
        return good

    async def close(self) -> None:
        await self._inner.close()


def permitted_addresses(found: Iterable[ResolveResult], own: Collection[str]) -> Iterable[ResolveResult]:
    """Filter resolved addresses by permission."""
    return (one for one in found if not is_forbidden(one["host"], own))
