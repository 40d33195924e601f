"""Background part that releases expired reservations every few seconds."""

from __future__ import annotations

import asyncio

from edge.core.command_bus import CommandBus
from edge.core.process.parts import Ready
from edge.foundation.access.rights import system
from edge.goods.stock.commands import ReleaseExpired

EVERY_S = 10.0
_OVER = "SELECT 1 FROM stock_claim WHERE expires_us > 0 AND expires_us <= ? LIMIT 1"


class ReservationExpiry:
    """Releases expired reservations every `every_s` seconds."""

    def __init__(self, shop: CommandBus, every_s: float = EVERY_S) -> None:
        self._shop = shop
        self._every_s = every_s

    async def run(self, ready: Ready) -> None:
        """Run until cancelled. A failed write is retried at the next interval."""
        ready()
        while True:
            if self._shop.reader.execute(_OVER, (self._shop.now_us(),)).fetchone():
                await self._shop.do(ReleaseExpired(), system("job"))
            await asyncio.sleep(self._every_s)
