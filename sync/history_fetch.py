"""Restore an empty box's history from the hub: several requests in parallel, with answers put in order.

Messages may be lost or repeated; unanswered requests are repeated.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import msgspec

from sync import limits, row_packing
from sync.hub_rpc import Questions, asking
from sync.mqtt import BrokerConfig
from sync.session import LinkLost
from sync.uplink import DeviceIdentity
from sync.wire import Epoch, Fetch, Orphans, Row, Rows, WireError

Got = TypeVar("Got")


class Held(msgspec.Struct, frozen=True):
    """The hub's copy of this device: rows 1 to `through` of these epochs, and `orphans` of restores, newest first.

    Without epochs, the device is unknown.
    """

    through: int
    hash: bytes
    epochs: tuple[Epoch, ...]
    orphans: tuple[Orphans, ...] = ()


class HistoryBroken(Exception):
    """The hub's rows don't continue the local history."""


class Fetching:
    """A connection on which a device requests its own history; see `fetching`."""

    def __init__(self, questions: Questions) -> None:
        self._questions = questions

    async def fetch_extent(self) -> Held:
        """Return the extent of the history at the hub. Raises `LinkLost`, with advice, if the hub doesn't answer."""
        found = await self._questions.fetch(Fetch(0))
        return Held(found.through, found.hash, found.epochs, found.orphans)

    async def rows(self, from_seq: int, through: int, take: Callable[[list[Row]], None], epoch: int = 0) -> None:
        """Pass all rows of a stretch of the history, or of `epoch`, to `take`, in order and in blocks.

        `take` is called in a thread and must verify the hashes. Raises `LinkLost`, or `WireError` for an invalid
        answer.
        """
        ready: list[list[Row]] = []
        for first in range(from_seq, through + 1, limits.BLOCK_ROWS * limits.FETCHES):
            starts = range(first, min(first + limits.BLOCK_ROWS * limits.FETCHES, through + 1), limits.BLOCK_ROWS)
            asked = (self._stretch(start, min(start + limits.BLOCK_ROWS - 1, through), epoch) for start in starts)
            ready, _ = await asyncio.gather(asyncio.gather(*asked), asyncio.to_thread(_give, ready, take))
        await asyncio.to_thread(_give, ready, take)

    async def _stretch(self, first: int, last: int, epoch: int) -> list[Row]:
        """Fetch these rows, in several requests if they don't fit in one message."""
        rows: list[Row] = []
        while first <= last:
            found = await self._questions.fetch(Fetch(first, last - first + 1, epoch))
            if not found.count and (epoch or first <= found.through):
                raise LinkLost("archived", row=str(first))
            if not found.count:
                raise WireError(f"row {first} isn't stored by the hub (through {found.through})")
            rows += row_packing.unpack(Rows(0, first, found.count, found.block))
            first += found.count
        return rows


def _give(blocks: list[list[Row]], take: Callable[[list[Row]], None]) -> None:
    for rows in blocks:
        take(rows)


async def fetching(who: DeviceIdentity, broker: BrokerConfig, work: Callable[[Fetching], Awaitable[Got]]) -> Got:
    """Do `work` on a connection as device `who`; returns its result. Raises `LinkLost` with the problem and advice."""
    return await asking(who, broker, lambda questions: work(Fetching(questions)))
