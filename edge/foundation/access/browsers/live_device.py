"""Ties a kiosk's cookie to one device at a time. Pure.

A device is identified by its browser and address. A shop's network may assign new addresses, so a new address is
accepted until the previous device is seen again, which shows that there are two devices. Another browser is always
another device. The first device continues; the second is refused meanwhile.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec

LIVE_US = 60_000_000
"""Time after its last request during which a device keeps its slot."""


class KioskDevice(NamedTuple):
    """A browser's address and `User-Agent`."""

    address: str
    agent: str


class Live(msgspec.Struct, frozen=True):
    """The active `device` when last seen; `moved`: its possible new address; `barred`: a second device."""

    device: KioskDevice
    seen_us: int
    moved: KioskDevice | None = None
    barred: KioskDevice | None = None


def look_at_device(live: Live | None, device: KioskDevice, now_us: int) -> tuple[Live, bool]:
    """Return the new state after a request, and whether the request came from a second device, which is refused."""
    if live is None or now_us - live.seen_us >= LIVE_US:
        return Live(device, now_us), False
    if device == live.device:
        second = live.moved or live.barred  # a device that moved isn't seen at its old address again, so these are two
        return Live(device, now_us, barred=second), False
    if device == live.barred or device.agent != live.device.agent:
        return live, True
    if live.moved in (None, device):
        return msgspec.structs.replace(live, moved=device), False
    return live, True
