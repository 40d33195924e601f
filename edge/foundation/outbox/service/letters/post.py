"""Letter kinds and their handling by a channel."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import msgspec

from edge.core.command_bus import CommandBus
from edge.core.messages import Actor, Command
from edge.core.storage.database import Connection
from edge.foundation.outbox import messages as outbox
from edge.foundation.outbox.letters import is_letter, without_channel
from edge.foundation.outbox.messages import LetterKind, Message
from edge.foundation.outbox.service.clock_steps import ages
from edge.foundation.outbox.service.letters.letter import LetterWriter, WrittenLetter, declared_letters
from edge.runtime.config import Config

A_TURN = 20
"""Letters per turn of a channel. After each turn, other messages are checked."""


class Settled(msgspec.Struct, frozen=True):
    """Updates for letters without a channel, and for expired messages."""

    ways: tuple[tuple[int, str], ...] = ()
    overdue: tuple[tuple[int, str], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.ways or self.overdue)

    def write(self, db: Connection, now_us: int) -> None:
        """Apply on the writer's connection."""
        for id, channel in self.ways:
            outbox.settle(db, [id], now_us, channel=channel)
        for id, why in self.overdue:
            outbox.settle(db, [id], now_us, state="failed", why=why)


class Post:
    """All letter kinds of a shop, plus the sender's `own`. Runs alongside the till."""

    def __init__(self, config: Config, shop: CommandBus, own: Mapping[LetterKind, LetterWriter]) -> None:
        self._shop = shop
        declared = {kind: make(config, shop) for kind, make in declared_letters().items()}
        self._writers = dict[str, LetterWriter]((*declared.items(), *own.items()))

    def choose(self, db: Connection, channels: Collection[str]) -> Settled:
        """Choose channels for letters without one, and find expired messages that no channel will send."""
        now_us = self._shop.now_us()
        found = [(row.id, self._writers[row.what].way(db, row, channels)) for row in without_channel(db)]
        ways = tuple((id, channel) for id, channel in found if channel)
        pathless = {id for id, channel in found if not channel}
        over = outbox.overdue_messages(db, channels, now_us) if ages(self._shop) else []
        return Settled(ways, tuple((id, "no_address" if id in pathless else "life_over") for id in over))

    def write(self, db: Connection, rows: Iterable[Message]) -> list[tuple[Message, WrittenLetter | str]]:
        """Write some letters, or return the reason why one can't be written."""
        now_us = self._shop.now_us()
        aging, letters = ages(self._shop), [row for row in rows if is_letter(row)][:A_TURN]
        return [
            (row, "life_over" if aging and now_us > row.until_us else self._writers[row.what].write(db, row))
            for row in letters
        ]

    def follows(self, row: Message) -> tuple[Command, Actor] | None:
        """Command to send after a letter was accepted."""
        return self._writers[row.what].taken(row) if is_letter(row) else None
