"""The shop's IP address (`[twin] address`), used by the leading box, for devices that can store only one address.

The leader adds it to its own addresses (netlink, rtnetlink(7)) and announces it (RFC 5227, 3), so that switches and
devices use it at once. A box removes it when it stops, and when it starts.
"""

from __future__ import annotations

import asyncio
import ipaddress
import os
import socket
import struct

import ifaddr
import structlog

from edge.core.process.parts import PartState, Ready

_log = structlog.get_logger(__name__)

SHOP_ADDRESS = "shop_address"
ANNOUNCED_S = (0.0, 0.3, 1.0, 3.0)
"""Delays of announcements after taking the address. After them, one is sent every AGAIN_S, as a device may have been
off."""
AGAIN_S = 30.0
NEW, GONE, ACK = 20, 21, 2
"""RTM_NEWADDR, RTM_DELADDR, and NLMSG_ERROR, which also reports success."""
REQUEST, WANTS_ACK, CREATE, REPLACE = 0x1, 0x4, 0x400, 0x100
LOCAL, ADDRESS = 2, 1
"""IFA_LOCAL and IFA_ADDRESS."""
ARP, IPV4, ETHERNET, ASKS = 0x0806, 0x0800, 1, 1
_NETLINK_ROUTE = 0

Interface = ipaddress.IPv4Interface


class ShopAddress:
    """The shop's IP address on this box. `said`: the address with its network, such as 192.168.1.50/24."""

    def __init__(self, said: str) -> None:
        self._wanted = Interface(said)

    def take(self) -> str:
        """Add the address to the interface in its network, and return the interface. Raises `OSError` if there is no
        such interface, or it isn't permitted."""
        name = self._interface()
        self._ask(NEW, name, REQUEST | WANTS_ACK | CREATE | REPLACE)
        return name

    def give_back(self) -> None:
        """Remove the address if this box has it. Never raises, as a box without permission can't have it."""
        for name, address in _addresses():
            if address == self._wanted.ip:
                try:
                    self._ask(GONE, name, REQUEST | WANTS_ACK)
                except OSError as error:
                    _log.warning(
                        "the shop's address is still set on this box", address=str(self._wanted.ip), why=str(error)
                    )

    def announce(self, name: str) -> None:
        """Announce the address on that interface. Raises `OSError`."""
        with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as raw:
            raw.bind((name, ARP))
            hardware = raw.getsockname()[4]  # the interface's MAC address (packet(7), sockaddr_ll)
            raw.send(announcement(hardware, self._wanted.ip.packed))

    def _interface(self) -> str:
        for name, address in _addresses():
            if address in self._wanted.network:
                return name
        raise OSError(f"this box has no address in {self._wanted.network}")

    def _ask(self, kind: int, name: str, flags: int) -> None:
        """Send a request to the kernel and check its reply."""
        body = address_message(self._wanted, socket.if_nametoindex(name))
        head = struct.pack("=IHHII", 16 + len(body), kind, flags, 1, 0)
        with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _NETLINK_ROUTE) as kernel:
            kernel.bind((0, 0))
            kernel.settimeout(1.0)
            kernel.send(head + body)
            answer = kernel.recv(4096)
        _, answered, _, _, _, code = struct.unpack_from("=IHHIIi", answer)
        if answered == ACK and code:
            raise OSError(-code, os.strerror(-code))


class ShopAddressPart:
    """Part that keeps the address on this box while it leads."""

    def __init__(self, said: str) -> None:
        self._said, self._address = said, ShopAddress(said)

    async def run(self, ready: Ready) -> None:
        """Run until cancelled."""
        try:
            while True:
                try:
                    name = await asyncio.to_thread(self._address.take)
                    for after_s in ANNOUNCED_S:
                        await asyncio.sleep(after_s)
                        await asyncio.to_thread(self._address.announce, name)
                    ready(None)
                except OSError as error:
                    ready(_lost_state(self._said, error))
                await asyncio.sleep(AGAIN_S)
        finally:
            self._address.give_back()


def _lost_state(said: str, error: OSError) -> PartState:
    why = error.strerror or str(error)
    what = f"The shop's address {said} can't be used: {why}."
    advice = "Check [twin] address in config.toml. The service needs the permissions described in systemd/README.md."
    return PartState("", "lost", what, advice, "twin.address", {"address": said, "why": why})


def address_message(address: Interface, index: int) -> bytes:
    """An `ifaddrmsg` (rtnetlink(7)) with attributes, for an address on the interface with this index.

    >>> address_message(Interface("192.0.2.7/24"), 2).hex()
    '021800000200000008000200c000020708000100c0000207'
    """
    head = struct.pack("=BBBBI", socket.AF_INET, address.network.prefixlen, 0, 0, index)
    packed = address.ip.packed
    return head + b"".join(struct.pack("=HH", 4 + len(packed), kind) + packed for kind in (LOCAL, ADDRESS))


def announcement(hardware: bytes, address: bytes) -> bytes:
    """A broadcast ARP frame (RFC 826) that requests the sender's own address. Hosts with an entry for it update their
    tables."""
    arp = struct.pack("!HHBBH", ETHERNET, IPV4, len(hardware), len(address), ASKS)
    return b"\xff" * 6 + hardware + struct.pack("!H", ARP) + arp + hardware + address + bytes(6) + address


def _addresses() -> list[tuple[str, ipaddress.IPv4Address]]:
    """This machine's addresses with their interfaces."""
    every = ((one.nice_name, ip) for one in ifaddr.get_adapters() for ip in one.ips)
    return [(name.partition(":")[0], ipaddress.IPv4Address(ip.ip)) for name, ip in every if isinstance(ip.ip, str)]
