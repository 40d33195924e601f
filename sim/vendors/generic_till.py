"""A till that implements the canonical interface (edge/backoffice/other_tills/README.md): sales by change and by day,
stock, and webhooks signed over the body."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from sim.http_service import serving
from sim.vendors.faults import Faults

Sale = dict[str, Any]


def moment(at_us: int) -> str:
    """Format a time by RFC 3339, in UTC."""
    return datetime.fromtimestamp(at_us / 1e6, UTC).isoformat()


class SimGenericTill:
    """Another till system with its sales, by number and kind."""

    def __init__(self, token: str = "token", signs_with: str = "key") -> None:  # nosec B107: played ones
        self.token, self.signs_with = token, signs_with
        self.sales: dict[tuple[str, str], Sale] = {}
        self.on_hand: dict[tuple[str, str], str] = {}
        self.faults = Faults()
        self.page = 100
        self.repeats = False
        """Whether every page says "more" and repeats the same rows."""

    def say(self, id: str, at_us: int, lines: dict[str, str], kind: str = "sale", **more: Any) -> Sale:
        """Add a version of a transaction."""
        key = ("refund" if kind == "refund" else "sale", id)
        version = self.sales.get(key, {"version": 0})["version"] + 1
        goods = [{"item": item, "name": item, "quantity": quantity, "total": 500} for item, quantity in lines.items()]
        said = {"location": "L1", "at": moment(at_us), "currency": "EUR", "total": 500 * len(goods), "lines": goods}
        event = f"{kind}-{id}-{version}"
        self.sales[key] = {"event_id": event, "transaction_id": id, "version": version, "kind": kind, **said, **more}
        return self.sales[key]

    def hook(self, sale: Sale) -> tuple[dict[str, str], bytes]:
        """A webhook with a sale."""
        body = json.dumps(sale).encode()
        return {"X-Signature": hmac.new(self.signs_with.encode(), body, hashlib.sha256).hexdigest()}, body

    @asynccontextmanager
    async def serve(self, port: int = 0) -> AsyncIterator[str]:
        """Serve it; yields its address."""
        app = web.Application()
        app.router.add_get("/sales", self._serve_sales)
        app.router.add_put("/sales", self._set_counts)
        async with serving(app, port) as url:
            yield url + "/sales"

    async def _serve_sales(self, request: web.Request) -> web.StreamResponse:
        if fault := await self.faults.stand_in(request):
            return fault
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            return web.json_response({}, status=401)
        query = request.query
        if (place := query.get("counts_of")) is not None:
            rows = [{"item": item, "quantity": text} for (at, item), text in self.on_hand.items() if at == place]
            return self._page(query, "counts", rows)
        found = sorted(self.sales.values(), key=lambda sale: (sale["at"], sale["event_id"]))
        if day := query.get("day"):
            found = [sale for sale in found if sale["at"][:10] == day and sale["location"] == query["location"]]
        if self.repeats:
            return web.json_response({"sales": found[: self.page], "next": str(int(query.get("cursor", "0")) + 1)})
        return self._page(query, "sales", found)

    def _page(self, query: Mapping[str, str], of: str, found: list[Any]) -> web.Response:
        at = int(query.get("cursor", "0"))
        more = {"next": str(at + self.page)} if at + self.page < len(found) else {}
        return web.json_response({of: found[at : at + self.page], **more})

    async def _set_counts(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            return web.json_response({}, status=401)
        said = await request.json()
        self.on_hand |= {(request.query["counts_of"], one["item"]): one["quantity"] for one in said["counts"]}
        return web.json_response({})
