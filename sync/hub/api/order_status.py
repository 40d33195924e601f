"""How far an order is, for a phone outside the shop's network that holds the order's QR
(`edge/ordering/orders/hub.sql`).

Anybody may ask, so little of it at a time, and whoever does not know the QR's secret learns nothing: not whether there
is such a tenant, store or order, nor whether the store wants this. Every answer without an order is the same one, and
none comes sooner than another. What is asked stands in the body, so that no log of addresses has it.
"""

from __future__ import annotations

import asyncio
from typing import Annotated

import msgspec
from aiohttp import hdrs, web

from sync.hub.api import limits
from sync.hub.api.admission import Door
from sync.hub.api.bodies import body_as
from sync.hub.api.problems import Problem
from sync.wire import Name

PATH = "/join/order"
_FIND = "SELECT order_status_of($1, $2, $3)::text"


class AskedOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body: the order of this store whose QR's secret has this SHA-256 (hexadecimal)."""

    tenant: Name
    store: Name
    digest: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$(?!\n)")]


class OrderStatus:
    """`POST /join/order`."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def add_to(self, app: web.Application) -> None:
        app.router.add_post(PATH, self._answer)

    async def _answer(self, request: web.Request) -> web.Response:
        asked = await body_as(request, AskedOrder, limits.SIGN_IN_BODY_S, limits.ORDER_BODY_BYTES)
        loop = asyncio.get_running_loop()
        ready_s = loop.time() + limits.ORDER_ANSWER_S
        found: str | None = await self._door.ask(_FIND, asked.tenant, asked.store, asked.digest)
        await asyncio.sleep(ready_s - loop.time())
        if found is None:
            raise Problem(404, "Nothing to show", "This order can't be shown here.")
        return web.Response(
            text=found, content_type="application/json", headers={hdrs.CACHE_CONTROL: "no-store"}, charset="utf-8"
        )
