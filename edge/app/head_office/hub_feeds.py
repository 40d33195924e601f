"""Feeds that head office fetches for stores: other vendors' tills, and files of records.

They reach the store as `feed_rows` directives for its connector of kind `office`, and are then processed like all
records. Webhooks only give hints; fetching fills the gaps. A cursor advances after everything fetched has been
published. Duplicates are harmless at the store, and recent ones are skipped here.
"""

from __future__ import annotations

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec

from edge.app.head_office.hub_fetch import fetch
from edge.app.head_office.hub_telling import Teller
from edge.backoffice.directives.kinds.feed_rows import FEED_ROWS, FeedBatch, FeedBatches
from edge.backoffice.feeds.commands import STAGED_AT_ONCE, VALUE_CHARS
from edge.backoffice.feeds.connector import ConnectorId, EntityType
from edge.backoffice.feeds.reading.reader_client import ReadRecords, read_apart
from edge.backoffice.other_tills.other_till import OtherTill
from edge.backoffice.other_tills.sale import PosSale
from edge.backoffice.other_tills.service.vendor_calls import AskFailed, OddOrder, TillAsking, calls_of
from edge.core.addresses import is_loopback
from edge.lib.errors import NeedsHuman
from edge.lib.i18n import ENGLISH
from edge.lib.units.money import exponent
from edge.runtime.outgoing.breaker import Breakers
from edge.runtime.outgoing.http_client import OutgoingHttp
from sync.hub.store import Store
from sync.mqtt import BrokerConfig
from sync.wire import Name

TILLS = ("square", "toast", "clover", "generic")
FILE_BYTES = 16 * 1024 * 1024
RECORDS_MOST = 20_000
"""Records per file."""
BATCH_BYTES = 96 * 1024
"""Bytes of records per directive; the protocol's limit is higher."""
MINUTE_US = 60 * 1_000_000
TOLD_MOST = 20_000
Cells = Mapping[str, str]
_BEGIN = """
    INSERT INTO feed_pull (tenant, store, name, connector) VALUES ($1, $2, $3, $4)
    ON CONFLICT (tenant, store, name) DO UPDATE SET connector = excluded.connector
    RETURNING cursor_us, told::text
"""
_NOW_US = "SELECT (extract(epoch FROM now()) * 1000000)::bigint"
_GOOD = """
    UPDATE feed_pull SET asked_at = now(), good_at = now(), why = '', cursor_us = $4, told = $5::jsonb,
        records = records + $6 WHERE (tenant, store, name) = ($1, $2, $3)
"""
_FAILED = "UPDATE feed_pull SET asked_at = now(), why = $4 WHERE (tenant, store, name) = ($1, $2, $3)"
_CURRENCY = "SELECT currency FROM store_record WHERE tenant = $1 AND store = $2"
_MINE = "SELECT pg_try_advisory_lock(hashtextextended($1, 1))"
_DONE = "SELECT pg_advisory_unlock(hashtextextended($1, 1))"


class HubFeed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One `[[feed]]`, for a store's `connector` (of kind `office`). It has either sales of a till (`TILLS`) that the
    store knows as `pos`, or records of `entity_type` in a file at an address (`http`), with a `mapping` as for
    connectors. `account`, `places`, `secret`: as for that till (`other_till.py`). For an address, `secret` is a bearer
    token, or the value of `header`. `currency`: for tills that don't send one (Toast); "": the store's currency as head
    office knows it. `overlap_min`: minutes to fetch again, for sales written during the last fetch."""

    name: Name
    tenant: Name
    store: Name
    connector: ConnectorId
    kind: Literal["square", "toast", "clover", "generic", "http"]
    address: Annotated[str, msgspec.Meta(max_length=500, pattern=r"^https?://[^\x00-\x20\x7f]+$(?!\n)")]
    pos: Annotated[str, msgspec.Meta(max_length=40)] = ""
    secret: str = ""
    account: Annotated[str, msgspec.Meta(max_length=120)] = ""
    places: Annotated[str, msgspec.Meta(max_length=2000)] = ""
    currency: Annotated[str, msgspec.Meta(pattern=r"^([A-Z]{3})?$(?!\n)")] = ""
    entity_type: EntityType = "PosSale"
    mapping: str = ""
    header: str = ""
    overlap_min: Annotated[int, msgspec.Meta(ge=0, le=60)] = 2

    @property
    def lock_name(self) -> str:
        return f"{self.tenant}/{self.store}/{self.name}"

    @property
    def fault(self) -> str:
        """Describe the first invalid setting; "" if none."""
        if self.kind in TILLS and not (self.pos and self.places):
            return "has no pos or no places"
        if self.kind in TILLS and self.entity_type != "PosSale":
            return "is a till, which only supports sales"
        return "can't send products; head office's catalogue does that" if self.entity_type == "SKU" else ""


class Pulled(msgspec.Struct, frozen=True):
    """Result of a fetch: the number of published records, and their directives. `busy`: another process is fetching."""

    records: int = 0
    directives: int = 0
    busy: bool = False


class RecordsOmitted(NeedsHuman):
    """Some records can't be read; all others were published."""


class FeedPuller:
    """Fetches feeds for stores through an open hub."""

    def __init__(self, store: Store, broker: BrokerConfig) -> None:
        self._store, self._teller = store, Teller(store, broker)

    async def pull(self, feed: HubFeed) -> Pulled:
        """Fetch once and publish new records. Raises `NeedsHuman` on failure, keeping the cursor."""
        place = (feed.tenant, feed.store, feed.name)
        async with self._store.pool.acquire() as lock:
            if not await lock.fetchval(_MINE, feed.lock_name):
                return Pulled(busy=True)
            try:
                return await self._pull_changes(feed, place)
            except (NeedsHuman, AskFailed) as error:
                await self._store.pool.execute(_FAILED, *place, f"{error.what} ({error.key})"[:200])
                advice = error.advice or "Check its address and secret, and whether its server responds."
                is_rest = isinstance(error, RecordsOmitted)
                what = error.what if is_rest else f"couldn't be fetched: {error.what}"
                raise NeedsHuman(f"{feed.name}{':' if is_rest else ''} {what}", advice) from error
            finally:
                await lock.execute(_DONE, feed.lock_name)

    async def _pull_changes(self, feed: HubFeed, place: tuple[str, str, str]) -> Pulled:
        known = await self._store.pool.fetchrow(_BEGIN, *place, feed.connector)
        feed = msgspec.structs.replace(feed, currency=feed.currency or await self._currency_of(feed))
        now_us = int(await self._store.pool.fetchval(_NOW_US))
        before = set(msgspec.json.decode(known["told"], type=list[str]))
        since_us = int(known["cursor_us"]) or now_us
        until_us, told, records, directives, odd = since_us, list[str](), 0, 0, list[str]()
        async for page in _pages(feed, since_us - feed.overlap_min * MINUTE_US, now_us):
            until_us = max(until_us, min(page.changed_us, now_us))  # never backwards, and never past our own clock
            rows, odd = [row for row in page.rows if size_of(row) <= BATCH_BYTES], odd + list(page.odd)
            odd += [_name_of(row) for row in page.rows if size_of(row) > BATCH_BYTES]
            marks = [digest_of(row) for row in rows]
            told += marks
            fresh = [row for row, mark in zip(rows, marks, strict=True) if mark not in before]
            for batch in batches(fresh):
                directives += await self._tell(feed, batch)
            records += len(fresh)
        newest = msgspec.json.encode(told[-TOLD_MOST:]).decode()
        await self._store.pool.execute(_GOOD, *place, until_us, newest, records)
        if odd:
            what = f"Records left out: {len(odd)}, {', '.join(odd[:3])}"
            raise RecordsOmitted(
                what, "The others were published. Check these at their source.", "feeds.page_not_understood"
            )
        return Pulled(records, directives)

    async def _currency_of(self, feed: HubFeed) -> str:
        """Return the store's currency. Raises `NeedsHuman` if the till sends none and head office doesn't know it."""
        found = str(await self._store.pool.fetchval(_CURRENCY, feed.tenant, feed.store) or "")
        if feed.kind == "toast" and not found:
            raise NeedsHuman(
                "Toast sends no currency, and head office doesn't know the store's.",
                f'Set the currency of store {feed.store}, or currency = "USD" in this feed.',
                "feeds.no_currency",
            )
        return found

    async def _tell(self, feed: HubFeed, records: Sequence[Cells]) -> int:
        body = FeedBatches((FeedBatch(feed.connector, tuple(dict(row) for row in records)),))
        return await self._teller.tell(feed.tenant, feed.store, FEED_ROWS.name, msgspec.json.encode(body), "")


class FetchedRows(msgspec.Struct, frozen=True):
    """A page of records, and its latest change time (0: unknown). `odd`: unreadable entries, which aren't among the
    records.
    """

    rows: Sequence[Cells]
    changed_us: int = 0
    odd: Sequence[str] = ()


async def _pages(feed: HubFeed, since_us: int, now_us: int) -> AsyncIterator[FetchedRows]:
    """Yield records page by page. A till's unreadable order becomes a record, too, which a person at the store must
    correct."""
    if feed.kind == "http":
        yield await _of_file(feed)
        return
    till = OtherTill(feed.pos, feed.kind, feed.address, feed.account, feed.places)
    host = urlsplit(feed.address).hostname or ""
    allowed = (host,) if is_loopback(host) else ()  # a service on this machine may be asked without TLS
    async with OutgoingHttp(Breakers(), allowed) as http:
        calls = calls_of(TillAsking(till, http, lambda: feed.secret), feed.currency)
        async for page in calls.fetch_changes(since_us, now_us):
            odd = [_odd_cells(feed.pos, one) for one in page.odd]
            yield FetchedRows([*map(cells_of, page.sales), *odd], page.until_us)


def _odd_cells(pos: str, order: OddOrder) -> Cells:
    """Return an unreadable order as a record without time and lines, with the reason in place of its kind."""
    return {"pos": pos, "transaction_id": _printable(order.id), "kind": _printable(order.why)[:80] or "?"}


async def _of_file(feed: HubFeed) -> FetchedRows:
    """Return the records of a file at an address, read by a separate process. Raises `NeedsHuman` if it can't be
    read."""
    headers = {feed.header: feed.secret} if feed.header else {"Authorization": f"Bearer {feed.secret}"}
    body = await fetch(feed.name, feed.address, FILE_BYTES, feed.secret, headers if feed.secret else {})
    name = Path(urlsplit(feed.address).path).name or "records.csv"
    with tempfile.TemporaryDirectory(prefix="edge-feed-") as folder:
        path = Path(folder) / name
        path.write_bytes(body)
        asked = ReadRecords(str(path), feed.entity_type, feed.mapping, ENGLISH, currency=feed.currency)
        found = (await asyncio.to_thread(read_apart, asked)).records
    if len(found) > RECORDS_MOST:
        raise NeedsHuman(f"more than {RECORDS_MOST} records", "Split it into smaller files.", "feeds.too_many_records")
    odd = [f"line {one.line}" for one in found if one.fault]
    return FetchedRows([one.cells for one in found if not one.fault], odd=odd)


def cells_of(sale: PosSale) -> dict[str, str]:
    """Return another till's sale as a record. `edge/backoffice/feeds/reading/pos_records.py` parses it."""
    said = {
        "pos": sale.pos,
        "transaction_id": sale.transaction_id,
        "version": str(sale.version),
        "kind": sale.kind,
        "location": sale.location,
        "at": _moment(sale.at_us),
        "currency": sale.currency,
        "total": _amount(sale.total_minor, sale.currency),
        "refund_of": sale.refund_of,
        "restock": "yes" if sale.restock else "no",
    }
    for n, line in enumerate(sale.lines, 1):
        total = _amount(line.total_minor, sale.currency) if line.total_minor else ""
        said |= {
            f"item.{n}": line.item,
            f"item_name.{n}": line.name,
            f"item_code.{n}": line.code,
            f"quantity.{n}": f"{Decimal(line.quantity) / 1000:f}",
            f"unit.{n}": line.unit,
            f"line_total.{n}": total,
        }
    return {field: text for field, value in said.items() if (text := _printable(value))}


def _printable(text: str) -> str:
    return "".join(char for char in text if char.isprintable()).strip()[:VALUE_CHARS]


def _amount(minor: int, currency: str) -> str:
    return f"{Decimal(minor).scaleb(-exponent(currency)):f}"


def _moment(at_us: int) -> str:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at_us)).isoformat()


def digest_of(row: Cells) -> str:
    """Digest that identifies a published record."""
    return hashlib.blake2b(msgspec.json.encode(dict(row), order="sorted"), digest_size=8).hexdigest()


def size_of(row: Cells) -> int:
    """Size of a record in a directive, in bytes."""
    return len(msgspec.json.encode(dict(row))) + 1


def _name_of(row: Cells) -> str:
    """Return a name for a record that is too large."""
    return f"{next(iter(row.values()), '')[:40]} ({size_of(row)} bytes)"


def batches(rows: Sequence[Cells]) -> Iterator[list[Cells]]:
    """Split records by number and size into directives."""
    part, size = list[Cells](), 0
    for row in rows:
        length = size_of(row)
        if part and (len(part) == STAGED_AT_ONCE or size + length > BATCH_BYTES):
            yield part
            part, size = [], 0
        part.append(row)
        size += length
    if part:
        yield part
