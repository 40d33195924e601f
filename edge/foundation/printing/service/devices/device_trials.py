"""Device tests: a sound, or a text on a customer display."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable
from functools import cache

from drivers.roles import Speaker
from edge.core.services import Service

Trials = dict[str, Callable[[], Awaitable[None]]]
"""Tests of devices by name; they raise `DeviceError` if the device is missing."""

BEEP_HZ, BEEP_RATE_HZ, BEEP_S = 880, 22_050, 0.12
OUT_S = 0.3
"""How long a loudspeaker stays open after its sound, because playback continues after `play` returns."""


@cache
def beep() -> bytes:
    """A short beep: 16-bit samples at `BEEP_RATE_HZ`."""
    count = int(BEEP_S * BEEP_RATE_HZ)
    values = (round(6_000 * math.sin(2 * math.pi * BEEP_HZ * at / BEEP_RATE_HZ)) for at in range(count))
    return b"".join(value.to_bytes(2, "little", signed=True) for value in values)


async def beep_aloud(speaker: Speaker) -> None:
    """Play a beep on a speaker. Raises `DeviceError`."""
    await speaker.open()
    try:
        await speaker.play(beep(), BEEP_RATE_HZ)
        await asyncio.sleep(BEEP_S + OUT_S)
    finally:
        await speaker.close()


TRIALS: Service[Trials] = Service("trials", lambda site: {})
"""Tests of devices in use, by name."""
