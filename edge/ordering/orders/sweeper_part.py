"""Ends idle carts, releases discontinued goods, and forgets the guests of old orders."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from edge.core.command_bus import CommandBus
from edge.core.people.forgetting import ForgetPerson
from edge.foundation.access.rights import system
from edge.ordering.orders.commands import EndCarts
from edge.ordering.orders.queries import holding_given_up
from edge.people.customers.kept_days import over_before_us, read_kept_days

EVERY_S = 2.0
GUESTS_EVERY_S = 3600.0
GUESTS_AT_ONCE = 20
_OVER = "SELECT 1 FROM cart WHERE until_us <= ?1 UNION ALL SELECT 1 FROM sign_in WHERE until_us <= ?1 LIMIT 1"
_GUESTS = """
    SELECT o.person FROM shop_order o JOIN person_key k ON k.person = o.person
    WHERE NOT o.open AND o.person = o.id AND o.changed_us < ? LIMIT ?
"""


class CartSweeper:
    """Ends carts in the background."""

    def __init__(self, shop: CommandBus) -> None:
        self._shop = shop
        self._held: list[str] = []

    async def run(self, ready: Callable[[], None]) -> None:
        """Run until cancelled."""
        ready()
        turns = 0
        while True:
            await asyncio.sleep(EVERY_S)
            if self._shop.reader.execute(_OVER, (self._shop.now_us(),)).fetchone():
                await self._shop.do(EndCarts(), system())
            await self.let_go()
            if turns % int(GUESTS_EVERY_S / EVERY_S) == 0:
                await self.forget_guests()
            turns += 1

    async def let_go(self) -> None:
        """Release carts' reservations of discontinued products.

        If the shop still sells them, they stay reserved and aren't retried.
        """
        held = holding_given_up(self._shop.reader)
        if held and held != self._held:
            await self._shop.do(EndCarts(), system())
            held = holding_given_up(self._shop.reader)
        self._held = held

    async def forget_guests(self) -> int:
        """Destroy the keys of guest orders older than the store's retention; returns their number."""
        kept = read_kept_days(self._shop.registry, self._shop.reader)
        before_us = over_before_us(kept.guest_days, self._shop.now_us())
        guests = self._shop.reader.execute(_GUESTS, (before_us, GUESTS_AT_ONCE)).fetchall()
        for (person,) in guests:
            await self._shop.do(ForgetPerson(person), system())
        return len(guests)
