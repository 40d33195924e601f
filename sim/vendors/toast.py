"""Toast's Authentication and Orders APIs, and its webhooks (doc.toasttab.com: authentication, ordersBulk, stock, orders
webhook, message signing; read November 2026).

As documented: a token by client id and secret; `GET /orders/v2/ordersBulk` by change or business date, in pages;
webhooks with the whole order, signed over the body and its `timestamp`. [?] Their pages have no example signature: try
it in a sandbox.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from sim.http_service import serving
from sim.vendors.faults import Faults

Order = dict[str, Any]
RESTAURANT = "11111111-2222-4333-8444-555555555555"


def moment(at_us: int) -> str:
    """Format a moment as Toast does."""
    return datetime.fromtimestamp(at_us / 1e6, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "+0000"


class SimToast:
    """A restaurant with orders by number."""

    def __init__(  # nosec B107: played ones
        self, client: str = "client", secret: str = "client-secret", signs_with: str = "sample-secret"
    ) -> None:
        self.client, self.secret, self.signs_with = client, secret, signs_with
        self.orders: dict[str, Order] = {}
        self.tokens: list[str] = []
        self.stock: dict[str, tuple[str, float | None]] = {}
        self.faults = Faults()

    def sell(self, id: str, at_us: int, lines: dict[str, float], modifiers: dict[str, float] | None = None) -> Order:
        """Sell and pay an order; a repeated number is a later version."""
        extra = [_selection(item, quantity, []) for item, quantity in (modifiers or {}).items()]
        chosen = [_selection(item, quantity, extra) for item, quantity in lines.items()]
        self.orders[id] = {
            "guid": id,
            "businessDate": int(moment(at_us)[:10].replace("-", "")),
            "openedDate": moment(at_us),
            "modifiedDate": moment(at_us),
            "closedDate": moment(at_us),
            "voided": False,
            "deleted": False,
            "createdInTestMode": False,
            "approvalStatus": "APPROVED",
            "checks": [
                {"guid": f"{id}-c", "voided": False, "deleted": False, "paymentStatus": "CLOSED", "selections": chosen}
            ],
        }
        return self.orders[id]

    def void(self, id: str, at_us: int) -> Order:
        """Void a whole order."""
        self.orders[id] |= {"voided": True, "modifiedDate": moment(at_us)}
        return self.orders[id]

    def refund(self, id: str, at_us: int, items: set[str]) -> Order:
        """Refund the price of these items, as one transaction (Orders API, RefundDetails and Refund)."""
        order, known = self.orders[id], {"guid": f"{id}-r", "entityType": "RefundTransaction"}
        (check,) = order["checks"]
        back = [one for one in check["selections"] if one["item"]["guid"] in items]
        for one in back:
            one["refundDetails"] = {"refundAmount": one["price"], "taxRefundAmount": 0.0, "refundTransaction": known}
        said = {"refundAmount": sum(one["price"] for one in back), "refundDate": moment(at_us)}
        check["payments"] = [{"refundStatus": "PARTIAL", "refund": {**said, "refundTransaction": known}}]
        order["modifiedDate"] = moment(at_us)
        return order

    def hook(self, id: str) -> tuple[dict[str, str], bytes]:
        """A webhook with an order."""
        stamp = self.orders[id]["modifiedDate"]
        details = {"restaurantGuid": RESTAURANT, "order": self.orders[id]}
        said = {"timestamp": stamp, "eventCategory": "orders", "eventType": "order_updated", "guid": str(uuid.uuid4())}
        body = json.dumps({**said, "details": details}).encode()
        made = hmac.new(self.signs_with.encode(), body + stamp.encode(), hashlib.sha256).digest()
        return {"Toast-Signature": base64.b64encode(made).decode(), "Toast-Restaurant-External-ID": RESTAURANT}, body

    @asynccontextmanager
    async def serve(self, port: int = 0) -> AsyncIterator[str]:
        """Serve it; yields its address."""
        app = web.Application()
        app.router.add_post("/authentication/v1/authentication/login", self._sign_in)
        app.router.add_get("/orders/v2/ordersBulk", self._bulk)
        app.router.add_get("/stock/v1/inventory", self._stock)
        app.router.add_put("/stock/v1/inventory/update", self._restock)
        async with serving(app, port) as url:
            yield url

    async def _sign_in(self, request: web.Request) -> web.StreamResponse:
        if fault := await self.faults.stand_in(request):
            return fault
        said = {"clientId": self.client, "clientSecret": self.secret, "userAccessType": "TOAST_MACHINE_CLIENT"}
        if await request.json() != said:
            return web.json_response({"status": 401}, status=401)
        self.tokens.append(str(uuid.uuid4()))
        return web.json_response({"token": {"tokenType": "Bearer", "accessToken": self.tokens[-1], "expiresIn": 86400}})

    async def _refusal_of(self, request: web.Request) -> web.StreamResponse | None:
        if fault := await self.faults.stand_in(request):
            return fault
        if request.headers.get("Authorization", "").removeprefix("Bearer ") not in self.tokens:
            return web.json_response({"status": 401}, status=401)
        if request.headers.get("Toast-Restaurant-External-ID") != RESTAURANT:
            return web.json_response({"status": 403}, status=403)
        return None

    async def _stock(self, request: web.Request) -> web.StreamResponse:
        """Stock API, "Getting stock information": only items that are limited or out of stock."""
        if refused := await self._refusal_of(request):
            return refused
        rows = [
            {"guid": item, "itemGuidValidity": "VALID", "status": status, "quantity": quantity, "multiLocationId": "1"}
            for item, (status, quantity) in self.stock.items()
            if status != "IN_STOCK"
        ]
        return web.json_response(rows)

    async def _restock(self, request: web.Request) -> web.StreamResponse:
        """Stock API, "Updating stock": a status for each item, with a quantity if limited."""
        if refused := await self._refusal_of(request):
            return refused
        for one in await request.json():
            self.stock[one["guid"]] = (one["status"], one.get("quantity"))
        return web.json_response([])

    async def _bulk(self, request: web.Request) -> web.StreamResponse:
        if refused := await self._refusal_of(request):
            return refused
        query = request.query
        if day := query.get("businessDate"):
            found = [order for order in self.orders.values() if str(order["businessDate"]) == day]
        else:
            first, last = query["startDate"], query["endDate"]
            found = [order for order in self.orders.values() if first <= order["modifiedDate"] <= last]
        found.sort(key=lambda order: (order["modifiedDate"], order["guid"]))
        size, page = int(query["pageSize"]), int(query["page"])
        return web.json_response(found[(page - 1) * size : page * size])


def _selection(item: str, quantity: float, modifiers: list[Order]) -> Order:
    said = {"guid": f"s-{item}", "item": {"guid": item}, "displayName": item, "quantity": quantity}
    return {**said, "price": 7.0 * quantity, "voided": False, "modifiers": modifiers}
