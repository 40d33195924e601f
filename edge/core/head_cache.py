"""What only facts change, read again only when there are further ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from edge.core.command_bus import CommandBus
from edge.core.storage.database import Connection

T = TypeVar("T")


class HeadCached(Generic[T]):
    """What `read` makes of the disk, kept until the journal has grown: for what every scan asks.

    The first look at the disk after a commit finds nothing in the reader's memory and costs some 0.1 ms; most commits
    are lines of baskets, which are no facts. `read` looks at nothing but strict projections: the others follow later.
    On the event loop's thread.
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
