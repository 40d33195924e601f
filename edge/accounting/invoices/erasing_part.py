"""Erases names on documents past their retention."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from edge.accounting.invoices.commands import EndInvoiceNames
from edge.accounting.invoices.queries import over
from edge.core.command_bus import CommandBus
from edge.core.messages import Done
from edge.core.process.part_context import PartContext
from edge.core.registry import PartSpec
from edge.foundation.access.rights import system

EVERY_S = 3600.0


class NameEraser:
    """Erases names in the background."""

    def __init__(self, shop: CommandBus, business_date: Callable[[int], str]) -> None:
        self._shop = shop
        self._business_date = business_date

    async def run(self, ready: Callable[[], None]) -> None:
        """Run until cancelled."""
        ready()
        while True:
            await self.end_due()
            await asyncio.sleep(EVERY_S)

    async def end_due(self) -> int:
        """Destroy the keys of all documents past their retention. Returns how many were destroyed. The writer decides
        which day it is; if the clock is doubtful, none are destroyed."""
        ended = 0
        while over(self._shop.reader, self._business_date(self._shop.now_us()), 1):
            outcome = await self._shop.do(EndInvoiceNames(), system())
            if not isinstance(outcome, Done) or not outcome.result:
                break
            ended += outcome.result
        return ended


def _eraser(context: PartContext) -> NameEraser:
    return NameEraser(context.shop, context.business_date)


PARTS = (PartSpec("invoice_names", _eraser),)
