"""Gift cards across shops.

Asks head office for the balance before a card pays, and settles payments made while head office was unreachable.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

import msgspec
import structlog

from edge.core.command_bus import CommandBus
from edge.core.journal.rows import EpochStarted
from edge.core.messages import Actor, Command, Done, Outcome
from edge.counter.till.commands import SetBasketAside
from edge.counter.till.events import BasketAbandoned, SaleCompleted
from edge.foundation.access.rights import system
from edge.money.gift_cards.commands import ReleaseHolds, SettleCard
from edge.money.gift_cards.head_office_messages import ROOM, CardAnswer, CardQuestion, answer_of, encode
from edge.money.gift_cards.queries import OFFICE, moved_since, unsettled_cards
from edge.runtime.head_office import HeadOffice

_log = structlog.get_logger(__name__)

ANSWER_S = 1.5
"""Seconds that a customer waits for head office before the offline rules apply."""
AGAIN_S = 30.0
CARDS = 100
"""Maximum cards queried per round."""
_ALL = 2**53
_EPOCH = "SELECT epoch, seq FROM journal WHERE type = ? ORDER BY seq DESC LIMIT 1"


class CardSettling:
    """Asks head office for balances and stores them. Without a head office, the box's own balance applies."""

    def __init__(self, shop: CommandBus, office: HeadOffice | None, currency: str = "") -> None:
        self._shop = shop
        self._currency = currency
        self._office = office
        self._kept: dict[str, set[str]] = {}
        self._gone: set[str] = set()
        self._wake = asyncio.Event()
        shop.listen(self._release_for_basket)

    async def keep(self, card: str, register: str, minor: int) -> bool:
        """Have head office reserve a card's sum for a basket, and store its balance.

        Returns False if head office is unreachable.
        """
        said = await self._ask(card, register, minor)
        if said is None:
            return False
        if minor:
            self._kept.setdefault(register, set()).add(card)
        if said.kind is None:
            return True
        return await self._believe(card, said)

    async def keep_all(self, card: str) -> bool:
        """Reserve a card's whole balance for office work.

        It lasts until `let_go_all`, or for half an hour; by then, the resulting journal row has arrived.
        """
        said = await self._ask(card, OFFICE, _ALL)
        return said is not None and said.kind is not None and await self._believe(card, said, kept=True)

    async def let_go_all(self, card: str) -> None:
        """Release head office's reservation for office work."""
        await self._shop.do(ReleaseHolds(card), msgspec.structs.replace(system(), register=OFFICE))
        await self._ask(card, OFFICE, 0)

    async def run(self, ready: Callable[[], None]) -> None:
        """Run until cancelled: release reservations of finished baskets, and settle unconfirmed payments."""
        ready()
        while True:
            self._wake.clear()
            while self._gone:
                await self._let_go(self._gone.pop())
            for card in unsettled_cards(self._shop.reader, CARDS):
                await self._settle(card.id)
            with suppress(TimeoutError):
                async with asyncio.timeout(AGAIN_S):
                    await self._wake.wait()

    async def _settle(self, card: str) -> None:
        """Settle a card once head office has all of this box's rows, so that it knows the loss."""
        said = await self._ask(card, "", 0)
        if said is not None and said.kind and not moved_since(self._shop.reader, card, said.through):
            await self._believe(card, said)

    async def _let_go(self, register: str) -> None:
        for card in self._kept.pop(register, ()):
            await self._ask(card, register, 0)

    async def _ask(self, card: str, register: str, minor: int) -> CardAnswer | None:
        if self._office is None:
            return None
        row = self._shop.reader.execute(_EPOCH, (EpochStarted.__name__,)).fetchone()
        epoch, first_seq = row or (self._shop.head.epoch, 1)
        question = CardQuestion(card, register, epoch, first_seq, minor, self._currency)
        body = await self._office.ask(ROOM, encode(question), ANSWER_S)
        if not body:
            return None
        try:
            return answer_of(body)
        except msgspec.DecodeError:
            _log.warning("head office's message about a gift card can't be read by this version")
            return None

    async def _believe(self, card: str, said: CardAnswer, kept: bool = False) -> bool:
        settled = SettleCard(
            *(card, said.tail, said.kind or "gift", said.balance_minor, said.through),
            *(said.expires_on, said.closed, said.lost_minor, said.free_minor, kept),
        )
        return isinstance(await self._shop.do(settled, system()), Done)

    def _release_for_basket(self, command: Command, actor: Actor, outcome: Outcome) -> None:
        """Release the reservations of a basket that was cleared, parked or paid."""
        if not isinstance(outcome, Done) or actor.register not in self._kept:
            return
        gone = isinstance(command, SetBasketAside | ReleaseHolds)
        if gone or any(isinstance(event, BasketAbandoned | SaleCompleted) for event in outcome.events):
            self._gone.add(actor.register)
            self._wake.set()
