"""Hub worker: takes a share of all devices' messages at every broker, writes them to Postgres and answers.

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
from sync.hub.projection_runner import ProjectionRunner, Projector
from sync.hub.publishing import publish
from sync.hub.recurring import repeat
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
    """Return the event loop's time, which simulations replace."""
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
        """Create a worker.

        `release`: a number that increases with each release of the projectors. `answers`: capabilities' answers to
        boxes.
        """
        self._answers = answers
        self._store = store
        self._broker = broker
        self._pacing = Pacing(_now)
        self._projecting = ProjectionRunner(store, projectors, release, self._pacing.rest)
        self._lanes: dict[Key, DeviceQueue] = {}  # devices with messages being processed
        self._sessions: dict[BrokerConfig, Session] = {}
        self._heard: dict[Key, Session] = {}  # where a device's last message came from; bounded by their number
        self._refused = False
        self._lost = dict.fromkeys(broker.each, "Not connected yet.")

    @property
    def why(self) -> str:
        """Return the reason, for the status page, why a broker isn't connected; "" if all are."""
        return " ".join(self._lost.values())

    async def run(self) -> None:
        """Run until cancelled. The worker waits for a lost broker or Postgres; other errors end it."""
        async with asyncio.TaskGroup() as self._tasks:
            self._tasks.create_task(self._projecting.run())
            self._tasks.create_task(self.keep_pace())
            self._tasks.create_task(Failover(self._store, self._send).run())
            subscription = SUBSCRIPTION.format(group=access.group(password_of(self._broker)))
            for broker in self._broker.each:
                self._tasks.create_task(self._keep_connected(broker, subscription))

    async def _keep_connected(self, broker: BrokerConfig, subscription: str) -> None:
        always = asyncio.Event()
        always.set()
        await keep_connected(
            *(broker, "hub", subscription, limits.HUB_UNACKED),
            serve=partial(self._serve, broker),
            lost=partial(self._on_link_lost, broker),
            random=random.random,
            behind=always,
            behind_s=limits.RECONNECT_HUB_S,
        )

    async def keep_pace(self) -> None:
        """Refresh each minute which tenants exceeded their daily rows.

        They stay unchanged while Postgres is unavailable.
        """

        async def look() -> None:
            self._pacing.above = frozenset(await self._store.pool.fetchval(_ABOVE) or ())

        await repeat("daily limits of rows", look, PACE_LOOK_S)

    async def publish(self, tenant: str, store: str, kind: str, body: bytes) -> int:
        """Publish a directive to all devices of a store; see `hub.publishing`. The worker need not be running."""
        return await publish(self._store, self._broker, tenant, store, kind, body)

    async def _serve(self, broker: BrokerConfig, session: Session) -> None:
        self._sessions[broker] = session
        self._lost.pop(broker, None)
        log.info("hub: connected to the broker at %s", broker.place)
        while True:
            incoming = await session.messages.get()
            _, tenant, store, device, _ = incoming.topic.split("/")
            key = Key(tenant, store, device)
            self._pacing.hear(key)
            self._heard[key] = session
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

    def _on_link_lost(self, broker: BrokerConfig, link: LinkLost) -> None:
        why = str(link)
        if why != self._lost.get(broker):
            log.warning("hub: %s", why)
        gone = self._sessions.pop(broker, None)
        self._heard = {key: way for key, way in self._heard.items() if way is not gone}
        self._lost[broker] = why

    def _ways(self, key: Key) -> list[Session]:
        """Return the connections by which a device may be reached: the one it was heard on, or else all."""
        ways = list(self._sessions.values())
        heard = self._heard.get(key)
        return [heard] if heard in ways else ways

    def _room(self, key: Key) -> int:
        """The maximum size of a message for this device."""
        return min((way.room(_topic(key)) for way in self._ways(key)), default=limits.MESSAGE_BYTES)

    async def _send(self, key: Key, message: Down) -> bool:
        """Send a message without a guarantee, as the device requests missing ones. False without a connection."""
        if isinstance(message, Ack):
            message = msgspec.structs.replace(message, at_us=time.time_ns() // 1000)
        sent = [await self._send_over(way, key, message) for way in self._ways(key)]
        return any(sent)

    async def _send_over(self, way: Session, key: Key, message: Down) -> bool:
        try:
            receipt = await way.publish(_topic(key), wire.encode(message))
        except TooLong as long:  # sending it would end the connection that all stores share
            log.error("hub: %s for %s is not sent: %s", type(message).__name__, key, long)
            return True
        except LinkLost:
            return False  # `_on_link_lost` logs it
        receipt.add_done_callback(partial(self._receipt, key, way))
        return True

    def _receipt(self, key: Key, way: Session, receipt: asyncio.Future[Receipt]) -> None:
        if not receipt.cancelled() and receipt.result() == "unheard" and self._heard.get(key) is way:
            del self._heard[key]  # the device may have moved to another broker: the next message is sent by all of them
        refused = not receipt.cancelled() and receipt.result() == "refused"
        if refused and not self._refused:
            log.error("hub: the broker doesn't allow writing to edge/+/+/+/down: correct its access list")
        self._refused = refused
