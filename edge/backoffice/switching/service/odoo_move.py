"""Fetches a shop's data from Odoo as files, which are examined and imported like any others."""

from __future__ import annotations

import asyncio
import csv
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec
import structlog

from edge.backoffice.feeds.connector import Connector
from edge.backoffice.feeds.service.erp_records import OdooJson2, OdooRpc
from edge.backoffice.feeds.service.vendor_records import VendorRecords
from edge.backoffice.feeds.service.vendor_wire import RecordsNotHad
from edge.backoffice.switching.service.odoo_reader import (
    CARDS,
    CUSTOMERS,
    PRODUCTS,
    SALES,
    OdooReader,
    Rows,
    ShopPrices,
)
from edge.core.process.parts import TaskSet
from edge.core.till_first import TillFirst
from edge.goods.ingest.import_folders import new_place, take_away
from edge.runtime.outgoing.http_client import OutgoingHttp

_log = structlog.get_logger(__name__)
ROWS_MOST = 2_000_000
"""Maximum rows of a kind. If there are more, this is reported and none are imported."""
BYTES_MOST = 1024**3
State = Literal["idle", "reading", "done", "failed"]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class OdooAccess(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Odoo's address and credentials. `user`: the login, for versions up to 18; "" for 19 or later. The key is used
    once and never stored."""

    address: Text
    database: Text
    key: Text
    user: Annotated[str, msgspec.Meta(max_length=200)] = ""

    def __repr__(self) -> str:
        return f"OdooAccess({self.server})"

    @property
    def root(self) -> str:
        """The base address, without the rest of a URL copied from a browser.

        >>> OdooAccess("shop.odoo.com/web#home", "shop", "k").root
        'https://shop.odoo.com'
        """
        text = self.address.strip()
        parts = urlsplit(text if "://" in text else f"https://{text}")
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"

    @property
    def server(self) -> str:
        return urlsplit(self.root).netloc


class OdooProgress(msgspec.Struct, frozen=True):
    """The progress: the `kind` being read, and the `rows` of all kinds read so far. `files`: their folder, once all are
    read. `error`: why there are none, or what they lack; a text key with `values`."""

    state: State = "idle"
    kind: str = ""
    rows: int = 0
    files: tuple[str, ...] = ()
    error: str = ""
    values: dict[str, str | int] = {}


class OdooMove:
    """Reads one Odoo at a time while the tills work. Call it on the event loop's thread."""

    def __init__(
        self,
        data: Path,
        till_first: TillFirst,
        http: Callable[[], OutgoingHttp],
        prices: ShopPrices,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._data, self._till_first, self._http, self._pause = data, till_first, http, pause
        self._prices = prices
        self._tasks = TaskSet(1)
        self.progress = OdooProgress()

    def begin(self, access: OdooAccess) -> bool:
        """Begin reading. Returns False if another Odoo is being read."""
        began = self._tasks.start(self._read(access), "odoo move")
        if began:
            self.progress = OdooProgress("reading")
        return began

    async def stop(self) -> None:
        """Stop reading, and delete what was read."""
        await self._tasks.stop()
        self.progress = OdooProgress()

    async def _read(self, access: OdooAccess) -> None:
        made: list[Path] = []
        try:
            async with self._http() as http:
                await self._read_all(access, http, made)
        except RecordsNotHad as error:
            _log.warning("Odoo couldn't be read", server=access.server, why=error.key, rows=self.progress.rows)
            self._fail(made, error.key, {"server": access.server, "said": error.what[:200]})
        except OSError as error:
            self._fail(made, "switching.odoo_not_written", {"said": error.strerror or str(error)})
        else:
            self.progress = msgspec.structs.replace(self.progress, state="done", files=tuple(map(str, made)))
        finally:
            if self.progress.state == "reading":
                self._fail(made, "sheet.reader_died", {"status": 0})

    async def _read_all(self, access: OdooAccess, http: OutgoingHttp, made: list[Path]) -> None:
        account = f"{access.database}/{access.user}" if access.user else access.database
        connector = Connector("move", kind="odoo_rpc" if access.user else "odoo", address=access.root, account=account)
        asking = VendorRecords(connector, access.key, http, self._pause)
        reader = OdooReader(OdooRpc(asking) if access.user else OdooJson2(asking), self._prices)
        await reader.sign_in()
        for kind, header, rows in (
            ("catalogue", PRODUCTS, reader.products),
            ("customers", CUSTOMERS, reader.customers),
            ("gift_cards", CARDS, reader.cards),
            ("sales_lines", SALES, reader.sales),
        ):
            self.progress = msgspec.structs.replace(self.progress, kind=kind)
            place = await asyncio.to_thread(new_place, self._data, f"odoo-{kind.replace('_', '-')}.csv")
            made.append(place)
            if not await self._write(place, header, rows()):
                take_away(made.pop())
        if reader.unpriced:
            said = {"count": reader.unpriced}
            self.progress = msgspec.structs.replace(self.progress, error="switching.odoo_unpriced", values=said)

    async def _write(self, place: Path, header: Sequence[str], pages: Rows) -> int:
        """Write all rows to a file. Returns the number of rows."""
        written = 0
        with place.open("x", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(header)
            async for page in pages:
                async with self._till_first.turn():
                    await asyncio.to_thread(writer.writerows, page)
                written += len(page)
                self.progress = msgspec.structs.replace(self.progress, rows=self.progress.rows + len(page))
                if written > ROWS_MOST or file.tell() > BYTES_MOST:
                    raise RecordsNotHad(str(written), "", "feeds.too_many_records")
        return written

    def _fail(self, made: Sequence[Path], key: str, values: dict[str, str | int]) -> None:
        for place in made:
            with suppress(OSError):
                take_away(place)
        self.progress = OdooProgress("failed", self.progress.kind, self.progress.rows, (), key, values)
