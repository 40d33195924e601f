"""Square's Orders and Inventory APIs and webhooks (developer.squareup.com: reference/square/orders-api and
inventory-api, docs/webhooks/overview; read November 2026).

As documented: `POST /v2/orders/search` with a sort, a time filter, a cursor of the same query, at most ten locations;
`POST /v2/orders/batch-retrieve`; `POST /v2/inventory/counts/batch-retrieve` and `changes/batch-create`; Bearer and
`Square-Version`; webhooks that contain only the order's id, signed over the registered address and the body. [?] Orders
with the same `updated_at` are sorted by id.
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

PLACES_MOST = 10
Order = dict[str, Any]


def moment(at_us: int) -> str:
    """Format a moment as Square does (RFC 3339, with milliseconds)."""
    return datetime.fromtimestamp(at_us / 1e6, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


class SimSquare:
    """An account with orders by number. `page`: the maximum page size."""

    def __init__(self, token: str = "sq-token", signs_with: str = "sq-key", currency: str = "EUR") -> None:  # nosec B107: played
        self.token, self.signs_with, self.currency = token, signs_with, currency
        self.orders: dict[str, Order] = {}
        self.on_hand: dict[tuple[str, str], str] = {}
        self.given: dict[str, int] = {}
        self.page = 100
        self.faults = Faults()

    def sell(self, id: str, at_us: int, lines: dict[str, str], place: str = "L1", price_minor: int = 500) -> Order:
        """Sell items, by variation and quantity; a repeated number is a later version."""
        before = self.orders.get(id, {"version": 0})
        items = [
            {
                "uid": f"{id}-{n}",
                "catalog_object_id": item,
                "name": item,
                "variation_name": "Regular",
                "quantity": quantity,
                "item_type": "ITEM",
                "total_money": {"amount": price_minor, "currency": self.currency},
            }
            for n, (item, quantity) in enumerate(lines.items())
        ]
        total = {"amount": price_minor * len(items), "currency": self.currency}
        self.orders[id] = {
            "id": id,
            "location_id": place,
            "state": "COMPLETED",
            "version": before["version"] + 1,
            "created_at": moment(at_us),
            "updated_at": moment(at_us),
            "closed_at": moment(at_us),
            "line_items": items,
            "total_money": total,
        }
        return self.orders[id]

    def cancel(self, id: str, at_us: int) -> Order:
        """Void a whole order."""
        order = self.orders[id]
        order |= {"state": "CANCELED", "version": order["version"] + 1, "updated_at": moment(at_us)}
        return order

    def give_back(self, id: str, of: str, at_us: int, lines: dict[str, str]) -> Order:
        """Return items of an order, as a separate order."""
        order = self.sell(id, at_us, {}, self.orders[of]["location_id"])
        back = [
            {"uid": f"{id}-{n}", "source_line_item_uid": f"{of}-{n}", "catalog_object_id": item, "quantity": quantity}
            for n, (item, quantity) in enumerate(lines.items())
        ]
        del order["line_items"]
        order["returns"] = [{"source_order_id": of, "return_line_items": back}]
        order["return_amounts"] = {"total_money": {"amount": 500 * len(back), "currency": self.currency}}
        return order

    def hook(self, id: str, url: str, event_id: str = "", kind: str = "order.updated") -> tuple[dict[str, str], bytes]:
        """A webhook about a changed order: its headers and body, as sent to `url`."""
        order, name = self.orders[id], kind.replace(".", "_")
        said = {key: order[key] for key in ("version", "location_id", "state", "created_at", "updated_at")}
        body = json.dumps(
            {
                "merchant_id": "M1",
                "type": kind,
                "event_id": event_id or str(uuid.uuid4()),
                "created_at": order["updated_at"],
                "data": {"type": name, "id": id, "object": {name: {"order_id": id, **said}}},
            }
        ).encode()
        made = hmac.new(self.signs_with.encode(), url.encode() + body, hashlib.sha256).digest()
        return {"x-square-hmacsha256-signature": base64.b64encode(made).decode()}, body

    @asynccontextmanager
    async def serve(self, port: int = 0) -> AsyncIterator[str]:
        """Serve it; yields its address."""
        app = web.Application()
        app.router.add_post("/v2/orders/search", self._search)
        app.router.add_post("/v2/orders/batch-retrieve", self._retrieve)
        app.router.add_post("/v2/inventory/counts/batch-retrieve", self._counts)
        app.router.add_post("/v2/inventory/changes/batch-create", self._changes)
        async with serving(app, port) as url:
            yield url

    async def _refusal_of(self, request: web.Request) -> web.StreamResponse | None:
        if fault := await self.faults.stand_in(request):
            return fault
        if request.headers.get("Authorization") != f"Bearer {self.token}" or "Square-Version" not in request.headers:
            return web.json_response({"errors": [{"code": "UNAUTHORIZED"}]}, status=401)
        return None

    async def _search(self, request: web.Request) -> web.StreamResponse:
        if refused := await self._refusal_of(request):
            return refused
        asked = await request.json()
        places, query = asked.get("location_ids", []), asked["query"]
        field = query["sort"]["sort_field"].lower()
        span = query["filter"]["date_time_filter"].get(field)
        if not 0 < len(places) <= PLACES_MOST or span is None or query["sort"]["sort_order"] != "ASC":
            return web.json_response({"errors": [{"code": "BAD_REQUEST"}]}, status=400)
        states = query["filter"].get("state_filter", {}).get("states")
        first, last = _as_written(span.get("start_at", "")), _as_written(span.get("end_at", "9999"))
        found = [
            order
            for order in self.orders.values()
            if order["location_id"] in places
            and first <= _as_written(order.get(field, "")) <= last
            and (states is None or order["state"] in states)
        ]
        found.sort(key=lambda order: (order[field], order["id"]))
        at, most = int(asked.get("cursor", "0")), min(self.page, asked.get("limit", self.page))
        more = {"cursor": str(at + most)} if at + most < len(found) else {}
        return web.json_response({"orders": found[at : at + most], **more})

    async def _retrieve(self, request: web.Request) -> web.StreamResponse:
        if refused := await self._refusal_of(request):
            return refused
        ids = (await request.json())["order_ids"]
        return web.json_response({"orders": [self.orders[id] for id in ids if id in self.orders]})

    async def _counts(self, request: web.Request) -> web.StreamResponse:
        """Inventory API, "Batch retrieve inventory counts": counts of tracked variations, in pages."""
        if refused := await self._refusal_of(request):
            return refused
        asked = await request.json()
        at = int(asked.get("cursor", "0"))
        found = [
            {
                "catalog_object_id": item,
                "catalog_object_type": "ITEM_VARIATION",
                "state": "IN_STOCK",
                "location_id": place,
                "quantity": quantity,
                "calculated_at": "2026-11-24T00:00:00Z",
            }
            for (place, item), quantity in self.on_hand.items()
            if place in asked["location_ids"] and item in asked["catalog_object_ids"] and "IN_STOCK" in asked["states"]
        ]
        more = {"cursor": str(at + self.page)} if at + self.page < len(found) else {}
        return web.json_response({"errors": [], "counts": found[at : at + self.page], **more})

    async def _changes(self, request: web.Request) -> web.StreamResponse:
        """Inventory API, "Batch change inventory": physical counts, once for each idempotency key."""
        if refused := await self._refusal_of(request):
            return refused
        asked = await request.json()
        if not 0 < len(asked["changes"]) <= 100:
            return web.json_response({"errors": [{"code": "BAD_REQUEST"}]}, status=400)
        if asked["idempotency_key"] not in self.given:
            self.given[asked["idempotency_key"]] = len(asked["changes"])
            for change in asked["changes"]:
                assert change["type"] == "PHYSICAL_COUNT"
                one = change["physical_count"]
                self.on_hand[one["location_id"], one["catalog_object_id"]] = one["quantity"]
        return web.json_response({"errors": [], "counts": []})


def _as_written(text: str) -> str:
    """Cut a time to milliseconds without its zone, so that texts can be compared."""
    return text.rstrip("Z")[:23]
