"""Printers and cameras announced in the shop's network (mDNS, RFC 6762; DNS-SD, RFC 6763)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Literal

import msgspec
from zeroconf import DNSQuestionType, InterfaceChoice, IPVersion, ServiceListener, Zeroconf
from zeroconf.asyncio import AsyncServiceBrowser, AsyncServiceInfo, AsyncZeroconf

from drivers.discovery.match import Proposal

Kind = Literal["printer", "camera"]
SERVICES: dict[str, Kind] = {
    "_pdl-datastream._tcp.local.": "printer",
    "_axis-video._tcp.local.": "camera",
    "_rtsp._tcp.local.": "camera",
}
"""Services searched for: raw printers (port 9100) and cameras; the most informative ones first."""
MAX_ANNOUNCED = 256
"""Maximum names to collect."""
RESOLVE_MS = 1500

_RECEIPT_PRINTERS = ("TM-", "TSP", "SRP-", "CT-S", "MC-PRINT", "POS", "RECEIPT", "KUBE", "T88", "CUSTOM")
"""Parts of receipt printers' names, as office printers announce the same service."""


class Announced(msgspec.Struct, frozen=True):
    """A device announced on the network; `model` if the device states it."""

    kind: Kind
    service: str
    name: str
    model: str
    host: str
    port: int


class _Names(ServiceListener):
    def __init__(self) -> None:
        self.found: dict[tuple[str, str], None] = {}

    def add_service(self, zc: Zeroconf, type_: str, name: str) -> None:
        if len(self.found) < MAX_ANNOUNCED:
            self.found[type_, name] = None

    def update_service(self, zc: Zeroconf, type_: str, name: str) -> None:
        self.add_service(zc, type_, name)

    def remove_service(self, zc: Zeroconf, type_: str, name: str) -> None:
        self.found.pop((type_, name), None)


async def find_announced(seconds: float, interfaces: Sequence[str] | None = None) -> list[Announced]:
    """Find devices announced within `seconds`, one per address. Raises OSError without a network.

    `interfaces`: our addresses to search from; by default all.
    """
    chosen = InterfaceChoice.All if interfaces is None else list(interfaces)
    async with AsyncZeroconf(interfaces=chosen, ip_version=IPVersion.V4Only) as zeroconf:
        names = _Names()
        # ask for multicast answers: unicast may reach another program on this port, such as Avahi
        to_all = DNSQuestionType.QM
        browser = AsyncServiceBrowser(zeroconf.zeroconf, list(SERVICES), listener=names, question_type=to_all)
        await asyncio.sleep(seconds)
        await browser.async_cancel()
        asked = [AsyncServiceInfo(service, name) for service, name in names.found]
        answers = await asyncio.gather(*(info.async_request(zeroconf.zeroconf, RESOLVE_MS, to_all) for info in asked))
    found = [_device_of(info) for info, answered in zip(asked, answers, strict=True) if answered]
    found.sort(key=lambda one: list(SERVICES).index(one.service), reverse=True)
    return sorted({(one.kind, one.host): one for one in found if one.host}.values(), key=lambda one: one.name)


def _device_of(info: AsyncServiceInfo) -> Announced:
    addresses = info.parsed_addresses(IPVersion.V4Only)
    told = {key.decode("ascii", "replace").lower(): value for key, value in info.properties.items()}
    model = next((value for key in ("ty", "product", "usb_mdl") if (value := told.get(key))), b"")
    return Announced(
        SERVICES[info.type],
        info.type,
        info.name.removesuffix("." + info.type),
        model.decode("utf-8", "replace").strip("()"),
        addresses[0] if addresses else "",
        info.port or 0,
    )


def proposal(device: Announced) -> Proposal | None:
    """Return a possible use of a network device; None if its address doesn't determine the protocol."""
    name = device.model or device.name
    if device.kind == "printer":
        certain = any(word in f"{device.name} {device.model}".upper() for word in _RECEIPT_PRINTERS)
        options: dict[str, str | int | bool] = {"host": device.host, "port": device.port}
        return Proposal("receipt_printer", "network", name, options, certain)
    if device.service.startswith("_axis-video"):
        url = f"http://{device.host}/axis-cgi/mjpg/video.cgi"  # by Axis' video streaming API
        return Proposal("scanner", "camera", name, {"url": url}, certain=False)
    return None
