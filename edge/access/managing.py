"""Who manages in which browser: from a PIN until nobody asked anything for a while, or it is locked.

In memory, as grants are: a restart asks again. The token is the browser's alone, unlike a grant, which is a register's.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Callable

import msgspec

from edge.access.queries import managers_hash
from edge.core.storage.database import Connection

MANAGING_IDLE_US = 600_000_000
"""How long a browser goes on without being asked for the PIN when nobody does anything in it."""
MANAGING_MOST_US = 8 * 3_600_000_000
"""How long at all."""
MANAGING_KEPT = 32
"""Browsers that manage at once; the one that began first ends when there is one more."""


class _Begun(msgspec.Struct):
    user: str
    hash: str
    began_us: int
    touched_us: int


class Managing:
    """Browsers in which a manager's PIN was shown; `db` says whether it is still one, `now_us` is the monotonic clock.

    Used on the event loop's thread.
    """

    def __init__(self, db: Connection, now_us: Callable[[], int]) -> None:
        self._db = db
        self._now_us = now_us
        self._of: OrderedDict[str, _Begun] = OrderedDict()

    def begin(self, user: str) -> str:
        """A manager's PIN was right (`SET_UP`: that of the set-up): the token for the browser."""
        token, now_us = os.urandom(16).hex(), self._now_us()
        self._of[token] = _Begun(user, managers_hash(self._db, user) or "", now_us, now_us)
        while len(self._of) > MANAGING_KEPT:
            self._of.popitem(last=False)
        return token

    def user(self, token: str) -> str | None:
        """Who manages in the browser that has `token`, and does something now; None: nobody any more, also once their
        PIN was changed or they are no manager."""
        begun = self._of.get(token)
        if begun is None:
            return None
        now_us = self._now_us()
        over = now_us - begun.touched_us >= MANAGING_IDLE_US or now_us - begun.began_us >= MANAGING_MOST_US
        if over or not begun.hash or managers_hash(self._db, begun.user) != begun.hash:
            self.end(token)
            return None
        begun.touched_us = now_us
        return begun.user

    def end(self, token: str) -> None:
        """The browser is locked."""
        self._of.pop(token, None)
