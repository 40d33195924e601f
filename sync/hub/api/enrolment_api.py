"""Enrolment of boxes from head office's page: an owner creates a code, and the box trades it for credentials."""

from __future__ import annotations

import asyncio
import hashlib
import ssl
from collections.abc import Callable, Collection
from typing import Annotated, Any, TypeVar

import msgspec
from aiohttp import hdrs, web

from sync.enrolment import AUTHORITY, TRADE, Enrolment, Trade, authority_mark, in_groups, new_secret, read_office
from sync.hub.api import box_codes, limits, staff
from sync.hub.api.admission import Door
from sync.hub.api.bodies import body_as, require_name
from sync.hub.api.problems import Problem
from sync.hub.api.qr_picture import qr_picture
from sync.hub.api.reads import BadRequest
from sync.hub.api.tenant_api import require_owner
from sync.hub.box_enrolment import BrokerPlace, boxes_of
from sync.hub.model import Key
from sync.hub.store import act_for
from sync.hub.tenants import require_box
from sync.wire import Name, WireError

T = TypeVar("T")
MAKE = "/v1/stores/{store}/boxes"
OPEN = "/v1/box-codes"
WITHDRAW = "/v1/stores/{store}/boxes/{device}/code"
BODY_BYTES = 1024
VOUCHER: web.AppKey[str] = web.AppKey("voucher", str)
"""The authority's certificate (PEM) if this server uses its own; otherwise missing."""


class NewBox(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`POST /v1/stores/{store}/boxes`: the box's name in its store, and head office's address for it (host or
    host:port); "": the one of this request."""

    device: Name = "box1"
    at: Annotated[str, msgspec.Meta(max_length=260)] = ""


class BoxCode(msgspec.Struct, frozen=True):
    """The text to type at the box, shown once; `picture`: the same as a QR code (an image `src`). `minutes`: its
    validity."""

    line: str
    picture: str
    minutes: int


class EnrolmentApi:
    """See the module. `place`: the broker whose files this process can write; None: only the command can enrol."""

    def __init__(self, door: Door, place: BrokerPlace | None) -> None:
        self._door = door
        self._place = place

    def add_to(self, app: web.Application) -> None:
        app.router.add_post(MAKE, self._make)
        app.router.add_get(OPEN, self._open)
        app.router.add_delete(WITHDRAW, self._withdraw)
        app.router.add_post(TRADE, self._trade)
        app.router.add_get(AUTHORITY, self._authority)

    async def _make(self, request: web.Request) -> web.Response:
        store = request.match_info["store"]
        require_name(store)
        async with self._door.admit(request) as key:
            require_owner(key, staff.STORES, "add boxes")
            place, wanted = self._enrolling(), await body_as(request, NewBox)
            box, secret = Key(key.tenant, store, wanted.device), new_secret()
            line = _line(request, wanted.at, secret)
            users = await _at_broker(place.files.users)
            async with self._door.writing(key) as connection:
                await require_box(connection, box, boxes_of(users))
                if not await box_codes.make_code(connection, box, secret, key.who):
                    raise Problem(404, "Store not found", "Add the store first. A closed store can't get boxes.")
        return _json(BoxCode(line, qr_picture(line), int(box_codes.LASTS.total_seconds() // 60)), 201)

    async def _open(self, request: web.Request) -> web.Response:
        async with self._door.admit(request) as key:
            require_owner(key, staff.STORES, "see open codes")
            async with self._door.writing(key) as connection:
                found = await box_codes.open_codes(connection, key.tenant)
        return _json({"rows": found})

    async def _withdraw(self, request: web.Request) -> web.Response:
        store, device = request.match_info["store"], request.match_info["device"]
        require_name(store)
        require_name(device)
        async with self._door.admit(request) as key:
            require_owner(key, staff.STORES, "withdraw codes")
            async with self._door.writing(key) as connection:
                if not await box_codes.withdraw_code(connection, Key(key.tenant, store, device), key.who):
                    raise Problem(
                        404, "No open code", "There is no open code for this box. It was used or has expired."
                    )
        return _json({})

    async def _trade(self, request: web.Request) -> web.Response:
        place, asked = self._enrolling(), await body_as(request, Trade, limits.SIGN_IN_BODY_S, BODY_BYTES)
        with self._door.signing_in():
            async with self._door.people.acquire() as connection, connection.transaction():
                box = await box_codes.hold_code(connection, asked.secret)
                if box is None:
                    raise Problem(
                        404, "Code over", "This code is wrong, used or expired. Ask head office for a new one."
                    )
                if asked.box not in ("", str(box)):
                    raise _another_box(box, asked.box)
                await act_for(connection, box.tenant)
                enrolment = await self._enrol(connection, place, box)
                await box_codes.take_code(connection, asked.secret)
        return _json(enrolment, 201)

    async def _enrol(self, connection: Any, place: BrokerPlace, box: Key) -> Enrolment:
        loop = asyncio.get_running_loop()

        def admit(enrolled: Collection[Key]) -> None:
            asyncio.run_coroutine_threadsafe(require_box(connection, box, enrolled), loop).result(limits.QUERY_S)

        return await _at_broker(lambda: place.enrol(box, admit))

    async def _authority(self, request: web.Request) -> web.Response:
        pem = request.app.get(VOUCHER, "")
        if not pem:
            raise Problem(
                404, "No authority", "This certificate was issued by an authority that machines already trust."
            )
        return web.Response(text=pem, content_type="application/x-pem-file")

    def _enrolling(self) -> BrokerPlace:
        if self._place is None:
            text = "EDGE_HUB_BOXES_FOLDER isn't set, so boxes are enrolled on head office's machine: edge hub enrol"
            raise Problem(409, "Boxes by command", text)
        return self._place


def _another_box(box: Key, asked: str) -> Problem:
    problem = Problem(409, "Another box", f"The code is for {box}, but this is {asked}. The code remains valid.")
    problem.values = {"box": str(box), "own": asked}
    return problem


async def _at_broker(work: Callable[[], T]) -> T:
    """Run `work` on the broker's files. Raises `Problem` 503 if they can't be read or written."""
    try:
        return await asyncio.to_thread(work)
    except OSError as error:
        raise Problem(503, "Broker away", f"The broker's files can't be written: {error}. Try again.") from error


def _line(request: web.Request, at: str, secret: str) -> str:
    """The text to type at the box. Raises `BadRequest` if the box couldn't parse it."""
    pem = request.app.get(VOUCHER, "")
    mark = authority_mark(hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).digest()) if pem else ""
    line = f"{at or request.host} {in_groups(secret, mark)}"
    try:
        read_office(line)
    except WireError:
        raise BadRequest(f"{at!r} isn't an address") from None
    return line


def _json(body: Any, status: int = 200) -> web.Response:
    headers = {hdrs.CACHE_CONTROL: "no-store"}
    return web.Response(body=msgspec.json.encode(body), status=status, content_type="application/json", headers=headers)
