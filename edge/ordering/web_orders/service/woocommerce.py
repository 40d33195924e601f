"""WooCommerce over its REST API v3 (woocommerce.github.io/woocommerce-rest-api-docs: "Authentication over HTTPS", "List
all products", "Batch update products", "List all product variations", "Batch update product variations", "Update an
order"). WordPress accepts POST like PUT."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

import msgspec

from edge.ordering.web_orders.service.calls import (
    PAGES_MOST,
    GoodsChange,
    TheirGoods,
    WebShopAsking,
    decode_answer,
    minor_of,
    price_text,
)
from edge.ordering.web_orders.telling import WebStep

PER_PAGE = 100
BATCH = 100
"""Objects per batch, by its documentation."""
_STATES: Mapping[str, str] = {
    "accepted": "processing",
    "preparing": "processing",
    "ready": "processing",
    "out_for_delivery": "processing",
    "failed": "on-hold",
    "handed_over": "completed",
    "delivered": "completed",
    "cancelled": "cancelled",
    "rejected": "cancelled",
}


class WooCommerceCalls:
    """A shop at its address; its secret is `consumer_key:consumer_secret`."""

    menu = False

    def __init__(self, asking: WebShopAsking, decimals: int) -> None:
        self._asking, self._decimals = asking, decimals

    def _headers(self) -> dict[str, str]:
        return {"Authorization": "Basic " + base64.b64encode(self._asking.secret().encode()).decode()}

    async def _ask(self, path: str, told: Any = None) -> dict[str, Any]:
        body = None if told is None else msgspec.json.encode(told)
        return await self._asking.ask("GET" if body is None else "POST", "/wp-json/wc/v3" + path, self._headers(), body)

    async def goods(self) -> list[TheirGoods]:
        found = list[TheirGoods]()
        for page in range(1, PAGES_MOST + 1):
            rows = decode_answer((await self._ask(f"/products?per_page={PER_PAGE}&page={page}")).get(""), list)
            for one in rows:
                found += await self._variations(one) if one.get("type") == "variable" else [self._goods(one)]
            if len(rows) < PER_PAGE:
                break
        return found

    async def change(self, changes: Sequence[GoodsChange]) -> set[str]:
        by_path = dict[str, list[dict[str, Any]]]()
        for one in changes:
            assert one.theirs is not None, "what is not there is not set"
            path = f"/products/{one.theirs.ids[1]}/variations" if len(one.theirs.ids) > 1 else "/products"
            by_path.setdefault(path, []).append(self._change(one))
        for path, told in by_path.items():
            for at in range(0, len(told), BATCH):
                await self._ask(f"{path}/batch", {"update": told[at : at + BATCH]})
        return set()

    async def _variations(self, product: dict[str, Any]) -> list[TheirGoods]:
        """A product's variations, sold instead of the product itself. One page holds them all."""
        rows = decode_answer(
            (await self._ask(f"/products/{product['id']}/variations?per_page={PER_PAGE}")).get(""), list
        )
        return [self._goods(one, str(product["id"])) for one in rows]

    async def status(self, step: WebStep) -> None:
        if state := _STATES.get(step.state):
            await self._ask(f"/orders/{quote(step.reference, safe='')}", {"status": state})

    def _goods(self, one: dict[str, Any], of: str = "") -> TheirGoods:
        counts = one.get("manage_stock") is True
        pieces = int(one.get("stock_quantity") or 0) if counts else None
        id = str(one["id"])
        ids = (id, of) if of else (id,)
        price_minor = minor_of(one.get("regular_price"), self._decimals)
        return TheirGoods(str(one.get("sku") or id), price_minor, pieces, ids, id)

    def _change(self, one: GoodsChange) -> dict[str, Any]:
        assert one.theirs is not None, "what is not there is not set"
        told: dict[str, Any] = {"id": int(one.theirs.ids[0])}
        if one.price_minor is not None:
            told["regular_price"] = price_text(one.price_minor, self._decimals)
        if one.pieces is not None:
            told |= {"manage_stock": True, "stock_quantity": one.pieces}
        return told
