"""HTTP API of publications: write one, and take each step."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Annotated

import msgspec
from aiohttp import hdrs, web

from sync.hub import preview, publications, releases
from sync.hub.api import limits, staff
from sync.hub.api.admission import Door
from sync.hub.api.bodies import body_as, require_name
from sync.hub.api.checking import Check, fault_of
from sync.hub.api.keys import PUBLISH, Key
from sync.hub.api.problems import Problem
from sync.hub.api.reads import BadRequest
from sync.hub.api.transfers_api import KIND as TRANSFERS
from sync.hub.publications import DECIDES, SOFTWARE, STEPS, Publication, Step
from sync.hub.tenants import NotTaken

PATH = "/v1/publications/{publication}"
BACK: Step = "take-back"
"""The rollback step, which checks the values being restored instead of the published ones."""


class TakeStep(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of `POST /v1/publications/{publication}/{step}`.

    `digest`: the approved content. `reason`: of a rejection, or of continuing anyway. `jumps`: price changes by a
    factor of five or more were reviewed.
    """

    digest: Annotated[str, msgspec.Meta(pattern=r"^([0-9a-f]{64})?$(?!\n)")] = ""
    reason: Annotated[str, msgspec.Meta(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$(?!\n)")] = ""
    jumps: bool = False


class PublicationApi:
    """See the module. `check` validates a directive; `closed`: kinds not allowed in publications, as they need their
    own right or are encrypted to the boxes; `internal`: those that head office's own processes write."""

    def __init__(self, door: Door, check: Check, closed: Collection[str], internal: Collection[str]) -> None:
        self._door = door
        self._check = check
        self._closed = frozenset(closed)
        self._internal = internal

    def add_to(self, app: web.Application) -> None:
        app.router.add_put(PATH, self._put)
        app.router.add_get(f"{PATH}/preview", self._preview)
        for step in STEPS:
            app.router.add_post(f"{PATH}/{step}", self._step)

    async def _put(self, request: web.Request) -> web.Response:
        id = request.match_info["publication"]
        require_name(id)
        async with self._door.admit(request) as key:
            wanted, seen = await body_as(request, Publication), last_seen_change(request)
            self._require_may_write(key, wanted)
            for planned in (*wanted.directives, *wanted.back):
                if wrong := fault_of(self._check, planned.kind, msgspec.json.encode(planned.body)):
                    raise BadRequest(f"this {wrong}")
            asked = [planned.body for planned in wanted.directives if planned.kind == releases.KIND]
            async with self._door.writing(key) as connection:
                await releases.require_releases(connection, key.tenant, asked)
                new = await publications.put(connection, key.tenant, id, wanted, key.who, seen)
        return web.json_response({"digest": wanted.digest}, status=201 if new else 200)

    def _require_may_write(self, key: Key, wanted: Publication) -> None:
        if key.stores is not None:
            raise Problem(403, "Not allowed", "Only people who can see all stores can use publications.")
        kinds = {planned.kind for planned in (*wanted.directives, *wanted.back)}
        for kind in kinds:
            require_open_kind(kind, self._internal)
        if closed := next((kind for kind in kinds if kind in self._closed), None):
            raise BadRequest(f"{closed!r} isn't allowed in a publication; publish it to each store separately")
        self._require_all(key, kinds)

    @staticmethod
    def _require_all(key: Key, kinds: Iterable[str]) -> None:
        for kind in kinds:
            if not key.may_publish(kind):
                raise Problem(403, "Not allowed", f"You don't have permission to {PUBLISH} {kind}.")

    async def _preview(self, request: web.Request) -> web.Response:
        id, shop = request.match_info["publication"], request.query.get("store", "")
        if shop:
            require_name(shop)
        step = request.query.get("step", "")
        if step not in ("", BACK):
            raise BadRequest(f"step may be {BACK}")
        async with self._door.admit(request) as key:
            if not key.may_read() or key.stores is not None:
                raise Problem(403, "Not allowed", "Only people who can see all stores can use publications.")
            async with self._door.reading(key) as connection:
                looked = preview.preview_back if step == BACK else preview.preview
                found = await looked(connection, key.tenant, id, shop)
            self._door.usage.read(key.tenant, shop, key.who, "publications/preview")
        if found is None:
            raise Problem(404, "No publication", "Publication not found.")
        headers = {hdrs.CACHE_CONTROL: "no-store"}
        return web.Response(body=msgspec.json.encode(found), content_type="application/json", headers=headers)

    async def _step(self, request: web.Request) -> web.Response:
        id = request.match_info["publication"]
        step = msgspec.convert(request.path.rpartition("/")[2], Step)
        async with self._door.admit(request) as key:
            allowed = staff.APPROVE in key.may if step in DECIDES else key.may_publish()
            if not allowed or key.stores is not None:
                raise Problem(
                    403, "Not allowed", f"You don't have permission to {step.replace('-', ' ')} publications."
                )
            asked = await body_as(request, TakeStep, limits.SIGN_IN_BODY_S)
            if step == "submit" and not asked.jumps:
                await self._require_no_jump(key, id)
            async with self._door.writing(key) as connection:
                kinds = await publications.kinds_of(connection, key.tenant, id)
                if step not in DECIDES:
                    self._require_all(key, kinds)
                if step == "go-on" and SOFTWARE in kinds and key.role != "owner":
                    raise Problem(403, "Not allowed", "Only an owner can resume a stopped software update.")
                state = await publications.take_step(
                    *(connection, key.tenant, id, step, key.who),
                    digest=asked.digest,
                    reason=asked.reason,
                    is_owner=key.role == "owner",
                )
        if state is None:
            raise Problem(404, "No publication", "Publication not found.")
        return web.json_response({"state": state})

    async def _require_no_jump(self, key: Key, id: str) -> None:
        """Raise `NotTaken` if a price change suggests a wrong decimal point."""
        async with self._door.reading(key) as connection:
            jump = await preview.decimal_jump(connection, key.tenant, id)
        if jump is not None:
            text = (
                f"{jump.sku} would cost {jump.now} instead of {jump.was}: check it and submit again with jumps = true"
            )
            raise NotTaken("publication_jump", text, **jump._asdict())


def require_open_kind(kind: str, internal: Collection[str]) -> None:
    """Raise `Problem` for kinds of directives that head office writes itself, from reports of stores and providers."""
    if kind in internal:
        text = f"Head office sends {kind} itself, from what its stores reported, so they can't be published."
        way = " Ask for goods with POST /v1/stores/{store}/transfers." if kind == TRANSFERS else ""
        raise Problem(403, "Sent by head office only", text + way)


def last_seen_change(request: web.Request) -> datetime | None:
    """The last change the editor saw, from `If-Match`; None if absent."""
    said = request.headers.get(hdrs.IF_MATCH, "").strip().strip('"')
    try:
        moment = datetime.fromisoformat(said) if said else None
    except ValueError:
        moment = datetime.min
    if moment is not None and moment.tzinfo is None:
        raise BadRequest(f"{hdrs.IF_MATCH} is its changed_at")
    return moment
