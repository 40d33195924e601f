"""The shop's address in its network, of whichever box leads: for devices that know one address only. `[twin] address`.

The box that leads takes it beside its own (netlink, rtnetlink(7)) and announces it to everybody (RFC 5227, 3), so that
switches and devices send to it at once. It gives it back as it ends; a box that starts gives it back as well.
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
"""Behind taking it; and then each AGAIN_S, as a device may have been off."""
AGAIN_S = 30.0
NEW, GONE, ACK = 20, 21, 2
"""RTM_NEWADDR, RTM_DELADDR, and NLMSG_ERROR, which also says that all is well."""
REQUEST, WANTS_ACK, CREATE, REPLACE = 0x1, 0x4, 0x400, 0x100
LOCAL, ADDRESS = 2, 1
"""IFA_LOCAL and IFA_ADDRESS."""
ARP, IPV4, ETHERNET, ASKS = 0x0806, 0x0800, 1, 1
_NETLINK_ROUTE = 0

Interface = ipaddress.IPv4Interface


class ShopAddress:
    """`said`: an address with its network, such as 192.168.1.50/24."""

    def __init__(self, said: str) -> None:
        self._wanted = Interface(said)

    def take(self) -> str:
        """Have it, on the interface that is in its network: which that is. `OSError`: none is, or it may not."""
        name = self._interface()
        self._ask(NEW, name, REQUEST | WANTS_ACK | CREATE | REPLACE)
        return name

    def give_back(self) -> None:
        """Have it no more, if this box has it. It raises nothing: a box that may not take it has none to give back."""
        for name, address in _addresses():
            if address == self._wanted.ip:
                try:
                    self._ask(GONE, name, REQUEST | WANTS_ACK)
                except OSError as error:
                    _log.warning(
                        "the shop's address is still set on this box", address=str(self._wanted.ip), why=str(error)
                    )

    def announce(self, name: str) -> None:
        """Say to everybody on that interface that it is here. `OSError`."""
        with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as raw:
            raw.bind((name, ARP))
            hardware = raw.getsockname()[4]  # the interface's own (packet(7), sockaddr_ll)
            raw.send(announcement(hardware, self._wanted.ip.packed))

    def _interface(self) -> str:
        for name, address in _addresses():
            if address in self._wanted.network:
                return name
        raise OSError(f"this box has no address in {self._wanted.network}")

    def _ask(self, kind: int, name: str, flags: int) -> None:
        """Of the kernel, which answers at once."""
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
    """Has the address while this box leads."""

    def __init__(self, said: str) -> None:
        self._said, self._address = said, ShopAddress(said)

    async def run(self, ready: Ready) -> None:
        """Until cancelled."""
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
    what = f"The shop's address {said} cannot be taken: {why}."
    advice = "Check [twin] address in config.toml. The service needs the permissions described in systemd/README.md."
    return PartState("", "lost", what, advice, "twin.address", {"address": said, "why": why})


def address_message(address: Interface, index: int) -> bytes:
    """`ifaddrmsg` (rtnetlink(7)) and its attributes, of an address on the interface of this number.

    >>> address_message(Interface("192.0.2.7/24"), 2).hex()
    '021800000200000008000200c000020708000100c0000207'
    """
    head = struct.pack("=BBBBI", socket.AF_INET, address.network.prefixlen, 0, 0, index)
    packed = address.ip.packed
    return head + b"".join(struct.pack("=HH", 4 + len(packed), kind) + packed for kind in (LOCAL, ADDRESS))


def announcement(hardware: bytes, address: bytes) -> bytes:
    """An ARP frame (RFC 826) to everybody that asks for one's own address: whoever has it in a table takes the new
    owner."""
    arp = struct.pack("!HHBBH", ETHERNET, IPV4, len(hardware), len(address), ASKS)
    return b"\xff" * 6 + hardware + struct.pack("!H", ARP) + arp + hardware + address + bytes(6) + address


def _addresses() -> list[tuple[str, ipaddress.IPv4Address]]:
    """This machine's, each with its interface's name."""
    every = ((one.nice_name, ip) for one in ifaddr.get_adapters() for ip in one.ips)
    return [(name.partition(":")[0], ipaddress.IPv4Address(ip.ip)) for name, ip in every if isinstance(ip.ip, str)]
