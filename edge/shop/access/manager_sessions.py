"""Who manages in which browser: from a PIN until nobody asked anything for a while, or it is locked.

In memory: a restart asks again. It holds no rights: each request looks up the person as they are now.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Callable

import msgspec

from edge.core.storage.database import Connection
from edge.shop.access.queries import managers_hash

MANAGING_IDLE_US = 600_000_000
"""How long a browser goes on without being asked for the PIN when nobody does anything in it."""
MANAGING_MOST_US = 8 * 3_600_000_000
"""How long at all."""
GRANT_US = 120_000_000
"""How long what a program was given for a PIN holds."""
ENTERED_LATELY_US = 300_000_000
"""For so long a PIN need not be entered again to change users, PINs, roles, keys and the like."""
MANAGING_KEPT = 32
"""Browsers that manage at once; the one that began first ends when there is one more."""


class Managed(msgspec.Struct, frozen=True):
    """A browser in which somebody manages, as a list shows it; times are of the monotonic clock."""

    id: str
    user: str
    where: str
    began_us: int
    touched_us: int


class _Begun(msgspec.Struct):
    user: str
    hash: str
    where: str
    began_us: int
    touched_us: int
    until_us: int


class ManagerSessions:
    """Browsers in which a manager's PIN was shown; `db` says whether it is still one, `now_us` is the monotonic clock.

    Used on the event loop's thread.
    """

    def __init__(self, db: Connection, now_us: Callable[[], int]) -> None:
        self._db = db
        self._now_us = now_us
        self._of: OrderedDict[str, _Begun] = OrderedDict()

    def begin(self, user: str, where: str = "", most_us: int = MANAGING_MOST_US) -> str:
        """A manager's PIN was right (`SET_UP`: that of the set-up): the token for the browser at `where`."""
        token, now_us = os.urandom(16).hex(), self._now_us()
        self._of[token] = _Begun(user, managers_hash(self._db, user) or "", where, now_us, now_us, now_us + most_us)
        while len(self._of) > MANAGING_KEPT:
            self._of.popitem(last=False)
        return token

    def user(self, token: str, touch: bool = True) -> str | None:
        """Who manages in the browser that has `token`, and does something now (`touch`); None: nobody any more, also
        once their PIN was changed or they are no manager."""
        begun = self._of.get(token)
        if begun is None:
            return None
        now_us = self._now_us()
        over = now_us - begun.touched_us >= MANAGING_IDLE_US or now_us >= begun.until_us
        if over or not begun.hash or managers_hash(self._db, begun.user) != begun.hash:
            self.end(token)
            return None
        if touch:
            begun.touched_us = now_us
        return begun.user

    def entered_lately(self, token: str) -> bool:
        """Whether the PIN was entered there a few minutes ago at most."""
        begun = self._of.get(token)
        return begun is not None and self._now_us() - begun.began_us < ENTERED_LATELY_US

    def all(self) -> list[Managed]:
        """Who manages now, the newest last; ids are no tokens."""
        live = [(token, begun) for token, begun in list(self._of.items()) if self.user(token, touch=False)]
        return [Managed(token[:8], begun.user, begun.where, begun.began_us, begun.touched_us) for token, begun in live]

    def end(self, token: str) -> None:
        """The browser is locked."""
        self._of.pop(token, None)

    def end_of(self, id: str) -> bool:
        """End one of `all`; whether there was one."""
        tokens = [token for token in self._of if token[:8] == id]
        for token in tokens:
            self.end(token)
        return bool(tokens)
