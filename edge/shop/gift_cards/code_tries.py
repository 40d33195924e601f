"""Codes of gift cards that nobody knows: so many at one register, and it looks up none for a while.

A code that was made here cannot be guessed; one that was printed elsewhere may be short. Wrong ones are local state, so
that a restart forgets none, and somebody is told (`watches.py`).
"""

from __future__ import annotations

from edge.core.command_bus import CommandBus
from edge.core.messages import Actor, Command, Outcome, Refusal, Refused
from edge.core.process.parts import TaskSet
from edge.core.services import Service
from edge.core.storage.database import Connection

WRONG_MOST = 20
WITHIN_US = 600 * 1_000_000
"""So many that nobody knows at one register within this time close it to codes until the first of them is as old."""
_UNKNOWN = "card_unknown"
_WRONG = "SELECT at_us FROM gift_code_try WHERE register = ? AND at_us > ? ORDER BY at_us DESC LIMIT ?"
_INSERT = "INSERT INTO gift_code_try (register, at_us) VALUES (?, ?)"
_OLD = "DELETE FROM gift_code_try WHERE at_us <= ?"
_CLOSED = "SELECT register FROM gift_code_try WHERE at_us > ? GROUP BY register HAVING count(*) >= ? ORDER BY register"


def may_look(db: Connection, register: str, at_us: int) -> None:
    """`Refusal`: no code is looked up at a register now: too many were wrong there."""
    wrong = db.execute(_WRONG, (register, at_us - WITHIN_US, WRONG_MOST)).fetchall()
    if len(wrong) >= WRONG_MOST:
        raise Refusal("card_wait", {"minutes": -(-(wrong[-1][0] + WITHIN_US - at_us) // 60_000_000)})


def closed_registers(db: Connection, at_us: int) -> list[str]:
    """Where so many were wrong that none is looked up."""
    return [register for (register,) in db.execute(_CLOSED, (at_us - WITHIN_US, WRONG_MOST))]


class CodeTries:
    """Counts what turned out to be nobody's, also where a card should have paid. Used on the event loop's thread."""

    def __init__(self, shop: CommandBus) -> None:
        self._shop = shop
        self._tasks = TaskSet(WRONG_MOST)
        self._last: dict[str, str] = {}
        shop.listen(self._heard)

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

    def _heard(self, command: Command, actor: Actor, outcome: Outcome) -> None:
        if isinstance(outcome, Refused) and outcome.code == _UNKNOWN and actor.register:
            self._tasks.start(self.wrong(actor.register), "codes of gift cards that nobody knows")


CODE_TRIES: Service[CodeTries] = Service("gift card codes")
"""What addresses tell of codes that they looked up in vain."""
