"""An empty box gets its history back from the hub: several questions on their way, the answers put in order.

Any message may be lost or repeated: what is not answered is asked again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import msgspec

from sync import block, limits, wire
from sync.mqtt import BrokerConfig, connect
from sync.session import LinkLost, Session
from sync.uplink import Who
from sync.wire import Epoch, Fetch, Fetched, Row, Rows, WireError

log = logging.getLogger(__name__)
Got = TypeVar("Got")


class Held(msgspec.Struct, frozen=True):
    """What the hub holds of this device: rows 1 to `through`, of these epochs (none: it knows nothing of it)."""

    through: int
    hash: bytes
    epochs: tuple[Epoch, ...]


class Fetching:
    """A connection over which a device asks for its own history; see `fetching`."""

    def __init__(self, session: Session, topic: str) -> None:
        self._session = session
        self._topic = topic
        self._answers: dict[int, asyncio.Future[Fetched]] = {}

    async def held(self) -> Held:
        """How far the hub holds the history. `LinkLost`: no answer, with what to do."""
        found = await self._ask(Fetch(0))
        return Held(found.through, found.hash, found.epochs)

    async def rows(self, from_seq: int, through: int, take: Callable[[list[Row]], None]) -> None:
        """Give all rows of that stretch to `take`, in order and a block at a time; it is called in a thread.

        Whether their hashes are right is for `take` to check. `LinkLost`; `WireError`: the hub sent something else.
        """
        ready: list[list[Row]] = []
        for first in range(from_seq, through + 1, limits.BLOCK_ROWS * limits.FETCHES):
            starts = range(first, min(first + limits.BLOCK_ROWS * limits.FETCHES, through + 1), limits.BLOCK_ROWS)
            asked = (self._stretch(start, min(start + limits.BLOCK_ROWS - 1, through)) for start in starts)
            ready, _ = await asyncio.gather(asyncio.gather(*asked), asyncio.to_thread(_give, ready, take))
        await asyncio.to_thread(_give, ready, take)

    async def listen(self) -> None:
        """Bring answers to those who wait for them; until the connection ends."""
        while True:
            incoming = await self._session.messages.get()
            try:
                message = wire.decode_down(incoming.payload)
            except WireError as error:
                log.warning("sync: the hub sent %s", error)
            else:
                if isinstance(message, Fetched):
                    self._answered(message)
            incoming.done()

    def _answered(self, message: Fetched) -> None:
        answer = self._answers.get(message.from_seq)
        if answer and not answer.done():
            answer.set_result(message)

    async def _stretch(self, first: int, last: int) -> list[Row]:
        """These rows; more than one question where they are too long for one message."""
        rows: list[Row] = []
        while first <= last:
            found = await self._ask(Fetch(first, last - first + 1))
            if not found.count:
                raise WireError(f"row {first} is not among what the hub holds (through {found.through})")
            rows += block.unpack(Rows(0, first, found.count, found.block))
            first += found.count
        return rows

    async def _ask(self, question: Fetch) -> Fetched:
        answer: asyncio.Future[Fetched] = asyncio.get_running_loop().create_future()
        self._answers[question.from_seq] = answer
        try:
            for _ in range(limits.FETCH_TRIES):
                await self._session.publish(f"{self._topic}/up", wire.encode(question))
                either: set[asyncio.Future[Any]] = {answer, self._session.closed}
                await asyncio.wait(either, timeout=limits.FETCH_S, return_when=asyncio.FIRST_COMPLETED)
                if answer.done():
                    return answer.result()
                if self._session.closed.done():
                    raise self._session.closed.result()
            raise LinkLost("unanswered")
        finally:
            del self._answers[question.from_seq]


def _give(blocks: list[list[Row]], take: Callable[[list[Row]], None]) -> None:
    for rows in blocks:
        take(rows)


async def fetching(who: Who, broker: BrokerConfig, work: Callable[[Fetching], Awaitable[Got]]) -> Got:
    """Do `work` over a connection as the device `who`; what it gives. `LinkLost` says what is wrong, and what to do."""
    topic = f"edge/{who.tenant}/{who.store}/{who.device}"
    name = f"{who.tenant}-{who.store}-{who.device}"
    async with connect(broker, name, f"{topic}/down", limits.EDGE_UNACKED) as session:
        asking = Fetching(session, topic)
        try:
            async with asyncio.TaskGroup() as tasks:
                listening = tasks.create_task(asking.listen())
                got = await work(asking)
                listening.cancel()
        except BaseExceptionGroup as group:
            raise group.exceptions[0] from None
    return got
