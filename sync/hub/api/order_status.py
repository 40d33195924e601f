"""Order status for phones outside the shop's network, by the order's QR code (`edge/ordering/orders/hub.sql`).

Anyone may ask, so it's rate-limited. Without the QR code's secret nothing is revealed: not whether the tenant, store
or order exists, nor whether the store enables it. All answers without an order are identical and take the same time.
The request is in the body, so that no address log has it.
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
    """The body: the store, and the SHA-256 (hexadecimal) of the secret in the order's QR code."""

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
