"""The manager's pages of the catalogue: going through it, and one product with all that is known of it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import msgspec
from aiohttp import web

from edge.catalog.browsing import Filter, brands, browse, count_by_category
from edge.catalog.category import Category
from edge.catalog.merging import Ranks
from edge.catalog.prices import STORE, PriceEntry
from edge.catalog.queries import StockedProduct, find_by_sku, path_of, read_categories, read_products
from edge.core.database import Connection
from edge.panel.answers import texts_of
from edge.panel.catalogue import etag, filter_of, history_of
from edge.panel.fields import rows_of
from edge.panel.limits import GOODS_SHOWN
from edge.panel.pages import html, page
from edge.panel.problem import Problem
from edge.panel.site import SITE
from edge.search.queries import Search


class Branch(msgspec.Struct, frozen=True):
    """A category in the tree: how deep it is, and how many products it and those below it have."""

    category: Category
    depth: int
    count: int


async def goods(request: web.Request) -> web.Response:
    """`GET /manager/products`: the catalogue by category, brand and text."""
    site = request.app[SITE]
    wanted, _, _ = filter_of(request)
    tree, named = await site.asker.read(lambda db: (_tree(db), brands(db)))
    return page(
        request, "goods", tree=tree, brands=named, wanted=wanted, text=_text(request), list=await _list(request)
    )


async def listed(request: web.Request) -> web.Response:
    """`GET /fragments/goods`: the products of the page, or those behind `after`."""
    return html(await _list(request))


async def product(request: web.Request) -> web.Response:
    """`GET /manager/product?sku=...`: one product to look at and change; without a number, a new one."""
    site = request.app[SITE]
    sku, now = request.query.get("sku", ""), site.shop.now_us()
    ranks = Ranks(site.config.catalog.sources)
    shown = await site.asker.read(lambda db: _product(db, sku, ranks, now))
    if sku and shown["product"] is None:
        raise Problem(404, "product_unknown", sku=sku[:80])
    texts = texts_of(request)
    known = shown["product"]
    rows = rows_of(shown["whole"], shown["history"], shown["path"], texts, site.config)
    more = {"packs": "packs", "parts": "bundle", "supplies": "supplies"}
    labels = {key: texts.say(f"goods.{word}") for key, word in more.items()} | {row.key: row.label for row in rows}
    return page(request, "product", now=now, fields=rows, labels=labels, etag=etag(known) if known else "", **shown)


async def picture(request: web.Request) -> web.StreamResponse:
    """`GET /pictures/{name}`: a file of the shop's folder of pictures."""
    path = request.app[SITE].config.folder / "pictures" / request.match_info["name"]
    if path.suffix.lower() not in (".png", ".jpg", ".jpeg", ".webp") or not path.is_file():
        raise web.HTTPNotFound
    return web.FileResponse(path)


def _product(db: Connection, sku: str, ranks: Ranks, now: int) -> dict[str, Any]:
    """What the page of a product shows."""
    known = find_by_sku(db, sku, now) if sku else None
    history = history_of(db, sku, ranks) if known else None
    return {
        "product": known,
        "whole": read_products(db, [sku])[sku][1] if known else None,
        "history": history,
        "path": _path(db, known),
        "categories": _tree(db),
        "variants": browse(db, Filter(variant_of=sku), 0, GOODS_SHOWN).products if known else [],
        "planned": _begins(history.prices if history else [], now),
    }


def _begins(prices: list[PriceEntry], now: int) -> set[tuple[str, int]]:
    """The prices that can be taken back: those to come, and those in effect that are not the store's without an end."""
    return {
        (entry.list, entry.from_us)
        for entry in prices
        if entry.from_us > now or (entry.list != STORE if entry.until_us is None else entry.until_us > now)
    }


def _path(db: Connection, product: StockedProduct | None) -> tuple[Category, ...]:
    if product is None or not product.category:
        return ()
    known = {category.id: category for category in read_categories(db)}
    return tuple(known[id] for id in path_of(db, product.category))


def _tree(db: Connection) -> list[Branch]:
    """All categories, each below its parent, with the products below it counted."""
    below: dict[str, list[Category]] = {}
    for category in read_categories(db):
        below.setdefault(category.parent, []).append(category)
    counts = count_by_category(db)

    def branches(parent: str, depth: int) -> list[Branch]:
        found = []
        for category in below.get(parent, ()):
            inner = branches(category.id, depth + 1)
            count = counts.get(category.id, 0) + sum(branch.count for branch in inner if branch.depth == depth + 1)
            found += [Branch(category, depth, count), *inner]
        return found

    return branches("", 0)


async def _list(request: web.Request) -> str:
    """The rows of the list: what a text finds, or the filter's, with a place to go on from."""
    site = request.app[SITE]
    wanted, after, _ = filter_of(request)
    text, now = _text(request), site.shop.now_us()
    search = Search(site.settings.currency)
    shown = await site.asker.read(lambda db: search.page(db, text, wanted, after, GOODS_SHOWN, now))
    query = [(key, value) for key, value in request.query.items() if key != "after"]
    more = urlencode([*query, ("after", shown.after)]) if shown.after is not None else ""
    language = texts_of(request).language
    return site.renderer.render("goods_list.html", language, shown=shown, more=more)


def _text(request: web.Request) -> str:
    return request.query.get("text", "")[:200].strip()
