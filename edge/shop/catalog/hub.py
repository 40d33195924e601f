"""How the hub turns facts about the catalogue into what each store sells, and for how much."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from edge.shop.catalog.events import PriceChanged, ProductRestored, ProductRetired, ProductSet
from edge.shop.catalog.product import Product
from sync.hub.api.reads import Filter
from sync.hub.model import Key
from sync.hub.projection_runner import Project
from sync.hub.table import Column, Table, place
from sync.hub.table_projector import TableProjector, together
from sync.wire import Row

PRODUCT = Table(
    "product",
    "What each store sells, and for how much.",
    *place(device="The box whose catalogue it is."),
    Column("sku", "text", "The product's number in the shop.", key=True),
    Column("names", "jsonb", "Its name by language."),
    Column("price_minor", "bigint", "In minor units of the store's currency; null: asked at the till.", null=True),
    Column("category", "text", "Its category.", null=True),
    Column("brand", "text", "Its brand.", null=True),
    Column("retired", "boolean", "Whether it is sold no more.", default="false"),
    Column(
        *("minimum", "bigint", "How much there should be at least, in thousandths of its unit; 0: nobody said."),
        default="0",
    ),
)
"""Filled by the statements below, many products at once."""

_SET = """
    INSERT INTO product (tenant, store, device, sku, names, price_minor, category, brand, minimum)
    SELECT $1, $2, $3, sku, names::jsonb, price, category, brand, minimum
    FROM unnest($4::text[], $5::text[], $6::bigint[], $7::text[], $8::text[], $9::bigint[])
        AS said (sku, names, price, category, brand, minimum)
    ON CONFLICT (tenant, store, device, sku) DO UPDATE SET names = excluded.names,
        price_minor = excluded.price_minor, category = excluded.category, brand = excluded.brand,
        minimum = excluded.minimum
"""
_PRICE = """
    UPDATE product SET price_minor = said.price FROM unnest($4::text[], $5::bigint[]) AS said (sku, price)
    WHERE tenant = $1 AND store = $2 AND device = $3 AND product.sku = said.sku
"""
_RETIRED = """
    UPDATE product SET retired = said.retired FROM unnest($4::text[], $5::boolean[]) AS said (sku, retired)
    WHERE tenant = $1 AND store = $2 AND device = $3 AND product.sku = said.sku
"""


class ProductTables(TableProjector):
    """A projector of the hub (see `sync.hub.projection_runner.Projector`)."""

    name = "products"
    version = 1
    tables = (PRODUCT,)
    reads = (PRODUCT.read("products", Filter("store", "store"), Filter("sku", "sku"), Filter("retired", "retired")),)

    @property
    def handlers(self) -> Mapping[str, Project]:
        return together(self._project, ProductSet, PriceChanged, ProductRetired, ProductRestored)

    async def _project(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        """Of many facts about one product, the last of each kind is what counts."""
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
            said = products.values()
            await connection.execute(
                _SET,
                *of,
                list(products),
                [msgspec.json.encode(product.names or {}).decode() for product in said],
                [product.price_minor for product in said],
                [product.category or None for product in said],
                [product.brand or None for product in said],
                [product.minimum or 0 for product in said],
            )
        if prices:
            await connection.execute(_PRICE, *of, list(prices), list(prices.values()))
        if retired:
            await connection.execute(_RETIRED, *of, list(retired), list(retired.values()))
