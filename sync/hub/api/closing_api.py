"""HTTP API for closing a tenant: export its data and request removal, permitted to owners even if suspended."""

from __future__ import annotations

import asyncio
import zlib
from datetime import UTC, datetime
from typing import Annotated

import msgspec
from aiohttp import hdrs, web

from sync.hub import removal, tenants
from sync.hub.api import limits, staff
from sync.hub.api.admission import Door
from sync.hub.api.bodies import body_as
from sync.hub.api.keys import Key
from sync.hub.api.problems import Problem
from sync.hub.export import Export

EXPORT = "/v1/tenant/export"
REMOVAL = "/v1/tenant/removal"
GZIP = 16 + zlib.MAX_WBITS
LEVEL = 5


class AskRemoval(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`POST /v1/tenant/removal`: the tenant's name, typed for confirmation."""

    tenant: Annotated[str, msgspec.Meta(max_length=200)]


class ClosingApi:
    """See the module."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def add_to(self, app: web.Application) -> None:
        app.router.add_get(EXPORT, self._export)
        app.router.add_post(REMOVAL, self._ask)
        app.router.add_post(f"{REMOVAL}/approve", self._approve)
        app.router.add_delete(REMOVAL, self._withdraw)

    async def _export(self, request: web.Request) -> web.StreamResponse:
        """Stream a gzip file; nothing is stored here. An interrupted file lacks its end marker."""
        async with self._door.admit(request) as key:
            _require(key)
            async with self._door.exporting(key) as connection:
                export = Export(connection, key.tenant)
                answer = await self._stream(request, key, export)
            async with self._door.writing(key) as connection:
                said = {"rows": sum(export.rows.values()), "sha256": export.sha256}
                await tenants.log(connection, key.tenant, key.who, "export", key.tenant, None, said)
            await answer.write_eof()
        return answer

    async def _stream(self, request: web.Request, key: Key, export: Export) -> web.StreamResponse:
        name = f"{key.tenant}-{datetime.now(UTC):%Y-%m-%d}.jsonl.gz"
        answer = web.StreamResponse(headers={hdrs.CACHE_CONTROL: "no-store"})
        answer.content_type = "application/gzip"
        answer.headers[hdrs.CONTENT_DISPOSITION] = f'attachment; filename="{name}"'
        await answer.prepare(request)
        packer = zlib.compressobj(LEVEL, wbits=GZIP)
        async for piece in export.pieces():
            if packed := await asyncio.to_thread(packer.compress, piece):
                async with asyncio.timeout(limits.EXPORT_PIECE_S):
                    await answer.write(packed)
        await answer.write(packer.flush())
        return answer

    async def _ask(self, request: web.Request) -> web.Response:
        async with self._door.admit(request, of_closing=True) as key:
            _require(key)
            asked = await body_as(request, AskRemoval)
            async with self._door.writing(key) as connection:
                await removal.ask(connection, key.tenant, asked.tenant, key.who)
                return _answer_removal(await removal.removal_of(connection, key.tenant))

    async def _approve(self, request: web.Request) -> web.Response:
        async with self._door.admit(request, of_closing=True) as key:
            _require(key)
            async with self._door.writing(key) as connection:
                await removal.approve(connection, key.tenant, key.who)
                return _answer_removal(await removal.removal_of(connection, key.tenant))

    async def _withdraw(self, request: web.Request) -> web.Response:
        async with self._door.admit(request, of_closing=True) as key:
            _require(key)
            async with self._door.writing(key) as connection:
                await removal.withdraw(connection, key.tenant, key.who)
        return _answer_removal(None)


def _require(key: Key) -> None:
    if staff.CLOSING not in key.may or key.stores is not None:
        text = "Only an owner of all stores who signed in with a second factor can export or close a tenant."
        raise Problem(403, "Not allowed", text)


def _answer_removal(asked: removal.Removal | None) -> web.Response:
    body = msgspec.json.encode({} if asked is None else asked)
    return web.Response(body=body, content_type="application/json", headers={hdrs.CACHE_CONTROL: "no-store"})
