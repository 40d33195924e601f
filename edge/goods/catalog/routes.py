"""Catalogue over HTTP in the style of shop APIs: cursor pages, filters, ETags."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any
from urllib.parse import urlencode

import msgspec
from aiohttp import web

from edge.core.endpoints import Answer, Endpoint, Handler, Schema
from edge.core.registry import Registry
from edge.core.storage.database import Connection
from edge.foundation.access.rights import MANAGE, SELL, STOCK
from edge.goods.catalog.categories.category import Category
from edge.goods.catalog.categories.queries import read_categories, read_category
from edge.goods.catalog.history import Change, changes_of
from edge.goods.catalog.listing.filter import AttributeFilter, Filter
from edge.goods.catalog.listing.queries import PAGE_LIMIT
from edge.goods.catalog.pages.beside import ON_HAND, RATING, ProductStock
from edge.goods.catalog.prices import PriceEntry, price_history
from edge.goods.catalog.product import COSTS, Source
from edge.goods.catalog.queries import CatalogProduct, find_by_sku, with_costs
from edge.goods.catalog.rating import Rating
from edge.goods.catalog.sources.precedence import SourcePrecedence
from edge.goods.catalog.sources.queries import SourceWord, lineage, words_of
from edge.goods.search import routes as search
from edge.runtime.config import CONFIG
from edge.web.actors import actor_of
from edge.web.api.resources import content_tag, unless_unchanged
from edge.web.context import SITE
from edge.web.denied import Denied
from edge.web.problem import Problem
from edge.web.responses import answer_json

PAGE = 50
_REVIEWED = re.compile(r'~[^"]*(?=")')
_ATTRIBUTE = re.compile(r"(?P<name>[^:]+):(?:(?P<low>[0-9.]*)-(?P<high>[0-9.]*)|(?P<text>.+))")
_QUERY = frozenset(
    (
        *("text", "category", "brand", "retired", "attribute", "variant_of", "changed_since"),
        *("stock", "after", "limit", "lang", "register"),
    )
)


class ShownProduct(CatalogProduct, frozen=True):
    """A product, with stock on request (`stock=1`); a single product also has its review scores."""

    stock: ProductStock | msgspec.UnsetType = msgspec.UNSET
    rating: Rating | msgspec.UnsetType = msgspec.UNSET


class ProductPage(msgspec.Struct):
    """`GET products`: products, and the `after` of the next page (None: the last)."""

    products: list[ShownProduct]
    after: int | None


class CategoryPage(msgspec.Struct):
    """`GET categories`: categories, and the `after` of the next page (None: the last)."""

    categories: list[Category]
    after: str | None


class ProductHistory(msgspec.Struct):
    """`GET products/{sku}/history`: past and scheduled prices, each source's data, the source of each field, and recent
    changes with user and old values."""

    prices: list[PriceEntry]
    words: list[SourceWord]
    lineage: dict[str, Source]
    changes: list[Change]


async def products(request: web.Request) -> web.Response:
    """`GET products`: a page by text, category, brand, attributes, and change time."""
    wanted, after, limit = filter_of(request)
    site = request.app[SITE]
    page = await search.list_products(site, request.query.get("text", ""), wanted, after, min(limit, PAGE_LIMIT))
    answer = answer_json(ProductPage(await _shown_products(request, page.products), page.after))
    if page.after is not None:
        query = [(key, value) for key, value in request.query.items() if key != "after"]
        answer.headers["Link"] = f'<{request.path}?{urlencode([*query, ("after", page.after)])}>; rel="next"'
    return unless_unchanged(request, answer, content_tag(answer))


async def product(request: web.Request) -> web.Response:
    """`GET products/{sku}`: a product's data with its current price."""
    site = request.app[SITE]
    sku, now = request.match_info["sku"], site.shop.now_us()
    rated, place = site.services.of(RATING), site.settings.place
    found, rating = await site.asker.read(lambda db: (find_by_sku(db, sku, now), rated(db, sku, place)))
    if found is None:
        raise Problem(404, "product_unknown", sku=sku[:80])
    (told,) = await _shown_products(request, [found])
    answer = answer_json(msgspec.structs.replace(told, rating=rating))
    tag = etag(found, rating) if told.stock is msgspec.UNSET else content_tag(answer)
    return unless_unchanged(request, answer, tag)


async def history(request: web.Request) -> web.Response:
    """`GET products/{sku}/history`: a product's prices, sources and changes."""
    site = request.app[SITE]
    sku, ranks = request.match_info["sku"], SourcePrecedence(site.services.of(CONFIG).catalog.sources)
    found = await site.asker.read(lambda db: history_of(db, site.shop.registry, sku, ranks))
    if found is None:
        raise Problem(404, "product_unknown", sku=sku[:80])
    answer = answer_json(found)
    return unless_unchanged(request, answer, content_tag(answer))


async def categories(request: web.Request) -> web.Response:
    """`GET categories`: all categories, or the children of `?parent=`; pages by `?after=` and `?limit=`."""
    found = await request.app[SITE].asker.read(read_categories)
    parent, after = request.query.get("parent"), request.query.get("after", "")
    limit = _number(request, "limit", 1000)
    shown = [c for c in found if c.id > after and parent in (None, c.parent)]
    answer = answer_json(CategoryPage(shown[:limit], shown[limit - 1].id if 0 < limit < len(shown) else None))
    return unless_unchanged(request, answer, content_tag(answer))


async def category(request: web.Request) -> web.Response:
    """`GET categories/{id}`: one category."""
    id = request.match_info["id"]
    found = await request.app[SITE].asker.read(lambda db: read_category(db, id))
    if found is None:
        raise Problem(404, "category_not_found", category=id[:80])
    answer = answer_json(found)
    return unless_unchanged(request, answer, content_tag(answer))


async def visible_products(request: web.Request, products: list[CatalogProduct]) -> list[CatalogProduct]:
    """Products as the caller may see them: only managers see costs."""
    if not actor_of(request).may(MANAGE):
        return products
    return await request.app[SITE].asker.read(lambda db: with_costs(db, products))


async def _shown_products(request: web.Request, products: list[CatalogProduct]) -> list[ShownProduct]:
    """Products as the caller may see them, with stock if requested and permitted."""
    fields = [msgspec.structs.asdict(one) for one in await visible_products(request, products)]
    wanted = request.query.get("stock", "0")
    if wanted not in ("0", "1"):
        raise Problem(400, "argument_wrong", name="stock", why="0 or 1")
    if wanted == "0":
        return [ShownProduct(**one) for one in fields]
    actor = actor_of(request)
    if not (actor.may(MANAGE) or actor.may(STOCK)):
        raise Denied(STOCK, code="stock_right")
    on_hand = request.app[SITE].services.of(ON_HAND)
    counts = await request.app[SITE].asker.read(lambda db: on_hand(db, products))
    return [ShownProduct(**one, stock=count) for one, count in zip(fields, counts, strict=True)]


def filter_of(request: web.Request, also: Collection[str] = ()) -> tuple[Filter, int, int]:
    """Parse filter, position and limit from the URL; `also`: further allowed arguments."""
    query = request.query
    unknown = [name for name in query if name not in _QUERY and name not in also]
    if unknown:
        raise Problem(400, "argument_unknown", name=unknown[0][:40], allowed=", ".join(sorted(_QUERY)))
    retired = query.get("retired", "no")
    if retired not in ("no", "yes", "any"):
        raise Problem(400, "argument_wrong", name="retired", why="no, yes or any")
    wanted = Filter(
        category=query.get("category"),
        brand=query.get("brand") or None,
        retired=retired,  # type: ignore[arg-type]
        attributes=tuple(_attribute_filter(text) for text in query.getall("attribute", []) if text),
        variant_of=query.get("variant_of"),
        changed_since=_number(request, "changed_since", 0) if "changed_since" in query else None,
    )
    return wanted, _number(request, "after", 0), _number(request, "limit", PAGE)


def history_of(db: Connection, registry: Registry, sku: str, ranks: SourcePrecedence) -> ProductHistory | None:
    """Prices, source data and changes of a product; None for an unknown product."""
    found = find_by_sku(db, sku)
    if found is None:
        return None
    words = sorted(words_of(db, [found.id]).get(found.id, []), key=lambda word: ranks.of(word.source.name))
    sources = {field: word.source for field, word in lineage(db, sku, ranks).items()}
    return ProductHistory(price_history(db, sku), words, sources, changes_of(db, registry, sku))


def without_costs(history: ProductHistory) -> ProductHistory:
    """The history without costs."""
    hidden: dict[str, Any] = dict.fromkeys(COSTS)
    replace = msgspec.structs.replace
    changes = [
        replace(change, fields=fields)
        for change in history.changes
        if (fields := tuple(one for one in change.fields if one.field not in COSTS)) or not change.fields
    ]
    words = [replace(word, product=replace(word.product, **hidden)) for word in history.words]
    sources = {field: source for field, source in history.lineage.items() if field not in COSTS}
    return ProductHistory(history.prices, words, sources, changes)


def etag(product: CatalogProduct, rating: Rating | None = None) -> str:
    """ETag of a product; it changes with the product's events, scheduled prices and reviews."""
    reviewed = "~" + ".".join(map(str, rating.counts)) if rating and rating.count else ""
    return f'"{product.seq}-{product.price_minor}{reviewed}"'


def is_tag_of(tag: str, product: CatalogProduct) -> bool:
    """Whether an ETag matches a product's current state, ignoring reviews."""
    return _REVIEWED.sub("", tag.strip()) == etag(product)


def _attribute_filter(text: str) -> AttributeFilter:
    """Parse an attribute filter: `THC:10-20`, `THC:-15`, `strain:indica`."""
    found = _ATTRIBUTE.fullmatch(text)
    try:
        if not found or (found["low"] == found["high"] == ""):
            raise ValueError
        if found["text"] is not None:
            return AttributeFilter(found["name"], found["text"])
        low, high = (round(float(bound) * 1000) if bound else None for bound in (found["low"], found["high"]))
    except ValueError:
        raise Problem(400, "argument_wrong", name="attribute", why="NAME:LOW-HIGH or NAME:TEXT") from None
    return AttributeFilter(found["name"], None, low, high)


def _number(request: web.Request, name: str, default: int) -> int:
    text = request.query.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Problem(400, "argument_wrong", name=name, why="a whole number")
    return int(text)


_INTEGER, _TEXT = {"type": "integer", "minimum": 0}, {"type": "string"}
_FILTER: dict[str, Schema] = {
    "text": _TEXT,
    "category": _TEXT,
    "brand": _TEXT,
    "retired": {"enum": ["no", "yes", "any"], "default": "no"},
    "attribute": {"type": "array", "items": _TEXT, "examples": [["THC:10-20", "strain:indica"]]},
    "variant_of": _TEXT,
    "changed_since": _INTEGER,
}
_STOCK: dict[str, Schema] = {"stock": {"enum": ["0", "1"], "default": "0"}}
_PAGING: dict[str, Schema] = {"after": _INTEGER, "limit": _INTEGER}


def _read(
    path: str, handler: Handler, answer: type, right: str = SELL, query: dict[str, Schema] | None = None
) -> Endpoint:
    return Endpoint(
        method="GET",
        path=f"/api/v1/{path}",
        handler=handler,
        right=right,
        tag="catalog",
        query=query or {},
        answer=Answer(answer),
        statuses=(304, 404),
    )


ENDPOINTS = (
    _read("products", products, ProductPage, query=_FILTER | _STOCK | _PAGING),
    _read("products/{sku}", product, ShownProduct, query=_STOCK),
    _read("products/{sku}/history", history, ProductHistory, MANAGE),
    _read("categories", categories, CategoryPage, query={"parent": _TEXT, **_PAGING, "after": _TEXT}),
    _read("categories/{id}", category, Category),
)
