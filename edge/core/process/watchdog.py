"""Notifies systemd that the process is ready and alive (sd_notify(3)), driven by the writer's heartbeat."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable

import sdnotify

from edge.core.command_bus import CommandBus
from edge.lib.errors import InvariantBroken

DEFAULT_INTERVAL_S = 2.0
"""Interval between heartbeats if systemd sets none. They also detect a hanging writer."""
HANGING_S = 30.0
"""Seconds without a response of the writer after which the process ends and is restarted."""


class Watchdog:
    """A critical part that notifies systemd at half its interval while the writer makes progress."""

    def __init__(self, shop: CommandBus) -> None:
        self._shop = shop
        self._notifier = sdnotify.SystemdNotifier()
        watchdog_us = int(os.environ.get("WATCHDOG_USEC", "0"))
        self._interval_s = watchdog_us / 2e6 if watchdog_us else DEFAULT_INTERVAL_S

    async def run(self, ready: Callable[[], None]) -> None:
        ready()
        while True:
            try:
                await asyncio.wait_for(self._shop.heartbeat(), HANGING_S)
            except TimeoutError:
                raise InvariantBroken(f"The writer hasn't responded for {HANGING_S:.0f} s.") from None
            self._notifier.notify("WATCHDOG=1")
            await asyncio.sleep(self._interval_s)

    def say_ready(self) -> None:
        self._notifier.notify("READY=1")

    def say_stopping(self) -> None:
        self._notifier.notify("STOPPING=1")
