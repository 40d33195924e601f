"""Client for Shopify's GraphQL Admin API.

Source: shopify.dev/docs/api/admin-graphql (productVariants, productVariantsBulkUpdate, inventorySetQuantities, order,
fulfillmentCreate, fulfillmentOrderLineItemsPreparedForPickup, orderCancel).
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

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

VERSION = "2026-01"
STALE = "CHANGE_FROM_QUANTITY_STALE"
SETS = 100
"""Maximum quantities per call."""
_UNITS = {"GRAMS": 1, "KILOGRAMS": 1000}
"""Units of weight (enum WeightUnit) that are whole numbers of grams."""
_VARIANTS = """
query ($after: String, $place: ID!) {
  productVariants(first: 100, after: $after) {
    nodes { id sku price product { id } inventoryItem { id measurement { weight { value unit } }
      inventoryLevel(locationId: $place) { quantities(names: ["available"]) { quantity } } } }
    pageInfo { hasNextPage endCursor }
  }
  shop { currencyCode }
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
"""Cancels an order at the web shop without restocking, because stock is sent with the products.

A person makes the refund in the web shop.
"""


class ShopifyCalls:
    """Calls to a Shopify shop.

    Its secret is the app's access token, and its `location` is this store's.
    """

    menu = False

    def __init__(self, asking: WebShopAsking, currency: str) -> None:
        self._asking, self._decimals = asking, exponent(currency)

    @property
    def _place(self) -> str:
        return gid("Location", self._asking.channel.location)

    async def _ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """Run a query.

        Raises `Undelivered` if it was rejected as invalid. The shop's own refusals are in the answer.
        """
        body = msgspec.json.encode({"query": query, "variables": variables})
        headers = {"X-Shopify-Access-Token": self._asking.secret()}
        answer = await self._asking.ask("POST", f"/admin/api/{VERSION}/graphql.json", headers, body)
        if errors := answer.get("errors"):
            slow = "THROTTLED" in str(errors)
            raise Undelivered("told_to_wait" if slow else "refused", str(errors), permanent=not slow)
        found: dict[str, Any] = decode_answer(answer.get("data"), dict)
        return found

    async def goods(self) -> GoodsThere:
        found, unread, after, shop = list[TheirGoods](), 0, None, dict[str, Any]()
        for _ in range(PAGES_MOST):
            answer = await self._ask(_VARIANTS, after=after, place=self._place)
            page = decode_answer(answer.get("productVariants"), dict)
            shop = decode_answer(answer.get("shop") or {}, dict)
            more, odd = read_each(decode_answer(page.get("nodes"), list), self._goods)
            found, unread = found + more, unread + odd
            next_page = decode_answer(page.get("pageInfo"), dict)
            if not next_page.get("hasNextPage"):
                break
            after = next_page.get("endCursor")
        return GoodsThere(tuple(found), str(shop.get("currencyCode") or ""), unread)

    async def change(self, changes: Sequence[GoodsChange]) -> ChangesLeft:
        products, refused = dict[str, list[dict[str, str]]](), set[str]()
        for one in changes:
            if one.price_minor is not None and one.theirs:
                variant = {"id": one.theirs.ids[0], "price": price_text(one.price_minor, self._decimals)}
                products.setdefault(one.theirs.ids[1], []).append(variant)
        for product, variants in products.items():
            answer = await self._ask(_PRICES, product=product, variants=variants)
            if decode_answer(answer.get("productVariantsBulkUpdate"), dict).get("userErrors"):
                refused |= {one.offer.sku for one in changes if one.theirs and one.theirs.ids[1] == product}
        pieces = [one for one in changes if one.pieces is not None and one.theirs and one.theirs.pieces is not None]
        stale = set[str]()
        for at in range(0, len(pieces), SETS):
            left = await self._set(pieces[at : at + SETS])
            stale, refused = stale | left.stale, refused | left.refused
        return ChangesLeft(frozenset(stale), frozenset(refused))

    async def _set(self, changes: Sequence[GoodsChange]) -> ChangesLeft:
        """Set quantities in one all-or-nothing call.

        The call is repeated without the quantities that it reports as stale or refuses. Raises `Undelivered` if it's
        refused without naming any.
        """
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
        told = decode_answer(answer.get("inventorySetQuantities"), dict).get("userErrors") or []
        errors = [one for one in decode_answer(told, list) if isinstance(one, dict)]
        codes = {_place_of(error): error.get("code") for error in errors}
        if not set(codes) <= set(range(len(changes))):
            raise Undelivered("refused", str(errors), permanent=True)
        stale = frozenset(changes[at].offer.sku for at, code in codes.items() if code == STALE)
        refused = frozenset(changes[at].offer.sku for at, code in codes.items() if code != STALE)
        if codes and len(codes) < len(changes):
            more = await self._set([one for at, one in enumerate(changes) if at not in codes])
            stale, refused = stale | more.stale, refused | more.refused
        return ChangesLeft(stale, refused)

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
        answer = await self._ask(_ORDER, id=order)
        if answer.get("order", answer) is None:
            raise Undelivered("refused", "no such order", permanent=True)
        found: dict[str, Any] = decode_answer(answer.get("order"), dict)
        return found

    async def _open(self, order: str) -> list[dict[str, str]]:
        """The order's open fulfillments. Repeating a status therefore fulfills the order only once."""
        parts = decode_answer((await self._order(order)).get("fulfillmentOrders"), dict)
        rows = [one for one in decode_answer(parts.get("nodes"), list) if isinstance(one, dict)]
        return [{"fulfillmentOrderId": row["id"]} for row in rows if row.get("status") in ("OPEN", "IN_PROGRESS")]

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


def _place_of(error: dict[str, Any]) -> int:
    """The position, from 0, of the quantity that an error is about; -1 if the error names none."""
    field = error.get("field")
    named = field[2] if isinstance(field, list) and len(field) > 2 else ""
    return int(named) if str(named).isdecimal() else -1


def gid(kind: str, id: str) -> str:
    """A global id.

    >>> gid("Order", "4711"), gid("Location", "gid://shopify/Location/1")
    ('gid://shopify/Order/4711', 'gid://shopify/Location/1')
    """
    return id if id.startswith("gid://") else f"gid://shopify/{kind}/{id}"


def require_done(answer: dict[str, Any], mutation: str) -> None:
    """Check a mutation's answer. Raises `Undelivered` if the shop refuses it."""
    payload = decode_answer(answer.get(mutation), dict)
    if errors := payload.get("userErrors") or payload.get("orderCancelUserErrors"):
        raise Undelivered("refused", str(errors), permanent=True)
