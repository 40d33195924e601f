"""Shopify over its GraphQL Admin API (shopify.dev/docs/api/admin-graphql: productVariants, productVariantsBulkUpdate,
inventorySetQuantities, order, fulfillmentCreate, fulfillmentOrderLineItemsPreparedForPickup, orderCancel)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

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
from edge.runtime.outgoing.faults import Undelivered

VERSION = "2026-01"
STALE = "CHANGE_FROM_QUANTITY_STALE"
SETS = 100
_UNITS = {"GRAMS": 1, "KILOGRAMS": 1000}
"""Units of weight (enum WeightUnit) that are whole grams."""
"""Quantities of one call."""
_VARIANTS = """
query ($after: String, $place: ID!) {
  productVariants(first: 100, after: $after) {
    nodes { id sku price product { id } inventoryItem { id measurement { weight { value unit } }
      inventoryLevel(locationId: $place) { quantities(names: ["available"]) { quantity } } } }
    pageInfo { hasNextPage endCursor }
  }
}
"""
_PRICES = """
mutation ($product: ID!, $variants: [ProductVariantsBulkInput!]!) {
  productVariantsBulkUpdate(productId: $product, variants: $variants) { userErrors { field message } }
}
"""
_SET = """
mutation ($input: InventorySetQuantitiesInput!) {
  inventorySetQuantities(input: $input) { userErrors { code field message } }
}
"""
_ORDER = """
query ($id: ID!) { order(id: $id) { cancelledAt fulfillmentOrders(first: 20) { nodes { id status } } } }
"""
_FULFIL = """
mutation ($fulfillment: FulfillmentInput!) {
  fulfillmentCreate(fulfillment: $fulfillment) { userErrors { field message } }
}
"""
_READY = """
mutation ($input: FulfillmentOrderLineItemsPreparedForPickupInput!) {
  fulfillmentOrderLineItemsPreparedForPickup(input: $input) { userErrors { field message } }
}
"""
_CANCEL = """
mutation ($id: ID!, $reason: OrderCancelReason!, $restock: Boolean!, $refund: OrderCancelRefundMethodInput!) {
  orderCancel(orderId: $id, reason: $reason, restock: $restock, refundMethod: $refund, notifyCustomer: true) {
    orderCancelUserErrors { field message }
  }
}
"""
_CANCELLED = {"reason": "STAFF", "restock": False, "refund": {"originalPaymentMethodsRefund": False}}
"""Restocking is sent with the products; a person refunds there."""


class ShopifyCalls:
    """A shop at its address; its secret is the app's access token, its `location` is this store's."""

    menu = False

    def __init__(self, asking: WebShopAsking, decimals: int) -> None:
        self._asking, self._decimals = asking, decimals

    @property
    def _place(self) -> str:
        return gid("Location", self._asking.channel.location)

    async def _ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """Run a query. `Undelivered`: it was rejected as invalid; the shop's own refusals are in the answer."""
        body = msgspec.json.encode({"query": query, "variables": variables})
        headers = {"X-Shopify-Access-Token": self._asking.secret()}
        answer = await self._asking.ask("POST", f"/admin/api/{VERSION}/graphql.json", headers, body)
        if errors := answer.get("errors"):
            slow = "THROTTLED" in str(errors)
            raise Undelivered("told_to_wait" if slow else "refused", str(errors), permanent=not slow)
        found: dict[str, Any] = decode_answer(answer.get("data"), dict)
        return found

    async def goods(self) -> list[TheirGoods]:
        found, after = list[TheirGoods](), None
        for _ in range(PAGES_MOST):
            page = decode_answer(
                (await self._ask(_VARIANTS, after=after, place=self._place)).get("productVariants"), dict
            )
            found += [self._goods(one) for one in page["nodes"]]
            if not page["pageInfo"]["hasNextPage"]:
                break
            after = page["pageInfo"]["endCursor"]
        return found

    async def change(self, changes: Sequence[GoodsChange]) -> set[str]:
        products = dict[str, list[dict[str, str]]]()
        for one in changes:
            if one.price_minor is not None and one.theirs:
                variant = {"id": one.theirs.ids[0], "price": price_text(one.price_minor, self._decimals)}
                products.setdefault(one.theirs.ids[1], []).append(variant)
        for product, variants in products.items():
            require_done(await self._ask(_PRICES, product=product, variants=variants), "productVariantsBulkUpdate")
        pieces = [one for one in changes if one.pieces is not None and one.theirs and one.theirs.pieces is not None]
        stale = set[str]()
        for at in range(0, len(pieces), SETS):
            stale |= await self._set(pieces[at : at + SETS])
        return stale

    async def _set(self, changes: Sequence[GoodsChange]) -> set[str]:
        """Set quantities in one all-or-nothing call; without the stale ones it's repeated once."""
        quantities = [
            {
                "inventoryItemId": one.theirs.ids[2],
                "locationId": self._place,
                "quantity": one.pieces,
                "changeFromQuantity": one.theirs.pieces,
            }
            for one in changes
            if one.theirs
        ]
        input = {"name": "available", "reason": "correction", "quantities": quantities}
        answer = await self._ask(_SET, input=input)
        errors = decode_answer(answer.get("inventorySetQuantities"), dict).get("userErrors") or []
        if any(error.get("code") != STALE for error in errors):
            raise Undelivered("refused", str(errors), permanent=True)
        places = {int(error["field"][2]) for error in errors}
        if places and len(places) < len(changes):
            await self._set([one for at, one in enumerate(changes) if at not in places])
        return {changes[at].offer.sku for at in places if at < len(changes)}

    async def status(self, step: WebStep) -> None:
        order = gid("Order", step.reference)
        match step.state:
            case "handed_over" | "delivered":
                if parts := await self._open(order):
                    told = {"lineItemsByFulfillmentOrder": parts}
                    require_done(await self._ask(_FULFIL, fulfillment=told), "fulfillmentCreate")
            case "ready" if step.fulfilment == "pickup":
                if parts := await self._open(order):
                    told = {"lineItemsByFulfillmentOrder": parts}
                    answer = await self._ask(_READY, input=told)
                    require_done(answer, "fulfillmentOrderLineItemsPreparedForPickup")
            case "cancelled" | "rejected":
                if not (await self._order(order)).get("cancelledAt"):
                    require_done(await self._ask(_CANCEL, id=order, **_CANCELLED), "orderCancel")

    async def _order(self, order: str) -> dict[str, Any]:
        found: dict[str, Any] = decode_answer((await self._ask(_ORDER, id=order)).get("order"), dict)
        return found

    async def _open(self, order: str) -> list[dict[str, str]]:
        """The order's open fulfillments: repeating a status fulfills once."""
        rows = (await self._order(order))["fulfillmentOrders"]["nodes"]
        return [{"fulfillmentOrderId": row["id"]} for row in rows if row["status"] in ("OPEN", "IN_PROGRESS")]

    def _goods(self, one: dict[str, Any]) -> TheirGoods:
        level = one["inventoryItem"].get("inventoryLevel")
        pieces = int(level["quantities"][0]["quantity"]) if level else None
        ids = (one["id"], one["product"]["id"], one["inventoryItem"]["id"])
        number = str(one["id"]).rpartition("/")[2]
        about = (minor_of(one["price"], self._decimals), pieces, ids, number, _grams(one["inventoryItem"]))
        return TheirGoods(str(one.get("sku") or number), *about)


def _grams(item: dict[str, Any]) -> int:
    """A variant's weight; 0 if not given, or not in whole grams."""
    weight = (item.get("measurement") or {}).get("weight") or {}
    grams = Decimal(str(weight.get("value") or 0)) * _UNITS.get(weight.get("unit", ""), 0)
    return int(grams) if grams == grams.to_integral_value() else 0


def gid(kind: str, id: str) -> str:
    """A global id.

    >>> gid("Order", "4711"), gid("Location", "gid://shopify/Location/1")
    ('gid://shopify/Order/4711', 'gid://shopify/Location/1')
    """
    return id if id.startswith("gid://") else f"gid://shopify/{kind}/{id}"


def require_done(answer: dict[str, Any], mutation: str) -> None:
    """Check a mutation's answer. `Undelivered`: the shop refuses it."""
    payload = decode_answer(answer.get(mutation), dict)
    if errors := payload.get("userErrors") or payload.get("orderCancelUserErrors"):
        raise Undelivered("refused", str(errors), permanent=True)
