"""Who stands at each register: signed in by PIN until they sign out, or nobody touches anything for a while.

In memory, as grants are: a restart asks again. A session gives a name and no rights beside selling.
"""

from __future__ import annotations

from collections.abc import Callable

from edge.access.queries import may_stand_here
from edge.access.rights import CASHIER, at_register
from edge.core.shapes import Actor, Surface
from edge.core.storage.database import Connection


class Sessions:
    """The registers' sessions; `db` says who is retired, `idle_us` how long one lasts untouched (0: for ever).

    `now_us` is the monotonic clock. Used on the event loop's thread.
    """

    def __init__(self, db: Connection, idle_us: Callable[[], int], now_us: Callable[[], int]) -> None:
        self._db = db
        self._idle_us = idle_us
        self._now_us = now_us
        self._of: dict[str, tuple[str, int]] = {}

    def sign_in(self, register: str, user: str) -> None:
        """Somebody showed a PIN at a register; who was signed in there is no more."""
        self._of[register] = (user, self._now_us())

    def sign_out(self, register: str) -> None:
        """Nobody is signed in at a register."""
        self._of.pop(register, None)

    def user(self, register: str) -> str | None:
        """Who is signed in; asking is no touch."""
        user, touched_us = self._of.get(register, (None, 0))
        if user is None:
            return None
        idle_us = self._idle_us()
        if (idle_us and self._now_us() - touched_us >= idle_us) or not may_stand_here(self._db, user):
            self.sign_out(register)
            return None
        return user

    def actor(self, register: str, surface: Surface = "cashier") -> Actor:
        """Who does what is done at a register now."""
        user = self.user(register)
        if user is None:
            return at_register(register, surface)
        self.sign_in(register, user)
        return Actor(user, surface, register, CASHIER)
