"""Fetch new data from a connector: the next file of a folder, or an address's response."""

from __future__ import annotations

import asyncio
import base64
import random
import re
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from edge.backoffice.books_out.queries import read_sent_bills
from edge.backoffice.feeds.connector import SYSTEMS, Connector, secret_name
from edge.backoffice.feeds.reading.page_offers import SUFFIX
from edge.backoffice.feeds.service.counts_writer import CountsWriter, CountsWritten, OurStock
from edge.backoffice.feeds.service.rival_pages import PageRefused, RivalPages
from edge.backoffice.feeds.service.sign_in_turns import turn_of
from edge.backoffice.feeds.service.vendor_records import VendorRecords
from edge.backoffice.feeds.service.vendor_wire import RecordsNotHad
from edge.backoffice.feeds.settings import USUAL, FeedBounds, live_bounds
from edge.backoffice.feeds.staging import FILES_MOST, known_marks, last_cursor
from edge.core.command_bus import CommandBus
from edge.core.secrets.store import SecretStore
from edge.core.storage.database import Connection
from edge.goods.catalog.queries import read_products
from edge.goods.ingest.import_folders import NAME_CHARS, new_place, readable, take_away
from edge.goods.ingest.mapping.row_converter import ImportSettings
from edge.goods.stock.queries import read_place_sums
from edge.lib.errors import EdgeError, NeedsHuman
from edge.runtime.outgoing.faults import MaybeSent, Undelivered
from edge.runtime.outgoing.http_client import OutgoingHttp, require_success
from edge.runtime.outgoing.page_tries import TRIES, is_worth_again

FETCH_BYTES = 64 * 1024 * 1024
FETCH_S = 60.0
SETTLED_S = 5.0
"""Seconds since the last write below which a file may be incomplete."""
NOT_MODIFIED = 304
_SAFE = re.compile(r"[^\w.() -]+")


class FetchFailed(EdgeError):
    """A connector's data couldn't be fetched. `key`: the text key of the reason; `what`: the server's message."""

    @property
    def is_late(self) -> bool:
        """Whether the server timed out rather than failed."""
        cause: BaseException | None = self
        while cause is not None and not isinstance(cause, TimeoutError):
            cause = cause.__cause__
        return cause is not None


class Fetched(msgspec.Struct, frozen=True):
    """A file where the import can read it. `mark` and `cursor`: see `IngestFile`; `more`: whether there are further
    files. `brought`: it's our own copy."""

    path: Path
    mark: str = ""
    cursor: str = ""
    more: bool = False
    brought: bool = False

    def take_away(self) -> None:
        """Delete our copy if it isn't needed."""
        if self.brought:
            take_away(self.path)


CURSOR = "{cursor}"
"""Placeholder in an address for the time since which changes are requested, in UTC (RFC 3339)."""


class HttpCursor(msgspec.Struct, frozen=True):
    """An address's response validators (RFC 9110, 8.8), the requested URL, and the time of the request (0: never)."""

    url: str
    etag: str = ""
    modified: str = ""
    asked_us: int = 0

    def address(self, overlap_min: int) -> str:
        """The URL to request now. A placeholder in it becomes the time of the last request, less an overlap."""
        since = datetime.fromtimestamp(max(0.0, self.asked_us / 1e6 - 60 * overlap_min), UTC)
        return self.url.replace(CURSOR, f"{since:%Y-%m-%dT%H:%M:%SZ}")


class Fetcher:
    """Fetches connectors' data for a shop. `http`: an open client; `files`: the allowed folders; `bounds`: limits from
    config.toml."""

    def __init__(
        self,
        shop: CommandBus,
        files: ImportSettings,
        secrets: SecretStore,
        http: OutgoingHttp,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
        luck: Callable[[], float] = random.random,
        wall_s: Callable[[], float] = time.time,
        bounds: FeedBounds = USUAL,
    ) -> None:
        self._bounds = live_bounds(bounds)
        self._shop = shop
        self._files = files
        self._secrets = secrets
        self._http = http
        self._pause = pause
        self._luck = luck
        self._wall_s = wall_s

    @property
    def _now(self) -> FeedBounds:
        return self._bounds.at(self._shop.reader)

    async def fetch(self, connector: Connector, anew: bool = False) -> Fetched | None:
        """The next file of a connector; None if there is nothing new. `anew`: include imported files, and fetch only
        the first page. Raises `FetchFailed`."""
        if connector.kind == "folder":
            marks = (
                frozenset[str]()
                if anew
                else await asyncio.to_thread(self._shop.read, lambda db: known_marks(db, connector.id))
            )
            return await asyncio.to_thread(self._next_file, connector, marks)
        cursor = "" if anew else await asyncio.to_thread(self._shop.read, lambda db: last_cursor(db, connector.id))
        if connector.kind in SYSTEMS:
            return await self._of_system(connector, str(cursor), one_page=anew)
        if connector.kind == "json_ld":
            return await self._pages(connector, connector.address.split()[: 1 if anew else None])
        return await self._over_http(connector, cursor)

    async def _pages(self, connector: Connector, pages: list[str]) -> Fetched:
        place = await asyncio.to_thread(new_place, Path(self._files.data), f"{connector.id}{SUFFIX}")
        try:
            await RivalPages(self._http, self._pause, self._shop.now_us, self._now.rival_apart_s).fetch(pages, place)
        except PageRefused as error:
            take_away(place)
            raise FetchFailed(error.what, "", error.key) from error
        return Fetched(place, brought=True)

    async def _of_system(self, connector: Connector, cursor: str, one_page: bool) -> Fetched | None:
        """Changes in a business system since the last request, as a file of records; None if there are none."""
        async with turn_of(secret_name(connector)):  # one at a time, as each use replaces the refresh token
            return await self._in_turn(connector, cursor, one_page)

    async def _in_turn(self, connector: Connector, cursor: str, one_page: bool) -> Fetched | None:
        records, asking_us = await self._records(connector, one_page), self._shop.now_us()
        try:
            rows, told = await records.fetch(cursor, asking_us)
        except RecordsNotHad as error:
            raise FetchFailed(error.what, error.advice, error.key) from error
        if not rows:
            return None
        place = await asyncio.to_thread(new_place, Path(self._files.data), f"{connector.id}.json")
        fields = sorted({field for row in rows for field in row})
        whole = [{field: row.get(field, "") for field in fields} for row in rows]
        await asyncio.to_thread(place.write_bytes, msgspec.json.encode(whole))
        return Fetched(place, cursor=told, brought=True)

    async def give_counts(self, connector: Connector) -> CountsWritten:
        """Write our stock counts to a system where they differ. Raises `FetchFailed`."""
        async with turn_of(secret_name(connector)):
            writer = CountsWriter(connector, await self._records(connector))
            try:
                return await writer.give(lambda: asyncio.to_thread(self._shop.read, _our_stock))
            except RecordsNotHad as error:
                raise FetchFailed(error.what, error.advice, error.key) from error

    async def _records(self, connector: Connector, one_page: bool = False) -> VendorRecords:
        secret = await self._secret(connector)

        async def keep(newer: str) -> None:
            await asyncio.to_thread(self._secrets.set, secret_name(connector), newer)

        ours = frozenset[str]()
        if connector.entity_type == "Invoice":
            ours = await asyncio.to_thread(self._shop.read, read_sent_bills)
        own = (ours, self._now, one_page, self._files.currency)
        return VendorRecords(connector, secret, self._http, self._pause, self._luck, keep, *own)

    async def _secret(self, connector: Connector) -> str:
        try:
            return await asyncio.to_thread(self._secrets.open, secret_name(connector))
        except EdgeError as error:
            raise FetchFailed(error.what, error.advice, "undelivered.no_secret") from error

    def _next_file(self, connector: Connector, marks: object) -> Fetched | None:
        """The oldest file of a folder that wasn't imported. A file that can't be opened doesn't block others, and is
        reported once there are no other new files."""
        assert isinstance(marks, frozenset)
        folder = Path(connector.address)
        try:
            inside = list(islice(folder.iterdir(), FILES_MOST + 1))
            if len(inside) > FILES_MOST:  # the file system decides which files are listed first
                raise FetchFailed(connector.address, "", "feeds.too_many_files")
            found = [(path.stat().st_mtime_ns, path) for path in inside if path.is_file() and path.name[0] != "."]
        except OSError as error:
            raise FetchFailed(error.strerror or str(error), "", "feeds.not_found") from error
        settled = [one for one in sorted(found) if one[0] < (self._wall_s() - SETTLED_S) * 1e9]
        fresh = [(mark, path) for at_ns, path in settled if (mark := _mark(path, at_ns)) not in marks]
        if not fresh:
            return None
        failed: list[FetchFailed] = []
        for number, (mark, path) in enumerate(fresh, 1):
            try:
                inside_root = readable(str(path), self._files)
                inside_root.open("rb").close()
                return Fetched(inside_root, mark, more=number < len(fresh))
            except NeedsHuman as error:
                failed.append(FetchFailed(error.what, error.advice, error.key, error.values))
            except OSError as error:
                failed.append(FetchFailed(f"{path.name}: {error.strerror}", "", "feeds.not_readable"))
        raise failed[0]

    async def _over_http(self, connector: Connector, cursor: object) -> Fetched | None:
        known = HttpCursor(connector.address)
        if cursor and (said := msgspec.json.decode(str(cursor), type=HttpCursor)).url == connector.address:
            known = said
        headers, asking_us = await self._headers(connector, known), self._shop.now_us()
        place = await asyncio.to_thread(new_place, Path(self._files.data), _name(connector))
        try:
            answer = await self._fetch_with_retries(known.address(self._now.overlap_min), headers, place)
        except BaseException:
            take_away(place)
            raise
        if answer is None:
            take_away(place)
            return None
        cursor_now = HttpCursor(
            connector.address, answer.get("etag", "")[:200], answer.get("last-modified", "")[:60], asking_us
        )
        return Fetched(place, cursor=msgspec.json.encode(cursor_now).decode(), brought=True)

    async def _fetch_with_retries(self, url: str, headers: dict[str, str], place: Path) -> dict[str, str] | None:
        """The response headers, after retries; None if unchanged."""
        for tried in range(1, TRIES + 1):
            try:
                answer = await self._http.get(url, headers, place, FETCH_BYTES)
                if answer.status == NOT_MODIFIED:
                    return None
                return require_success(answer, (200,)).headers
            except (Undelivered, MaybeSent) as error:
                why = error.why if isinstance(error, Undelivered) else "no_answer"
                if not await is_worth_again(error, tried, self._pause, self._luck):
                    raise FetchFailed(error.detail or why, "", f"undelivered.{why}") from error
        raise AssertionError("the last try returns or raises")

    async def _headers(self, connector: Connector, known: HttpCursor) -> dict[str, str]:
        headers = {"Accept": "text/csv, application/json, application/xml, */*;q=0.5"}
        if known.etag and CURSOR not in known.url:  # with a cursor, the ETag belongs to a different URL
            headers["If-None-Match"] = known.etag
        if known.modified and CURSOR not in known.url:
            headers["If-Modified-Since"] = known.modified
        if connector.sign_in == "none":
            return headers
        secret = await self._secret(connector)
        match connector.sign_in:
            case "bearer":
                headers["Authorization"] = f"Bearer {secret}"
            case "basic":
                headers["Authorization"] = "Basic " + base64.b64encode(secret.encode()).decode()
            case "header":
                headers[connector.sign_in_header] = secret
        return headers


def _mark(path: Path, at_ns: int) -> str:
    return f"{path.name[-NAME_CHARS:]} {path.stat().st_size} {at_ns}"


def _name(connector: Connector) -> str:
    """The file name for a response: the end of the URL, so that its file type is known."""
    last = urlsplit(connector.address).path.rpartition("/")[2]
    return _SAFE.sub("_", last).strip(". ")[-NAME_CHARS:] or connector.id


def _our_stock(db: Connection) -> OurStock:
    """Our stock at all locations, with the products' units."""
    counts = read_place_sums(db)
    known = read_products(db, sorted({sku for sku, _ in counts}))
    return OurStock(counts, {sku: product.unit or "piece" for sku, (_, product, _) in known.items()})
