"""Codes of gift cards that nobody knows: so many at one register, and it looks up none for a while.

A code that was made here cannot be guessed; one that was printed elsewhere may be short. Wrong ones are local state, so
that a restart forgets none, and somebody is told (`watches.py`).
"""

from __future__ import annotations

from edge.core.command_bus import CommandBus
from edge.core.messages import Actor, Command, Outcome, Refused
from edge.core.process.parts import TaskSet
from edge.core.services import Service
from edge.core.storage.database import Connection
from edge.money.gift_cards.queries import WITHIN_US, WRONG_MOST

_UNKNOWN = "card_unknown"
_INSERT = "INSERT INTO gift_code_try (register, at_us) VALUES (?, ?)"
_OLD = "DELETE FROM gift_code_try WHERE at_us <= ?"


class CardCodeTries:
    """Counts what turned out to be nobody's, also where a card should have paid. Used on the event loop's thread."""

    def __init__(self, shop: CommandBus) -> None:
        self._shop = shop
        self._tasks = TaskSet(WRONG_MOST)
        self._last: dict[str, str] = {}
        shop.listen(self._on_outcome)

    async def wrong(self, register: str, code: str = "") -> None:
        """Somebody at a register asked for a code that nobody knows. One that goes on where the one before ended is
        still being typed, and is the same try."""
        last, self._last[register] = self._last.get(register, ""), code
        if last and code != last and code.startswith(last):
            return
        at_us = self._shop.now_us()

        def change(db: Connection) -> None:
            db.execute(_OLD, (at_us - WITHIN_US,))
            db.execute(_INSERT, (register, at_us))

        await self._shop.maintain(change)

    def _on_outcome(self, command: Command, actor: Actor, outcome: Outcome) -> None:
        if isinstance(outcome, Refused) and outcome.code == _UNKNOWN and actor.register:
            self._tasks.start(self.wrong(actor.register), "codes of gift cards that nobody knows")


CODE_TRIES: Service[CardCodeTries] = Service("gift card codes")
"""What addresses tell of codes that they looked up in vain."""
