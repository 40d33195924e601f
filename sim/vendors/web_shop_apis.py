"""The APIs of web shops; their webhooks are in `web_shops.py`.

Shopify's Admin API in GraphQL (only variants, their weights, quantities and orders;
shopify.dev/docs/api/admin-graphql), WooCommerce's REST API v3 (woocommerce.github.io/woocommerce-rest-api-docs), and a
program with our own protocol. Each sells from its own stock. [?] One stale quantity makes Shopify reject a whole call,
and its error gives the position.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from sim.http_service import serving
from sim.vendors.faults import Faults

PAGE = 2
"""Number of products per page of Shopify's API, so low that there are several pages."""


class SimShopApi:
    """A web shop: its products by SKU (price as text, pieces or None), the states of its orders, and its
    credentials."""

    def __init__(self, secret: str, goods: dict[str, tuple[str, int | None]]) -> None:
        self.secret = secret
        self.prices = {sku: price for sku, (price, _) in goods.items()}
        self.pieces = {sku: pieces for sku, (_, pieces) in goods.items()}
        self.states: dict[str, list[str]] = {}
        self.faults = Faults()
        self.buys_before_set: list[str] = []
        """Products bought between a read and the next write, to test races."""
        self.sets = 0
        self.grams: dict[str, int] = {}
        """Unit weights in grams, if set."""
        self.variants: dict[str, str] = {}
        """Variants and their products."""
        self.currency = "EUR"
        self.refuses: set[str] = set()
        """Products whose price and quantity can't be set."""
        self.odd: list[Any] = []
        """Further product rows, in an undocumented form."""
        self.unpaid: set[str] = set()
        """Orders that are waiting for a bank transfer."""

    def buy(self, sku: str, pieces: int = 1) -> bool:
        """Buy pieces as a customer; return False if there aren't enough."""
        has = self.pieces[sku]
        if has is not None and has < pieces:
            return False
        if has is not None:
            self.pieces[sku] = has - pieces
        return True

    @asynccontextmanager
    async def serve(self, port: int = 0) -> AsyncIterator[str]:
        """Serve it; yields its address."""
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._serve_request)
        async with serving(app, port) as url:
            yield url

    async def _serve_request(self, request: web.Request) -> web.StreamResponse:
        if fault := await self.faults.stand_in(request):
            return fault
        return await self.answer(request)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        raise NotImplementedError

    def _meanwhile(self) -> None:
        self.sets += 1
        while self.buys_before_set:
            self.buy(self.buys_before_set.pop())

    def _record_state(self, reference: str, state: str) -> None:
        states = self.states.setdefault(reference, [])
        if states[-1:] != [state]:
            states.append(state)


class SimOwnWire(SimShopApi):
    """A program that implements our own interface for web shops."""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        made = "sha256=" + hmac.new(self.secret.encode(), body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(made, request.headers.get("X-Signature-256", "")):
            return web.json_response({}, status=401)
        told = await request.json()
        if told["kind"] == "status":
            self._record_state(told["reference"], told["state"])
            return web.json_response({})
        if told["kind"] == "goods":
            goods = [
                {"sku": sku, "price_minor": int(price), "pieces": self.pieces[sku]}
                for sku, price in self.prices.items()
            ]
            return web.json_response({"goods": [*goods, *self.odd]})
        self._meanwhile()
        stale = []
        for one in told["offers"]:
            sku = one["sku"]
            if self.pieces.get(sku) != one["was"]:
                stale.append(sku)
                continue
            self.prices[sku], self.pieces[sku] = str(one["price_minor"]), one["pieces"]
        return web.json_response({"stale": stale})


class SimWooApi(SimShopApi):
    """WooCommerce: `secret` is `key:secret`."""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        wanted = "Basic " + base64.b64encode(self.secret.encode()).decode()
        if request.headers.get("Authorization") != wanted:
            return web.json_response({"code": "woocommerce_rest_cannot_view"}, status=401)
        path = request.path.removeprefix("/wp-json/wc/v3")
        skus = sorted(self.prices)
        if request.method == "GET" and path == "/products":
            at, per = int(request.query["page"]) - 1, int(request.query["per_page"])
            rows = [self._row(skus, sku) for sku in skus if sku not in self.variants] + [
                {"id": 1000 + place, "sku": "", "type": "variable", "regular_price": "", "manage_stock": False}
                for place, _ in enumerate(self._products())
            ]
            return web.json_response([*rows, *self.odd][at * per : (at + 1) * per])
        if path == "/data/currencies/current":
            return web.json_response({"code": self.currency})
        if request.method == "GET" and path.startswith("/orders/"):
            return self._one_order(path.removeprefix("/orders/"))
        if request.method == "GET" and path.endswith("/variations"):
            product = self._products()[int(path.split("/")[2]) - 1000]
            return web.json_response([self._row(skus, sku) for sku in skus if self.variants.get(sku) == product])
        told = await request.json()
        if path == "/products/batch" or path.endswith("/variations/batch"):
            self._meanwhile()
            made = []
            for one in told["update"]:
                sku = skus[one["id"] - 1]
                if sku in self.refuses:
                    made.append({"id": one["id"], "error": {"code": "woocommerce_rest_product_invalid_id"}})
                    continue
                made.append(one)
                self.prices[sku] = one.get("regular_price", self.prices[sku])
                self.pieces[sku] = one.get("stock_quantity", self.pieces[sku])
            return web.json_response({"update": made})
        order = path.removeprefix("/orders/")
        if order not in self.states:
            return web.json_response({"code": "woocommerce_rest_shop_order_invalid_id"}, status=404)
        self._record_state(order, told["status"])
        return web.json_response({"id": order, "status": told["status"]})

    def _one_order(self, order: str) -> web.StreamResponse:
        if order not in self.states:
            return web.json_response({"code": "woocommerce_rest_shop_order_invalid_id"}, status=404)
        status = "on-hold" if order in self.unpaid else (self.states[order] or ["pending"])[-1]
        return web.json_response({"id": order, "status": status})

    def _products(self) -> list[str]:
        """Return the products that are sold only as variations."""
        return sorted(set(self.variants.values()))

    def _row(self, skus: list[str], sku: str) -> dict[str, Any]:
        counts = self.pieces[sku] is not None
        stock = {"manage_stock": counts, "stock_quantity": self.pieces[sku]}
        return {"id": skus.index(sku) + 1, "sku": sku, "regular_price": self.prices[sku], **stock}


class SimShopifyApi(SimShopApi):
    """Shopify: `secret` is the access token."""

    place = "gid://shopify/Location/1"

    async def answer(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("X-Shopify-Access-Token") != self.secret:
            return web.json_response({"errors": "[API] Invalid API key or access token"}, status=401)
        asked = await request.json()
        query, told = asked["query"], asked["variables"]
        for name, made in (
            ("productVariants(", self._variants),
            ("productVariantsBulkUpdate", self._prices),
            ("inventorySetQuantities", self._set),
            ("fulfillmentCreate", self._fulfil_order),
            ("fulfillmentOrderLineItemsPreparedForPickup", self._ready),
            ("orderCancel", self._cancel_order),
            ("order(", self._order),
        ):
            if name in query:
                return web.json_response(
                    {"data": {name.rstrip("("): made(told), "shop": {"currencyCode": self.currency}}}
                )
        return web.json_response({"errors": [{"message": "syntax"}]})

    def _variants(self, told: dict[str, Any]) -> Any:
        skus, at = sorted(self.prices), int(told["after"] or 0)
        nodes = [
            {
                "id": f"gid://shopify/ProductVariant/{sku}",
                "sku": sku,
                "price": self.prices[sku],
                "product": {"id": f"gid://shopify/Product/{sku}"},
                "inventoryItem": {
                    "id": f"gid://shopify/InventoryItem/{sku}",
                    "inventoryLevel": self._level(sku),
                    "measurement": {"weight": {"value": self.grams.get(sku, 0), "unit": "GRAMS"}},
                },
            }
            for sku in skus[at : at + PAGE]
        ]
        return {
            "nodes": [*nodes, *self.odd],
            "pageInfo": {"hasNextPage": at + PAGE < len(skus), "endCursor": str(at + PAGE)},
        }

    def _level(self, sku: str) -> Any:
        return None if self.pieces[sku] is None else {"quantities": [{"quantity": self.pieces[sku]}]}

    def _prices(self, told: dict[str, Any]) -> Any:
        if refused := [one for one in told["variants"] if _last(one["id"]) in self.refuses]:
            return {"userErrors": [{"field": ["variants", "0", "price"], "message": str(refused[0]["id"])}]}
        for one in told["variants"]:
            self.prices[_last(one["id"])] = one["price"]
        return {"userErrors": []}

    def _set(self, told: dict[str, Any]) -> Any:
        self._meanwhile()
        rows = told["input"]["quantities"]
        errors = [
            {"code": "CHANGE_FROM_QUANTITY_STALE", "field": ["input", "quantities", str(at)], "message": "stale"}
            for at, one in enumerate(rows)
            if self.pieces[_last(one["inventoryItemId"])] != one["changeFromQuantity"]
        ]
        errors += [
            {"code": "ITEM_NOT_STOCKED_AT_LOCATION", "field": ["input", "quantities", str(at)], "message": "not here"}
            for at, one in enumerate(rows)
            if _last(one["inventoryItemId"]) in self.refuses
        ]
        for one in [] if errors else rows:
            self.pieces[_last(one["inventoryItemId"])] = one["quantity"]
        return {"userErrors": errors}

    def _order(self, told: dict[str, Any]) -> Any:
        states = self.states.get(_last(told["id"]))
        if states is None:
            return None
        status = "CLOSED" if "fulfilled" in states else "OPEN"
        parts = [{"id": f"gid://shopify/FulfillmentOrder/{_last(told['id'])}", "status": status}]
        return {"cancelledAt": "now" if "cancelled" in states else None, "fulfillmentOrders": {"nodes": parts}}

    def _fulfil_order(self, told: dict[str, Any]) -> Any:
        for one in told["fulfillment"]["lineItemsByFulfillmentOrder"]:
            self._record_state(_last(one["fulfillmentOrderId"]), "fulfilled")
        return {"userErrors": []}

    def _ready(self, told: dict[str, Any]) -> Any:
        for one in told["input"]["lineItemsByFulfillmentOrder"]:
            self._record_state(_last(one["fulfillmentOrderId"]), "ready")
        return {"userErrors": []}

    def _cancel_order(self, told: dict[str, Any]) -> Any:
        self._record_state(_last(told["id"]), "cancelled")
        return {"orderCancelUserErrors": []}


def _last(gid: str) -> str:
    return gid.rpartition("/")[2]
