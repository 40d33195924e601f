"""Writes stock counts to Odoo and ERPNext, only where they differ.

Odoo: a `stock.quant` is set by `inventory_quantity` and `action_apply_inventory`. ERPNext: a Stock Reconciliation
document, valid at once with `docstatus` 1. [?] Neither vendor documents this for programs: it follows common use of
their models and was tested with `sim/vendors` only. Repeating it has no effect, as nothing differs then.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from itertools import groupby
from typing import Any, Protocol

import msgspec

from edge.backoffice.feeds.connector import Connector, mapping_of
from edge.backoffice.feeds.reading.layout import layout_of
from edge.backoffice.feeds.service.erp_records import ErpNext, OdooJson2, OdooRpc, id_of
from edge.backoffice.feeds.service.vendor_records import VendorRecords
from edge.backoffice.feeds.service.vendor_wire import RecordsNotHad, RecordSource, VendorRow, slug, text_of
from edge.lib.units.quantity import THOUSANDTHS

CHANGED_MOST = 1_000
"""Maximum counts written per turn; the rest wait for the next."""
AT_ONCE = 100
Pair = tuple[str, str]
"""A product and a location, by our ids."""
MEASURES: Mapping[str, str] = {
    **dict.fromkeys(("kg", "kilogram", "kilograms"), "kg"),
    **dict.fromkeys(("l", "litre", "litres", "liter", "liters"), "litre"),
    **dict.fromkeys(("m", "metre", "metres", "meter", "meters"), "metre"),
    **dict.fromkeys(("g", "gram", "grams", "t", "tonne", "lb", "lbs", "pound", "oz", "ounce"), "another weight"),
    **dict.fromkeys(("ml", "cl", "millilitre", "milliliter", "gal (us)", "qt (us)", "fl oz (us)"), "another volume"),
    **dict.fromkeys(("mm", "cm", "km", "centimeter", "millimeter", "ft", "in", "yd"), "another length"),
}
"""Our unit for each measure, by its lower-case name in the other system. Any other name means pieces, or a unit that
only that system has."""
ODOO_PRODUCTS = RecordSource("product.product", (), ("default_code", "tracking", "uom_id"), "write_date")
ODOO_PLACES = RecordSource("stock.location", (["usage", "=", "internal"],), ("complete_name",), "write_date")
ODOO_STOCK = RecordSource(
    "stock.quant",
    (["location_id.usage", "=", "internal"],),
    ("product_id", "location_id", "quantity", "lot_id"),
    "write_date",
)
ERPNEXT_PRODUCTS = RecordSource(
    "Item", (["disabled", "=", 0],), ("item_code", "has_batch_no", "has_serial_no", "stock_uom"), "modified"
)
ERPNEXT_PLACES = RecordSource("Warehouse", (["is_group", "=", 0],), ("name", "company"), "modified")
ERPNEXT_STOCK = RecordSource("Bin", (), ("item_code", "warehouse", "actual_qty"), "modified")


class CountsWritten(msgspec.Struct, frozen=True):
    """The number of counts written, and of counts that can't be written: the product or location is unknown there,
    tracked by lots there, counted in another unit there, or the count is negative here."""

    changed: int
    left_out: int


class OurStock(msgspec.Struct, frozen=True):
    """Our stock: `counts` in thousandths of each product's unit, and `units` by product."""

    counts: Mapping[Pair, int]
    units: Mapping[str, str]


class StockThere(msgspec.Struct):
    """The other system's stock.

    `products`, `places`: its ids by ours. `counts`: thousandths. `rows`: the row of a count, for systems that write
    rows. `units`: the products' units of measure there.
    """

    products: dict[str, Any]
    places: dict[str, Any]
    counts: dict[Pair, int]
    rows: dict[Pair, int] = {}
    units: dict[str, str] = {}

    def at(self, place: str) -> StockThere:
        """This stock with its only location under our name `place`."""
        renamed = {(sku, place): quantity for (sku, _), quantity in self.counts.items()}
        rows = {(sku, place): row for (sku, _), row in self.rows.items()}
        return StockThere(self.products, dict.fromkeys((place,), *self.places.values()), renamed, rows, self.units)

    def counts_otherwise(self, sku: str, unit: str) -> bool:
        """Whether the other system counts a product in another unit than ours: 12 kg aren't 12 g."""
        measure = MEASURES.get(self.units.get(sku, "").strip().casefold(), unit)
        return bool(unit) and measure != unit


class CountChange(msgspec.Struct, frozen=True):
    """A count to change, with the new quantity in thousandths."""

    pair: Pair
    quantity: int


class StockApi(Protocol):
    """A system whose counts can be read and written. Both methods raise `RecordsNotHad`."""

    async def read(self) -> StockThere: ...

    async def write(self, there: StockThere, changes: Sequence[CountChange]) -> None: ...


class CountsWriter:
    """Writes counts to a connector's system through `records`."""

    def __init__(self, connector: Connector, records: VendorRecords) -> None:
        self._there: StockApi = _ErpNextStock(records) if connector.kind == "erpnext" else _OdooStock(records)
        self._only_place = layout_of(mapping_of(connector), "Inventory").values.get("location", "")

    async def give(self, ours: Callable[[], Awaitable[OurStock]]) -> CountsWritten:
        """Set the other system's counts to `ours`, which is read last, as sales continue in the meantime."""
        there = await self._there.read()
        if self._only_place and len(there.places) == 1:
            there = there.at(self._only_place)
        changes, left_out = differences(await ours(), there)
        some = changes[:CHANGED_MOST]
        for at in range(0, len(some), AT_ONCE):
            await self._there.write(there, some[at : at + AT_ONCE])
        return CountsWritten(len(some), left_out)


def differences(ours: OurStock, there: StockThere) -> tuple[list[CountChange], int]:
    """The counts that differ in the other system, and how many of ours can't be written.

    >>> there = StockThere({"milk": 1, "beer": 2}, {"main": 7}, {("milk", "main"): 5000, ("beer", "main"): 1000})
    >>> ours = {("milk", "main"): 4000, ("wine", "main"): 1000, ("beer", "main"): 1000}
    >>> differences(OurStock(ours, {}), there)
    ([CountChange(pair=('milk', 'main'), quantity=4000)], 1)
    """
    changes, left_out = [], 0
    for pair, quantity in sorted(ours.counts.items()):
        sku, place = pair
        unknown = sku not in there.products or place not in there.places
        if unknown or quantity < 0 or there.counts_otherwise(sku, ours.units.get(sku, "")):
            left_out += bool(quantity)
        elif quantity != there.counts.get(pair, 0):
            changes.append(CountChange(pair, quantity))
    return changes, left_out


class _OdooStock:
    def __init__(self, records: VendorRecords) -> None:
        api = records.api()
        assert isinstance(api, OdooJson2 | OdooRpc)
        self._records, self._api = records, api

    async def read(self) -> StockThere:
        products = await self._records.all_of(self._api, ODOO_PRODUCTS, "")
        places = await self._records.all_of(self._api, ODOO_PLACES, "")
        by_lots = {text_of(row.get("default_code")) for row in products if row.get("tracking") not in ("none", False)}
        codes = {id_of(row.get("id")): text_of(row.get("default_code")) for row in products}
        names = {id_of(row.get("id")): slug(text_of(row.get("complete_name"))) for row in places}
        counts: dict[Pair, int] = {}
        rows: dict[Pair, int] = {}
        for row in await self._records.all_of(self._api, ODOO_STOCK, ""):
            pair = (codes.get(id_of(row.get("product_id")), ""), names.get(id_of(row.get("location_id")), ""))
            if pair in rows or text_of(row.get("lot_id")):
                by_lots.add(pair[0])
            counts[pair] = counts.get(pair, 0) + _thousandths(row.get("quantity"))
            rows[pair] = id_of(row.get("id"))
        ids = {code: id for id, code in codes.items() if code and code not in by_lots}
        units = {text_of(row.get("default_code")): text_of(row.get("uom_id")) for row in products}
        return StockThere(ids, {place: id for id, place in names.items() if place}, counts, rows, units)

    async def write(self, there: StockThere, changes: Sequence[CountChange]) -> None:
        known = [(there.rows[one.pair], one) for one in changes if one.pair in there.rows]
        for row, one in known:
            await self._api.do("stock.quant", "write", {"ids": [row], "vals": _quant_values(one)})
        new = [
            {"product_id": there.products[one.pair[0]], "location_id": there.places[one.pair[1]], **_quant_values(one)}
            for one in changes
            if one.pair not in there.rows
        ]
        made = await self._api.do("stock.quant", "create", {"vals_list": new}) if new else []
        if not isinstance(made, list) or not all(isinstance(one, int) for one in made):
            raise RecordsNotHad(str(made)[:80], "", "feeds.page_not_understood")
        said = await self._api.do("stock.quant", "action_apply_inventory", {"ids": [*(row for row, _ in known), *made]})
        if isinstance(said, dict):  # Odoo returns a dialogue if stock moved during the count
            raise RecordsNotHad(text_of(said.get("name"))[:80], "", "feeds.counts_moved")


class _ErpNextStock:
    def __init__(self, records: VendorRecords) -> None:
        api = records.api()
        assert isinstance(api, ErpNext)
        self._records, self._api = records, api

    async def read(self) -> StockThere:
        items = await self._records.all_of(self._api, ERPNEXT_PRODUCTS, "")
        places = await self._records.all_of(self._api, ERPNEXT_PLACES, "")
        by_piece = (row for row in items if not (row.get("has_batch_no") or row.get("has_serial_no")))
        codes = {code: code for row in by_piece if (code := text_of(row.get("item_code")))}
        there = StockThere(codes, {slug(text_of(row.get("name"))): row for row in places}, {})
        there.units = {text_of(row.get("item_code")): text_of(row.get("stock_uom")) for row in items}
        for row in await self._records.all_of(self._api, ERPNEXT_STOCK, ""):
            pair = (text_of(row.get("item_code")), slug(text_of(row.get("warehouse"))))
            there.counts[pair] = _thousandths(row.get("actual_qty"))
        return there

    async def write(self, there: StockThere, changes: Sequence[CountChange]) -> None:
        def company(one: CountChange) -> str:
            return text_of(there.places[one.pair[1]].get("company"))

        for owner, some in groupby(sorted(changes, key=company), company):
            items = [_erpnext_item(there.places[one.pair[1]], one) for one in some]
            about = {"purpose": "Stock Reconciliation", "company": owner, "docstatus": 1}
            await self._api.add("Stock Reconciliation", {**about, "items": items})


def _erpnext_item(place: VendorRow, one: CountChange) -> dict[str, Any]:
    return {"item_code": one.pair[0], "warehouse": place["name"], "qty": one.quantity / THOUSANDTHS}


def _quant_values(one: CountChange) -> dict[str, Any]:
    return {"inventory_quantity": one.quantity / THOUSANDTHS, "inventory_quantity_set": True}


def _thousandths(part: Any) -> int:
    """A number in thousandths. Raises `RecordsNotHad` if it isn't a number."""
    if isinstance(part, bool) or not isinstance(part, int | float):
        raise RecordsNotHad(str(part)[:80], "", "feeds.page_not_understood")
    return round(part * THOUSANDTHS)
