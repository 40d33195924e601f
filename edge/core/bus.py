"""Liveness inside the process: who wants to know that something changed. Bounded and lossy.

Never money: whoever misses a message reads the state again.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any

from edge.core.limits import SUBSCRIBER_BACKLOG


class Subscription:
    """Messages for one subscriber; the oldest is dropped when it is slow."""

    def __init__(self, topics: frozenset[str]) -> None:
        self.topics = topics
        self._waiting: deque[tuple[str, Any]] = deque(maxlen=SUBSCRIBER_BACKLOG)
        self._ready = asyncio.Event()

    def put(self, topic: str, message: Any) -> None:
        self._waiting.append((topic, message))
        self._ready.set()

    def clear(self) -> None:
        """Forget what waits: whoever reads the state now knows all of it."""
        self._waiting.clear()

    async def next(self) -> tuple[str, Any]:
        """The next (topic, message); waits for one."""
        while not self._waiting:
            self._ready.clear()
            await self._ready.wait()
        return self._waiting.popleft()

    async def within(self, seconds: float | None) -> bool:
        """Take the next message if there is one within so long (None: however long that takes); whether there was."""
        try:
            async with asyncio.timeout(seconds):
                await self.next()
        except TimeoutError:
            return False
        return True


class Bus:
    """Publish and subscribe by topic, on the event loop's thread."""

    def __init__(self) -> None:
        self._subscriptions: dict[Subscription, None] = {}  # told in the order in which they came

    def subscribe(self, *topics: str) -> Subscription:
        subscription = Subscription(frozenset(topics))
        self._subscriptions[subscription] = None
        return subscription

    def unsubscribe(self, subscription: Subscription) -> None:
        self._subscriptions.pop(subscription, None)

    def publish(self, topic: str, message: Any = None) -> None:
        for subscription in self._subscriptions:
            if topic in subscription.topics:
                subscription.put(topic, message)
