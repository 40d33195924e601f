"""Creates, checks and expires pages on which customers store a card.

A card is detached at the provider if it has no customer here, because they were forgotten or have enough cards.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec

from edge.core.command_bus import CommandBus
from edge.core.messages import Command
from edge.counter.till.service.pay_pages.stripe_cards import KeptCard, StripeCards
from edge.money.payments.commands import EndCardPage, KeepPagedCard, NoteCardPage
from edge.money.payments.queries import CardPage, card_pages


class CardPageWork:
    """Runs the work described in the module.

    `at` gives a provider's client; `do` runs a command (None: refused). Pages are checked every `look_s` seconds and
    expire after `life_us`.
    """

    def __init__(
        self,
        shop: CommandBus,
        at: Callable[[str], object],
        do: Callable[[Command], Awaitable[object]],
        life_us: int,
    ) -> None:
        self._shop, self._at, self._do, self._life_us = shop, at, do, life_us

    def open(self) -> tuple[CardPage, ...]:
        """Pages with pending work."""
        return card_pages(self._shop.reader)

    async def work(self, page: CardPage) -> None:
        """Continue with a page."""
        cards = self._at(page.provider)
        if not isinstance(cards, StripeCards):
            return
        if not page.session:
            await self._make(cards, page)
            return
        over = not page.customer or page.until_us <= self._shop.now_us()
        found = await cards.look_setup(page.session, page.id)
        if over and found is None:
            await cards.end(page.session)
            found = await cards.look_setup(page.session, page.id)
        if isinstance(found, KeptCard):
            await self._keep(cards, page, found)
        elif found is not None:
            await self._do(EndCardPage(page.id, "page_over" if found == "over" else "declined"))

    async def _make(self, cards: StripeCards, page: CardPage) -> None:
        """Create the page. The same id returns the same page, so an interrupted request is simply repeated."""
        if not page.customer:  # the customer was forgotten: its address was never given out, so no card was entered
            await self._do(EndCardPage(page.id))
            return
        now_us = self._shop.now_us()
        made = await cards.make_setup(page.id, now_us // 1_000_000)
        if isinstance(made, str):
            await self._do(EndCardPage(page.id, made))
            return
        said = {"id": page.id, "session": made.id, "address": made.url, "until_us": now_us + self._life_us}
        try:
            noted = msgspec.convert(said, NoteCardPage)
        except msgspec.ValidationError:
            await self._do(EndCardPage(page.id, "bad_answer"))
            return
        await self._do(noted)

    async def _keep(self, cards: StripeCards, page: CardPage, card: KeptCard) -> None:
        said = {"id": page.id, "token": card.token, "brand": card.brand, "last4": card.last4, "expiry": card.expiry}
        try:
            kept = await self._do(msgspec.convert(said, KeepPagedCard))
        except msgspec.ValidationError:  # an id that we couldn't charge
            kept = None
        if kept is None and await cards.detach(card.token):
            await self._do(EndCardPage(page.id, "not_kept"))
