"""Report free disk space and the clock to head office at intervals."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable

from edge.backoffice.office.head_office_messages import ROOM, MachineState, encode
from edge.core.command_bus import CommandBus
from edge.runtime.head_office import HeadOffice

EVERY_S = 900.0
AGAIN_S = 5.0
"""Delay before retrying if there is no answer, in seconds."""
ANSWER_S = 10.0
_MIB = 1 << 20


class MachineTold:
    """Reports free disk space and the box's clock to head office at intervals."""

    def __init__(self, shop: CommandBus, office: HeadOffice) -> None:
        self._shop, self._office = shop, office

    async def run(self, ready: Callable[[], None]) -> None:
        """Run until cancelled."""
        ready()
        while True:
            wait_s = EVERY_S if await self.tell() else AGAIN_S
            await asyncio.sleep(wait_s)

    async def tell(self) -> bool:
        """Report once. Returns False if there is no answer."""
        if not self._office.is_reachable:
            return False
        disk = await asyncio.to_thread(shutil.disk_usage, self._shop.path.parent)
        now = self._shop.clock.read()
        state = MachineState(disk.total // _MIB, disk.free // _MIB, now.at_us, self._shop.doubt_of_clock is not None)
        return bool(await self._office.ask(ROOM, encode(state), ANSWER_S))
