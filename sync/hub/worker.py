"""Hub worker: takes a share of all devices' messages, writes them to Postgres and answers.

Any number may run. A worker only keeps messages in transit in memory; Postgres is authoritative, so a crash loses
nothing but time.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Mapping, Sequence
from functools import partial

import msgspec

from sync import limits, wire
from sync.hub import access
from sync.hub.device_queue import NO_ANSWERS, Answer, DeviceQueue
from sync.hub.failover import Failover
from sync.hub.fairness import Pacing
from sync.hub.model import Key
from sync.hub.primary import is_passing
from sync.hub.projection_runner import ProjectionRunner, Projector
from sync.hub.publishing import publish
from sync.hub.store import Store
from sync.mqtt import BrokerConfig, keep_connected, password_of
from sync.session import LinkLost, Receipt, Session, TooLong
from sync.wire import Ack, Down

PACE_LOOK_S = 60.0
_ABOVE = "SELECT array_agg(tenant) FROM used_of_limits() WHERE which = 'rows' AND used >= most"
SUBSCRIPTION = "$share/{group}/edge/+/+/+/up"

log = logging.getLogger(__name__)


def _topic(key: Key) -> str:
    return f"edge/{key}/down"


def _now() -> float:
    """The event loop's time; simulations have their own."""
    return asyncio.get_running_loop().time()


class Worker:
    """See the module.

    async with open_store(dsn) as store:
        await Worker(store, BrokerConfig(), projectors).run()      # until cancelled
    """

    def __init__(
        self,
        store: Store,
        broker: BrokerConfig,
        projectors: Sequence[Projector] = (),
        release: int = 0,
        answers: Mapping[str, Answer] = NO_ANSWERS,
    ) -> None:
        """`release`: a number increasing with each release of the projectors; `answers`: capabilities' answers to
        boxes."""
        self._answers = answers
        self._store = store
        self._broker = broker
        self._pacing = Pacing(_now)
        self._projecting = ProjectionRunner(store, projectors, release, self._pacing.rest)
        self._lanes: dict[Key, DeviceQueue] = {}  # devices with messages being processed
        self._session: Session | None = None
        self._refused = False
        self.why = "Not connected yet."
        """For a status page: why there is no connection to the broker; empty if connected."""

    async def run(self) -> None:
        """Run until cancelled. It waits for a lost broker or Postgres; own errors end it."""
        async with asyncio.TaskGroup() as self._tasks:
            self._tasks.create_task(self._projecting.run())
            self._tasks.create_task(self.keep_pace())
            self._tasks.create_task(Failover(self._store, self._send).run())
            always = asyncio.Event()
            always.set()
            subscription = SUBSCRIPTION.format(group=access.group(password_of(self._broker)))
            await keep_connected(
                *(self._broker, "hub", subscription, limits.HUB_UNACKED),
                serve=self._serve,
                lost=self._on_link_lost,
                random=random.random,
                behind=always,
                behind_s=limits.RECONNECT_HUB_S,
            )

    async def keep_pace(self) -> None:
        """Refresh each minute which tenants exceeded their daily rows; unchanged while Postgres is unavailable."""
        while True:
            try:
                self._pacing.above = frozenset(await self._store.pool.fetchval(_ABOVE) or ())
            except Exception as error:
                if not is_passing(error):
                    raise
            await asyncio.sleep(PACE_LOOK_S)

    async def publish(self, tenant: str, store: str, kind: str, body: bytes) -> int:
        """Publish a directive to all devices of a store; see `hub.publishing`. The worker need not be running."""
        return await publish(self._store, self._broker, tenant, store, kind, body)

    async def _serve(self, session: Session) -> None:
        self._session, self.why = session, ""
        log.info("hub: connected to the broker")
        while True:
            incoming = await session.messages.get()
            _, tenant, store, device, _ = incoming.topic.split("/")
            key = Key(tenant, store, device)
            self._pacing.hear(key)
            new = key not in self._lanes
            if new:
                room = partial(self._room, key)
                told = (self._send, self._projecting.wake, room, self._answers)
                self._lanes[key] = DeviceQueue(key, self._store, self._pacing, *told)
            self._lanes[key].put(incoming)
            if new:
                self._tasks.create_task(self._work(key, self._lanes[key]))
            await asyncio.sleep(0)  # `get` doesn't give others a turn while the queue has messages

    async def _work(self, key: Key, lane: DeviceQueue) -> None:
        try:
            await lane.work()
        finally:
            del self._lanes[key]

    def _on_link_lost(self, link: LinkLost) -> None:
        why = str(link)
        if why != self.why:
            log.warning("hub: %s", why)
        self._session, self.why = None, why

    def _room(self, key: Key) -> int:
        """The maximum size of a message for this device."""
        return self._session.room(_topic(key)) if self._session else limits.MESSAGE_BYTES

    async def _send(self, key: Key, message: Down) -> bool:
        """Send without a guarantee: the device requests what doesn't arrive. False without a connection."""
        if self._session is None:
            return False
        if isinstance(message, Ack):
            message = msgspec.structs.replace(message, at_us=time.time_ns() // 1000)
        try:
            receipt = await self._session.publish(_topic(key), wire.encode(message))
        except TooLong as long:  # sending it would end the connection that all stores share
            log.error("hub: %s for %s is not sent: %s", type(message).__name__, key, long)
            return True
        except LinkLost:
            return False  # `_on_link_lost` logs it
        receipt.add_done_callback(self._receipt)
        return True

    def _receipt(self, receipt: asyncio.Future[Receipt]) -> None:
        refused = not receipt.cancelled() and receipt.result() == "refused"
        if refused and not self._refused:
            log.error("hub: the broker doesn't allow writing to edge/+/+/+/down: correct its access list")
        self._refused = refused
