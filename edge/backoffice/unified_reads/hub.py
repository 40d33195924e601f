"""Unified reads at head office: the same rows, names and paging as in the shop, over all stores of a tenant.

Rows come from other capabilities' tables through the views of `hub.sql`. Changes are ordered by the time when head
office *learnt* of them, as a disconnected store reports late and readers must not miss its changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec.structs import astuple

from edge.accounting.accounts.events import SalesOrderDelivered, SalesOrderEnded, SalesOrderOpened
from edge.analytics.production.events import (
    BomEnded,
    BomSet,
    WorkEnded,
    WorkPlanned,
    WorkReported,
    WorkReportUndone,
    WorkStarted,
)
from edge.goods.catalog.events import PriceChanged, ProductRestored, ProductRetired, ProductSet
from edge.goods.purchasing.events import PurchaseDrafted, PurchaseMoved, SupplierRetired, SupplierSet
from sync.hub.api.reads import Field, Filter, Kind, Read
from sync.hub.model import Key
from sync.hub.projection_runner import Project
from sync.hub.table import Column, Fact, Table, place
from sync.hub.table_projector import TableProjector, together
from sync.wire import Row

_OF_PRODUCTS = (ProductSet, PriceChanged, ProductRetired, ProductRestored)
_OF_WORK = (WorkPlanned, WorkStarted, WorkReported, WorkReportUndone, WorkEnded)
_OF_SALES = (SalesOrderOpened, SalesOrderDelivered, SalesOrderEnded)
_OF_PURCHASES = (PurchaseDrafted, PurchaseMoved)
EVENTS = (*_OF_PRODUCTS, BomSet, BomEnded, *_OF_WORK, SupplierSet, SupplierRetired, *_OF_SALES, *_OF_PURCHASES)
CHANGE = Table(
    "unified_change",
    "Time head office last received a change to a store's record.",
    *place(),
    Column("kind", "text", "sku, bom, supplier, work, sales or purchase.", key=True),
    Column("id", "text", "Its number or name in the store.", key=True),
    Column("changed_at", "timestamptz", "Time head office received the change."),
)
_CHANGED = """
    INSERT INTO unified_change (tenant, store, device, kind, id, changed_at)
    SELECT $1, $2, $3, kind, id, now() FROM unnest($4::text[], $5::text[]) AS said (kind, id)
    ON CONFLICT (tenant, store, device, kind, id) DO UPDATE SET changed_at = excluded.changed_at
"""
_TEXTS = {
    "store": "The store.",
    "device": "The store's appliance.",
    "sku_code": "The shop's product number (SKU).",
    "description": "Name in English, or in any other language.",
    "category": "Category.",
    "unit": "Sales unit: piece, kg, litre, metre or service.",
    "unit_cost": "Average unit cost in minor units, as a decimal; null: unknown.",
    "is_active": "Whether it is active.",
    "bom_id": "Bill of materials.",
    "sku_id": "The product.",
    "component_sku_id": "Component product.",
    "quantity_per_unit": "Component quantity per unit, before yield; a decimal.",
    "measure": "g, ml or m; empty: the component's own unit.",
    "yield_percent": "Yield in thousandths.",
    "version": "Version of the bill of materials.",
    "work_order_id": "Order number in the store.",
    "sales_order_id": "Order number in the store.",
    "order_id": "Order number in the store.",
    "supplier_id": "The store's supplier id.",
    "customer_id": "Anonymous customer id.",
    "name": "Name.",
    "lead_time_days": "Lead time stated by the supplier, in days.",
    "currency": "ISO 4217; empty: the store's currency.",
    "quantity": "Quantity in its unit; a decimal.",
    "delivered": "Delivered quantity; a decimal.",
    "good": "Good quantity produced; a decimal.",
    "scrap": "Scrapped quantity; a decimal.",
    "status": "Status.",
    "scheduled_start": "Planned start (business day).",
    "due": "Due date (business day); empty: none.",
    "price_minor": "Unit price in minor units.",
    "warehouse_id": "Stock location.",
    "date": "Business day.",
    "quantity_on_hand": "Quantity on hand; a decimal.",
    "quantity_reserved": "Reserved quantity; a decimal.",
    "kind": "sales, purchase or work.",
    "party": "Customer or supplier; for work orders, the product.",
}
_KINDS: Mapping[str, Kind] = {
    **dict.fromkeys(("version", "lead_time_days", "price_minor"), "integer"),
    **dict.fromkeys(("work_order_id", "sales_order_id", "order_id"), "integer"),
    "is_active": "boolean",
}
_STOCK = ("sku_id", "warehouse_id", "quantity_on_hand", "quantity_reserved")
_OF_DAYS = """
    (SELECT tenant, store, to_char(day, 'YYYY-MM-DD') AS date, sku AS sku_id, location AS warehouse_id,
            unified_decimal(sum(on_hand)) AS quantity_on_hand, unified_decimal(sum(reserved)) AS quantity_reserved,
            max(changed_at) AS changed_at
     FROM generate_series({first}, {last}, '1 day') AS day
          JOIN unified_stock_span ON first_day <= day AND (next_day IS NULL OR next_day > day)
     GROUP BY tenant, store, day, sku, location) AS of_days
"""


def _read(
    name: str, source: str, summary: str, key: tuple[str, ...], fields: tuple[str, ...], filters: Mapping[str, str]
) -> Read:
    """Define a read. `filters` maps parameters to fields."""
    shown = (*(one for one in ("store", "device") if one in key), *fields)
    return Read(
        name=f"unified/{name}",
        source=source,
        summary=summary,
        fields=tuple(Field(one, _KINDS.get(one, "text"), _TEXTS[one]) for one in shown),
        key=key,
        filters=(Filter("store", "store"), *(Filter(one, field) for one, field in filters.items())),
        as_in_shop=True,
        by_days="{first}" in source,
    )


def _reads() -> Iterator[Read]:
    box, goods = ("store", "device"), {"category": "category", "sku": "sku_code"}
    about = ("sku_code", "description", "category", "unit", "unit_cost", "is_active")
    yield _read("skus", "unified_sku", "All products of all stores.", (*box, "sku_code"), about, goods)
    line = ("bom_id", "sku_id", "component_sku_id", "measure", "quantity_per_unit", "yield_percent", "version")
    key = (*box, "bom_id", "component_sku_id")
    yield _read(
        "boms",
        "unified_bom",
        "Bills of materials, one row per component.",
        key,
        (*line, "is_active"),
        {"sku": "sku_id"},
    )
    order = ("work_order_id", "sku_id", "quantity", "status", "scheduled_start", "due", "good", "scrap")
    asked = {"status": "status", "sku": "sku_id"}
    yield _read("work-orders", "unified_work_order", "Work orders.", (*box, "work_order_id"), order, asked)
    who = ("supplier_id", "name", "lead_time_days", "currency", "is_active")
    yield _read("suppliers", "unified_supplier", "Suppliers, including retired ones.", (*box, "supplier_id"), who, {})
    sold = ("sales_order_id", "customer_id", "sku_id", "status", "quantity", "delivered", "price_minor")
    line_key, asked = (*box, "sales_order_id", "sku_id"), {**asked, "customer": "customer_id"}
    rows = (*sold, "warehouse_id", "due")
    yield _read(
        "sales-orders", "unified_sales_order", "Sales orders on account, one row per line.", line_key, rows, asked
    )
    place_key, asked = ("store", "sku_id", "warehouse_id"), {"sku": "sku_id", "location": "warehouse_id"}
    now = "Stock on hand of each product by location."
    yield _read("inventory/current", "unified_stock", now, place_key, _STOCK, asked)
    then = "Stock on hand at the end of each business day."
    day_key = ("store", "date", "sku_id", "warehouse_id")
    yield _read("inventory/history", _OF_DAYS, then, day_key, (*_STOCK, "date"), asked)
    still = "Open sales, purchase and work orders."
    fields = ("kind", "order_id", "status", "party", "due")
    yield _read("orders/open", "unified_open_order", still, (*box, "kind", "order_id"), fields, {"kind": "kind"})


class UnifiedTables(TableProjector):
    """Hub projector (see `sync.hub.projection_runner.Projector`)."""

    name = "unified_reads"
    version = 1
    tables = (CHANGE,)
    reads = tuple(_reads())

    @property
    def handlers(self) -> Mapping[str, Project]:
        return together(self._project, *EVENTS)

    async def _project(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        """Record once per batch that an item has changed."""
        changed = sorted({_of(fact) for fact in self.facts(key, rows)})
        await connection.execute(_CHANGED, *astuple(key), *(list(one) for one in zip(*changed, strict=True)))


def _of(fact: Fact) -> tuple[str, str]:
    """The kind and id of the item that an event is about."""
    match fact.event:
        case ProductSet(product=product):
            return "sku", product.sku
        case PriceChanged(sku=sku) | ProductRetired(sku=sku) | ProductRestored(sku=sku):
            return "sku", sku
        case BomSet(bom=bom):
            return "bom", bom.id
        case BomEnded(id=id):
            return "bom", id
        case SupplierSet(id=id) | SupplierRetired(id=id):
            return "supplier", id
        case event:
            kind = next(name for name, some in _NUMBERED.items() if isinstance(event, some))
            return kind, str(event.number)


_NUMBERED = {"work": _OF_WORK, "sales": _OF_SALES, "purchase": _OF_PURCHASES}
