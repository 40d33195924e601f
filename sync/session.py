"""An open MQTT connection, which publishes with every receipt checked, and receives at our own pace."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Literal

import msgspec
import paho.mqtt.client as paho
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from sync import limits
from sync.link_errors import LinkError

NO_SUBSCRIBERS = 0x10
LONGEST_PACKET = 268_435_460
"""The limit of MQTT itself (v5, 2.1.4: a remaining length of 268,435,455 after five bytes)."""


class LinkLost(Exception):
    """The connection is lost or missing; the reason is a code of `sync.link_errors.WORDS`."""

    def __init__(self, code: str, **values: str) -> None:
        self.trouble = LinkError(code, values)
        super().__init__(self.trouble.why)


class TooLong(LinkLost):
    """The message is too long for the broker and wasn't sent. The connection stays open."""


class Incoming(msgspec.Struct, frozen=True):
    """A received message. Call `done` after processing: the broker limits unacknowledged ones."""

    topic: str
    payload: bytes
    done: Callable[[], None]


Receipt = Literal["taken", "unheard", "refused"]
"""The broker's response to a message: delivered, no subscriber, or refused."""


class Session:
    """An open connection. `place`: the broker's address; `messages`: those received; `closed`: the reason it ended."""

    def __init__(self, client: paho.Client, unacked: int, place: str) -> None:
        self.place = place
        self._loop = asyncio.get_running_loop()
        self.messages: asyncio.Queue[Incoming] = asyncio.Queue()  # bounded by our Receive Maximum
        self.closed: asyncio.Future[LinkLost] = self._loop.create_future()
        self.accepted: asyncio.Future[ReasonCode] = self._loop.create_future()
        self.subscribed: asyncio.Future[ReasonCode] = self._loop.create_future()
        self.ended = asyncio.Event()
        self._client = client
        self._unacked = unacked
        self._packet_bytes = LONGEST_PACKET
        self._slots = asyncio.Semaphore(0)  # released on CONNACK
        self._receipts: dict[int, asyncio.Future[Receipt]] = {}
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        client.on_publish = self._on_publish
        client.on_message = self._on_message
        client.on_disconnect = self._on_disconnect

    def room(self, topic: str) -> int:
        """Return the longest payload on `topic`: our limit, or the broker's if lower (CONNACK, Maximum Packet Size).

        A longer payload would make the broker close the connection, repeatedly.
        """
        around = 1 + 4 + 2 + len(topic.encode()) + 2 + 1  # type, length, the topic with its length, id, no properties
        return min(limits.MESSAGE_BYTES, self._packet_bytes - around)

    async def publish(self, topic: str, payload: bytes) -> asyncio.Future[Receipt]:
        """Send at QoS 1. Returns once there is room on the wire. Raises `LinkLost` and `TooLong`.

        The future returned is the broker's receipt; it's cancelled if the connection ends first.
        """
        if len(payload) > self.room(topic):
            raise TooLong("too_long", size=str(len(payload)), limit=str(self.room(topic)))
        try:
            async with asyncio.timeout(limits.PUBLISH_S):
                await self._slots.acquire()
        except TimeoutError:
            self._close(LinkLost("stuck"))
        if not self.closed.done():
            info = self._client.publish(topic, payload, qos=1)
            if info.rc == paho.MQTT_ERR_SUCCESS:
                receipt: asyncio.Future[Receipt] = self._loop.create_future()
                self._receipts[info.mid] = receipt
                return receipt
            self._close(LinkLost("broken_off", detail="it broke"))
        raise self.closed.result()

    def break_off(self, error: Exception) -> None:
        """End the session after the connection was closed because received data wasn't MQTT."""
        self._end(LinkLost("broken_off", detail=str(error) or type(error).__name__))

    def _end(self, lost: LinkLost) -> None:
        self.ended.set()
        self._close(lost)

    def _close(self, lost: LinkLost) -> None:
        if self.closed.done():
            return
        self.closed.set_result(lost)
        for receipt in self._receipts.values():
            receipt.cancel()
        self.accepted.cancel()
        self.subscribed.cancel()
        for _ in range(len(self._receipts) + 1):  # wake those waiting for a slot, so that they see `closed`
            self._slots.release()
        self._receipts.clear()

    # ---- callbacks of paho

    def _on_connect(self, _c: Any, _u: Any, _f: Any, reason: ReasonCode, properties: Properties | None) -> None:
        for _ in range(min(self._unacked, getattr(properties, "ReceiveMaximum", 65_535))):
            self._slots.release()
        self._packet_bytes = getattr(properties, "MaximumPacketSize", LONGEST_PACKET)
        _settle(self.accepted, reason)

    def _on_subscribe(self, _c: Any, _u: Any, _mid: int, reasons: list[ReasonCode], _p: Any) -> None:
        _settle(self.subscribed, reasons[0])

    def _on_publish(self, _c: Any, _u: Any, mid: int, reason: ReasonCode, _p: Any) -> None:
        receipt = self._receipts.pop(mid, None)
        if receipt is None:
            return
        self._slots.release()
        if not receipt.done():
            unheard = reason.value == NO_SUBSCRIBERS
            receipt.set_result("refused" if reason.is_failure else "unheard" if unheard else "taken")

    def _on_message(self, client: paho.Client, _u: Any, message: paho.MQTTMessage) -> None:
        def acknowledge() -> None:
            client.ack(message.mid, 1)

        if message.qos == 1:  # ours all have QoS 1; others wouldn't be bounded
            self.messages.put_nowait(Incoming(message.topic, bytes(message.payload), acknowledge))

    def _on_disconnect(self, _c: Any, _u: Any, _f: Any, reason: ReasonCode, _p: Any) -> None:
        lost = LinkLost("broken_off", detail=reason.getName().lower())
        self._loop.call_soon_threadsafe(self._end, lost)  # may be called in the connecting thread


def _settle(future: asyncio.Future[ReasonCode], reason: ReasonCode) -> None:
    if not future.done():
        future.set_result(reason)
