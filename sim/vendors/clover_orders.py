"""Clover's Orders and Inventory APIs and app webhooks (docs.clover.com: Orders, Inventory, "Use webhooks").

Read in November 2026. As documented: `GET /v3/merchants/MERCHANT/orders` with filters, a sort, expanded lists, at most
100 at a time and an offset; one line item for each piece, `unitQty` in thousandths; `items` with `itemStock`, `POST
item_stocks/ITEM`; times in milliseconds; webhooks that name objects (`O:ID`), with a fixed code in `X-Clover-Auth`, and
an unsigned `verificationCode` to a new address. [?] Expanded lists with more than 100 entries are cut. [?] A refunded
item has a mark on its line item, and there is a refund with its amount.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from sim.http_service import serving
from sim.vendors.faults import Faults

Order = dict[str, Any]
MERCHANT = "MC1ANT2ID3"
PAGE_MOST = 100


class SimCloverOrders:
    """A merchant with orders by number, and stock on hand of items whose stock is tracked."""

    def __init__(self, token: str = "cl-token", signs_with: str = "cl-code", currency: str = "EUR") -> None:  # nosec B107: played
        self.token, self.signs_with, self.currency = token, signs_with, currency
        self.orders: dict[str, Order] = {}
        self.on_hand: dict[str, float] = {}
        self.untracked: set[str] = set()
        self.page = PAGE_MOST
        self.faults = Faults()
        self.after_page: Callable[[], object] = lambda: None
        """Changes at their tills between pages of orders."""

    def sell(self, id: str, at_us: int, lines: dict[str, int], extra: dict[str, int] | None = None) -> Order:
        """Sell pieces of items with these modifiers. An order number used before changes that order."""
        added: list[Order] = [
            {"id": f"{id}-m-{name}", "modifier": {"id": name}, "name": name, "amount": 50, "quantitySold": count}
            for name, count in (extra or {}).items()
        ]
        items: list[Order] = [
            {"id": f"{id}-{item}-{n}", "item": {"id": item}, "name": item, "price": 500, "refunded": False}
            | ({"modifications": {"elements": added}} if added else {})
            for item, count in lines.items()
            for n in range(count)
        ]
        created = self.orders.get(id, {"createdTime": at_us // 1000})["createdTime"]
        self.orders[id] = {
            "id": id,
            "currency": self.currency,
            "total": sum(one["price"] + sum(more["amount"] for more in added) for one in items),
            "state": "locked",
            "paymentState": "PAID",
            "createdTime": created,
            "modifiedTime": at_us // 1000,
            "testMode": False,
            "lineItems": {"elements": items},
        }
        return self.orders[id]

    def refund(self, id: str, at_us: int, pieces: dict[str, int]) -> Order:
        """Give back pieces of an order."""
        order, amount, left = self.orders[id], 0, dict(pieces)
        for one in order["lineItems"]["elements"]:
            if left.get(one["item"]["id"], 0) and not one["refunded"]:
                left[one["item"]["id"]] -= 1
                one["refunded"] = True
                amount += one["price"]
        refunds = order.setdefault("refunds", {"elements": []})["elements"]
        refunds.append({"id": f"{id}-r{len(refunds)}", "amount": amount, "createdTime": at_us // 1000})
        whole = all(one["refunded"] for one in order["lineItems"]["elements"])
        order |= {"modifiedTime": at_us // 1000, "paymentState": "REFUNDED" if whole else "PARTIALLY_REFUNDED"}
        return order

    def reopen(self, id: str, at_us: int) -> Order:
        """Take the payment back."""
        self.orders[id] |= {"modifiedTime": at_us // 1000, "paymentState": "OPEN"}
        return self.orders[id]

    def hook(self, *ids: str, kind: str = "UPDATE", merchant: str = MERCHANT) -> tuple[dict[str, str], bytes]:
        """A webhook that names orders: its headers and body."""
        at_ms = max((self.orders[id]["modifiedTime"] for id in ids if id in self.orders), default=1)
        changes = [{"objectId": f"O:{id}", "type": kind, "ts": at_ms} for id in ids]
        body = {"appId": "APP", "merchants": {merchant: [{"objectId": "P:1", "type": "CREATE", "ts": 1}, *changes]}}
        return {"X-Clover-Auth": self.signs_with}, json.dumps(body).encode()

    def code_hook(self, code: str = "ce7643c1-83ea-4218-abe6-da876c9c7a0a") -> tuple[dict[str, str], bytes]:
        """Verification hook sent to a new address."""
        return {}, json.dumps({"verificationCode": code}).encode()

    @asynccontextmanager
    async def serve(self, port: int = 0) -> AsyncIterator[str]:
        """Serve it; yields its address."""
        app, top = web.Application(), f"/v3/merchants/{MERCHANT}"
        app.router.add_get(f"{top}/orders", self._list)
        app.router.add_get(f"{top}/orders/{{order}}", self._one)
        app.router.add_get(f"{top}/orders/{{order}}/line_items", self._line_items)
        app.router.add_get(f"{top}/items", self._items)
        app.router.add_post(f"{top}/item_stocks/{{item}}", self._count)
        async with serving(app, port) as url:
            yield url

    async def _refusal_of(self, request: web.Request) -> web.StreamResponse | None:
        if fault := await self.faults.stand_in(request):
            return fault
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            return web.json_response({"message": "401 Unauthorized"}, status=401)
        return None

    async def _list(self, request: web.Request) -> web.StreamResponse:
        if refused := await self._refusal_of(request):
            return refused
        field, _, direction = request.query["orderBy"].partition(" ")
        found = [
            one for one in self.orders.values() if all(_fits(one, said) for said in request.query.getall("filter"))
        ]
        if direction != "ASC" or field not in ("createdTime", "modifiedTime"):
            return web.json_response({"message": "invalid sort"}, status=400)
        found.sort(key=lambda one: (one[field], one["id"]))
        answer = self._cut(request, [self._expand_lists(one) for one in found])
        self.after_page()
        return answer

    async def _one(self, request: web.Request) -> web.StreamResponse:
        if refused := await self._refusal_of(request):
            return refused
        found = self.orders.get(request.match_info["order"])
        if found is None:
            return web.json_response({"message": "Not Found"}, status=404)
        return web.json_response(self._expand_lists(found))

    async def _line_items(self, request: web.Request) -> web.StreamResponse:
        if refused := await self._refusal_of(request):
            return refused
        return self._cut(request, self.orders[request.match_info["order"]]["lineItems"]["elements"])

    async def _items(self, request: web.Request) -> web.StreamResponse:
        if refused := await self._refusal_of(request):
            return refused
        rows = [
            {
                "id": item,
                "autoManage": item not in self.untracked,
                "itemStock": {"item": {"id": item}, "quantity": count},
            }
            for item, count in self.on_hand.items()
        ]
        return self._cut(request, rows)

    async def _count(self, request: web.Request) -> web.StreamResponse:
        if refused := await self._refusal_of(request):
            return refused
        self.on_hand[request.match_info["item"]] = (await request.json())["quantity"]
        return web.json_response({})

    def _cut(self, request: web.Request, rows: list[Order]) -> web.Response:
        most, at = min(int(request.query["limit"]), self.page), int(request.query["offset"])
        return web.json_response({"elements": rows[at : at + most], "href": str(request.url)})

    def _expand_lists(self, order: Order) -> Order:
        return {**order, "lineItems": {"elements": order["lineItems"]["elements"][:PAGE_MOST]}}


def _fits(order: Order, said: str) -> bool:
    """Whether an order fits `field>=number` or `field<number`."""
    field, sign, number = said.partition(">=") if ">=" in said else said.partition("<")
    return bool(order[field] >= int(number) if sign == ">=" else order[field] < int(number))
