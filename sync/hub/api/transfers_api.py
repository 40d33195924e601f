"""HTTP API of transfers: ask a store for goods for another one.

The request becomes a draft, which the store's staff send.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated

import msgspec
from aiohttp import web

from sync.hub import tenants
from sync.hub.api.admission import Door
from sync.hub.api.bodies import body_as, once_of, require_name
from sync.hub.api.checking import Check, fault_of
from sync.hub.api.problems import Problem
from sync.hub.api.reads import BadRequest
from sync.wire import Name

PATH = "/v1/stores/{store}/transfers"
KIND = "shipments"
LINES_MOST = 200
QUANTITY_MOST = 10**9
"""Maximum thousandths per line."""
Publish = Callable[[str, str, str, bytes, str], Awaitable[int]]


class WantedGoods(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A product and its quantity in thousandths of its unit."""

    sku: Annotated[str, msgspec.Meta(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]*$(?!\n)")]
    quantity: Annotated[int, msgspec.Meta(gt=0, le=QUANTITY_MOST)]


class AskTransfer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`POST /v1/stores/{store}/transfers`: goods of this store that another one needs."""

    to_store: Name
    lines: Annotated[tuple[WantedGoods, ...], msgspec.Meta(min_length=1, max_length=LINES_MOST)]
    note: Annotated[str, msgspec.Meta(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$(?!\n)")] = ""


class TransfersApi:
    """Receives requests for transfers; see the module. Only the stores report the goods sent and received."""

    def __init__(self, door: Door, publish: Publish, check: Check) -> None:
        self._door, self._publish, self._check = door, publish, check

    def add_to(self, app: web.Application) -> None:
        app.router.add_post(PATH, self._ask)

    async def _ask(self, request: web.Request) -> web.Response:
        store, once = request.match_info["store"], once_of(request)
        require_name(store)
        async with self._door.admit(request) as key:
            if not key.may_publish(KIND):
                raise Problem(403, "Not allowed", "You don't have permission to ask for transfers.")
            asked = await body_as(request, AskTransfer)
            if asked.to_store == store:
                raise BadRequest("goods are moved from one store to another: choose two stores")
            if not all(key.reaches(one) for one in (store, asked.to_store)):
                raise Problem(403, "Not allowed", "You can only ask for transfers between your own stores.")
            body = msgspec.json.encode({"shipments": [{"wanted": asked}]})
            if wrong := fault_of(self._check, KIND, body):
                raise BadRequest(f"this {wrong}")
            async with self._door.reading(key) as connection:
                known = await tenants.known_stores(connection, key.tenant, (store, asked.to_store))
            if len(known) < 2:
                raise Problem(404, "Store not found", "One of these stores was not found.")
            version = await self._publish(key.tenant, store, KIND, body, once)
        return web.json_response({"version": version}, status=201)
