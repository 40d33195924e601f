"""In-process notifications that something changed. Bounded and lossy.

Never carries money: a subscriber that misses a message reads the state again.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any

from edge.core.limits import SUBSCRIBER_BACKLOG


class Subscription:
    """Messages for one subscriber. If the subscriber is slow, the oldest messages are dropped."""

    def __init__(self, topics: frozenset[str]) -> None:
        self.topics = topics
        self._waiting: deque[tuple[str, Any]] = deque(maxlen=SUBSCRIBER_BACKLOG)
        self._ready = asyncio.Event()

    def put(self, topic: str, message: Any) -> None:
        self._waiting.append((topic, message))
        self._ready.set()

    def clear(self) -> None:
        """Discard the waiting messages: the caller is about to read the whole state."""
        self._waiting.clear()

    async def next(self) -> tuple[str, Any]:
        """Wait for the next (topic, message) and return it."""
        while not self._waiting:
            self._ready.clear()
            await self._ready.wait()
        return self._waiting.popleft()

    async def within(self, seconds: float | None) -> bool:
        """Wait up to `seconds` (None: indefinitely) for a message and discard it. Returns False on timeout."""
        try:
            async with asyncio.timeout(seconds):
                await self.next()
        except TimeoutError:
            return False
        return True


class Bus:
    """Topic-based publish/subscribe on the event loop's thread."""

    def __init__(self) -> None:
        self._subscriptions: dict[Subscription, None] = {}  # notified in order of subscription

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
