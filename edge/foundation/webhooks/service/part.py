"""The part that delivers webhooks: one event at a time, in order, until each is accepted."""

from __future__ import annotations

import asyncio
import random
from asyncio import FIRST_COMPLETED
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import TypeVar

import structlog

from edge.core.bus import Subscription
from edge.core.command_bus import COMMITTED, CommandBus
from edge.core.messages import Refused
from edge.core.process.parts import Ready
from edge.core.storage.database import Connection
from edge.foundation.webhooks import webhook_state as state
from edge.foundation.webhooks.hook import HOOKS_MOST
from edge.foundation.webhooks.service.feed import available_types, read_told
from edge.foundation.webhooks.service.signing import WebhookMessage, delivery, headers, secret_name
from edge.foundation.webhooks.webhook_state import Webhook, read_webhooks
from edge.lib.errors import EdgeError
from edge.runtime.config import Config
from edge.runtime.outgoing.breaker import Breakers
from edge.runtime.outgoing.faults import MaybeSent, Undelivered
from edge.runtime.outgoing.http_client import TIMEOUT_S, OutgoingHttp, require_success
from edge.runtime.outgoing.retry import wait_s
from edge.runtime.secrets import secrets_of

T = TypeVar("T")
_log = structlog.get_logger(__name__)
LOOK_S = 5.0
AT_ONCE = 20
"""Events per webhook and turn, so that other webhooks and the till get their turns."""
GONE = 410
LONGEST_WAIT_S = 3600.0
"""The longest pause, even if a receiver requests a longer one. A receiver that is back is therefore noticed within an
hour."""
LEAST_S = 0.01
"""The shortest time between two checks."""
CHECKPOINT_ROWS = 2_000
"""Rows without an event for a hook after which its position is saved."""


class WebhooksPart:
    """Delivers webhooks; see the module."""

    def __init__(
        self,
        config: Config,
        shop: CommandBus,
        luck: Callable[[], float] = random.random,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        self._config = config
        self._shop = shop
        self._luck = luck
        self._seen: dict[str, int] = {}
        self._secrets = secrets_of(config.folder)
        self._http = OutgoingHttp(Breakers(), config.notify.allow, timeout_s, connections=HOOKS_MOST)
        self._turns: dict[str, asyncio.Task[bool]]
        self._group: asyncio.TaskGroup
        self._thread: ThreadPoolExecutor
        self._db: Connection

    async def __aenter__(self) -> WebhooksPart:
        """Enter the HTTP client. Also works after an earlier run, whose tasks are dropped."""
        await self._http.__aenter__()
        self._turns = {}
        self._group = await asyncio.TaskGroup().__aenter__()
        self._thread = ThreadPoolExecutor(1, "webhooks-reader")
        self._db = self._shop.open_reader()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for turn in self._turns.values():
            turn.cancel()
        try:
            await self._group.__aexit__(kind, error, trace)
        finally:
            await self._http.__aexit__(None, None, None)
            self._thread.shutdown()
            self._db.close()

    async def run(self, ready: Ready) -> None:
        """Run until cancelled."""
        subscription = self._shop.bus.subscribe(COMMITTED)
        try:
            async with self:
                ready()
                await self._follow(subscription)
        finally:
            self._shop.bus.unsubscribe(subscription)

    async def _follow(self, subscription: Subscription) -> None:
        look, news = True, self._group.create_task(self._shop.news(subscription))
        try:
            while True:
                if look:
                    await self._begin_due()
                done, _ = await asyncio.wait({news, *self._turns.values()}, timeout=LOOK_S, return_when=FIRST_COMPLETED)
                more = self._reap_turns()
                look = more or not done or news.done()
                if news.done():
                    news = self._group.create_task(self._shop.news(subscription))
                await self._shop.till_first.rest(LEAST_S)
        finally:
            news.cancel()

    async def send_due(self) -> bool:
        """Send due events and wait for all of them. Returns whether more are due immediately."""
        await self._begin_due()
        await asyncio.gather(*self._turns.values())
        return self._reap_turns()

    async def _begin_due(self) -> None:
        """Start a task per due webhook, so that a slow one doesn't delay others."""
        now_us = self._shop.now_us()
        for hook in await self._read(read_webhooks):
            if not hook.resting and hook.next_us <= now_us and hook.id not in self._turns:
                self._turns[hook.id] = self._group.create_task(self._tell(hook), name=f"webhook {hook.id}")

    def _reap_turns(self) -> bool:
        """Collect finished tasks. Returns whether their webhooks have more."""
        over = [id for id, turn in self._turns.items() if turn.done()]
        more = [self._turns.pop(id).result() for id in over]
        return any(more)

    async def _read(self, read: Callable[[Connection], T]) -> T:
        """Read in a thread alongside the till, because scanning five thousand rows takes a while."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, read, self._db)

    async def _tell(self, hook: Webhook) -> bool:
        """Send a few events in order. Returns whether there are more."""
        known = available_types(self._shop.registry)
        types = tuple(one for one in hook.types if one in known) if hook.types else known
        if not types:  # this version has none of its event types
            return False
        after = max(hook.after_seq, self._seen.get(hook.id, 0))
        rows, through = await self._read(lambda db: read_told(db, types, after, AT_ONCE))
        for row in rows:
            hook = await self._one(hook, delivery(self._box, row), row.seq)
            if hook.failing_us:
                return False
        self._seen[hook.id] = through
        if through - hook.after_seq > CHECKPOINT_ROWS:
            await self._keep(state.after_passing(hook, through))
        return through < self._shop.head.seq

    async def _one(self, hook: Webhook, sent: WebhookMessage, seq: int) -> Webhook:
        try:
            await post(self._http, hook.url, self._secrets.resolve(f"secret:{secret_name(hook.id)}"), sent, self._now_s)
        except Undelivered as fault:
            return await self._again(hook, fault.why, fault.after_s, fault.detail == str(GONE))
        except MaybeSent:
            return await self._again(hook, "no_answer", None, gone=False)
        except (EdgeError, ValueError):
            return await self._again(hook, "no_secret", None, gone=True)
        return await self._keep(state.after_delivery(hook, seq, self._shop.now_us()))

    async def _again(self, hook: Webhook, why: str, after_s: float | None, gone: bool) -> Webhook:
        now_us = self._shop.now_us()
        wait = min(after_s, LONGEST_WAIT_S) if after_s else wait_s(hook.tries + 1, self._luck())
        _log.info("a webhook couldn't be delivered", hook=hook.id, why=why, again_s=round(wait))
        return await self._keep(state.after_failure(hook, why, now_us, now_us + int(wait * 1e6), gone))

    async def _keep(self, hook: Webhook) -> Webhook:
        """Save a webhook's state. On a full disk, events are sent again with the same id."""
        kept = await self._shop.maintain(lambda db: state.keep(db, hook))
        if isinstance(kept, Refused):
            await asyncio.sleep(LOOK_S)
        return hook

    def _now_s(self) -> int:
        return self._shop.now_us() // 1_000_000

    @property
    def _box(self) -> str:
        return box_of(self._config)


def box_of(config: Config) -> str:
    """Return the box that the events come from."""
    return f"{config.store.tenant}/{config.store.id}/{config.store.device}"


async def post(http: OutgoingHttp, url: str, secret: str, sent: WebhookMessage, now_s: Callable[[], int]) -> None:
    """Deliver one event. Raises `Undelivered` and `MaybeSent` like `OutgoingHttp.post`; `ValueError` for an invalid
    secret."""
    answer = await http.post(url, sent.body, headers(secret, sent, now_s()))
    require_success(answer)
