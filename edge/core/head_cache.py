"""Cache for values that depend only on events; invalidated when the journal grows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from edge.core.command_bus import CommandBus
from edge.core.storage.database import Connection

T = TypeVar("T")


class HeadCached(Generic[T]):
    """Caches the result of `read` until the journal grows: for values that every scan needs.

    The first read after a commit misses the page cache and costs about 0.1 ms, but most commits are basket lines, which
    append no event. `read` may use strict projections only: the others lag behind. For the event loop's thread.
    """

    def __init__(self, shop: CommandBus, read: Callable[[Connection], T]) -> None:
        self._shop = shop
        self._read = read
        self._known: tuple[int, T] | None = None

    def __call__(self) -> T:
        seq = self._shop.head.seq
        if self._known is None or self._known[0] != seq:
            self._known = (seq, self._read(self._shop.reader))
        return self._known[1]
