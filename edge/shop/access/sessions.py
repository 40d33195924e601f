"""Who stands at each register: signed in by PIN until they sign out, or nobody touches anything for a while.

In memory: a restart asks again. A session belongs to the browser in which the PIN was entered, and gives a name and
no rights beside those of selling that the person's role has.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from edge.core.messages import Actor, Surface
from edge.core.storage.database import Connection
from edge.shop.access.queries import at_till, hash_of
from edge.shop.access.rights import anonymous_actor


class RegisterSession(msgspec.Struct, frozen=True):
    """Somebody at a register: in which browser (a pairing's id; "": the appliance's own screen), with which PIN's hash,
    and when they did something last."""

    register: str
    user: str
    seat: str
    mark: str
    touched_us: int


class Sessions:
    """The registers' sessions; `db` says who is retired, `idle_us` how long one lasts untouched (0: for ever).

    `now_us` is the monotonic clock. Used on the event loop's thread.
    """

    def __init__(self, db: Connection, idle_us: Callable[[], int], now_us: Callable[[], int]) -> None:
        self._db = db
        self._idle_us = idle_us
        self._now_us = now_us
        self._of: dict[str, RegisterSession] = {}

    def sign_in(self, register: str, user: str, seat: str = "") -> list[str]:
        """Somebody showed a PIN at a register; who was signed in there is no more, and they are so nowhere else: at
        which registers they were until now."""
        left = [other for other, one in self._of.items() if one.user == user and other != register]
        for other in left:
            self.sign_out(other)
        self._of[register] = RegisterSession(register, user, seat, hash_of(self._db, user) or "", self._now_us())
        return left

    def sign_out(self, register: str, seat: str | None = None) -> bool:
        """Nobody is signed in at a register; with a `seat` only who signed in there. Whether anybody was."""
        found = self._of.get(register)
        if found is None or seat not in (None, found.seat):
            return False
        del self._of[register]
        return True

    def user(self, register: str, seat: str | None = None) -> str | None:
        """Who is signed in, in the browser `seat` where one is said; asking is no touch."""
        found = self._of.get(register)
        if found is None:
            return None
        idle_us = self._idle_us()
        over = bool(idle_us) and self._now_us() - found.touched_us >= idle_us
        if over or not found.mark or hash_of(self._db, found.user) != found.mark:
            self.sign_out(register)
            return None
        return found.user if seat in (None, found.seat) else None

    def actor(self, register: str, surface: Surface = "cashier", seat: str | None = None) -> Actor:
        """Who does what is done at a register now, in the browser `seat`; a scanner is anybody's who stands there."""
        user = self.user(register, seat)
        if user is None or surface == "kiosk":
            return anonymous_actor(register, surface)
        self._of[register] = msgspec.structs.replace(self._of[register], touched_us=self._now_us())
        return Actor(user, surface, register, at_till(self._db, user))

    def all(self) -> list[RegisterSession]:
        """Who is signed in where."""
        return [self._of[register] for register in list(self._of) if self.user(register)]
