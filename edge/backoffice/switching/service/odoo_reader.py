"""Reads a shop's data from Odoo, page by page: products, customers, cards, sales.

odoo.com/documentation, External JSON-2 API (19 and later) and External RPC API (JSON-RPC, before): `fields_get` lists a
model's fields, `search_read` reads some. Pages are by id, so that no record is skipped when others change.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, NamedTuple

from edge.backoffice.feeds.service.erp_orders import number_of
from edge.backoffice.feeds.service.erp_records import NO_MODEL, OdooJson2, OdooRpc, id_of
from edge.backoffice.feeds.service.vendor_wire import PAGE, RecordsNotHad, VendorRow, text_of
from edge.lib.units.money import exponent

Rows = AsyncIterator[list[list[str]]]
PRODUCTS = (
    *("Handle", "Item Name", "SKU", "Barcode", "Price", "Cost", "Category", "Tax rate", "On hand", "Weighed"),
    *("Supplier", "Supplier Code", "Option Name 1", "Option Value 1", "Option Name 2", "Option Value 2"),
    *("Option Name 3", "Option Value 3"),
)
CUSTOMERS = (
    *("Name", "Email", "Phone", "Street", "Street2", "City", "State", "Zip", "Country", "Member Code"),
    *("Points Balance", "Amount Owed"),
)
CARDS = ("Gift Card Code", "Balance", "Expiration Date")
SALES = ("Date", "Transaction ID", "SKU", "Barcode", "Item", "Qty", "Net Sales", "Customer Email", "Customer Phone")
"""Column headings, as known to `headings.py` and `ingest`."""
TAX_FIELDS = ("amount", "amount_type", "price_include", "price_include_override", "children_tax_ids")
OPTIONS = 3
SOLD_STATES = ("paid", "done", "invoiced")


class ShopPrices(NamedTuple):
    """How the shop states its prices. `inclusive`: whether they include taxes."""

    inclusive: bool
    currency: str


class OdooReader:
    """Reads from an open API. `unpriced`: the number of products whose price was left out because their taxes aren't
    clear."""

    def __init__(self, api: OdooJson2 | OdooRpc, prices: ShopPrices) -> None:
        self._api, self._prices = api, prices
        self.unpriced = 0
        self._known_fields: dict[tuple[str, tuple[str, ...]], tuple[str, ...]] = {}
        self._numbers: dict[int, tuple[str, str]] = {}
        self._people: dict[int, tuple[str, str]] = {}

    async def sign_in(self) -> None:
        """Raise `RecordsNotHad` if Odoo doesn't answer or rejects the sign-in."""
        if not await self._fields("product.product", ("name",)):
            raise RecordsNotHad("product.product", "", "feeds.page_not_understood")

    async def products(self) -> Rows:
        """Products on sale, one row per variant."""
        options = {id: cells async for id, cells in self._options()}
        taxes = {id_of(row.get("id")): row async for row in self._all("account.tax", [], TAX_FIELDS)}
        suppliers: dict[int, tuple[str, str]] = {}
        async for row in self._all("product.supplierinfo", [], ("product_tmpl_id", "partner_id", "product_code")):
            found = (text_of(row.get("partner_id")), text_of(row.get("product_code")))
            suppliers.setdefault(id_of(row.get("product_tmpl_id")), found)
        fields = (
            *("default_code", "barcode", "name", "product_tmpl_id", "categ_id", "standard_price", "lst_price"),
            *("qty_available", "to_weight", "taxes_id", "product_template_attribute_value_ids"),
        )
        async for page in self._pages("product.product", [["sale_ok", "=", True]], fields):
            yield [self._product(row, options, taxes, suppliers) for row in page]

    def _product(
        self,
        row: VendorRow,
        options: Mapping[int, tuple[str, str]],
        taxes: Mapping[int, VendorRow],
        suppliers: Mapping[int, tuple[str, str]],
    ) -> list[str]:
        id, template = id_of(row.get("id")), id_of(row.get("product_tmpl_id"))
        code = text_of(row.get("barcode"))
        sku = text_of(row.get("default_code")) or ("" if code else f"odoo-{id}")
        self._numbers[id] = (sku, code)
        axes = [options[one] for one in _ids_in(row.get("product_template_attribute_value_ids")) if one in options]
        cells = [cell for axis in (*axes[:OPTIONS], *[("", "")] * OPTIONS)[:OPTIONS] for cell in axis]
        percent = [
            text_of(taxes[one].get("amount"))
            for one in _ids_in(row.get("taxes_id"))
            if one in taxes and taxes[one].get("amount_type") == "percent"
        ]
        price = price_of(row, taxes, self._prices)
        self.unpriced += price is None
        _, _, below = text_of(row.get("categ_id")).partition("All / ")
        return [
            *(f"odoo-{template}" if axes else "", text_of(row.get("name")), sku, code, price or ""),
            *(text_of(row.get("standard_price")), below or text_of(row.get("categ_id"))),
            *(percent[0] if len(percent) == 1 else "", text_of(row.get("qty_available"))),
            *("yes" if row.get("to_weight") is True else "", *suppliers.get(template, ("", "")), *cells),
        ]

    async def _options(self) -> AsyncIterator[tuple[int, tuple[str, str]]]:
        """The option names (Size) and values (Large) of variants, by id."""
        async for row in self._all("product.template.attribute.value", [], ("name", "attribute_id")):
            yield id_of(row.get("id")), (text_of(row.get("attribute_id")), text_of(row.get("name")))

    async def customers(self) -> Rows:
        """Customers, without people who are only suppliers or employees.

        A customer with a login for the web shop has a user too, but is still `partner_share`.
        """
        points: dict[int, Decimal] = {}
        async for row in self._all("loyalty.card", [], ("points", "partner_id", "program_type")):
            if row.get("program_type") == "loyalty" and (id := id_of(row.get("partner_id"))):
                points[id] = points.get(id, Decimal()) + number_of(row.get("points"))
        fields = (
            *("name", "email", "phone", "mobile", "street", "street2", "city", "state_id", "zip", "country_id"),
            *("barcode", "credit"),
        )
        only = [["partner_share", "=", True], "|", ["customer_rank", ">", 0], ["supplier_rank", "=", 0]]
        async for page in self._pages("res.partner", only, fields):
            yield [self._customer(row, points) for row in page]

    def _customer(self, row: VendorRow, points: Mapping[int, Decimal]) -> list[str]:
        id, text = id_of(row.get("id")), {field: text_of(part) for field, part in row.items()}
        phone = text.get("phone") or text.get("mobile", "")
        self._people[id] = (text.get("email", ""), phone)
        state = text.get("state_id", "").partition(" (")[0]
        held = str(int(points[id])) if id in points else ""
        return [
            *(text.get("name", ""), text.get("email", ""), phone, text.get("street", ""), text.get("street2", "")),
            *(text.get("city", ""), state, text.get("zip", ""), text.get("country_id", ""), text.get("barcode", "")),
            *(held, text.get("credit", "")),
        ]

    async def cards(self) -> Rows:
        """Gift cards with their balances."""
        fields = ("code", "points", "expiration_date", "program_type")
        async for page in self._pages("loyalty.card", [], fields):
            yield [
                [text_of(row.get(field)) for field in fields[:3]]
                for row in page
                if row.get("program_type") in ("gift_card", "ewallet") and row.get("code")
            ]

    async def sales(self) -> Rows:
        """Paid lines of Odoo's point of sale, or of invoices if it isn't used. Amounts are without taxes."""
        orders = await self._fields("pos.order", ("name", "date_order", "partner_id", "state"))
        if "date_order" in orders:
            only: list[Any] = [["state", "in", list(SOLD_STATES)]]
            async for page in self._pages("pos.order", only, orders):
                lines = self._lines("pos.order.line", "order_id", page, ("qty", "price_subtotal"))
                yield [self._line(order, line, "date_order", line.get("qty"), 1) async for order, line in lines]
            return
        only = [["move_type", "in", ["out_invoice", "out_refund"]], ["state", "=", "posted"]]
        async for page in self._pages("account.move", only, ("name", "invoice_date", "partner_id", "move_type")):
            lines = self._lines("account.move.line", "move_id", page, ("quantity", "price_subtotal", "display_type"))
            yield [
                self._line(move, line, "invoice_date", line.get("quantity"), -1 if _is_refund(move) else 1)
                async for move, line in lines
                if line.get("display_type") in ("product", False)
            ]

    async def _lines(
        self, model: str, back: str, page: Sequence[VendorRow], fields: tuple[str, ...]
    ) -> AsyncIterator[tuple[VendorRow, VendorRow]]:
        orders = {id_of(order.get("id")): order for order in page}
        async for line in self._all(model, [[back, "in", list(orders)]], (back, "product_id", *fields)):
            if id_of(line.get("product_id")) and (order := orders.get(id_of(line.get(back)))):
                yield order, line

    def _line(self, order: VendorRow, line: VendorRow, day: str, quantity: Any, sign: int) -> list[str]:
        sku, code = self._numbers.get(id_of(line.get("product_id")), ("", ""))
        when = text_of(order.get(day))
        who = self._people.get(id_of(order.get("partner_id")), ("", ""))
        amounts = [_with_sign(text_of(one), sign) for one in (quantity, line.get("price_subtotal"))]
        moment = f"{when}Z" if " " in when else when  # Odoo's times are UTC
        return [moment, text_of(order.get("name")), sku, code, text_of(line.get("product_id")), *amounts, *who]

    async def _all(self, model: str, domain: list[Any], fields: tuple[str, ...]) -> AsyncIterator[VendorRow]:
        async for page in self._pages(model, domain, fields):
            for row in page:
                yield row

    async def _pages(self, model: str, domain: list[Any], fields: Sequence[str]) -> AsyncIterator[list[VendorRow]]:
        """Records in pages by id; none if the model isn't installed."""
        known = await self._fields(model, tuple(fields))
        last = 0
        while known:
            more = {"fields": list(known), "offset": 0, "limit": PAGE, "order": "id"}
            page = await self._api.call(model, [*domain, ["id", ">", last]], more)
            if page:
                yield page
                newest = id_of(page[-1].get("id"))
                if newest <= last:
                    raise RecordsNotHad(model, "", "feeds.page_repeats")
                last = newest
            if len(page) < PAGE:
                return

    async def _fields(self, model: str, wanted: tuple[str, ...]) -> tuple[str, ...]:
        """The fields among `wanted` that a model has, queried once; none if the model isn't installed."""
        if (model, wanted) not in self._known_fields:
            self._known_fields[model, wanted] = await self._ask_fields(model, wanted)
        return self._known_fields[model, wanted]

    async def _ask_fields(self, model: str, wanted: tuple[str, ...]) -> tuple[str, ...]:
        try:
            found = await self._api.do(model, "fields_get", {"allfields": list(wanted), "attributes": ["type"]})
        except RecordsNotHad as error:
            if _is_absent(error) and model != "product.product":
                return ()
            raise
        return tuple(field for field in wanted if field in found) if isinstance(found, dict) else ()


def _is_absent(error: RecordsNotHad) -> bool:
    """Whether an error means that a model isn't installed. JSON-2 uses status 404, JSON-RPC a specific error."""
    return error.key == NO_MODEL or (error.key == "undelivered.refused" and error.what == "404")


def price_of(row: VendorRow, taxes: Mapping[int, VendorRow], shop: ShopPrices) -> str | None:
    """A product's price, with or without taxes like the shop's own prices; None if its taxes don't allow the
    conversion.

    >>> vat = {5: {"amount": 20.0, "amount_type": "percent", "price_include": False}}
    >>> price_of({"lst_price": 10.0, "taxes_id": [5]}, vat, ShopPrices(True, "EUR"))
    '12.00'
    >>> price_of({"lst_price": 10.0, "taxes_id": [5]}, vat, ShopPrices(False, "EUR"))
    '10.0'
    """
    text = text_of(row.get("lst_price"))
    try:
        price = Decimal(text or "0")
    except InvalidOperation:
        return text
    if not price:
        return text
    if not isinstance(row.get("taxes_id"), list):
        return None
    found = _single_taxes(_ids_in(row.get("taxes_id")), taxes)
    if all(tax is not None and (_is_included(tax) is shop.inclusive or _is_nothing(tax)) for tax in found):
        return text
    tax = found[0]
    if len(found) > 1 or tax is None or _is_included(tax) is None or tax.get("amount_type") != "percent":
        return None
    factor = 1 + number_of(tax.get("amount")) / 100
    if factor <= 0:
        return None
    exact = price * factor if shop.inclusive else price / factor
    return str(exact.quantize(Decimal(1).scaleb(-exponent(shop.currency)), ROUND_HALF_UP))


def _single_taxes(ids: Sequence[int], taxes: Mapping[int, VendorRow]) -> list[VendorRow | None]:
    """Taxes by id, with groups replaced by their taxes; None for a tax that wasn't read."""
    found: list[VendorRow | None] = []
    for id in ids:
        tax = taxes.get(id)
        if tax is not None and tax.get("amount_type") == "group":
            found += [taxes.get(child) for child in _ids_in(tax.get("children_tax_ids"))] or [None]
        else:
            found.append(tax)
    return found


def _is_included(tax: VendorRow) -> bool | None:
    """Whether prices include a tax; None if Odoo doesn't say. Up to version 17 it's a stored field; 18 computes it from
    the tax's override and the company's default."""
    said = tax.get("price_include")
    if isinstance(said, bool):
        return said
    return {"tax_included": True, "tax_excluded": False}.get(text_of(tax.get("price_include_override")))


def _is_nothing(tax: VendorRow) -> bool:
    return tax.get("amount_type") == "percent" and not number_of(tax.get("amount"))


def _ids_in(part: Any) -> list[int]:
    return [one for one in part if isinstance(one, int)] if isinstance(part, list) else []


def _is_refund(move: VendorRow) -> bool:
    return move.get("move_type") == "out_refund"


def _with_sign(text: str, sign: int) -> str:
    return text if sign > 0 or not text else f"-{text}".replace("--", "")
