"""Reminds customers with overdue debts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from edge.accounting.accounts.commands import RemindCustomers
from edge.accounting.accounts.reminders import Reminders
from edge.core.command_bus import CommandBus
from edge.core.messages import Done
from edge.core.process.part_context import PartContext
from edge.foundation.access.rights import system

EVERY_S = 3600.0


class CustomerReminder:
    """Sends reminders in the background."""

    def __init__(self, shop: CommandBus, business_date: Callable[[int], str], reminders: Reminders) -> None:
        self._shop = shop
        self._business_date = business_date
        self._reminders = reminders

    async def run(self, ready: Callable[[], None]) -> None:
        """Run until cancelled."""
        ready()
        while True:
            await self.remind_due()
            await asyncio.sleep(EVERY_S)

    async def remind_due(self) -> int:
        """Send all due reminders. Returns the number of customers. The writer decides which day it is."""
        reminded = 0
        await asyncio.to_thread(self._look_ahead)
        while self._reminders.due(self._shop.reader, self._business_date(self._shop.now_us())):
            outcome = await self._shop.do(RemindCustomers(), system())
            if not isinstance(outcome, Done) or not outcome.result:
                break
            reminded += outcome.result
        return reminded

    def _look_ahead(self) -> None:
        """Load the holidays library in a thread, as its first use is slow."""
        today = self._business_date(self._shop.now_us())
        self._shop.read(lambda db: self._reminders.get_ready(db, today))


def part_of(reminders: Reminders) -> Callable[[PartContext], CustomerReminder]:
    """Return a function that makes the part."""

    def make_reminder(context: PartContext) -> CustomerReminder:
        return CustomerReminder(context.shop, context.business_date, reminders)

    return make_reminder
