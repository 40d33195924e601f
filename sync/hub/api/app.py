"""The HTTP side: who asks, for whom, how much; rows as JSON with an ETag, and directives."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import msgspec
from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

from sync.hub.api import keys, limits, openapi, reads
from sync.hub.api.keys import Key, Right
from sync.hub.api.reads import BadRequest, Read
from sync.hub.store import Pool, act_for, is_passing
from sync.wire import Name, WireError

Publish = Callable[[str, str, str, bytes, str], Awaitable[int]]
"""tenant, store, kind, body, request -> version. Raises `WireError`: it is no directive; `request` may be empty."""

Check = Callable[[str, bytes], str | None]
"""kind, body -> what is wrong with it, as the rest of a sentence about it."""

_TIMEOUT = f"SET LOCAL statement_timeout = '{limits.QUERY_S:.0f}s'"


class Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a POST: a directive."""

    kind: Name
    body: msgspec.Raw


class Problem(Exception):
    """An answer that is none of the wanted: RFC 9457, problem details."""

    def __init__(self, status: int, title: str, detail: str, **headers: str) -> None:
        super().__init__(detail)
        self.status, self.title, self.headers = status, title, headers


class Api:
    """See the module. `pool` reads (role `edge_hub_reader`)."""

    def __init__(self, pool: Pool, catalogue: Sequence[Read], check: Check, publish: Publish) -> None:
        self._pool = pool
        self._check = check
        self._reads = {read.name: read for read in catalogue}
        self._publish = publish
        self._at_work: Counter[str] = Counter()
        self._document = msgspec.json.encode(openapi.document(catalogue))

    def app(self) -> web.Application:
        app = web.Application(client_max_size=limits.BODY_BYTES, middlewares=[_problems])
        app.router.add_get("/openapi.json", self._describe)
        app.router.add_get("/healthz", self._health)
        for name in self._reads:
            app.router.add_get(f"/v1/{name}", self._read)
        app.router.add_post("/v1/stores/{store}/directives", self._direct)
        return app

    async def _describe(self, request: web.Request) -> web.Response:
        return _with_etag(request, self._document)

    async def _health(self, _request: web.Request) -> web.Response:
        await self._pool.fetchval("SELECT 1")
        return web.json_response({"ok": True})

    async def _read(self, request: web.Request) -> web.Response:
        read = self._reads[request.path.removeprefix("/v1/")]
        if len(set(request.query)) < len(request.query):
            raise BadRequest("a parameter stands twice")
        async with self._at_the_door(request, "read") as (key, connection):
            sql, values, limit = reads.statement(read, key.tenant, request.query)
            rows = await connection.fetch(sql, *values)
        return _with_etag(request, _page(read, rows, limit))

    async def _direct(self, request: web.Request) -> web.Response:
        store, wanted = request.match_info["store"], request.headers.get("Idempotency-Key", "")
        if len(wanted) > limits.REQUEST_CHARS:
            raise BadRequest(f"an Idempotency-Key has at most {limits.REQUEST_CHARS} characters")
        try:
            msgspec.convert(store, Name)
            asked = msgspec.json.decode(await request.read(), type=Asked)
        except msgspec.MsgspecError as error:
            raise BadRequest(str(error)) from error
        async with self._at_the_door(request, "publish") as (key, _connection):
            wrong = self._check(asked.kind, bytes(asked.body))
        if wrong is not None:
            raise BadRequest(f"this {wrong}")
        try:
            version = await self._publish(key.tenant, store, asked.kind, bytes(asked.body), wanted)
        except WireError as error:
            raise BadRequest(str(error)) from error
        return web.json_response({"version": version}, status=201)

    @asynccontextmanager
    async def _at_the_door(self, request: web.Request, right: Right) -> AsyncIterator[tuple[Key, Any]]:
        """Who asks, and a read-only transaction that sees the tenant's rows and no others."""
        scheme, _, secret = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
        if scheme.lower() != "bearer" or not secret:
            raise _unknown()
        with self._counted("", limits.WAITING, 503, "Too much at once"):
            async with self._pool.acquire() as connection, connection.transaction(readonly=True):
                key = await keys.find(connection, secret.strip())
                if key is None:
                    raise _unknown()
                if right not in key.may:
                    raise Problem(403, "Not allowed", f"This key may not {right}. Head office can make one that may.")
                with self._counted(key.tenant, limits.WAITING_OF_A_TENANT, 429, "Too many requests"):
                    await act_for(connection, key.tenant)
                    await connection.execute(_TIMEOUT)
                    yield key, connection

    def _counted(self, whose: str, limit: int, status: int, title: str) -> _Counted:
        if self._at_work[whose] >= limit:
            text = f"{limit} requests are at work already. Ask again."
            raise Problem(status, title, text, **{hdrs.RETRY_AFTER: str(limits.RETRY_AFTER_S)})
        return _Counted(self._at_work, whose)


class _Counted:
    """Counts one request while it is at work."""

    def __init__(self, at_work: Counter[str], whose: str) -> None:
        self._at_work, self._whose = at_work, whose

    def __enter__(self) -> None:
        self._at_work[self._whose] += 1

    def __exit__(self, *_: object) -> None:
        self._at_work[self._whose] -= 1
        if not self._at_work[self._whose]:
            del self._at_work[self._whose]


def _page(read: Read, rows: Sequence[Mapping[str, Any]], limit: int) -> bytes:
    objects = {field.name for field in read.fields if field.kind == "object"}
    shown = [
        {name: msgspec.Raw(value.encode()) if name in objects and value else value for name, value in row.items()}
        for row in rows[:limit]
    ]
    after = reads.cursor(read, rows[limit - 1]) if len(rows) > limit else None
    return msgspec.json.encode({"rows": shown, "next": after})


def _with_etag(request: web.Request, body: bytes) -> web.Response:
    etag = hashlib.sha256(body).hexdigest()[:32]
    headers = {hdrs.CACHE_CONTROL: "private, no-cache", hdrs.ETAG: f'"{etag}"'}
    if request.if_none_match and any(known.value in (etag, "*") for known in request.if_none_match):
        return web.Response(status=304, headers=headers)
    return web.Response(body=body, content_type="application/json", headers=headers)


def _unknown() -> Problem:
    text = "Send a key that is in use, as `Authorization: Bearer edge_...`."
    return Problem(401, "Who are you?", text, **{hdrs.WWW_AUTHENTICATE: 'Bearer realm="edge-hub"'})


@web.middleware
async def _problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except Problem as problem:
        return _answer(problem)
    except BadRequest as error:
        return _answer(Problem(400, "Not understood", f"{error}."))
    except asyncpg.QueryCanceledError:
        text = f"The answer took longer than {limits.QUERY_S:.0f} s. Ask for less: a store, or fewer days."
        return _answer(Problem(503, "Too slow", text))
    except web.HTTPRequestEntityTooLarge:  # whose name is another from one Python to the next
        text = f"The body has more than {limits.BODY_BYTES} bytes: split the change."
        return _answer(Problem(413, "Too long", text))
    except web.HTTPException as error:
        return _answer(Problem(error.status, error.reason, f"{request.method} {request.path}: {error.reason}."))
    except Exception as error:
        if not is_passing(error):
            raise
        wait = {hdrs.RETRY_AFTER: str(limits.RETRY_AFTER_S)}
        return _answer(Problem(503, "The database is away", "Ask again in a moment.", **wait))


def _answer(problem: Problem) -> web.Response:
    body = {"status": problem.status, "title": problem.title, "detail": str(problem)}
    return web.json_response(
        body, status=problem.status, headers=problem.headers, content_type="application/problem+json"
    )
