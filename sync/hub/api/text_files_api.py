"""HTTP API to export all shops' texts for translators, and import them: imported texts await approval in each shop."""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from aiohttp import hdrs, web

from sync.hub import text_files
from sync.hub.api.admission import Door
from sync.hub.api.bodies import read_body
from sync.hub.api.checking import Check, fault_of
from sync.hub.api.keys import TEXTS, Key
from sync.hub.api.problems import Problem
from sync.hub.api.reads import BadRequest, text_of
from sync.hub.text_files import LINES, BroughtLine, TextExchange

PATH = "/v1/texts/file"
KIND = "translations"
FILE_BYTES = 16 * 1024 * 1024
FILE_S = 120.0
"""Time for a file to arrive."""
TOLD = 100
"""Lines listed in the answer; further ones are counted."""
_OF_GROUP = "SELECT stores_of_groups($1, $2)"


class BroughtTexts(msgspec.Struct, frozen=True):
    """The result of an import: lines by outcome, rejected lines (100 at most), and the stores asked."""

    counts: dict[str, int]
    left: tuple[BroughtLine, ...]
    stores: int


class TextFilesApi:
    """See the module."""

    def __init__(
        self,
        door: Door,
        exchange: TextExchange | None,
        publish: Callable[[str, str, str, bytes, str], Awaitable[int]],
        check: Check,
    ) -> None:
        self._door, self._exchange, self._publish, self._check = door, exchange, publish, check

    def add_to(self, app: web.Application) -> None:
        app.router.add_get(PATH, self._send)
        app.router.add_post(PATH, self._bring)

    async def _send(self, request: web.Request) -> web.Response:
        exchange, pair, query = self._read_request(request)
        format = query.get("format", "xliff")
        if format not in exchange.endings:
            raise BadRequest(f"format is one of {', '.join(exchange.endings)}")
        async with self._door.admit(request) as key:
            if not key.may_read(TEXTS):
                raise _not_allowed("read texts")
            async with self._door.reading(key) as connection:
                stores = await _stores(connection, key, query)
                lines = await text_files.lines_of(connection, key.tenant, pair, stores, query.get("show") == "missing")
            self._door.usage.read(key.tenant, query.get("store", ""), key.who, "texts/file")
        if len(lines) > LINES:
            raise Problem(413, "Too many texts", f"There are more than {LINES}. Choose a store or a group of stores.")
        body = await asyncio.to_thread(exchange.write, format, *pair, lines)
        name = f"texts-{pair[0]}-{pair[1]}.{exchange.endings[format]}"
        headers = {hdrs.CONTENT_DISPOSITION: f'attachment; filename="{name}"', hdrs.CACHE_CONTROL: "no-store"}
        return web.Response(body=body, content_type="application/octet-stream", headers=headers)

    async def _bring(self, request: web.Request) -> web.Response:
        async with self._door.admit(request) as key:
            if not key.may_publish(KIND):
                raise _not_allowed("bring translations")
            exchange, pair, query = self._read_request(request)
            body = await read_body(request, FILE_BYTES, f"The file has more than {FILE_BYTES} bytes.", FILE_S)
            try:
                lines = await asyncio.to_thread(exchange.read, body, *pair)
            except ValueError as error:
                raise Problem(422, "Not a translation file", f"It can't be read: {error}.") from error
            async with self._door.reading(key) as connection:
                stores = await _stores(connection, key, query)
                about = key.tenant, pair, stores, lines, exchange.refusals
                brought, asked = await text_files.sort_lines(connection, *about)
            await self._ask(key, pair, asked, hashlib.sha256(body).hexdigest()[:32])
        counts = Counter(str(one.outcome) for one in brought)
        left = [one for one in brought if one.outcome in ("unknown", "outdated", "refused")]
        said = BroughtTexts(dict(counts), tuple(left[:TOLD]), len(asked))
        return web.Response(body=msgspec.json.encode(said), content_type="application/json")

    async def _ask(self, key: Key, pair: tuple[str, str], asked: dict[str, Any], digest: str) -> None:
        """Send each store its proposals, by directives that take effect once even if the file is sent again.

        Raises `NotTaken` at a limit; sending the file again then continues.
        """
        for store, proposals in sorted(asked.items()):
            for at, body in enumerate(text_files.batches(proposals, pair)):
                if wrong := fault_of(self._check, KIND, body):
                    raise BadRequest(f"a text of it {wrong}")
                told = hashlib.sha256(body).hexdigest()[:16]
                await self._publish(key.tenant, store, KIND, body, f"texts-{digest}-{at}-{told}")

    def _read_request(self, request: web.Request) -> tuple[TextExchange, tuple[str, str], dict[str, str]]:
        if self._exchange is None:
            raise Problem(404, "No files", "Text files aren't set up at this head office.")
        query = dict(request.query)
        source, into = query.get("from", ""), query.get("into", "")
        known = self._exchange.languages
        if source not in known or into not in known or source == into:
            raise BadRequest(f"from and into are two of {', '.join(known)}")
        return self._exchange, (source, into), query


async def _stores(connection: Any, key: Key, query: dict[str, str]) -> tuple[str, ...] | None:
    """The requested stores that the key may access; None: all."""
    if "group" in query:
        found = await connection.fetchval(_OF_GROUP, key.tenant, [text_of("group", query["group"])])
        return tuple(store for store in found if key.reaches(store))
    if "store" in query:
        return (query["store"],) if key.reaches(query["store"]) else ()
    return None if key.stores is None else tuple(key.stores)


def _not_allowed(what: str) -> Problem:
    return Problem(403, "Not allowed", f"This key can't {what}. Head office can create one that can.")
