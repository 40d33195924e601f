"""Rate limit for unknown gift card codes: after several, a register looks up none for a while.

Codes made here can't be guessed; those printed elsewhere may be short. Failed attempts are local state that survives a
restart, and they raise an alert (`watches.py`).
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
    """Counts unknown codes, including those used to pay. Used on the event loop's thread."""

    def __init__(self, shop: CommandBus) -> None:
        self._shop = shop
        self._tasks = TaskSet(WRONG_MOST)
        self._last: dict[str, str] = {}
        shop.listen(self._on_outcome)

    async def wrong(self, register: str, code: str = "") -> None:
        """Record an unknown code at a register. A code that extends the previous one is
        still being typed and counts as the same attempt."""
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
"""Counts unsuccessful code look-ups for endpoints."""
