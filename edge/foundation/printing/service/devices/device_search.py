"""Connected and announced devices, each with its most likely use."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from importlib import import_module

import msgspec
import structlog

from drivers.discovery.match import Proposal, name_of, proposals
from drivers.discovery.udev import Plugged, find_plugged
from edge.core.services import Service
from edge.runtime.config import Device
from edge.runtime.hotplug import used_by

_log = structlog.get_logger(__name__)
LISTEN_S = 2.0
"""How long to wait for devices on the network to announce themselves."""
AGAIN_S = 10.0
SHOWN = 64
"""Most devices to list. A shop has fewer, but an office's network may have any number."""


class FoundDevice(msgspec.Struct, frozen=True):
    """A detected device: name, connection, proposed use (None: unknown), and its name in config.toml."""

    title: str
    where: str
    proposal: Proposal | None
    used: str = ""


class DeviceSearch:
    """Searches for devices on request, one search at a time. Requests that follow immediately share the result."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._found: list[FoundDevice] = []
        self._at_s = -AGAIN_S

    async def find(self, configured: Sequence[Device]) -> list[FoundDevice]:
        async with self._turn:
            now_s = asyncio.get_running_loop().time()
            if now_s - self._at_s >= AGAIN_S:
                self._found, self._at_s = await find_devices(configured), now_s
            return self._found


async def find_devices(configured: Sequence[Device], seconds: float = LISTEN_S) -> list[FoundDevice]:
    """Return detected devices. Searches that the machine or network doesn't support are skipped and logged."""
    local, network = await asyncio.gather(asyncio.to_thread(_local, configured), _network(configured, seconds))
    return [*local, *network][:SHOWN]


def _local(configured: Sequence[Device]) -> list[FoundDevice]:
    try:
        found = list(find_plugged())
    except (ImportError, OSError) as error:
        _log.warning("this machine can't list its devices", why=str(error))
        return []
    made = [_plugged_device(device, configured) for device in found]
    return [one for one in made if one.proposal or one.used]


def _plugged_device(device: Plugged, configured: Sequence[Device]) -> FoundDevice:
    where = next((node.path for node in device.nodes if node.path), device.usb)
    return FoundDevice(name_of(device), where, next(iter(proposals(device)), None), used_by(device, tuple(configured)))


async def _network(configured: Sequence[Device], seconds: float) -> list[FoundDevice]:
    await asyncio.to_thread(import_module, "drivers.discovery.mdns")  # imports zeroconf: tills can't wait that long
    from drivers.discovery import mdns  # imported here, because no shop needs it to sell

    try:
        found = await mdns.find_announced(seconds) if seconds else []
    except OSError as error:
        _log.warning("the network can't be searched for devices", why=str(error))
        return []
    hosts = {str(entry.options["host"]): entry.name for entry in configured if "host" in entry.options}
    return [
        FoundDevice(one.model or one.name, f"{one.host}:{one.port}", mdns.proposal(one), hosts.get(one.host, ""))
        for one in found
    ]


DEVICE_SEARCH: Service[DeviceSearch] = Service("device search", lambda site: DeviceSearch())
