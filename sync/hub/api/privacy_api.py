"""Privacy requests sent to all shops of a tenant, with their state. The person's identity is encrypted to the shops'
boxes and not stored here: head office only has the request's id."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Literal

import msgspec
from aiohttp import hdrs, web

from sync.hub import tenants
from sync.hub.api import staff
from sync.hub.api.admission import Door
from sync.hub.api.bodies import body_as, require_name
from sync.hub.api.checking import Check, fault_of
from sync.hub.api.keys import Key
from sync.hub.api.problems import Problem
from sync.hub.api.reads import BadRequest
from sync.hub.directive_writer import NobodyReads
from sync.hub.tenants import NotTaken

PATH = "/v1/privacy/{request}"
KIND = "privacy"
Publish = Callable[[str, str, str, bytes, str], Awaitable[int]]
_STORES = "SELECT store FROM store_of_tenant WHERE tenant = $1 AND state NOT IN ('planned', 'closed') ORDER BY store"
_STATES = """
    SELECT shop.store, coalesce(box.device, '') AS device,
        CASE WHEN sent.version IS NULL THEN 'not_sent'
             WHEN said.outcome IS NULL THEN 'waiting'
             WHEN said.outcome <> 'applied' THEN said.outcome
             WHEN said.unknown <> '' THEN 'nobody'
             ELSE 'noted' END AS state
    FROM store_of_tenant AS shop
    LEFT JOIN directive AS sent ON sent.tenant = shop.tenant AND sent.store = shop.store AND sent.request = $2
    LEFT JOIN device AS box ON box.tenant = shop.tenant AND box.store = shop.store AND box.barred = ''
    LEFT JOIN directive_outcome AS said ON said.tenant = shop.tenant AND said.store = shop.store
        AND said.device = box.device AND said.version = sent.version
    WHERE shop.tenant = $1 AND shop.state NOT IN ('planned', 'closed') ORDER BY 1, 2
"""


class AskShops(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`PUT /v1/privacy/{request}`: the kind of request, and the person's full phone number (+...), e-mail address, or
    both."""

    kind: Literal["access", "correction", "erasure"]
    phone: Annotated[str, msgspec.Meta(max_length=20)] = ""
    email: Annotated[str, msgspec.Meta(max_length=200)] = ""


class ShopState(msgspec.Struct, frozen=True):
    """A box's state: not_sent (ask again), waiting, noted (it knows the person, and answers), `nobody` (it doesn't),
    refused or given_up."""

    store: str
    device: str
    state: str


class PrivacyApi:
    """See the module."""

    def __init__(self, door: Door, publish: Publish, check: Check) -> None:
        self._door = door
        self._publish = publish
        self._check = check

    def add_to(self, app: web.Application) -> None:
        app.router.add_put(PATH, self._ask)
        app.router.add_get(PATH, self._states)

    async def _ask(self, request: web.Request) -> web.Response:
        """Repeating a request sends it only to boxes that couldn't get it before."""
        id = request.match_info["request"]
        require_name(id)
        async with self._door.admit(request) as key:
            _require(key)
            asked = await body_as(request, AskShops)
            body = msgspec.json.encode({"asks": [{"id": id, **msgspec.structs.asdict(asked)}]})
            if wrong := fault_of(self._check, KIND, body):
                raise BadRequest(f"this {wrong}")
            async with self._door.reading(key) as connection:
                stores = [store for (store,) in await connection.fetch(_STORES, key.tenant)]
            sent = [store for store in stores if await self._send(key.tenant, store, body, id)]
            async with self._door.writing(key) as connection:
                said = {"kind": asked.kind, "sent": len(sent), "of": len(stores)}
                await tenants.log(connection, key.tenant, key.who, KIND, id, None, said)
            found = await self._read_states(key, id)
        return _json(found)

    async def _send(self, tenant: str, store: str, body: bytes, id: str) -> bool:
        try:
            await self._publish(tenant, store, KIND, body, _request_of(id))
        except NobodyReads:
            return False  # none of the store's boxes has reported its key yet
        except NotTaken as error:
            if not error.code.startswith("store_"):
                raise
            return False
        return True

    async def _states(self, request: web.Request) -> web.Response:
        id = request.match_info["request"]
        require_name(id)
        async with self._door.admit(request) as key:
            _require(key)
            found = await self._read_states(key, id)
            self._door.usage.read(key.tenant, "", key.who, KIND)
        if all(one.state == "not_sent" for one in found):
            raise Problem(404, "No request", "No request has this ID.")
        return _json(found)

    async def _read_states(self, key: Key, id: str) -> list[ShopState]:
        async with self._door.reading(key) as connection:
            rows = await connection.fetch(_STATES, key.tenant, _request_of(id))
        return [ShopState(row["store"], row["device"], row["state"]) for row in rows]


def _request_of(id: str) -> str:
    return f"privacy-{id}"


def _require(key: Key) -> None:
    if staff.PRIVACY not in key.may or key.stores is not None:
        text = "Only an owner of all stores signed in with a second factor can send data subject requests to all shops."
        raise Problem(403, "Not allowed", text)


def _json(found: list[ShopState]) -> web.Response:
    body = msgspec.json.encode({"rows": found})
    return web.Response(body=body, content_type="application/json", headers={hdrs.CACHE_CONTROL: "no-store"})
