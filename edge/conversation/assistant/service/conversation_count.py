"""Report the number of conversations begun here to head office, which returns the limit for all boxes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import msgspec
import structlog

from edge.conversation.assistant.conversation_limit import believe_limit, untold_days, utc_day
from edge.conversation.assistant.head_office_messages import ROOM, BegunDay, ConversationQuestion, answer_of, encode
from edge.core.command_bus import CommandBus
from edge.runtime.head_office import HeadOffice

_log = structlog.get_logger(__name__)
EVERY_S = 60.0
QUIET_S = 300.0
"""Seconds between requests for conversations begun elsewhere, if there is nothing new to report."""
ANSWER_S = 10.0


class ConversationCount:
    """Reports begun conversations to head office and stores its limit."""

    def __init__(self, shop: CommandBus, office: HeadOffice) -> None:
        self._shop, self._office = shop, office
        self._told: tuple[BegunDay, ...] = ()

    async def run(self, ready: Callable[[], None]) -> None:
        """Report until cancelled. Changes are sent within a minute, in which other boxes may exceed the limit."""
        ready()
        waited_s = QUIET_S
        while True:
            if waited_s >= QUIET_S or self._days() != self._told:
                waited_s = 0.0 if await self.tell() else QUIET_S
            await asyncio.sleep(EVERY_S)
            waited_s += EVERY_S

    def _days(self) -> tuple[BegunDay, ...]:
        return untold_days(self._shop.reader, utc_day(self._shop.clock.read().at_us))

    async def tell(self) -> bool:
        """Report once and store the answer. Returns False if head office is unreachable, or its answer can't be read or
        stored."""
        if not self._office.is_reachable:
            return False
        days = self._days()
        body = await self._office.ask(ROOM, encode(ConversationQuestion(days)), ANSWER_S)
        if not body:
            return False
        try:
            said = answer_of(body)
        except msgspec.DecodeError:
            _log.warning("head office's message about conversations can't be read by this version")
            return False
        if await self._shop.maintain(lambda db: believe_limit(db, said)) is not None:
            return False
        self._told = days[-1:]
        return True
