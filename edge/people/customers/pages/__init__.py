"""Manager pages of customers, and the till's customer dialog."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

import msgspec
from aiohttp import web

from edge.core.endpoints import Body, Endpoint, Page
from edge.core.storage.database import Connection
from edge.foundation.access.pages.beside import PHONE_REGION
from edge.foundation.access.queries import name_of
from edge.foundation.access.rights import CUSTOMERS_READ, CUSTOMERS_WRITE, MANAGE, SELL
from edge.goods.catalog.allergen_words import allergens
from edge.goods.catalog.categories.queries import read_categories
from edge.goods.catalog.queries import read_products
from edge.lib.regions.addresses import show
from edge.lib.regions.provinces import provinces
from edge.lib.units.money import show_minor
from edge.people.customers.consents import Wording, consent_history, newest_wordings, read_wordings, stands
from edge.people.customers.customer import ASKED_FOR, PURPOSES, Customer
from edge.people.customers.events import PersonalDataRead
from edge.people.customers.pages.beside import FACTS_IN_WORDS, STORED_CARDS
from edge.people.customers.privacy_requests import read_breaches, read_requests
from edge.people.customers.queries import read_customers
from edge.people.customers.routes import (
    Searched,
    beside,
    export_customer,
    find_customers,
    require_customer,
    whole,
    wishes,
)
from edge.people.customers.settings import settings_of
from edge.web.actors import viewer_of
from edge.web.context import SITE
from edge.web.pages.shell import page
from edge.web.problem import Problem
from edge.web.responses import texts_of

HISTORY_SHOWN = 50
PAPER_WITHIN_US = 15 * 60_000_000
"""How long a user who opened a customer's data may still print it (microseconds)."""


async def customers(request: web.Request) -> web.Response:
    """`GET /manager/customers`: recently changed customers, search, form, and consent wordings."""
    query, asker = request.query, request.app[SITE].asker
    before_us = whole(query["before_us"]) if "before_us" in query else None
    read = partial(read_customers, before_us=before_us, before_id=query.get("before_id", ""))
    listed, wordings = await asker.read(read), await asker.read(read_wordings)
    asked, breaches = await asker.read(read_requests), await asker.read(read_breaches)
    values = {"wordings": wordings, "purposes": ASKED_FOR, "requests": asked, "breaches": breaches}
    return page(request, "customers", listed=listed, found=listed.customers, **values)


async def customer(request: web.Request) -> web.Response:
    """`GET /manager/customer?id=`: one customer with actions."""
    kept = await require_customer(request, request.query.get("id", ""))
    return page(request, "customer", customer=kept, **await _page_values(request, kept))


async def customer_paper(request: web.Request) -> web.Response:
    """`GET /manager/customer/paper?id=`: printable version of the data just exported."""
    export = await export_customer(request, request.query.get("id", ""))
    read = [fact for fact in export.facts if fact["event"] == PersonalDataRead.__name__]
    now = _now(request)
    if not read or read[-1]["actor"] != viewer_of(request).name or now - read[-1]["at_us"] > PAPER_WITHIN_US:
        raise Problem(422, "export_first")
    plain = msgspec.to_builtins(export.customer)
    site, texts = request.app[SITE], texts_of(request)
    in_words = site.services.of(FACTS_IN_WORDS)
    facts = await site.asker.read(lambda db: in_words(db, texts, site.shop.registry, export.facts))
    goods = {one.sku for one in export.beside.get("customer_reviews", ())}
    goods |= {sku for cart in export.beside.get("carts", ()) for sku in cart["goods"]}
    names = await request.app[SITE].asker.read(partial(_names, skus=sorted(goods)))
    values = {
        "plain": plain,
        "facts": facts,
        "names": names,
        "allergen_ids": [one.id for one in allergens()],
        "reason": read[-1]["fields"]["why"],
    }
    return page(request, "customer_paper", export=export, show=show, now_us=now, **values)


async def find(request: web.Request) -> web.Response:
    """`POST /fragments/customers?as=list`: matches, as rows of the manager's list or the till's dialog."""
    template = "customers_rows.html" if request.query.get("as") == "list" else "customers_found.html"
    texts = texts_of(request)
    register = request.query.get("register", "")
    html = request.app[SITE].renderer.render(
        template, texts.language, found=await find_customers(request), register=register
    )
    return web.Response(text=html, content_type="text/html", headers={"Cache-Control": "no-store"})


async def _page_values(request: web.Request, kept: Customer) -> dict[str, Any]:
    site = request.app[SITE]
    now = _now(request)
    newest: dict[str, Wording] = await site.asker.read(newest_wordings)
    history = await site.asker.read(lambda db: consent_history(db, kept.id, now))
    others, stored_cards = await beside(request, kept, HISTORY_SHOWN), site.services.of(STORED_CARDS)
    reviews = others.get("customer_reviews", ())
    return {
        "wordings": newest,
        "purposes": [one for one in PURPOSES if one in ASKED_FOR or stands(kept.consents, one)],
        "holds": {one.purpose: one for one in kept.consents},
        "consent_history": sorted(history, key=lambda one: one.given_us, reverse=True),
        "papers": others.get("customer_history", ()),
        "papers_most": HISTORY_SHOWN,
        "orders": others.get("customer_orders", ()),
        "purses": await _purses(request, kept),
        "reviews": reviews,
        "names": await site.asker.read(partial(_names, skus=[one.sku for one in reviews])),
        "country": settings_of(site.config).region,
        "allergen_ids": [one.id for one in allergens()],
        "has_strains": await site.asker.read(_has_strains),
        "wishes": await wishes(request, kept.id),
        "stored_cards": await site.asker.read(lambda db: stored_cards(db, kept.id)),
        "provinces": {id: one.names for id, one in provinces().items()},
        "show": show,
        "addresses_json": msgspec.json.encode(kept.addresses).decode(),
        "plain": lambda minor: show_minor(minor, site.settings.currency),
        "joined": datetime.fromtimestamp(kept.since_us / 1e6, UTC),
        "called_by": lambda user: name_of(site.shop.reader, user),
    }


async def _purses(request: web.Request, kept: Customer) -> Sequence[Any]:
    """A member's points and stamps, if the shop has a loyalty programme."""
    site, now = request.app[SITE], _now(request)
    if "membership" not in site.asker.questions:
        return ()
    asked = {"customer": kept.id, "at_us": now, "today": site.config.business_date(now)}
    found = await site.asker.ask(site.asker.questions["membership"], asked)
    return found.purses if found else ()


def _now(request: web.Request) -> int:
    return request.app[SITE].shop.now_us()


def _has_strains(db: Connection) -> bool:
    """Whether products here have THC data, so that preferences about strains make sense."""
    return any("thc" in (word.lower() for word in one.attributes) for one in read_categories(db))


def _names(db: Connection, skus: list[str]) -> dict[str, dict[str, str]]:
    return {sku: product.names or {} for sku, (_, product, _) in read_products(db, skus).items()}


_FRAMED: dict[str, Any] = {"group": "people", "fragments": ("alerts", "clock")}

PAGES = (
    Page(
        path="/manager/customers",
        name="customers",
        handler=customers,
        right=MANAGE,
        also=CUSTOMERS_READ,
        menu="customers.title",
        place=10,
        past=True,
        changed_by=("customers",),
        **_FRAMED,
    ),
    Page(
        path="/manager/customer",
        name="customer",
        handler=customer,
        right=MANAGE,
        also=CUSTOMERS_READ,
        under="customers",
        place=11,
        past=True,
        **_FRAMED,
    ),
    Page(
        path="/manager/customer/paper",
        name="customer_paper",
        handler=customer_paper,
        right=MANAGE,
        also=CUSTOMERS_WRITE,
        under="customers",
        place=12,
        **_FRAMED,
    ),
)
ENDPOINTS = (
    Endpoint(
        method="POST",
        path="/fragments/customers",
        handler=find,
        right=SELL,
        also=CUSTOMERS_READ,
        body=Body(Searched),
        rate="read",
    ),
)
PROVIDES = ((PHONE_REGION, lambda config: settings_of(config).region),)
