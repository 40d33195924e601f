"""Which device a kiosk's cookie lives on: one at a time. Pure.

A device is known by its browser and its address. A shop's network hands out other addresses, so a new address alone is
let in, until the device of before asks again: an address that was given away does not come back, so there are two.
Another browser is another device at once. The one that was there first goes on; the second is refused for as long as it
does.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec

LIVE_US = 60_000_000
"""How long a device that asks nothing still holds its place."""


class KioskDevice(NamedTuple):
    """From where and with what a browser comes: its address, and what it says of itself (`User-Agent`)."""

    address: str
    agent: str


class Live(msgspec.Struct, frozen=True):
    """The `device` that is there, as it was seen last; `moved`: where it may have gone since; `barred`: a
    second one."""

    device: KioskDevice
    seen_us: int
    moved: KioskDevice | None = None
    barred: KioskDevice | None = None


def look_at_device(live: Live | None, device: KioskDevice, now_us: int) -> tuple[Live, bool]:
    """What is known after a device came, and whether it is a second one, which is not let in."""
    if live is None or now_us - live.seen_us >= LIVE_US:
        return Live(device, now_us), False
    if device == live.device:
        second = live.moved or live.barred  # who moved does not come back: there are two
        return Live(device, now_us, barred=second), False
    if device == live.barred or device.agent != live.device.agent:
        return live, True
    if live.moved in (None, device):
        return msgspec.structs.replace(live, moved=device), False
    return live, True
