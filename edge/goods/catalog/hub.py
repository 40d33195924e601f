"""Head office's tables of each store's products and prices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from edge.goods.catalog.events import PriceChanged, ProductRestored, ProductRetired, ProductSet
from edge.goods.catalog.fields import FIELDS, Control
from edge.goods.catalog.product import Product
from sync.hub.api.keys import TEXTS
from sync.hub.api.reads import Filter
from sync.hub.model import Key
from sync.hub.projection_runner import Project
from sync.hub.table import Column, Table, Type, place
from sync.hub.table_projector import TableProjector, together
from sync.wire import Row

_TYPES: Mapping[Control, Type] = {"names": "jsonb", "money": "bigint", "number": "bigint", "quantity": "bigint"}
"""Column types by control; any other control is text."""
_AT_HUB = tuple((field, field.hub, _TYPES.get(field.control, "text")) for field in FIELDS if field.hub)
_OF_FIELDS = tuple(Column(one.name, type_, hub.text, null=hub.null, default=hub.default) for one, hub, type_ in _AT_HUB)
PRODUCT = Table(
    "product",
    "Products of each store, with prices.",
    *place(device="Box with this catalogue."),
    Column("sku", "text", "The shop's product number (SKU).", key=True),
    *_OF_FIELDS[:5],  # `retired` keeps its column position for programs that read the table
    Column("retired", "boolean", "Whether it is discontinued.", default="false"),
    *_OF_FIELDS[5:],
)
"""Table of products, filled by the statements below, many products per statement."""

_NAMES = ", ".join(column.name for column in _OF_FIELDS)
_CASTS = ", ".join(f"{column.name}::{column.type}" for column in _OF_FIELDS)
_ARRAYS = ", ".join(f"${at}::{'text' if one.type == 'jsonb' else one.type}[]" for at, one in enumerate(_OF_FIELDS, 5))
_CHANGES = ", ".join(f"{column.name} = excluded.{column.name}" for column in _OF_FIELDS)
_SET = f"""
    INSERT INTO product (tenant, store, device, sku, {_NAMES})
    SELECT $1, $2, $3, sku, {_CASTS} FROM unnest($4::text[], {_ARRAYS}) AS said (sku, {_NAMES})
    ON CONFLICT (tenant, store, device, sku) DO UPDATE SET {_CHANGES}
"""
_PRICE = """
    UPDATE product SET price_minor = said.price FROM unnest($4::text[], $5::bigint[]) AS said (sku, price)
    WHERE tenant = $1 AND store = $2 AND device = $3 AND product.sku = said.sku
"""
_RETIRED = """
    UPDATE product SET retired = said.retired FROM unnest($4::text[], $5::boolean[]) AS said (sku, retired)
    WHERE tenant = $1 AND store = $2 AND device = $3 AND product.sku = said.sku
"""
_RESTOCK = "SELECT refresh_stock($1, $2, $3::text[])"
"""Updates the stock status, which depends on the product's minimum; see the stock's hub.sql."""


class ProductTables(TableProjector):
    """Projects product events to Postgres (see `sync.hub.projection_runner.Projector`)."""

    name = "products"
    version = 2
    tables = (PRODUCT,)
    reads = (
        PRODUCT.read("products", Filter("store", "store"), Filter("sku", "sku"), Filter("retired", "retired")),
        PRODUCT.read(
            *("names", Filter("store", "store"), Filter("sku", "sku"), Filter("retired", "retired")),
            fields=("store", "device", "sku", "names", "retired"),
            area=TEXTS,
        ),
    )

    @property
    def handlers(self) -> Mapping[str, Project]:
        return together(self._project, ProductSet, PriceChanged, ProductRetired, ProductRestored)

    async def reset(self, connection: Any, key: Key) -> None:
        await super().reset(connection, key)
        await connection.execute(_RESTOCK, key.tenant, key.store, None)

    async def _project(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        """Apply only the last event of each kind per product."""
        products: dict[str, Product] = {}
        prices: dict[str, int] = {}
        retired: dict[str, bool] = {}
        for fact in self.facts(key, rows):
            match fact.event:
                case ProductSet(product):
                    products[product.sku] = product
                    prices.pop(product.sku, None)
                case PriceChanged(sku, price_minor):
                    prices[sku] = price_minor
                case ProductRetired(sku) | ProductRestored(sku):
                    retired[sku] = isinstance(fact.event, ProductRetired)
        of = (key.tenant, key.store, key.device)
        if products:
            said = [[_column_value(product, column) for product in products.values()] for column in _OF_FIELDS]
            await connection.execute(_SET, *of, list(products), *said)
            await connection.execute(_RESTOCK, key.tenant, key.store, list(products))
        if prices:
            await connection.execute(_PRICE, *of, list(prices), list(prices.values()))
        if retired:
            await connection.execute(_RETIRED, *of, list(retired), list(retired.values()))


def _column_value(product: Product, column: Column) -> str | int | None:
    """A product's value for a column."""
    value = getattr(product, column.name)
    if column.type == "jsonb":
        return msgspec.json.encode(value or {}).decode()
    if column.type == "text":
        return value or None
    return value if column.null else value or 0
