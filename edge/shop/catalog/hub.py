"""How the hub turns facts about the catalogue into what each store sells, and for how much."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from edge.shop.catalog.events import PriceChanged, ProductRestored, ProductRetired, ProductSet
from edge.shop.catalog.product import Product
from sync.hub.api.reads import Field, Filter, Read
from sync.hub.model import Key
from sync.hub.projection_runner import Project
from sync.hub.table_projector import TableProjector, together
from sync.wire import Row

_SET = """
    INSERT INTO product (tenant, store, device, sku, names, price_minor, category, brand)
    SELECT $1, $2, $3, sku, names::jsonb, price, category, brand
    FROM unnest($4::text[], $5::text[], $6::bigint[], $7::text[], $8::text[])
        AS said (sku, names, price, category, brand)
    ON CONFLICT (tenant, store, device, sku) DO UPDATE SET names = excluded.names,
        price_minor = excluded.price_minor, category = excluded.category, brand = excluded.brand
"""
_PRICE = """
    UPDATE product SET price_minor = said.price FROM unnest($4::text[], $5::bigint[]) AS said (sku, price)
    WHERE tenant = $1 AND store = $2 AND device = $3 AND product.sku = said.sku
"""
_RETIRED = """
    UPDATE product SET retired = said.retired FROM unnest($4::text[], $5::boolean[]) AS said (sku, retired)
    WHERE tenant = $1 AND store = $2 AND device = $3 AND product.sku = said.sku
"""

READS = (
    Read(
        name="products",
        source="product",
        summary="What each store sells, and for how much.",
        fields=(
            Field("store", "text", "The store."),
            Field("device", "text", "The box whose catalogue it is."),
            Field("sku", "text", "The product's number in the shop."),
            Field("names", "object", "Its name by language."),
            Field("price_minor", "integer", "In minor units of the store's currency; null: asked at the till."),
            Field("category", "text", "Its category."),
            Field("brand", "text", "Its brand."),
            Field("retired", "boolean", "Whether it is sold no more."),
        ),
        key=("store", "device", "sku"),
        filters=(Filter("store", "store"), Filter("sku", "sku"), Filter("retired", "retired")),
    ),
)
"""What head office's programs may read (see `sync.hub.api`)."""


class ProductTables(TableProjector):
    """A projector of the hub (see `sync.hub.projection_runner.Projector`)."""

    name = "products"
    version = 1
    tables = ("product",)

    @property
    def handlers(self) -> Mapping[str, Project]:
        return together(self._project, ProductSet, PriceChanged, ProductRetired, ProductRestored)

    async def _project(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        """Of many facts about one product, the last of each kind is what counts."""
        products: dict[str, Product] = {}
        prices: dict[str, int] = {}
        retired: dict[str, bool] = {}
        for _, event in self.read(rows):
            match event:
                case ProductSet(product):
                    products[product.sku] = product
                    prices.pop(product.sku, None)
                case PriceChanged(sku, price_minor):
                    prices[sku] = price_minor
                case ProductRetired(sku) | ProductRestored(sku):
                    retired[sku] = isinstance(event, ProductRetired)
        place = (key.tenant, key.store, key.device)
        if products:
            said = products.values()
            await connection.execute(
                _SET,
                *place,
                list(products),
                [msgspec.json.encode(product.names or {}).decode() for product in said],
                [product.price_minor for product in said],
                [product.category or None for product in said],
                [product.brand or None for product in said],
            )
        if prices:
            await connection.execute(_PRICE, *place, list(prices), list(prices.values()))
        if retired:
            await connection.execute(_RETIRED, *place, list(retired), list(retired.values()))
