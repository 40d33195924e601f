"""Members' points across shops. Asks head office for the balance before points are spent."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import msgspec
import structlog

from edge.core.command_bus import CommandBus
from edge.core.journal.rows import EpochStarted
from edge.core.services import Service
from edge.core.storage.database import Connection
from edge.counter.loyalty.head_office_messages import ROOM, MemberQuestion, answer_of, encode
from edge.counter.loyalty.shared_members import believe, shared_member, unsettled_members
from edge.people.customers.queries import resolve
from edge.runtime.head_office import HeadOffice

_log = structlog.get_logger(__name__)
ANSWER_S = 1.5
"""Seconds that a customer waits for head office before the offline allowance applies."""
AGAIN_S = 30.0
MEMBERS = 100
"""Maximum members queried per round."""
_EPOCH = "SELECT epoch, seq FROM journal WHERE type = ? ORDER BY seq DESC LIMIT 1"


class MemberSettling:
    """Asks head office for balances and stores them. Without a head office the box's own balance applies."""

    def __init__(self, shop: CommandBus, office: HeadOffice | None) -> None:
        self._shop, self._office = shop, office

    async def run(self, ready: Callable[[], None]) -> None:
        """Run until cancelled: ask about members who spent points while head office was unreachable.

        Head office's answer includes any overdraft.
        """
        ready()
        while True:
            await self.settle()
            await asyncio.sleep(AGAIN_S)

    async def settle(self) -> None:
        """Ask once about each member who spent points without confirmation."""
        for customer in unsettled_members(self._shop.reader, MEMBERS):
            if not await self.ask(customer, keep=False):
                return

    async def ask(self, customer: str, keep: bool = True) -> bool:
        """Have head office reserve a member's points for this box (`keep`), and store its balance.

        Returns False if it's unreachable or the member isn't shared between shops.
        """
        if self._office is None:
            return False
        now_us = self._shop.now_us()
        kept = resolve(self._shop.reader, customer)
        member = shared_member(self._shop.reader, kept, now_us) if kept else ""
        if not kept or not member:
            return False
        row = self._shop.reader.execute(_EPOCH, (EpochStarted.__name__,)).fetchone()
        epoch, first_seq = row or (self._shop.head.epoch, 1)
        body = await self._office.ask(ROOM, encode(MemberQuestion(member, epoch, first_seq, keep)), ANSWER_S)
        if not body:
            return False
        try:
            said = answer_of(body)
        except msgspec.DecodeError:
            _log.warning("head office's message about a member can't be read by this version")
            return False

        def write(db: Connection) -> None:
            believe(db, kept, member, said, now_us)

        return await self._shop.maintain(write) is None


SETTLING: Service[MemberSettling] = Service("members")
