"""Requests to the hub on a device's connection about its own data, with answers matched to them.

Messages may be lost or repeated; unanswered requests are repeated.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from sync import limits, wire
from sync.mqtt import BrokerConfig, connect_any
from sync.session import LinkLost, Session
from sync.uplink import DeviceIdentity
from sync.wire import Digest, Digests, Fetch, Fetched, WireError

log = logging.getLogger(__name__)
Got = TypeVar("Got")
Answer = Fetched | Digests


class Questions:
    """A connection for requests; see `asking`. One request of a kind and starting row at a time."""

    def __init__(self, session: Session, topic: str) -> None:
        self._session = session
        self._topic = topic
        self._answers: dict[tuple[type, int], asyncio.Future[Any]] = {}

    async def fetch(self, question: Fetch) -> Fetched:
        """Request rows, or the extent of the history. Raises `LinkLost` without an answer."""
        answer: Fetched = await self._ask(question, Fetched)
        return answer

    async def digests(self, question: Digest) -> Digests:
        """Request digests of the hub's rows. Raises `LinkLost` without an answer."""
        answer: Digests = await self._ask(question, Digests)
        return answer

    async def listen(self) -> None:
        """Pass answers to their requests, until the connection ends."""
        while True:
            incoming = await self._session.messages.get()
            try:
                message = wire.decode_down(incoming.payload)
            except WireError as error:
                log.warning("sync: the hub sent %s", error)
            else:
                if isinstance(message, Answer):
                    answer = self._answers.get((type(message), message.from_seq))
                    if answer and not answer.done():
                        answer.set_result(message)
            incoming.done()

    async def _ask(self, question: Fetch | Digest, kind: type[Answer]) -> Any:
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._answers[kind, question.from_seq] = answer
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
            del self._answers[kind, question.from_seq]


async def asking(who: DeviceIdentity, broker: BrokerConfig, work: Callable[[Questions], Awaitable[Got]]) -> Got:
    """Do `work` on a connection as device `who`; returns its result. Raises `LinkLost` with the problem and advice."""
    topic = f"edge/{who.tenant}/{who.store}/{who.device}"
    name = f"{who.tenant}-{who.store}-{who.device}"
    async with connect_any(broker, name, f"{topic}/down", limits.EDGE_UNACKED) as session:
        questions = Questions(session, topic)
        try:
            async with asyncio.TaskGroup() as tasks:
                listening = tasks.create_task(questions.listen())
                got = await work(questions)
                listening.cancel()
        except BaseExceptionGroup as group:
            raise group.exceptions[0] from None
    return got
