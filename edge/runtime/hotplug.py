"""Detects devices being plugged in and out at runtime.

A configured device that returns is retried immediately. A known scanner without configuration gets a separate part
while connected.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

import pyudev
import structlog

from drivers.discovery.match import Proposal, proposals
from drivers.discovery.udev import Plugged, find_plugged, same_device
from edge.core.process.parts import Part, Supervisor
from edge.lib.errors import DeviceLost
from edge.runtime.config import Device

_log = structlog.get_logger(__name__)

SETTLE_S = 0.3
"""Delay after the last event before devices are examined: one device causes several events."""
SETTLE_TIMES = 10
"""Longest total delay, as a multiple of `SETTLE_S`, so that a device with a bad cable doesn't delay others."""
MAX_SCANNERS = 8
"""Maximum number of scanners used without configuration."""
SUBSYSTEMS = ("usb", "hid", "input", "tty", "usbmisc", "video4linux")
_UDEVD = Path("/run/udev/control")
"""udev's control socket. Without it (in a container), events come from the kernel."""


class HotplugPart:
    """Starts parts for plugged-in devices. `part_of` creates a device's part. With `register` None, only configured
    devices are used."""

    def __init__(
        self,
        supervisor: Supervisor,
        configured: Sequence[Device],
        register: str | None,
        part_of: Callable[[Device], Part],
    ) -> None:
        self._supervisor = supervisor
        self._configured = configured
        self._register = register
        self._part_of = part_of
        self._running: dict[str, str] = {}
        self._changed = asyncio.Event()

    async def run(self, ready: Callable[[], None]) -> None:
        """Run until cancelled. Raises `DeviceLost` if this machine reports no device events."""
        try:
            monitor = _monitor()
        except (ImportError, OSError) as error:
            what = f"Newly connected devices can't be detected ({error})."
            advice = "Install libudev1, and let the service open netlink sockets."
            raise DeviceLost(what, advice, "device.not_noticed") from error
        loop = asyncio.get_running_loop()
        loop.add_reader(monitor.fileno(), self._on_event, monitor)
        try:
            ready()
            while True:
                await self._look()
                await self._wait_until_settled()
                self._supervisor.retry()
        finally:
            loop.remove_reader(monitor.fileno())

    def _on_event(self, monitor: pyudev.Monitor) -> None:
        """Drain the events and look at all devices again. The events' content isn't used."""
        try:
            while monitor.poll(0):
                pass
        except OSError as error:  # more events than the kernel's buffer holds
            _log.debug("device events were lost", error=str(error))
        self._changed.set()

    async def _wait_until_settled(self) -> None:
        await self._changed.wait()
        for _ in range(SETTLE_TIMES):
            if not self._changed.is_set():
                return
            self._changed.clear()
            await asyncio.sleep(SETTLE_S)

    async def _look(self) -> None:
        """Start parts for new scanners and stop those of removed ones."""
        if self._register is None:
            return
        found = await asyncio.to_thread(find_plugged)
        unconfigured = unconfigured_scanners(found, self._configured)[:MAX_SCANNERS]
        wanted = {f"{proposal.driver} {dict(proposal.options)}": proposal for proposal in unconfigured}
        for key in self._running.keys() - wanted.keys():
            name = self._running.pop(key)
            await self._supervisor.stop_part(name)
            _log.info("pulled out", part=name)
        for key in wanted.keys() - self._running.keys():
            proposal = wanted[key]
            name = self._name(proposal)
            device = Device(name, proposal.role, proposal.driver, self._register, dict(proposal.options))
            self._supervisor.start(self._part_of(device))
            self._running[key] = name
            _log.info("plugged in", part=name, **proposal.options)

    def _name(self, proposal: Proposal) -> str:
        taken = {*self._running.values(), *(device.name for device in self._configured), *self._supervisor.states}
        names = [proposal.name, *(f"{proposal.name} {number}" for number in range(2, MAX_SCANNERS + 2))]
        return next(name for name in names if name not in taken)


def _monitor() -> pyudev.Monitor:
    """Return a monitor of device events. Raises ImportError without libudev, OSError without netlink."""
    monitor = pyudev.Monitor.from_netlink(pyudev.Context(), "udev" if _UDEVD.exists() else "kernel")
    for subsystem in SUBSYSTEMS:
        monitor.filter_by(subsystem)
    monitor.start()
    return monitor


def unconfigured_scanners(found: Sequence[Plugged], configured: Sequence[Device]) -> list[Proposal]:
    """Proposals for connected, unconfigured devices that can only be scanners."""
    likeliest = [(device, made[0]) for device in found if (made := proposals(device))]
    return [
        proposal
        for device, proposal in likeliest
        if proposal.certain and proposal.role == "scanner" and not used_by(device, configured)
    ]


def used_by(device: Plugged, configured: Sequence[Device]) -> str:
    """Return the name of the device in the configuration; "" if it isn't used."""
    for entry in configured:
        path, usb = str(entry.options.get("path", "")), str(entry.options.get("usb", ""))
        if any(same_device(path, node.path) for node in device.nodes):
            return entry.name
        if entry.driver == "hid_pos" and usb == device.usb and entry.options.get("serial", "") in ("", device.serial):
            return entry.name
    return ""
