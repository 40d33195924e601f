"""Records of the systems of others, asked for by what changed, page by page: Odoo and ERPNext, and those of
`accounts_records.py`.

Odoo: odoo.com/documentation, External JSON-2 API (19 and later) and External RPC API (JSON-RPC, before); ERPNext:
docs.frappe.io, REST API. What is false, empty or null there says nothing.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from urllib.parse import quote, urlencode

import msgspec

from edge.services.feeds.accounts_records import CELLS as ACCOUNTS_CELLS
from edge.services.feeds.accounts_records import QUICKBOOKS, XERO, QuickBooks, Xero
from edge.services.feeds.israel_records import CELLS as ISRAEL_CELLS
from edge.services.feeds.israel_records import PRIORITY, RIVHIT, Priority, Rivhit
from edge.services.feeds.vendor_wire import (
    FORM,
    PAGE,
    Cells,
    RecordsNotHad,
    RecordSource,
    VendorApi,
    VendorRow,
    rows_in,
    slug,
    text_of,
)
from edge.services.outgoing.faults import MaybeSent, Undelivered
from edge.services.outgoing.http_client import OutgoingHttp, accepted
from edge.shop.feeds.connector import Connector

ANSWER_BYTES = 16 * 1024 * 1024
PAGES_MOST = 400
"""200,000 records, which is the most that is taken of one run."""
TRIES = 5
FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 60.0
OVERLAP = timedelta(minutes=2)


class VendorCursor(msgspec.Struct, frozen=True):
    """How far a system was asked: the latest moment of change, as it writes it, and whose that is."""

    of: str
    changed: str = ""


ODOO: Mapping[str, RecordSource] = {
    "Supplier": RecordSource("res.partner", (["supplier_rank", ">", 0],), ("id", "name"), "write_date"),
    "SupplierPrice": RecordSource(
        "product.supplierinfo",
        (),
        (
            "partner_id",
            "product_tmpl_id",
            "product_id",
            "product_code",
            "price",
            "currency_id",
            "date_start",
            "date_end",
        ),
        "write_date",
    ),
    "Inventory": RecordSource(
        "stock.quant",
        (["location_id.usage", "=", "internal"],),
        ("product_id", "location_id", "quantity"),
        "write_date",
    ),
}
ERPNEXT: Mapping[str, RecordSource] = {
    "Supplier": RecordSource("Supplier", (["disabled", "=", 0],), ("name", "supplier_name"), "modified"),
    "SupplierPrice": RecordSource(
        "Item Price",
        (["buying", "=", 1],),
        ("item_code", "supplier", "price_list_rate", "currency", "valid_from", "valid_upto"),
        "modified",
    ),
    "Inventory": RecordSource("Bin", (), ("item_code", "warehouse", "actual_qty"), "modified"),
}


class VendorRecords:
    """What a connector's system has, over an open `http`; `secret` lets us in."""

    def __init__(
        self,
        connector: Connector,
        secret: str,
        http: OutgoingHttp,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
        luck: Callable[[], float] = random.random,
        keep_secret: Callable[[str], Awaitable[None]] | None = None,
    ) -> None:
        self._connector, self._secret, self._http = connector, secret, http
        self._keep_secret = keep_secret
        self._pause, self._luck = pause, luck
        self._of = f"{connector.kind} {connector.address} {connector.account} {connector.entity_type}"

    async def fetch(self, cursor: str, now_us: int) -> tuple[list[Cells], str]:
        """What changed since a cursor, as cells by field, and the cursor behind it. `RecordsNotHad`.

        Counts are of all that is there: what stands still is no news, and what moved is summed over its lots.
        """
        entity, known = self._connector.entity_type, VendorCursor(self._of)
        if cursor and (said := msgspec.json.decode(cursor, type=VendorCursor)).of == self._of:
            known = said
        source = _SOURCES.get(self._connector.kind, ODOO)[entity]
        api = self._api()
        since = "" if entity == "Inventory" else _before(known.changed)
        rows = await self._all(api, source, since)
        codes = await api.codes(rows)
        latest = max((text for row in rows if (text := text_of(row.get(source.changed)))), default="")
        made = _cells_of(self._connector.kind, entity, rows, codes)
        if entity == "Inventory":
            counted_at = datetime.fromtimestamp(now_us / 1e6, UTC).isoformat()
            made = [{**cells, "counted_at": counted_at} for cells in made]
        told = VendorCursor(self._of, max(latest, known.changed))  # never backwards
        return made, msgspec.json.encode(told).decode()

    async def _all(self, api: VendorApi, source: RecordSource, since: str) -> list[VendorRow]:
        rows: list[VendorRow] = []
        for _ in range(PAGES_MOST):
            page = await api.page(source, since, len(rows))
            if page and rows[-len(page) :] == page:
                raise RecordsNotHad(source.model, "", "feeds.page_repeats")
            rows += page
            if len(page) < PAGE:
                return rows
        raise RecordsNotHad(str(len(rows)), "", "feeds.too_many_records")

    def _api(self) -> VendorApi:
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
            case _:
                return ErpNext(self)

    @property
    def address(self) -> str:
        return self._connector.address

    @property
    def keep_secret(self) -> Callable[[str], Awaitable[None]]:
        """What keeps another secret in the place of the one by which we were let in."""
        assert self._keep_secret is not None, "whoever fetches from such a system can"
        return self._keep_secret

    @property
    def account(self) -> str:
        return self._connector.account

    @property
    def secret(self) -> str:
        return self._secret

    async def ask(self, method: Literal["GET", "POST"], path: str, headers: dict[str, str], asked: Any = None) -> Any:
        """The JSON that is answered. `RecordsNotHad`: it is not, or is none."""
        body = None if asked is None else msgspec.json.encode(asked)
        said = {**({"Content-Type": "application/json"} if body else {}), **headers}
        return await self._answered(method, self.address.rstrip("/") + path, said, body)

    async def sign_in(self, url: str, headers: dict[str, str], form: dict[str, str]) -> Any:
        """What is answered to a form that asks for a token. `RecordsNotHad`: it is refused."""
        said = {"Content-Type": "application/x-www-form-urlencoded", **headers}
        try:
            answer = await self._answered("POST", url, said, urlencode(form).encode())
        except RecordsNotHad as error:
            if error.key == "undelivered.refused":
                raise RecordsNotHad(error.what, error.advice, "undelivered.wrong_password") from error
            raise
        if not isinstance(answer, dict):
            raise RecordsNotHad("token", "", "feeds.page_not_understood")
        return answer

    async def _answered(
        self, method: Literal["GET", "POST"], url: str, headers: dict[str, str], body: bytes | None
    ) -> Any:
        said = {"Accept": "application/json", **headers}
        for tried in range(1, TRIES + 1):
            try:
                answer = await self._http.ask(method, url, said, body, ANSWER_BYTES)
                return msgspec.json.decode(accepted(answer, (200,)).body)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
                raise RecordsNotHad(str(error)[:80], "", "feeds.page_not_understood") from error
            except (Undelivered, MaybeSent) as error:
                why = error.why if isinstance(error, Undelivered) else "no_answer"
                after_s = error.after_s if isinstance(error, Undelivered) else None
                if tried == TRIES or (isinstance(error, Undelivered) and (error.permanent or not error.tried)):
                    raise RecordsNotHad(error.detail or why, "", f"undelivered.{why}") from error
                wait_s = min(FIRST_WAIT_S * 2 ** (tried - 1), LONGEST_WAIT_S) * (0.5 + self._luck() / 2)
                await self._pause(min(after_s, LONGEST_WAIT_S) if after_s is not None else wait_s)
        raise AssertionError("the last try returns or raises")


class _Odoo:
    """What both of Odoo's ways have in common. `call` does a method of a model with arguments by name."""

    def __init__(self, records: VendorRecords) -> None:
        self._records = records

    async def call(self, model: str, domain: list[Any], more: dict[str, Any]) -> list[VendorRow]:
        raise NotImplementedError

    async def page(self, wanted: RecordSource, since: str, at: int) -> list[VendorRow]:
        domain = [*wanted.only, *([["write_date", ">", since]] if since else [])]
        fields = [*wanted.fields, wanted.changed]
        return await self.call(
            wanted.model, domain, {"fields": fields, "offset": at, "limit": PAGE, "order": "write_date, id"}
        )

    async def codes(self, rows: Sequence[VendorRow]) -> dict[int, str]:
        found: dict[int, str] = {}
        for key, field, sign in (("product_id", "id", 1), ("product_tmpl_id", "product_tmpl_id", -1)):
            ids = sorted({id for row in rows if (id := _id(row.get(key)))})
            for at in range(0, len(ids), PAGE):
                asked = {"fields": ["default_code", "product_tmpl_id"], "offset": 0, "limit": PAGE * 4, "order": "id"}
                for one in await self.call("product.product", [[field, "in", ids[at : at + PAGE]]], asked):
                    id = _id(one.get("product_tmpl_id")) if sign < 0 else _id(one.get("id"))
                    if id and (code := text_of(one.get("default_code"))):
                        found.setdefault(sign * id, code)  # a template's first variant speaks for it
        return found


class OdooJson2(_Odoo):
    """19 and later: `POST /json/2/MODEL/METHOD`."""

    async def call(self, model: str, domain: list[Any], more: dict[str, Any]) -> list[VendorRow]:
        headers = {"Authorization": f"bearer {self._records.secret}"}
        if self._records.account:
            headers["X-Odoo-Database"] = self._records.account
        answer = await self._records.ask("POST", f"/json/2/{model}/search_read", headers, {"domain": domain, **more})
        return rows_in(answer)


class OdooRpc(_Odoo):
    """Up to 18: JSON-RPC, whose faults come with status 200. The account is "database/user"."""

    def __init__(self, records: VendorRecords) -> None:
        super().__init__(records)
        self._uid = 0

    async def _service(self, service: str, method: str, args: list[Any]) -> Any:
        params = {"service": service, "method": method, "args": args}
        asked = {"jsonrpc": "2.0", "method": "call", "id": 1, "params": params}
        answer = await self._records.ask("POST", "/jsonrpc", {}, asked)
        if not isinstance(answer, dict) or "error" in answer:
            error = answer.get("error") if isinstance(answer, dict) else None
            said = text_of(error.get("message")) if isinstance(error, dict) else ""
            raise RecordsNotHad(said[:200], "", "feeds.page_not_understood")
        return answer.get("result")

    async def call(self, model: str, domain: list[Any], more: dict[str, Any]) -> list[VendorRow]:
        database, _, user = self._records.account.partition("/")
        if not self._uid:
            uid = await self._service("common", "authenticate", [database, user, self._records.secret, {}])
            if not isinstance(uid, int) or not uid:
                raise RecordsNotHad(user, "", "undelivered.wrong_password")
            self._uid = uid
        args = [database, self._uid, self._records.secret, model, "search_read", [domain], more]
        return rows_in(await self._service("object", "execute_kw", args))


class ErpNext:
    """`GET /api/resource/DOCTYPE`. The secret is "key:secret"."""

    def __init__(self, records: VendorRecords) -> None:
        self._records = records

    async def page(self, wanted: RecordSource, since: str, at: int) -> list[VendorRow]:
        filters = [*wanted.only, *([["modified", ">", since]] if since else [])]
        query = {
            "fields": msgspec.json.encode([*wanted.fields, wanted.changed]).decode(),
            "filters": msgspec.json.encode(filters).decode(),
            "order_by": "modified asc",
            "limit_start": at,
            "limit_page_length": PAGE,
        }
        headers = {"Authorization": f"token {self._records.secret}"}
        answer = await self._records.ask("GET", f"/api/resource/{quote(wanted.model)}?{urlencode(query)}", headers)
        return rows_in(answer.get("data") if isinstance(answer, dict) else None)

    async def codes(self, rows: Sequence[VendorRow]) -> dict[int, str]:
        return {}


def _id(part: Any) -> int:
    """Of a record that is pointed at, or a record's own; 0: of none."""
    found = part[0] if isinstance(part, list) and part else part
    return found if isinstance(found, int) and not isinstance(found, bool) else 0


def _before(changed: str) -> str:
    """A moment less what is asked for once more."""
    try:
        return (datetime.strptime(changed[:19], FORM) - OVERLAP).strftime(FORM) if changed else ""
    except ValueError as error:
        raise RecordsNotHad(changed[:40], "", "feeds.page_not_understood") from error


def _cells_of(kind: str, entity: str, rows: Iterable[VendorRow], codes: Mapping[int, str]) -> list[Cells]:
    made = _CELLS[kind if kind in _SOURCES else "odoo", entity]
    found = [{field: text for field, text in made(row, codes).items() if text} for row in rows]
    return _summed(one for one in found if one) if entity == "Inventory" else found


def _summed(rows: Iterable[Cells]) -> list[Cells]:
    """Of each product and place one record, whatever its lots."""
    sums: dict[tuple[str, str], float] = {}
    for row in rows:
        key = (row.get("sku", ""), row.get("location", ""))
        sums[key] = sums.get(key, 0.0) + float(row.get("quantity", "0"))
    return [
        {"sku": sku, **({"location": place} if place else {}), "quantity": f"{quantity:.3f}"}
        for (sku, place), quantity in sums.items()
    ]


def _odoo_code(row: VendorRow, codes: Mapping[int, str]) -> str:
    return codes.get(_id(row.get("product_id"))) or codes.get(-_id(row.get("product_tmpl_id"))) or ""


def _odoo_supplier(row: VendorRow, codes: Mapping[int, str]) -> Cells:
    return {"supplier_id": f"odoo-{_id(row.get('id'))}", "name": text_of(row.get("name"))}


def _odoo_price(row: VendorRow, codes: Mapping[int, str]) -> Cells:
    return {
        "supplier_id": f"odoo-{_id(row.get('partner_id'))}",
        "sku": _odoo_code(row, codes),
        "cost": text_of(row.get("price")),
        "currency": text_of(row.get("currency_id")),
        "supplier_code": text_of(row.get("product_code")),
        "from": text_of(row.get("date_start"))[:10],
        "until": text_of(row.get("date_end"))[:10],
    }


def _odoo_count(row: VendorRow, codes: Mapping[int, str]) -> Cells:
    place = text_of(row.get("location_id"))
    return {"sku": _odoo_code(row, codes), "location": slug(place), "quantity": text_of(row.get("quantity"))}


def _erpnext_supplier(row: VendorRow, codes: Mapping[int, str]) -> Cells:
    name = text_of(row.get("name"))
    return {"supplier_id": slug(name), "name": text_of(row.get("supplier_name")) or name}


def _erpnext_price(row: VendorRow, codes: Mapping[int, str]) -> Cells:
    return {
        "supplier_id": slug(text_of(row.get("supplier"))),
        "sku": text_of(row.get("item_code")),
        "cost": text_of(row.get("price_list_rate")),
        "currency": text_of(row.get("currency")),
        "from": text_of(row.get("valid_from"))[:10],
        "until": text_of(row.get("valid_upto"))[:10],
    }


def _erpnext_count(row: VendorRow, codes: Mapping[int, str]) -> Cells:
    place = text_of(row.get("warehouse"))
    return {"sku": text_of(row.get("item_code")), "location": slug(place), "quantity": text_of(row.get("actual_qty"))}


_CELLS: Mapping[tuple[str, str], Callable[[VendorRow, Mapping[int, str]], Cells]] = {
    ("odoo", "Supplier"): _odoo_supplier,
    ("odoo", "SupplierPrice"): _odoo_price,
    ("odoo", "Inventory"): _odoo_count,
    ("erpnext", "Supplier"): _erpnext_supplier,
    ("erpnext", "SupplierPrice"): _erpnext_price,
    ("erpnext", "Inventory"): _erpnext_count,
    **ACCOUNTS_CELLS,
    **ISRAEL_CELLS,
}
_SOURCES: Mapping[str, Mapping[str, RecordSource]] = {
    "erpnext": ERPNEXT,
    "quickbooks": QUICKBOOKS,
    "xero": XERO,
    "priority": PRIORITY,
    "rivhit": RIVHIT,
}
