"""HTTP routes of customers. Search terms are sent in bodies, never in addresses, because addresses are logged."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from aiohttp import web

from edge.core.endpoints import Answer, Body, Endpoint
from edge.core.messages import Answers, Command, Done
from edge.core.people.personal_export import kept_beside
from edge.foundation.access.rights import CUSTOMERS_READ, CUSTOMERS_WRITE, SELL
from edge.lib.regions.addresses import Address, AddressCheck, check
from edge.people.customers import commands
from edge.people.customers.consents import consent_history
from edge.people.customers.customer import Consent, Customer, CustomerMatch, Preferences, PriceList, Tag
from edge.people.customers.data_export import read_facts
from edge.people.customers.lookup import search
from edge.people.customers.queries import PAGE_MOST, read_customer
from edge.people.customers.settings import settings_of
from edge.people.customers.wishlist import Wish, read_wishlist
from edge.web.actors import actor_of
from edge.web.api.query_runner import QueryRunner
from edge.web.api.registry import idempotency_key
from edge.web.context import SITE
from edge.web.problem import Problem
from edge.web.request_body import body_of, json_of
from edge.web.responses import answer_json, answer_outcome, texts_of

TAG = "customers"
BESIDE = ("customer_history", "customer_reviews", "customer_invoices")
"""Names of queries by which other capabilities add customer data."""
BESIDE_MOST = 10_000
ORDER_FIELDS = ("said", "state", "fulfilment", "business_date", "placed_us", "name", "phone", "address", "note")
"""Fields of an order that contain its customer's data."""
Text = commands.Text


class Searched(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Search text: a phone or its last four digits, an email, name prefixes, or a card."""

    text: Annotated[str, msgspec.Meta(max_length=200)]


class CustomerBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The fields of `SetCustomer`. Omitted fields don't change."""

    name: Text | None = None
    phone: Text | None = None
    email: Text | None = None
    born: Text | None = None
    language: Tag | None = None
    price_list: PriceList | None = None
    member_code: Text | None = None
    new_code: bool = False
    addresses: Annotated[tuple[Address, ...], msgspec.Meta(max_length=100)] | None = None
    preferences: Preferences | None = None
    answers: Answers = ()


class WhyBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The reason for reading all data of a customer."""

    why: Text


class CustomerExport(msgspec.Struct, frozen=True):
    """All data of a customer: current state, journal rows, and other capabilities' data."""

    customer: Customer
    consents: list[Consent]
    wishlist: list[Wish]
    facts: list[dict[str, Any]]
    beside: dict[str, Any]


async def match_customers(request: web.Request) -> web.Response:
    """`POST customers/search`: up to twenty matches."""
    return answer_json(await find_customers(request))


async def post_customer(request: web.Request) -> web.Response:
    """`POST customers`: create a customer.

    Refused if another customer has the phone, email or card; the refusal names that customer.
    """
    body = await body_of(request, CustomerBody)
    return await _set(request, commands.SetCustomer(**_fields(body)), 201)


async def one(request: web.Request) -> web.Response:
    """`GET customers/{id}`: a customer; the id of a merged customer also works."""
    return answer_json(await require_customer(request, request.match_info["id"]))


async def patch_customer(request: web.Request) -> web.Response:
    """`PATCH customers/{id}`: change the given fields only."""
    body, id = await body_of(request, CustomerBody), request.match_info["id"]
    if body.preferences is not None:
        kept = (await require_customer(request, id)).preferences or Preferences()
        said: dict[str, Any] = json_of(await request.read())["preferences"]
        liked = msgspec.convert({**msgspec.to_builtins(kept), **said}, Preferences)
        body = msgspec.structs.replace(body, preferences=liked)
    return await _set(request, commands.SetCustomer(id=id, **_fields(body)), 200)


async def export(request: web.Request) -> web.Response:
    """`POST customers/{id}/export`: all data of a customer. The access and its reason are recorded."""
    body = await body_of(request, WhyBody)
    id = request.match_info["id"]
    refused = await _do_command(request, commands.ExportCustomer(id, body.why))
    return refused or answer_json(await export_customer(request, id))


async def customer_history(request: web.Request) -> web.Response:
    """`GET customers/{id}/history`: sales and refunds, newest first. `?before=` (a journal row) gives the next page."""
    asker, query = request.app[SITE].asker, request.query
    await require_customer(request, request.match_info["id"])
    arguments: dict[str, Any] = {"customer": request.match_info["id"]}
    if "before" in query:
        arguments["before"] = whole(query["before"])
    return answer_json(await asker.ask(asker.questions["customer_history"], arguments))


async def consents(request: web.Request) -> web.Response:
    """`GET customers/{id}/consents`: consent history."""
    kept = await require_customer(request, request.match_info["id"])
    return answer_json(await _read(request, lambda db: consent_history(db, kept.id, _now(request))))


async def wishlist(request: web.Request) -> web.Response:
    """`GET customers/{id}/wishlist`: wish list with current price, stock and promotions."""
    kept = await require_customer(request, request.match_info["id"])
    return answer_json(await wishes(request, kept.id))


async def check_address(request: web.Request) -> web.Response:
    """`POST addresses/check`: a normalised address and its faults."""
    return answer_json(check(await body_of(request, Address)))


async def find_customers(request: web.Request) -> list[CustomerMatch]:
    """Customers that match the request's search.

    Users without the right to read customers are rate-limited, even at a till, so that they can't list all customers.
    Raises `Problem` 429.
    """
    body, actor = await body_of(request, Searched), actor_of(request)
    if not actor.may(CUSTOMERS_READ):
        seconds = request.app[SITE].door.rates.take("people", f"{actor.name} {actor.register}")
        if seconds:
            raise Problem(429, "too_often", seconds=seconds)
    settings = settings_of(request.app[SITE].config)
    return await request.app[SITE].asker.read(lambda db: search(db, body.text, settings))


async def require_customer(request: web.Request, id: str) -> Customer:
    """Return a customer. Raises `Problem` 404 if the id is unknown or the customer was forgotten."""
    now = _now(request)
    kept = await request.app[SITE].asker.read(lambda db: read_customer(db, id, now))
    if kept is None:
        raise Problem(404, "no_such_customer", id=id[:64])
    return kept


async def wishes(request: web.Request, id: str) -> list[Wish]:
    """A customer's wish list."""
    now, zone = _now(request), request.app[SITE].settings.zone
    return await request.app[SITE].asker.read(lambda db: read_wishlist(db, id, now, zone))


async def beside(request: web.Request, kept: Customer, limit: int) -> dict[str, Any]:
    """Data about a customer from higher-level capabilities, by query name: the newest `limit` rows of each."""
    asker = request.app[SITE].asker
    found: dict[str, Any] = {}
    for name in (one for one in BESIDE if one in asker.questions):
        found[name] = await _newest(asker, name, {"customer": kept.id}, limit)
    if "shop_orders" in asker.questions:
        wanted = [{"customer": id, "ended": ended} for id in (kept.id, *kept.aliases) for ended in (False, True)]
        rows = [order for one in wanted for order in await _newest(asker, "shop_orders", one, limit)]
        found["customer_orders"] = [
            {field: getattr(order, field) for field in ORDER_FIELDS} | {"total_minor": order.goods.total_minor}
            for order in rows
        ]
    return found


async def _newest(asker: QueryRunner, name: str, wanted: dict[str, Any], limit: int) -> list[Any]:
    """Rows of a query, in pages if it supports them. Open orders are a single page."""
    question = asker.questions[name]
    found: list[Any] = []
    if "before" not in question.arguments or wanted.get("ended") is False:
        return list(await asker.ask(question, {**wanted, "limit": limit}))
    while len(found) < limit:
        start = {"before": found[-1].seq} if found else {}
        rows = await asker.ask(question, {**wanted, **start, "limit": min(limit, PAGE_MOST)})
        found += rows
        if len(rows) < PAGE_MOST:
            break
    return found[:limit]


async def export_customer(request: web.Request, id: str) -> CustomerExport:
    """All data of a customer, including data under merged ids."""
    kept, registry, now = await require_customer(request, id), request.app[SITE].shop.registry, _now(request)
    said = await _read(request, lambda db: consent_history(db, kept.id, now))
    facts = await _read(request, lambda db: read_facts(db, registry, kept.id))
    others = await beside(request, kept, BESIDE_MOST)
    others |= await _read(request, lambda db: kept_beside(db, registry, kept.id))
    return CustomerExport(kept, said, await wishes(request, kept.id), facts, others)


def whole(text: str) -> int:
    """Parse a whole number in an address. Raises `Problem` 400 if it isn't one."""
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Problem(400, "argument_wrong", name="before", why="a whole number")
    return int(text)


async def _read(request: web.Request, read: Any) -> Any:
    return await request.app[SITE].asker.read(read)


def _now(request: web.Request) -> int:
    return request.app[SITE].shop.now_us()


def _fields(body: CustomerBody) -> dict[str, Any]:
    return {name: getattr(body, name) for name in body.__struct_fields__}


async def _set(request: web.Request, command: commands.SetCustomer, status: int) -> web.Response:
    outcome = await request.app[SITE].shop.do(command, actor_of(request, "SetCustomer"), idempotency_key(request))
    answer = answer_outcome(outcome, texts_of(request))
    if not isinstance(outcome, Done):
        return answer
    id = outcome.result or getattr(outcome.events[0], "id", command.id)
    return answer_json(await require_customer(request, str(id)), status)


async def _do_command(request: web.Request, command: Command) -> web.Response | None:
    actor = actor_of(request, type(command).__name__)
    outcome = await request.app[SITE].shop.do(command, actor, idempotency_key(request))
    return None if isinstance(outcome, Done) else answer_outcome(outcome, texts_of(request))


def _get(path: str, handler: Any, type: Any, **more: Any) -> Endpoint:
    answer = Answer(type)
    return Endpoint(method="GET", path=path, handler=handler, right=CUSTOMERS_READ, tag=TAG, answer=answer, **more)


_ONE = "/api/v1/customers/{id}"
_WRITING: dict[str, Any] = {"right": CUSTOMERS_WRITE, "tag": TAG, "statuses": (422,)}

ENDPOINTS = (
    Endpoint(
        method="POST",
        path="/api/v1/customers/search",
        handler=match_customers,
        right=SELL,
        also=CUSTOMERS_READ,
        tag=TAG,
        body=Body(Searched),
        answer=Answer(list[CustomerMatch]),
        rate="read",
    ),
    Endpoint(
        method="POST",
        path="/api/v1/customers",
        handler=post_customer,
        body=Body(CustomerBody),
        answer=Answer(Customer, status=201),
        **_WRITING,
    ),
    _get(_ONE, one, Customer, statuses=(404,)),
    Endpoint(
        method="PATCH", path=_ONE, handler=patch_customer, body=Body(CustomerBody), answer=Answer(Customer), **_WRITING
    ),
    Endpoint(
        method="POST",
        path=_ONE + "/export",
        handler=export,
        reauthenticate=True,
        body=Body(WhyBody),
        answer=Answer(CustomerExport),
        **_WRITING,
    ),
    _get(_ONE + "/history", customer_history, list[Any], statuses=(404,), query={"before": {"type": "integer"}}),
    _get(_ONE + "/consents", consents, list[Consent], statuses=(404,)),
    _get(_ONE + "/wishlist", wishlist, list[Wish], statuses=(404,)),
    Endpoint(
        method="POST",
        path="/api/v1/addresses/check",
        handler=check_address,
        right=SELL,
        also=CUSTOMERS_READ,
        tag=TAG,
        body=Body(Address),
        answer=Answer(AddressCheck),
        rate="read",
    ),
)
