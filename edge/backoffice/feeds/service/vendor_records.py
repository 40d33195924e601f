"""Changed records of other systems, page by page (`erp_records.py`, `accounts_records.py`, `israel_records.py`)."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, Literal
from urllib.parse import urlencode

import msgspec

from edge.backoffice.feeds.connector import REPORTS, Connector, Kind
from edge.backoffice.feeds.reading.layout import layout_of
from edge.backoffice.feeds.service.accounts_records import CELLS as ACCOUNTS_CELLS
from edge.backoffice.feeds.service.accounts_records import QUICKBOOKS, XERO, QuickBooks, Xero
from edge.backoffice.feeds.service.erp_orders import (
    ERPNEXT_ORDERS,
    ODOO_ORDERS,
    ORDER_CELLS,
    WITH_LINES,
    number_of,
    orders_of,
)
from edge.backoffice.feeds.service.erp_products import ERPNEXT_PRODUCTS, ODOO_PRODUCTS, products_of
from edge.backoffice.feeds.service.erp_records import CELLS as ERP_CELLS
from edge.backoffice.feeds.service.erp_records import (
    ERPNEXT,
    ODOO,
    ErpNext,
    OdooJson2,
    OdooRpc,
    base_prices,
    with_other_unit,
)
from edge.backoffice.feeds.service.israel_records import CELLS as ISRAEL_CELLS
from edge.backoffice.feeds.service.israel_records import (
    ICOUNT,
    MORNING,
    PRIORITY,
    RIVHIT,
    WIZCLOUD,
    ICount,
    Morning,
    Priority,
    Rivhit,
    WizCloud,
)
from edge.backoffice.feeds.service.paged_rows import read_by_offset, read_by_page
from edge.backoffice.feeds.service.purchase_bills import (
    ERPNEXT_BILLS,
    ODOO_BILLS,
    QUICKBOOKS_BILLS,
    XERO_BILLS,
    bills_of,
    first_moment,
)
from edge.backoffice.feeds.service.vendor_wire import (
    FORM,
    Cells,
    RecordsNotHad,
    RecordSource,
    VendorApi,
    VendorRow,
    text_of,
)
from edge.backoffice.feeds.settings import USUAL, FeedBounds
from edge.lib.lenient_json import decode_json
from edge.runtime.outgoing.faults import MaybeSent, Undelivered
from edge.runtime.outgoing.http_client import OutgoingHttp, require_success
from edge.runtime.outgoing.page_tries import TRIES, is_worth_again

ANSWER_BYTES = 16 * 1024 * 1024
CLOCKS_AHEAD: Mapping[Kind, timedelta] = {"erpnext": timedelta(hours=14)}
"""How far local times may be ahead of UTC, for systems that write them."""


class VendorCursor(msgspec.Struct, frozen=True):
    """How far a system was read: the latest modification time in its own format, and the system it belongs to."""

    of: str
    changed: str = ""


class VendorRecords:
    """A connector's records, fetched through an open `http` and authenticated by `secret`.

    `ours`: external ids of documents sent from here. `currency`: the shop's. `one_page`: fetch only the first page, to
    test the connection.
    """

    def __init__(
        self,
        connector: Connector,
        secret: str,
        http: OutgoingHttp,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
        luck: Callable[[], float] = random.random,
        keep_secret: Callable[[str], Awaitable[None]] | None = None,
        ours: Collection[str] = (),
        bounds: FeedBounds = USUAL,
        one_page: bool = False,
        currency: str = "",
    ) -> None:
        self._bounds, self._one_page = bounds, one_page
        self._connector, self._secret, self._http = connector, secret, http
        self._ours, self._currency = frozenset(ours), currency
        self._keep_secret = keep_secret
        self._pause, self._luck = pause, luck
        self._of = f"{connector.kind} {connector.address} {connector.account} {connector.entity_type}"

    async def fetch(self, cursor: str, now_us: int) -> tuple[list[Cells], str]:
        """Changes since a cursor, as cells by field, and the new cursor. Raises `RecordsNotHad`.

        Stock counts are included in full for every product that changed, summed over lots.
        """
        entity, known = self._connector.entity_type, VendorCursor(self._of)
        if cursor and (said := msgspec.json.decode(cursor, type=VendorCursor)).of == self._of:
            known = said
        kind = self._connector.kind if self._connector.kind in _SOURCES else "odoo"
        source, api = _SOURCES[kind][entity], self.api()
        since = "" if entity == "Inventory" else _before(known.changed, self._bounds.overlap_min)
        if entity in WITH_LINES:
            rows, made = await orders_of(kind, entity, self, api, since)
            made = [{field: text for field, text in cells.items() if text} for cells in made]
        elif entity == "Invoice":
            rows, made = await bills_of(kind, self, api, since or first_moment(now_us), self._ours)
        elif entity == "SKU":
            rows, made = await products_of(self, api, since, self._currency)
        else:
            rows = await self.all_of(api, source, since)
            read = await base_prices(self, api, rows) if (kind, entity) == ("odoo", "SupplierPrice") else rows
            codes = await api.codes(read)
            made = _cells_of(kind, entity, [with_other_unit(row, api.units) for row in read], codes)
        if isinstance(api, QuickBooks | Xero) and entity in ("SupplierPrice", "Invoice"):
            made = await _in_home_currency(api, made)
        latest = max((text for row in rows if (text := text_of(row.get(source.changed)))), default="")
        if entity == "Inventory":
            counted_at = datetime.fromtimestamp(now_us / 1e6, UTC).isoformat()
            made = [{**cells, "counted_at": counted_at} for cells in made]
        told = VendorCursor(self._of, min(max(latest, known.changed), self._latest_possible(now_us)))  # never go back
        return made, msgspec.json.encode(told).decode()

    def _latest_possible(self, now_us: int) -> str:
        """The latest modification time that a cursor may have. If a wrong clock set it further ahead, later changes
        would be missed."""
        ahead = CLOCKS_AHEAD.get(self._connector.kind, timedelta())
        return (datetime.fromtimestamp(now_us / 1e6, UTC) + ahead).strftime(FORM)

    async def all_of(self, api: VendorApi, source: RecordSource, since: str) -> list[VendorRow]:
        """Records by modification time, each once in its latest version. Raises `RecordsNotHad`."""
        read, one_page = read_by_page if api.whole_pages else read_by_offset, self._one_page
        self._one_page = False  # rows that belong to these records are read in full
        return await read(partial(api.page, source, since), api.keys, self._bounds.records_most, one_page)

    def api(self) -> VendorApi:
        match self._connector.kind:
            case "odoo":
                return OdooJson2(self)
            case "odoo_rpc":
                return OdooRpc(self)
            case "quickbooks":
                return QuickBooks(self, "quickbooks")
            case "xero":
                return Xero(self, "xero")
            case "priority":
                return Priority(self)
            case "rivhit":
                return Rivhit(self)
            case "icount":
                return ICount(self)
            case "morning":
                return Morning(self)
            case "wizcloud":
                return WizCloud(self)
            case _:
                return ErpNext(self)

    @property
    def address(self) -> str:
        return self._connector.address

    @property
    def keep_secret(self) -> Callable[[str], Awaitable[None]]:
        """A function that replaces the used secret with a new one."""
        assert self._keep_secret is not None, "only systems that can be fetched from get here"
        return self._keep_secret

    @property
    def account(self) -> str:
        return self._connector.account

    @property
    def secret(self) -> str:
        return self._secret

    @property
    def report(self) -> str:
        """The system's id of the custom report to fetch."""
        return layout_of(self._connector.mapping, self._connector.entity_type).report

    async def ask(self, method: Literal["GET", "POST"], path: str, headers: dict[str, str], asked: Any = None) -> Any:
        """The JSON response. Raises `RecordsNotHad` if there is none."""
        body = None if asked is None else msgspec.json.encode(asked)
        said = {**({"Content-Type": "application/json"} if body else {}), **headers}
        return await self._ask_with_retries(method, self.address.rstrip("/") + path, said, body)

    async def sign_in(self, url: str, headers: dict[str, str], form: dict[str, str]) -> Any:
        """The response to a token request. Raises `RecordsNotHad` if it's rejected."""
        said = {"Content-Type": "application/x-www-form-urlencoded", **headers}
        try:
            answer = await self._ask_with_retries("POST", url, said, urlencode(form).encode())
        except RecordsNotHad as error:
            if error.key == "undelivered.refused":
                raise RecordsNotHad(error.what, error.advice, "undelivered.wrong_password") from error
            raise
        if not isinstance(answer, dict):
            raise RecordsNotHad("token", "", "feeds.page_not_understood")
        return answer

    async def _ask_with_retries(
        self, method: Literal["GET", "POST"], url: str, headers: dict[str, str], body: bytes | None
    ) -> Any:
        said = {"Accept": "application/json", **headers}
        for tried in range(1, TRIES + 1):
            try:
                answer = await self._http.ask(method, url, said, body, ANSWER_BYTES)
                return decode_json(require_success(answer, (200,)).body)
            except (ValueError, RecursionError) as error:
                raise RecordsNotHad(str(error)[:80], "", "feeds.page_not_understood") from error
            except (Undelivered, MaybeSent) as error:
                why = error.why if isinstance(error, Undelivered) else "no_answer"
                if not await is_worth_again(error, tried, self._pause, self._luck):
                    raise RecordsNotHad(error.detail or why, "", f"undelivered.{why}") from error
        raise AssertionError("the last try returns or raises")


async def _in_home_currency(api: QuickBooks | Xero, rows: list[Cells]) -> list[Cells]:
    """Rows whose amounts all have a currency: amounts without one are in the company's. Raises `RecordsNotHad`."""
    if all("currency" in cells for cells in rows):
        return rows
    home = await api.home_currency()
    return [{"currency": home, **cells} if home else cells for cells in rows]


def _before(changed: str, overlap_min: int) -> str:
    """A time minus the overlap."""
    try:
        overlap = timedelta(minutes=overlap_min)
        return (datetime.strptime(changed[:19], FORM) - overlap).strftime(FORM) if changed else ""
    except ValueError as error:
        raise RecordsNotHad(changed[:40], "", "feeds.page_not_understood") from error


def _cells_of(kind: str, entity: str, rows: Iterable[VendorRow], codes: Mapping[int, str]) -> list[Cells]:
    made = _CELLS[kind, entity]
    found = [{field: text for field, text in made(row, codes).items() if text} for row in rows]
    return _sum_lots(one for one in found if one) if entity == "Inventory" and kind not in REPORTS else found


def _sum_lots(rows: Iterable[Cells]) -> list[Cells]:
    """One record per product and location, summed over all lots. If a lot's quantity isn't a number, neither is the
    total."""
    sums: dict[tuple[str, str], Decimal] = {}
    for row in rows:
        key = (row.get("sku", ""), row.get("location", ""))
        sums[key] = sums.get(key, Decimal()) + number_of(row.get("quantity"))
    return [
        {"sku": sku, **({"location": place} if place else {}), "quantity": f"{quantity:.3f}"}
        for (sku, place), quantity in sums.items()
    ]


_CELLS: Mapping[tuple[str, str], Callable[[VendorRow, Mapping[int, str]], Cells]] = {
    **ERP_CELLS,
    **ORDER_CELLS,
    **ACCOUNTS_CELLS,
    **ISRAEL_CELLS,
}
_SOURCES: Mapping[str, Mapping[str, RecordSource]] = {
    "odoo": {**ODOO, **ODOO_ORDERS, "Invoice": ODOO_BILLS, "SKU": ODOO_PRODUCTS},
    "erpnext": {**ERPNEXT, **ERPNEXT_ORDERS, "Invoice": ERPNEXT_BILLS, "SKU": ERPNEXT_PRODUCTS},
    "quickbooks": {**QUICKBOOKS, "Invoice": QUICKBOOKS_BILLS},
    "xero": {**XERO, "Invoice": XERO_BILLS},
    "priority": PRIORITY,
    "rivhit": RIVHIT,
    "icount": ICOUNT,
    "morning": MORNING,
    "wizcloud": WIZCLOUD,
}
