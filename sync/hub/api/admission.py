"""Authenticate API requests before reading them, and queue them per tenant.

Keys are looked up on separate connections, so long reads don't delay them. A key's tenant is cached to choose its
queue; its permissions are checked each time.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from typing import Any

from aiohttp import hdrs, web

from sync.hub.api import keys, limits, staff
from sync.hub.api.buckets import Buckets
from sync.hub.api.keys import Key
from sync.hub.api.problems import Problem, too_much, too_often
from sync.hub.api.usage import Usage
from sync.hub.store import Pool, act_for
from sync.hub.tenants import gate_of, suspended_answer

STRANGERS, SIGNING_IN, REPORTING, ASKING = "", "?", "!", "#"
"""Queues of clients with an unknown key, of people signing in, of services reporting on messages, and of phones asking
for an order; tenants can't have these names."""

_TIMEOUT = f"SET LOCAL statement_timeout = '{limits.QUERY_S:.0f}s'"


Find = Callable[[Any, bytes], Awaitable[Key | None]]
"""Looks up a secret's hash: a program's key, or a person's token."""


class _Queue:
    """One tenant's requests: their number, and turns at the connections."""

    def __init__(self) -> None:
        self.waiting = 0
        self.turns = asyncio.Semaphore(limits.CONNECTIONS_OF_A_TENANT)


class Door:
    """See the module. `finder` looks up keys, `reader` reads, `people` serves people's requests, `phones` anonymous
    ones; all with the role `edge_hub_reader`. `writer` sets stores and people: `edge_hub_publisher`."""

    def __init__(self, finder: Pool, reader: Pool, people: Pool, phones: Pool, writer: Pool, usage: Usage) -> None:
        self._finder = finder
        self._writer = writer
        self.usage = usage
        self._reader = reader
        self.people = people
        self._phones = phones
        self._queues: dict[str, _Queue] = {}  # only those with requests waiting or in progress
        self._all = 0
        self._exports: set[str] = set()
        self._tenants: dict[bytes, str] = {}  # by key hash, the most recently added last
        self._rates: Buckets[tuple[bytes, str, str]] = Buckets(
            limits.KEY_REQUESTS_A_SECOND, limits.KEY_RATES, time.monotonic
        )

    @asynccontextmanager
    async def admit(
        self, request: web.Request, *, of_oneself: bool = False, of_closing: bool = False
    ) -> AsyncIterator[Key]:
        """Authenticate a request and count it while it's processed. Raises `Problem` without a valid key, or for too
        many at once; `NotTaken` if the tenant is suspended (except owners reading), or at its daily limit.
        `of_oneself`: concerns one's own token, so neither applies; `of_closing`: permitted to owners even if
        suspended."""
        secret = secret_of(request)
        digest = keys.hash_of(secret)
        find = staff.find if staff.is_token(secret) else keys.find
        key = None
        if digest not in self._tenants:
            with self._stranger():
                key = await self._find(digest, find)
        tenant = key.tenant if key else self._tenants[digest]
        resource = request.match_info.route.resource
        place = (digest, request.method, resource.canonical if resource else "")
        if wait_s := self._rates.take(place, limits.KEY_REQUESTS_BURST):
            raise too_often(wait_s)
        with self._hold_slot(tenant, limits.WAITING_OF_A_TENANT, 429):
            key = key or await self._find(digest, find)
            if not of_oneself:
                await self._pass(key, of_closing or request.method == "GET")
            yield key

    async def _pass(self, key: Key, owners_may: bool) -> None:
        gate = await gate_of(self._finder, key.tenant)
        if gate.state != "active" and not (key.role == "owner" and owners_may):
            raise suspended_answer()
        await self.usage.count(key.tenant, gate.limits.requests)

    @asynccontextmanager
    async def writing(self, key: Key) -> AsyncIterator[Any]:
        """A transaction limited to the tenant's rows."""
        async with self._writer.acquire() as connection, connection.transaction():
            await act_for(connection, key.tenant)
            yield connection

    @asynccontextmanager
    async def reading(self, key: Key) -> AsyncIterator[Any]:
        """A read-only transaction limited to the tenant's rows."""
        queue = self._queues[key.tenant]
        async with queue.turns, self._reader.acquire() as connection, connection.transaction(readonly=True):
            await act_for(connection, key.tenant)
            await connection.execute(_TIMEOUT)
            yield connection

    @asynccontextmanager
    async def exporting(self, key: Key) -> AsyncIterator[Any]:
        """Read with a single snapshot, without a time limit, a few at once. Raises `Problem` if others are
        running."""
        if len(self._exports) >= limits.EXPORTS or key.tenant in self._exports:
            raise too_much(limits.EXPORTS, 503, "Another export is running")
        self._exports.add(key.tenant)
        try:
            async with (
                self._reader.acquire() as connection,
                connection.transaction(isolation="repeatable_read", readonly=True),
            ):
                await act_for(connection, key.tenant)
                yield connection
        finally:
            self._exports.discard(key.tenant)

    async def ping(self) -> None:
        """Check the database; raises Postgres's errors. Open to everyone."""
        with self._stranger():
            await self._finder.fetchval("SELECT 1")

    async def note(self, query: str, *values: object) -> Any:
        """Call a database function that accepts anonymous input."""
        with self._hold_slot(REPORTING, limits.REPORTING, 503):
            return await self.people.fetchval(query, *values)

    async def ask(self, query: str, *values: object) -> Any:
        """Call a database function that answers anonymous questions."""
        with self._hold_slot(ASKING, limits.ASKING, 503):
            return await self._phones.fetchval(query, *values)

    def signing_in(self) -> AbstractContextManager[None]:
        """Limit simultaneous sign-ins."""
        return self._hold_slot(SIGNING_IN, limits.SIGNING_IN, 503)

    async def _find(self, digest: bytes, find: Find) -> Key:
        async with self._finder.acquire() as connection:
            key = await find(connection, digest)
        self._tenants.pop(digest, None)
        if key is None:
            raise _unknown()
        if len(self._tenants) >= limits.KEY_CACHE:
            del self._tenants[next(iter(self._tenants))]
        self._tenants[digest] = key.tenant
        return key

    def _stranger(self) -> AbstractContextManager[None]:
        return self._hold_slot(STRANGERS, limits.STRANGERS, 503)

    @contextmanager
    def _hold_slot(self, whose: str, limit: int, status: int) -> Iterator[None]:
        if self._all >= limits.WAITING:
            raise too_much(limits.WAITING, 503, "Too much at once")
        queue = self._queues.get(whose) or _Queue()
        if queue.waiting >= limit:
            raise too_much(limit, status, "Too many requests")
        self._queues[whose] = queue
        self._all += 1
        queue.waiting += 1
        try:
            yield
        finally:
            self._all -= 1
            queue.waiting -= 1
            if not queue.waiting:
                del self._queues[whose]


def secret_of(request: web.Request) -> str:
    """The key or token of a request. Raises `Problem` if there is none."""
    scheme, _, secret = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise _unknown()
    return secret.strip()


def _unknown() -> Problem:
    text = "Send an active key as `Authorization: Bearer edge_...`."
    return Problem(401, "Sign in", text, **{hdrs.WWW_AUTHENTICATE: 'Bearer realm="edge-hub"'})
