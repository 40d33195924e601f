"""Suppliers, prices and counts from Odoo and ERPNext, and counts written to them.

Odoo: odoo.com/documentation, External JSON-2 API (19 and later) and External RPC API (JSON-RPC, before); ERPNext:
docs.frappe.io, REST API. False, empty and null mean no value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, Protocol
from urllib.parse import quote, urlencode

import msgspec

from edge.backoffice.feeds.service.vendor_wire import (
    PAGE,
    REFUSED,
    Cells,
    RecordsNotHad,
    RecordSource,
    VendorApi,
    VendorRow,
    rows_in,
    slug,
    text_of,
)

NO_MODEL = "feeds.no_such_model"
"""Reason for a failed request: the model isn't installed in Odoo."""
REFUSED_RIGHTS = "undelivered.refused"
"""Reason for a failed request: the user may not read the model."""
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
            "min_qty",
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


UNIT_FIELDS = ("product_uom_id", "uom_id", "product_uom")
"""Fields with the unit of a quantity, by version and model."""
SOMETIMES: Mapping[str, tuple[str, ...]] = {
    "product.supplierinfo": (*UNIT_FIELDS, "discount"),
    "product.product": ("currency_id", "cost_currency_id"),
    **dict.fromkeys(("mrp.bom", "mrp.bom.line", "mrp.production", "sale.order.line", "account.move.line"), UNIT_FIELDS),
}
"""Fields of a model that only some versions have. `fields_get` lists those present."""


class ErpAsking(Protocol):
    """Requests to an ERP system. `ask` raises `RecordsNotHad`."""

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
        self._units: dict[int, int] = {}
        self._has: dict[str, tuple[str, ...]] = {}

    @property
    def units(self) -> dict[int, int]:
        return self._units

    async def do(self, model: str, method: str, named: dict[str, Any]) -> Any:
        """Run a method with named arguments, in the order it expects."""
        raise NotImplementedError

    async def call(self, model: str, domain: list[Any], more: dict[str, Any]) -> list[VendorRow]:
        raise NotImplementedError

    async def page(self, wanted: RecordSource, since: str, at: int) -> list[VendorRow]:
        domain = [*wanted.only, *([["write_date", ">", since]] if since else [])]
        more = await self._sometimes(wanted.model)
        fields = [*dict.fromkeys((*wanted.fields, *more, wanted.changed))]
        rows = await self.call(
            wanted.model, domain, {"fields": fields, "offset": at, "limit": PAGE, "order": "write_date, id"}
        )
        unit = next((field for field in UNIT_FIELDS if field in more), "")
        return [{**row, "uom": row.get(unit)} for row in rows] if unit else rows

    async def _sometimes(self, model: str) -> tuple[str, ...]:
        """The fields of `SOMETIMES` that a model has in this installation; queried once."""
        if (wanted := SOMETIMES.get(model)) and model not in self._has:
            try:
                found = await self.do(model, "fields_get", {"allfields": list(wanted), "attributes": ["type"]})
            except RecordsNotHad as error:
                if error.key not in (NO_MODEL, REFUSED_RIGHTS):
                    raise
                found = {}
            self._has[model] = tuple(field for field in wanted if field in found) if isinstance(found, dict) else ()
        return self._has.get(model, ())

    async def codes(self, rows: Sequence[VendorRow]) -> dict[int, str]:
        found: dict[int, str] = {}
        for key, field, sign in (("product_id", "id", 1), ("product_tmpl_id", "product_tmpl_id", -1)):
            ids = sorted({id for row in rows if (id := id_of(row.get(key)))})
            for at in range(0, len(ids), PAGE):
                fields = ["default_code", "product_tmpl_id", "uom_id"]
                asked = {"fields": fields, "offset": 0, "limit": PAGE * 4, "order": "id"}
                for one in await self.call("product.product", [[field, "in", ids[at : at + PAGE]]], asked):
                    id = id_of(one.get("product_tmpl_id")) if sign < 0 else id_of(one.get("id"))
                    self._units[sign * id] = id_of(one.get("uom_id"))
                    if id and (code := text_of(one.get("default_code"))):
                        found.setdefault(sign * id, code)  # a template gets the code of its first variant
        return found


class OdooJson2(_Odoo):
    """Odoo 19 and later: `POST /json/2/MODEL/METHOD`."""

    async def do(self, model: str, method: str, named: dict[str, Any]) -> Any:
        headers = {"Authorization": f"bearer {self._asking.secret}"}
        if self._asking.account:
            headers["X-Odoo-Database"] = self._asking.account
        return await self._asking.ask("POST", f"/json/2/{model}/{method}", headers, named)

    async def call(self, model: str, domain: list[Any], more: dict[str, Any]) -> list[VendorRow]:
        return rows_in(await self.do(model, "search_read", {"domain": domain, **more}))


class OdooRpc(_Odoo):
    """Odoo up to 18: JSON-RPC, which reports errors with status 200. The account is "database/user"."""

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
    """The fault for a JSON-RPC error, by the exception that Odoo names in it. A model that isn't installed causes a
    `KeyError`, or a `UserError` whose localized message contains the model's name.

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
    """ERPNext's REST API: `GET /api/resource/DOCTYPE`. The secret is "key:secret"."""

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

    @property
    def units(self) -> dict[int, int]:
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


def odoo_code(row: VendorRow, codes: Mapping[int, str]) -> str:
    """The product number of a row."""
    return codes.get(id_of(row.get("product_id"))) or codes.get(-id_of(row.get("product_tmpl_id"))) or ""


def with_other_unit(row: VendorRow, units: Mapping[int, int]) -> VendorRow:
    """The row with its quantity's unit as `other_unit`, if that isn't the product's own unit; "" otherwise."""
    id, own = id_of(row.get("uom")), units.get(id_of(row.get("product_id")))
    own = own or units.get(-id_of(row.get("product_tmpl_id")))
    return {**row, "other_unit": text_of(row.get("uom")) if id and own and id != own else ""}


def amount_in_unit(amount: Any, row: VendorRow) -> str:
    """A row's quantity as text. If its unit isn't the product's own, the unit is added, so that the record waits for a
    person: a dozen mustn't count as one.

    >>> amount_in_unit(2.0, {"other_unit": "Dozens"}), amount_in_unit(2.0, {})
    ('2.0 Dozens', '2.0')
    """
    said, unit = text_of(amount), text_of(row.get("other_unit"))
    return f"{said} {unit}" if said and unit else said


class Listing(Protocol):
    """Lists a source's records page by page."""

    async def all_of(self, api: VendorApi, source: RecordSource, since: str) -> list[VendorRow]: ...


async def base_prices(listing: Listing, api: VendorApi, rows: list[VendorRow]) -> list[VendorRow]:
    """Suppliers' base prices, without quantity prices.

    The base price of a product with a changed quantity price may be unchanged and missing here, so prices of such
    products are read again. Raises `RecordsNotHad`.
    """
    if not any(_least(row) > 1 for row in rows):
        return rows
    of = sorted({id_of(row.get("product_tmpl_id")) for row in rows if _least(row) > 1})
    source, found = ODOO["SupplierPrice"], {_price_key(row): row for row in rows if _least(row) <= 1}
    for at in range(0, len(of), PAGE):
        of_these = RecordSource(
            source.model, (["product_tmpl_id", "in", of[at : at + PAGE]],), source.fields, source.changed
        )
        for row in await listing.all_of(api, of_these, ""):
            known = found.setdefault(_price_key(row), row)
            if _least(row) < _least(known):
                found[_price_key(row)] = row
    return list(found.values())


def _least(row: VendorRow) -> float:
    """The minimum quantity for a price."""
    said = row.get("min_qty")
    return float(said) if isinstance(said, int | float) else 0.0


def _price_key(row: VendorRow) -> tuple[Any, ...]:
    ids = (id_of(row.get(field)) for field in ("partner_id", "product_tmpl_id", "product_id"))
    return (*ids, text_of(row.get("date_start")))


def _odoo_supplier(row: VendorRow, codes: Mapping[int, str]) -> Cells:
    retired = "yes" if row.get("active") is False else ""
    return {"supplier_id": f"odoo-{id_of(row.get('id'))}", "name": text_of(row.get("name")), "retired": retired}


def _odoo_price(row: VendorRow, codes: Mapping[int, str]) -> Cells:
    return {
        "supplier_id": f"odoo-{id_of(row.get('partner_id'))}",
        "sku": odoo_code(row, codes),
        "cost": amount_in_unit(_price_after_discount(row), row),
        "currency": text_of(row.get("currency_id")),
        "supplier_code": text_of(row.get("product_code")),
        "from": text_of(row.get("date_start"))[:10],
        "until": text_of(row.get("date_end"))[:10],
    }


def _price_after_discount(row: VendorRow) -> str:
    """A supplier's price less the discount in percent."""
    price, percent = text_of(row.get("price")), text_of(row.get("discount"))
    try:
        return f"{Decimal(price) * (100 - Decimal(percent)) / 100:f}" if float(percent or 0) else price
    except (InvalidOperation, ValueError):
        return f"{price} -{percent}%"


def _odoo_count(row: VendorRow, codes: Mapping[int, str]) -> Cells:
    place = text_of(row.get("location_id"))
    return {"sku": odoo_code(row, codes), "location": slug(place), "quantity": text_of(row.get("quantity"))}


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
