"""HTTP side: authentication and limits, rows as JSON with an ETag, and directives."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import msgspec
from aiohttp import hdrs, web

from sync.hub.api import limits, openapi, page, reads
from sync.hub.api.admission import Door
from sync.hub.api.bodies import body_as, once_of, require_name
from sync.hub.api.checking import Check, fault_of
from sync.hub.api.closing_api import ClosingApi
from sync.hub.api.delivery_reports import DeliveryReports
from sync.hub.api.employees_api import EmployeesApi
from sync.hub.api.enrolment_api import EnrolmentApi
from sync.hub.api.forgotten_api import ForgottenApi
from sync.hub.api.invitation_api import InvitationApi
from sync.hub.api.join_page import add_join_page
from sync.hub.api.keys import PUBLISH, READ, Key
from sync.hub.api.mailed_links import LinkLetter
from sync.hub.api.order_status import OrderStatus
from sync.hub.api.payment_webhooks import PaymentWebhooks
from sync.hub.api.privacy_api import PrivacyApi
from sync.hub.api.problems import Problem, problems
from sync.hub.api.product_choice_api import ProductChoiceApi, ReadPrices
from sync.hub.api.publication_api import PublicationApi, require_open_kind
from sync.hub.api.push_page import add_push_page
from sync.hub.api.questions_api import AnswerQuestion, QuestionsApi
from sync.hub.api.reads import BadRequest, Read
from sync.hub.api.signing_in import SigningIn
from sync.hub.api.support_api import SupportApi
from sync.hub.api.tenant_api import TenantApi
from sync.hub.api.text_files_api import TextFilesApi
from sync.hub.api.till_webhooks import NO_HOOKS, Hooks, TillWebhooks
from sync.hub.api.transfers_api import TransfersApi
from sync.hub.box_enrolment import BrokerPlace
from sync.hub.directive_writer import NobodyReads
from sync.hub.tenants import NotTaken
from sync.hub.text_files import TextExchange
from sync.wire import Name, WireError

Publish = Callable[[str, str, str, bytes, str], Awaitable[int]]
"""tenant, store, kind, body, request -> version. `request` may be empty. Raises `WireError` if it isn't a directive."""


class Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a POST: a directive."""

    kind: Name
    body: msgspec.Raw


class ApiParts(msgspec.Struct, frozen=True, kw_only=True):
    """The API's parts, besides its database.

    `guarded`: kinds of directives with their own right; `staged`: kinds published as rollouts only; `sealed`: kinds
    encrypted to a store's boxes; `internal`: kinds that head office's own processes write. `webhooks`: permitted
    senders for payments and third-party tills. `letter`: see `mailed_links`; without it no link is mailed.
    `verify_token`: see `delivery_reports`; `page_parts`: `page`; `boxes`: `enrolment_api`; `texts`: `text_files_api`;
    `prices`: `product_choice_api`; `answer`: `questions_api`.
    """

    reads: Sequence[Read] = ()
    check: Check
    guarded: Collection[str] = ()
    sealed: Collection[str] = ()
    staged: Collection[str] = ()
    internal: Collection[str] = ()
    webhooks: Hooks = NO_HOOKS
    verify_token: str = ""
    page_parts: Mapping[str, bytes] = MappingProxyType({})
    letter: LinkLetter | None = None
    boxes: BrokerPlace | None = None
    texts: TextExchange | None = None
    prices: ReadPrices | None = None
    answer: AnswerQuestion | None = None


class Api:
    """See the module."""

    def __init__(self, door: Door, publish: Publish, parts: ApiParts) -> None:
        self._door = door
        self._publish = publish
        self._parts = parts
        self._reads = {read.name: read for read in parts.reads}
        self._document = msgspec.json.encode(openapi.document(parts.reads))

    def app(self) -> web.Application:
        parts, check = self._parts, self._parts.check
        app = web.Application(client_max_size=limits.BODY_BYTES, middlewares=[problems])
        app.on_response_prepare.append(_dress)
        app.router.add_get("/openapi.json", self._describe)
        app.router.add_get("/healthz", self._health)
        for name in self._reads:
            app.router.add_get(f"/v1/{name}", self._read)
        app.router.add_post("/v1/stores/{store}/directives", self._direct)
        SigningIn(self._door).add_to(app)
        TenantApi(self._door).add_to(app)
        InvitationApi(self._door, parts.letter).add_to(app)
        ForgottenApi(self._door, parts.letter).add_to(app)
        EnrolmentApi(self._door, parts.boxes).add_to(app)
        ClosingApi(self._door).add_to(app)
        PrivacyApi(self._door, self._publish, check).add_to(app)
        SupportApi(self._door, self._publish).add_to(app)
        TextFilesApi(self._door, parts.texts, self._publish, check).add_to(app)
        ProductChoiceApi(self._door, parts.prices).add_to(app)
        QuestionsApi(self._door, parts.answer).add_to(app)
        PublicationApi(self._door, check, (*parts.guarded, *parts.sealed), parts.internal).add_to(app)
        EmployeesApi(self._door).add_to(app)
        TransfersApi(self._door, self._publish, check).add_to(app)
        page.add_to(app, parts.page_parts)
        add_push_page(app)
        add_join_page(app)
        OrderStatus(self._door).add_to(app)
        DeliveryReports(self._door, parts.verify_token).add_to(app)
        PaymentWebhooks(self._door, parts.webhooks.payments).add_to(app)
        TillWebhooks(self._door, parts.webhooks.tills).add_to(app)
        return app

    async def _describe(self, request: web.Request) -> web.Response:
        return _with_etag(request, self._document)

    async def _health(self, _request: web.Request) -> web.Response:
        await self._door.ping()
        return web.json_response({"ok": True})

    async def _read(self, request: web.Request) -> web.Response:
        read = self._reads[request.path.removeprefix("/v1/")]
        async with self._door.admit(request) as key:
            if not key.may_read(read.area):
                raise _not_allowed(f"{READ}:{read.area}" if read.area else READ)
            if key.stores is not None and not read.by_store:
                raise _not_allowed("see data of all stores")
            if len(set(request.query)) < len(request.query):
                raise BadRequest("a parameter is repeated")
            query = dict(request.query)
            group = query.pop("group", None) if read.by_store else None
            async with self._door.reading(key) as connection:
                stores = key.stores if group is None else await _of_group(connection, key, group)
                sql, values, limit = reads.statement(read, key.tenant, query, stores)
                is_empty = stores is not None and not stores  # nothing to ask, and Citus fails on it
                rows = [] if is_empty else await connection.fetch(sql, *values)
            self._door.usage.read(key.tenant, request.query.get("store", ""), key.who, read.name)
        return _with_etag(request, _page(read, rows, limit))

    async def _direct(self, request: web.Request) -> web.Response:
        store, once = request.match_info["store"], once_of(request)
        async with self._door.admit(request) as key:
            if not key.may_publish():
                raise _not_allowed(PUBLISH)
            require_name(store)
            asked = await body_as(request, Asked)
            require_open_kind(asked.kind, self._parts.internal)
            if not key.may_publish(asked.kind, guarded=asked.kind in self._parts.guarded):
                raise _not_allowed(f"publish {asked.kind}")
            if not key.reaches(store):
                raise _not_allowed(f"speak to {store}")
            if asked.kind in self._parts.staged:
                raise BadRequest(f"{asked.kind!r} can only be sent by a publication, a few stores first")
            if wrong := fault_of(self._parts.check, asked.kind, bytes(asked.body)):
                raise BadRequest(f"this {wrong}")
            try:
                version = await self._publish(key.tenant, store, asked.kind, bytes(asked.body), once)
            except NotTaken:
                raise
            except NobodyReads as error:
                raise Problem(409, "Not yet", str(error)) from error
            except WireError as error:
                raise BadRequest(str(error)) from error
        return web.json_response({"version": version}, status=201)


async def _of_group(connection: Any, key: Key, group: str) -> tuple[str, ...]:
    """The stores of a group that a key may access."""
    found = await connection.fetchval("SELECT stores_of_groups($1, $2)", key.tenant, [reads.text_of("group", group)])
    return tuple(store for store in found if key.reaches(store))


async def _dress(request: web.Request, answer: web.StreamResponse) -> None:
    """Set security headers on every answer."""
    answer.headers.popall(hdrs.SERVER, None)  # don't reveal our version
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    if request.secure:
        answer.headers["Strict-Transport-Security"] = f"max-age={limits.HSTS_S}"


def _not_allowed(what: str) -> Problem:
    return Problem(403, "Not allowed", f"This key can't {what}. Head office can create one that can.")


def _page(read: Read, rows: Sequence[Mapping[str, Any]], limit: int) -> bytes:
    objects = {field.name for field in read.fields if field.kind == "object"}
    shown = [
        {name: msgspec.Raw(value.encode()) if name in objects and value else value for name, value in row.items()}
        for row in rows[:limit]
    ]
    after = reads.cursor(read, rows[limit - 1]) if len(rows) > limit else None
    if read.as_in_shop:
        return msgspec.json.encode({"items": shown, "next": after or ""})
    return msgspec.json.encode({"rows": shown, "next": after})


def _with_etag(request: web.Request, body: bytes) -> web.Response:
    etag = hashlib.sha256(body).hexdigest()[:32]
    headers = {hdrs.CACHE_CONTROL: "no-store", hdrs.ETAG: f'"{etag}"'}
    if request.if_none_match and any(known.value in (etag, "*") for known in request.if_none_match):
        return web.Response(status=304, headers=headers)
    return web.Response(body=body, content_type="application/json", headers=headers)
