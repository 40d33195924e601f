"""Suppliers, prices and counts from Odoo and ERPNext, and counts written there.

Odoo: odoo.com/documentation, External JSON-2 API (19 and later) and External RPC API (JSON-RPC, before); ERPNext:
docs.frappe.io, REST API. False, empty and null mean no value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, Protocol
from urllib.parse import quote, urlencode

import msgspec

from edge.backoffice.feeds.service.vendor_wire import (
    PAGE,
    REFUSED,
    Cells,
    RecordsNotHad,
    RecordSource,
    VendorRow,
    rows_in,
    slug,
    text_of,
)

NO_MODEL = "feeds.no_such_model"
"""Reason for a missing response: Odoo doesn't have the model installed."""
REFUSED_RIGHTS = "undelivered.refused"
"""Reason for a missing response: the user may not read it."""
_ACCESS = frozenset(("odoo.exceptions.AccessError", "odoo.exceptions.AccessDenied"))
ODOO: Mapping[str, RecordSource] = {
    "Supplier": RecordSource(
        "res.partner",
        (["supplier_rank", ">", 0], ["active", "in", [True, False]]),  # including archived ones
        ("id", "name", "active"),
        "write_date",
    ),
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
    "Supplier": RecordSource("Supplier", (), ("name", "supplier_name", "disabled"), "modified"),
    "SupplierPrice": RecordSource(
        "Item Price",
        (["buying", "=", 1],),
        ("item_code", "supplier", "price_list_rate", "currency", "valid_from", "valid_upto"),
        "modified",
    ),
    "Inventory": RecordSource("Bin", (), ("item_code", "warehouse", "actual_qty"), "modified"),
}


class ErpAsking(Protocol):
    """Makes requests. `ask` raises `RecordsNotHad`."""

    @property
    def account(self) -> str: ...
    @property
    def secret(self) -> str: ...
    async def ask(
        self, method: Literal["GET", "POST"], path: str, headers: dict[str, str], asked: Any = None
    ) -> Any: ...


class _Odoo:
    """Common base of Odoo's two protocols. `call` runs a model's method with named arguments."""

    keys: tuple[str, ...] = ("id",)
    whole_pages = False

    def __init__(self, asking: ErpAsking) -> None:
        self._asking = asking

    async def do(self, model: str, method: str, named: dict[str, Any]) -> Any:
        """Run a method with named arguments, in the order it expects."""
        raise NotImplementedError

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
            ids = sorted({id for row in rows if (id := id_of(row.get(key)))})
            for at in range(0, len(ids), PAGE):
                asked = {"fields": ["default_code", "product_tmpl_id"], "offset": 0, "limit": PAGE * 4, "order": "id"}
                for one in await self.call("product.product", [[field, "in", ids[at : at + PAGE]]], asked):
                    id = id_of(one.get("product_tmpl_id")) if sign < 0 else id_of(one.get("id"))
                    if id and (code := text_of(one.get("default_code"))):
                        found.setdefault(sign * id, code)  # a template gets the code of its first variant
        return found


class OdooJson2(_Odoo):
    """19 and later: `POST /json/2/MODEL/METHOD`."""

    async def do(self, model: str, method: str, named: dict[str, Any]) -> Any:
        headers = {"Authorization": f"bearer {self._asking.secret}"}
        if self._asking.account:
            headers["X-Odoo-Database"] = self._asking.account
        return await self._asking.ask("POST", f"/json/2/{model}/{method}", headers, named)

    async def call(self, model: str, domain: list[Any], more: dict[str, Any]) -> list[VendorRow]:
        return rows_in(await self.do(model, "search_read", {"domain": domain, **more}))


class OdooRpc(_Odoo):
    """Up to 18: JSON-RPC, which reports errors with status 200. The account is "database/user"."""

    def __init__(self, asking: ErpAsking) -> None:
        super().__init__(asking)
        self._uid = 0

    async def _service(self, service: str, method: str, args: list[Any]) -> Any:
        params = {"service": service, "method": method, "args": args}
        asked = {"jsonrpc": "2.0", "method": "call", "id": 1, "params": params}
        answer = await self._asking.ask("POST", "/jsonrpc", {}, asked)
        if not isinstance(answer, dict) or "error" in answer:
            raise _fault_of(answer.get("error") if isinstance(answer, dict) else None, args)
        return answer.get("result")

    async def do(self, model: str, method: str, named: dict[str, Any]) -> Any:
        return await self._execute(model, method, list(named.values()), {})

    async def call(self, model: str, domain: list[Any], more: dict[str, Any]) -> list[VendorRow]:
        return rows_in(await self._execute(model, "search_read", [domain], more))

    async def _execute(self, model: str, method: str, positional: list[Any], more: dict[str, Any]) -> Any:
        database, _, user = self._asking.account.partition("/")
        if not self._uid:
            uid = await self._service("common", "authenticate", [database, user, self._asking.secret, {}])
            if not isinstance(uid, int) or not uid:
                raise RecordsNotHad(user, "", REFUSED)
            self._uid = uid
        args = [database, self._uid, self._asking.secret, model, method, positional, more]
        return await self._service("object", "execute_kw", args)


def _fault_of(error: Any, args: Sequence[Any]) -> RecordsNotHad:
    """An error of JSON-RPC by the exception that Odoo names in it. A model that isn't installed is a `KeyError`, or a
    `UserError` saying so: in the user's language, but with the model's name.

    >>> error = {"data": {"name": "odoo.exceptions.UserError", "message": "L'objet loyalty.card n'existe pas"}}
    >>> _fault_of(error, ["shop", 7, "key", "loyalty.card", "fields_get", [], {}]).key
    'feeds.no_such_model'
    """
    error = error if isinstance(error, dict) else {}
    data = error.get("data")
    name, said = (text_of(data.get(part)) for part in ("name", "message")) if isinstance(data, dict) else ("", "")
    said = said or text_of(error.get("message"))
    is_named = "fields_get" in args and args[3] in said
    key = "feeds.page_not_understood"
    if name in _ACCESS:
        key = REFUSED_RIGHTS
    elif name == "builtins.KeyError" or "doesn't exist" in said or (name == "odoo.exceptions.UserError" and is_named):
        key = NO_MODEL
    return RecordsNotHad(said[:200], "", key)


class ErpNext:
    """`GET /api/resource/DOCTYPE`. The secret is "key:secret"."""

    keys: tuple[str, ...] = ("name",)
    whole_pages = False

    def __init__(self, asking: ErpAsking) -> None:
        self._asking = asking

    async def page(self, wanted: RecordSource, since: str, at: int) -> list[VendorRow]:
        filters = [*wanted.only, *([["modified", ">", since]] if since else [])]
        query = {
            "fields": msgspec.json.encode([*dict.fromkeys(("name", *wanted.fields, wanted.changed))]).decode(),
            "filters": msgspec.json.encode(filters).decode(),
            "order_by": "modified asc",
            "limit_start": at,
            "limit_page_length": PAGE,
        }
        answer = await self._asking.ask("GET", f"/api/resource/{quote(wanted.model)}?{urlencode(query)}", self._lets_in)
        return rows_in(answer.get("data") if isinstance(answer, dict) else None)

    async def codes(self, rows: Sequence[VendorRow]) -> dict[int, str]:
        return {}

    async def document(self, kind: str, name: str) -> VendorRow:
        """A document with its child tables, which lists omit. Raises `RecordsNotHad`."""
        answer = await self._asking.ask("GET", f"/api/resource/{quote(kind)}/{quote(name, safe='')}", self._lets_in)
        (found,) = rows_in([answer.get("data") if isinstance(answer, dict) else None])
        return found

    async def add(self, kind: str, document: dict[str, Any]) -> None:
        """Create a document. Raises `RecordsNotHad` if it's rejected."""
        await self._asking.ask("POST", f"/api/resource/{quote(kind)}", self._lets_in, document)

    @property
    def _lets_in(self) -> dict[str, str]:
        return {"Authorization": f"token {self._asking.secret}"}


def id_of(part: Any) -> int:
    """The id of a reference or a record; 0 if none."""
    found = part[0] if isinstance(part, list) and part else part
    return found if isinstance(found, int) and not isinstance(found, bool) else 0


def _odoo_code(row: VendorRow, codes: Mapping[int, str]) -> str:
    return codes.get(id_of(row.get("product_id"))) or codes.get(-id_of(row.get("product_tmpl_id"))) or ""


def _odoo_supplier(row: VendorRow, codes: Mapping[int, str]) -> Cells:
    retired = "yes" if row.get("active") is False else ""
    return {"supplier_id": f"odoo-{id_of(row.get('id'))}", "name": text_of(row.get("name")), "retired": retired}


def _odoo_price(row: VendorRow, codes: Mapping[int, str]) -> Cells:
    return {
        "supplier_id": f"odoo-{id_of(row.get('partner_id'))}",
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
    retired = "yes" if row.get("disabled") else ""
    return {"supplier_id": slug(name), "name": text_of(row.get("supplier_name")) or name, "retired": retired}


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


CELLS: Mapping[tuple[str, str], Callable[[VendorRow, Mapping[int, str]], Cells]] = {
    ("odoo", "Supplier"): _odoo_supplier,
    ("odoo", "SupplierPrice"): _odoo_price,
    ("odoo", "Inventory"): _odoo_count,
    ("erpnext", "Supplier"): _erpnext_supplier,
    ("erpnext", "SupplierPrice"): _erpnext_price,
    ("erpnext", "Inventory"): _erpnext_count,
}
