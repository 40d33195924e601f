"""Products from Odoo and ERPNext, as catalogue rows.

Odoo: `product.product` (odoo.com/documentation, External API); ERPNext: `Item`, whose barcodes are a child table
missing from lists (docs.frappe.io, REST API).

Amounts in another currency than the shop's have a currency code, so that the import leaves them out: Odoo's are in the
company's currency, ERPNext's in that of the item's company, or else in the site's default one. Costs are imported.
Sales prices are imported only if the connector's mapping has them (`"list_price" = "price"`), as it depends on the
installation whether they include tax.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from edge.backoffice.feeds.service.erp_orders import DOCUMENTS_MOST, number_of
from edge.backoffice.feeds.service.erp_records import REFUSED_RIGHTS, ErpNext, Listing, id_of
from edge.backoffice.feeds.service.vendor_wire import (
    REFUSED,
    Cells,
    RecordsNotHad,
    RecordSource,
    VendorApi,
    VendorRow,
    lines_in,
    text_of,
)

ODOO_PRODUCTS = RecordSource(
    "product.product",
    (["type", "in", ["consu", "product"]], ["active", "in", [True, False]]),  # goods, including archived ones
    ("id", "default_code", "barcode", "name", "categ_id", "standard_price", "lst_price", "active"),
    "write_date",
)
ERPNEXT_PRODUCTS = RecordSource(
    "Item", (["has_variants", "=", 0], ["is_stock_item", "=", 1]), ("name", "disabled"), "modified"
)
COMPANIES = RecordSource("Company", (), ("name", "default_currency"), "modified")
ROOTS = frozenset({"all", "all item groups"})
"""Lower-case names of the root category, which is ignored as it contains all products."""


async def products_of(
    listing: Listing, api: VendorApi, since: str, currency: str
) -> tuple[list[VendorRow], list[Cells]]:
    """The records changed since a time, which set the cursor, and their rows. `currency`: the shop's. Raises
    `RecordsNotHad`."""
    if not isinstance(api, ErpNext):
        changed = await listing.all_of(api, ODOO_PRODUCTS, since)
        return changed, [_odoo_product(row, currency) for row in changed]
    changed = await listing.all_of(api, ERPNEXT_PRODUCTS, since)
    if len(changed) > DOCUMENTS_MOST:
        raise RecordsNotHad(str(len(changed)), "", "feeds.too_many_records")
    items = [await api.document(ERPNEXT_PRODUCTS.model, text_of(row.get("name"))) for row in changed]
    companies = await listing.all_of(api, COMPANIES, "")
    money = {text_of(row.get("name")): text_of(row.get("default_currency")) for row in companies}
    usual = {await _default_currency(api)} - {""} if len(set(money.values())) > 1 else set()
    currencies = [_erpnext_currency(one, money, usual or set(money.values()), currency) for one in items]
    return changed, [_with_currency(_erpnext_product(one), code) for one, code in zip(items, currencies, strict=True)]


async def _default_currency(api: ErpNext) -> str:
    """The site's default currency; "" if the user may not read its defaults. Raises `RecordsNotHad`."""
    try:
        defaults = await api.document("Global Defaults", "Global Defaults")
    except RecordsNotHad as error:
        if error.key not in (REFUSED, REFUSED_RIGHTS):
            raise
        return ""
    return text_of(defaults.get("default_currency"))


def _erpnext_currency(item: VendorRow, money: Mapping[str, str], usual: set[str], ours: str) -> str:
    """The currency of an item's amounts if it isn't the shop's.

    `money`: companies' currencies; `usual`: those of items without a company of their own, several if the site's
    default isn't known.
    """
    own = {text_of(one.get("company")) for one in lines_in(item.get("item_defaults"))}
    of = {currency for company, currency in money.items() if company in own} or usual
    return next(iter(sorted(of - {ours, ""})), "")


def _with_currency(row: Cells, *currencies: str) -> Cells:
    """A row whose cost and price state their currencies, if these aren't the shop's."""
    cost, price = currencies[0], currencies[-1]
    said = {"cost": cost, "list_price": price}
    return {**row, **{column: f"{row[column]} {code}" for column, code in said.items() if code and row[column]}}


def _odoo_product(row: VendorRow, ours: str) -> Cells:
    cost, price = (text_of(row.get(field)) for field in ("cost_currency_id", "currency_id"))
    theirs = (code if code != ours else "" for code in (cost or price, price))
    return _with_currency(_odoo_cells(row), *theirs)


def _odoo_cells(row: VendorRow) -> Cells:
    code = text_of(row.get("barcode"))
    return _row(
        text_of(row.get("default_code")) or ("" if code else f"odoo-{id_of(row.get('id'))}"),
        code,
        row,
        ("name", "standard_price", "lst_price"),
        _category(text_of(row.get("categ_id"))),
        is_gone=row.get("active") is False,
    )


def _erpnext_product(row: VendorRow) -> Cells:
    unit, barcodes = text_of(row.get("stock_uom")), lines_in(row.get("barcodes"))
    codes = [text_of(one.get("barcode")) for one in barcodes if text_of(one.get("uom")) in ("", unit)]
    number = text_of(row.get("item_code")) or text_of(row.get("name"))
    said = _row(
        number,
        next(iter(codes), ""),
        row,
        ("item_name", "valuation_rate", "standard_rate"),
        _category(text_of(row.get("item_group"))),
        is_gone=bool(row.get("disabled")),
    )
    return {**said, "brand": text_of(row.get("brand"))}


def _category(path: str) -> str:
    """A category path without its root: "Food / Bread" from "All / Food / Bread"."""
    top, _, below = path.partition(" / ")
    return below if top.casefold() in ROOTS else path


def _row(
    number: str, code: str, row: Mapping[str, Any], fields: tuple[str, str, str], category: str, is_gone: bool
) -> Cells:
    """A row with all columns each time, so that a mapping finds them. A price of 0 means that none was entered."""
    name, cost, price = fields
    said = {"cost": row.get(cost), "list_price": row.get(price)}
    amounts = {column: text_of(amount) if number_of(amount) else "" for column, amount in said.items()}
    gone = "yes" if is_gone else ""
    about = {"sku": number, "code": code, "name": text_of(row.get(name)), "brand": "", "category": category}
    return {**about, **amounts, "retired": gone}
