"""The broker and its connections. Messages are late, lost, duplicated or reordered; connections break; the broker
restarts.

Only what MQTT allows happens: a message may be lost after its PUBACK (a full queue), and a connection may break,
noticed at once or only by the keep-alive. One member of a shared subscription gets each message.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random

from sync import limits
from sync.mqtt import BrokerConfig
from sync.session import Incoming, LinkLost, Receipt
from tests.simulation.process import Process, current
from tests.simulation.trace import Trace

QUEUED = 200
"""Maximum messages that the broker queues for a slow subscriber; it drops more."""


class Weather:
    """The current state of the network. `loss` and `repeat` are probabilities from 0 to 1."""

    def __init__(self) -> None:
        self.delay_s = 0.02
        self.loss = 0.0
        self.repeat = 0.0


class Broker:
    """The broker: its sessions, and the messages between them."""

    def __init__(self, weather: Weather, trace: Trace, chance: Random) -> None:
        self.weather = weather
        self.trace = trace
        self.chance = chance
        self.up = True
        self.sessions: list[SimSession] = []

    @asynccontextmanager
    async def connect(
        self, _config: BrokerConfig, name: str, subscription: str | None, unacked: int
    ) -> AsyncIterator[SimSession]:
        """Open a session; replaces `sync.mqtt.connect` at both ends."""
        process = current()
        await asyncio.sleep(self.delay_s())
        if not self.up:
            raise LinkLost("no_broker", place="the broker")
        session = SimSession(self, process, name, subscription, unacked)
        self.sessions.append(session)
        self.trace.add(process.name, "is connected")
        try:
            yield session
        finally:
            self.drop(session)

    def delay_s(self) -> float:
        return self.chance.expovariate(1 / self.weather.delay_s)

    def stop(self) -> None:
        """Break all connections at once; messages in transit are lost."""
        self.up = False
        for session in list(self.sessions):
            self.drop(session)

    def drop(self, session: SimSession) -> None:
        if session in self.sessions:
            self.sessions.remove(session)
        session.end()

    def cut(self, process: Process, silently: bool) -> None:
        """Break a process's connections. Both ends notice at once, or only by the keep-alive (`silently`)."""
        for session in [found for found in self.sessions if found.process is process]:
            session.cut = True
            loop, alive_s = asyncio.get_running_loop(), limits.KEEPALIVE_S * 1.5
            loop.call_later(alive_s if silently else 0, self.drop, session)

    def bury(self, process: Process) -> None:
        """Close a dead process's connections, as its kernel does."""
        for session in [found for found in self.sessions if found.process is process]:
            self.drop(session)

    def take(self, sender: SimSession, topic: str, payload: bytes, receipt: asyncio.Future[Receipt]) -> None:
        """Receive a message: pass it on, and acknowledge it."""
        if sender.cut or sender.closed.done():
            return
        answer: Receipt = "taken" if self.spread(topic, payload) else "unheard"
        asyncio.get_running_loop().call_later(self.delay_s(), sender.acknowledge, receipt, answer)

    def spread(self, topic: str, payload: bytes) -> bool:
        """Pass a message on; returns whether there are subscribers. Some messages are lost, and some are duplicated."""
        subscribers = self._subscribers(topic)
        for session in subscribers:
            if self.chance.random() >= self.weather.loss:
                session.queue(topic, payload)
            if self.chance.random() < self.weather.repeat:
                session.queue(topic, payload)
        return bool(subscribers)

    def _subscribers(self, topic: str) -> list[SimSession]:
        if topic.endswith("/up"):
            shared = [session for session in self.sessions if session.subscription.startswith("$share/")]
            return [self.chance.choice(shared)] if shared else []
        return [session for session in self.sessions if session.subscription == topic]


class SimSession:
    """A session, with the interface of `sync.session.Session`."""

    def __init__(self, broker: Broker, process: Process, name: str, subscription: str | None, unacked: int) -> None:
        self.messages: asyncio.Queue[Incoming] = asyncio.Queue()
        self.closed: asyncio.Future[LinkLost] = asyncio.get_running_loop().create_future()
        self.process = process
        self.name = name
        self.subscription = subscription or ""
        self.cut = False
        self._broker = broker
        self._unacked = unacked
        self._room = unacked
        self._queue: deque[tuple[str, bytes]] = deque()
        self._slots = asyncio.Semaphore(unacked)
        self._receipts: set[asyncio.Future[Receipt]] = set()

    def room(self, _topic: str) -> int:
        return limits.MESSAGE_BYTES

    async def publish(self, topic: str, payload: bytes) -> asyncio.Future[Receipt]:
        self.process.point("before send")
        try:
            async with asyncio.timeout(limits.PUBLISH_S):
                await self._slots.acquire()
        except TimeoutError:
            self._broker.drop(self)
        if self.closed.done():
            raise self.closed.result()
        loop = asyncio.get_running_loop()
        receipt: asyncio.Future[Receipt] = loop.create_future()
        self._receipts.add(receipt)
        loop.call_later(self._broker.delay_s(), self._broker.take, self, topic, payload, receipt)
        self.process.point("after send")
        return receipt

    def acknowledge(self, receipt: asyncio.Future[Receipt], answer: Receipt) -> None:
        if not receipt.done() and not self.cut:
            self._receipts.discard(receipt)
            self._slots.release()
            receipt.set_result(answer)

    def queue(self, topic: str, payload: bytes) -> None:
        """Queue a message from the broker for this end."""
        if len(self._queue) < QUEUED:
            self._queue.append((topic, payload))
            self._forward()

    def _forward(self) -> None:
        while self._room and self._queue:
            self._room -= 1
            topic, payload = self._queue.popleft()
            asyncio.get_running_loop().call_later(self._broker.delay_s(), self._arrive, topic, payload)

    def _arrive(self, topic: str, payload: bytes) -> None:
        if self.cut or self.closed.done():
            return
        self.messages.put_nowait(Incoming(topic, payload, self._done))

    def _done(self) -> None:
        self._room += 1
        self._forward()

    def end(self) -> None:
        if self.closed.done():
            return
        self.closed.set_result(LinkLost("broken_off", detail="simulated"))
        for receipt in self._receipts:
            receipt.cancel()
        self._slots.release()
