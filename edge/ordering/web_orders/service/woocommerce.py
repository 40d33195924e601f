"""Client for WooCommerce's REST API v3. WordPress accepts POST like PUT.

Source: woocommerce.github.io/woocommerce-rest-api-docs ("Authentication over HTTPS", "List all products", "Batch update
products", "List all product variations", "Batch update product variations", "Update an order").
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

import msgspec

from edge.lib.units.money import exponent
from edge.ordering.web_orders.service.calls import (
    PAGES_MOST,
    ChangesLeft,
    GoodsChange,
    GoodsThere,
    TheirGoods,
    WebShopAsking,
    decode_answer,
    minor_of,
    price_text,
    read_each,
)
from edge.ordering.web_orders.telling import WebStep
from edge.runtime.outgoing.faults import Undelivered

PER_PAGE = 100
PAID, UNPAID = "processing", "on-hold"
"""Statuses of orders whose payment has arrived, and of orders waiting for a bank transfer or cheque ("Order
properties").

Setting the first one dates the payment.
"""
BATCH = 100
"""Maximum objects per batch, by WooCommerce's documentation."""
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
    """Calls to a WooCommerce shop. Its secret is `consumer_key:consumer_secret`."""

    menu = False

    def __init__(self, asking: WebShopAsking, currency: str) -> None:
        self._asking, self._decimals = asking, exponent(currency)

    def _headers(self) -> dict[str, str]:
        return {"Authorization": "Basic " + base64.b64encode(self._asking.secret().encode()).decode()}

    async def _ask(self, path: str, told: Any = None) -> dict[str, Any]:
        body = None if told is None else msgspec.json.encode(told)
        return await self._asking.ask("GET" if body is None else "POST", "/wp-json/wc/v3" + path, self._headers(), body)

    async def goods(self) -> GoodsThere:
        found, unread = list[TheirGoods](), 0
        for page in range(1, PAGES_MOST + 1):
            rows = decode_answer((await self._ask(f"/products?per_page={PER_PAGE}&page={page}")).get(""), list)
            products = [one if isinstance(one, dict) else {} for one in rows]
            variable = [one for one in products if one.get("type") == "variable" and "id" in one]
            more, odd = read_each((one for one in products if one.get("type") != "variable"), self._goods)
            found, unread = found + more, unread + odd
            for one in variable:
                more, odd = await self._variations(one)
                found, unread = found + more, unread + odd
            if len(rows) < PER_PAGE:
                break
        return GoodsThere(tuple(found), await self._currency(), unread)

    async def _currency(self) -> str:
        """The shop's currency; "" if an older version, or the rights of the key, don't reveal it."""
        try:
            return str((await self._ask("/data/currencies/current")).get("code") or "")
        except Undelivered as fault:
            if not fault.permanent:
                raise
            return ""

    async def change(self, changes: Sequence[GoodsChange]) -> ChangesLeft:
        skus = {one.theirs.ids[0]: one.offer.sku for one in changes if one.theirs}
        by_path = dict[str, list[dict[str, Any]]]()
        for one in changes:
            assert one.theirs is not None, "what is not there is not set"
            path = f"/products/{one.theirs.ids[1]}/variations" if len(one.theirs.ids) > 1 else "/products"
            by_path.setdefault(path, []).append(self._change(one))
        refused = set[str]()
        for path, told in by_path.items():
            for at in range(0, len(told), BATCH):
                answer = await self._ask(f"{path}/batch", {"update": told[at : at + BATCH]})
                refused |= {skus.get(id, "") for id in _refused_ids(answer.get("update"))}
        return ChangesLeft(refused=frozenset(refused - {""}))

    async def _variations(self, product: dict[str, Any]) -> tuple[list[TheirGoods], int]:
        """A product's variations, which are sold instead of the product itself. One page contains all of them."""
        rows = decode_answer(
            (await self._ask(f"/products/{product['id']}/variations?per_page={PER_PAGE}")).get(""), list
        )
        return read_each(rows, lambda one: self._goods(one, str(product["id"])))

    async def status(self, step: WebStep) -> None:
        state, path = _STATES.get(step.state), f"/orders/{quote(step.reference, safe='')}"
        if state == PAID and (await self._ask(path)).get("status") == UNPAID:
            return  # WooCommerce would treat it as paid: the customer is notified once the money has arrived
        if state:
            await self._ask(path, {"status": state})

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


def _refused_ids(rows: Any) -> list[str]:
    """The ids of objects in a batch that weren't updated. The batch answers 200, with an `error` in their place."""
    objects = [one for one in rows if isinstance(one, dict)] if isinstance(rows, list) else []
    return [str(one.get("id")) for one in objects if one.get("error")]
