"""Search for the till's input during typing, and for `GET /api/v1/search`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from aiohttp import web

from edge.core.endpoints import RESULT, Endpoint, Finder, fragment
from edge.foundation.access.rights import MANAGE, SELL
from edge.goods.catalog.least_age import least_ages
from edge.goods.catalog.listing.filter import Filter
from edge.goods.catalog.listing.queries import Fulfilling
from edge.goods.search.meaning import MEANING
from edge.goods.search.queries import LIMIT, MATCHES_LIMIT, Found, Listed, Search
from edge.goods.search.query.terms import QUERY_CHARS
from edge.web.actors import actor_of
from edge.web.api.query_runner import QueryInfo
from edge.web.context import SITE, PanelContext, today_of
from edge.web.denied import Denied
from edge.web.limits import PRODUCTS_SHOWN
from edge.web.responses import answer_json, texts_of

if TYPE_CHECKING:  # imports numpy, which is slow
    from edge.goods.search.embeddings import SentenceEmbedding

QUERY = "search"
"""Name of the registered query that all handlers here use."""

NOBODYS_NAME = "qqxxzz"
"""A query that matches nothing, so that the search runs all its steps."""


async def products(request: web.Request) -> web.Response:
    """`GET /fragments/products?text=...`: search results as a selectable list; `sure=yes`: omit products of similar
    meaning.
    """
    site = request.app[SITE]
    text = request.query.get("text", "")
    wanted = {"text": text, "limit": PRODUCTS_SHOWN, "at_us": site.shop.now_us()}
    question = site.asker.questions[QUERY]
    found: Found
    if request.query.get("sure") == "yes":
        found = await site.asker.ask(question, wanted)
        found = found if found.sure else msgspec.structs.replace(found, products=[])
    else:
        found = await _find(site, question, wanted)
    language = texts_of(request).language
    ages = await site.asker.read(lambda db: least_ages(db, found.products, site.settings.place))
    shown = {"text": text, "products": found.products, "ages": ages, "meant": found.meant}
    html = site.renderer.render("products.html", language, **shown)
    return web.Response(text=html, content_type="text/html", headers={"Cache-Control": "no-store"})


async def search(request: web.Request) -> web.Response:
    """`GET search?q=...`: search results with current prices; the query's other arguments are passed through."""
    site = request.app[SITE]
    question = site.asker.questions[QUERY]
    actor = actor_of(request)
    if not question.spec.allows(actor):
        raise Denied(question.spec.right, f"query {QUERY}")
    given = {"text" if name == "q" else name: value for name, value in request.query.items()}
    arguments = question.bind(given, actor.register, site.shop.now_us(), today_of(request))
    return answer_json({"result": await _find(site, question, arguments)})


async def _find(site: PanelContext, question: QueryInfo, wanted: dict[str, Any]) -> Found:
    """Search by words and, if that finds little and the shop has a model, also by meaning."""
    found: Found = await site.asker.ask(question, wanted)
    sense = None if found.sure else await _sense(site, wanted["text"])
    if sense is None:
        return found
    from edge.goods.search.embeddings import nearest  # imports numpy, which is loaded once there are embeddings

    limit, retired, at_us = (
        min(wanted.get("limit", LIMIT), MATCHES_LIMIT),
        wanted.get("retired", False),
        wanted["at_us"],
    )
    near = await site.asker.read(lambda db: nearest(db, sense, limit, retired, at_us))
    best, others = found.products[: limit // 2], found.products[limit // 2 :]
    products = {one.id: one for one in (*best, *near, *others)}
    return msgspec.structs.replace(found, products=list(products.values())[:limit])


async def list_products(site: PanelContext, text: str, wanted: Filter, after: int, limit: int) -> Listed:
    """A page of the products that match a filter.

    If a text finds few products and no sure match, products of similar meaning are added.
    """
    now, search = site.shop.now_us(), Search(site.settings.currency)
    found = await site.asker.read(lambda db: search.page(db, text, wanted, after, limit, now))
    sense = None if found.sure or after or found.after is not None else await _sense(site, text)
    if sense is None:
        return found
    from edge.goods.search.embeddings import nearest_within

    near = await site.asker.read(lambda db: nearest_within(db, sense, limit, Fulfilling(db, wanted), now))
    products = list({one.id: one for one in (*found.products, *near)}.values())[:limit]
    return msgspec.structs.replace(found, products=products, count=len(products))


async def _sense(site: PanelContext, text: str) -> SentenceEmbedding | None:
    """The embedding of a text; None if the shop has no model for it."""
    meaning = site.services.of(MEANING)
    return await meaning.of(text[:QUERY_CHARS].strip()) if meaning is not None else None


async def prepare(site: PanelContext) -> None:
    """Run a first query, which loads the search's data."""
    await site.asker.ask(site.asker.questions[QUERY], {"text": NOBODYS_NAME})


FINDERS = (
    Finder(
        title="goods.title",
        asks="/fragments/products?sure=yes&text=",
        rows="[data-sku]",
        right=MANAGE,
        opens="/manager/product?sku=",
    ),
)
ENDPOINTS = (
    fragment("/fragments/products", products, SELL),
    Endpoint(
        method="GET",
        path="/api/v1/search",
        handler=search,
        right=SELL,
        answer=RESULT,
        alias="/api/v1/products/search",
    ),
)
