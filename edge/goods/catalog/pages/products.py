"""Manager pages of the catalogue: the list, and a product with its details."""

from __future__ import annotations

from functools import partial
from typing import Any, get_args
from urllib.parse import urlencode

from aiohttp import web

from edge.core.endpoints import Page, fragment
from edge.core.registry import Registry
from edge.core.services import Services
from edge.core.storage.database import Connection
from edge.foundation.access.rights import MANAGE
from edge.goods.catalog.allergens import Allergens
from edge.goods.catalog.categories.queries import read_categories
from edge.goods.catalog.least_age import least_ages
from edge.goods.catalog.listing.category_tree import path_to, tree
from edge.goods.catalog.listing.filter import Filter
from edge.goods.catalog.listing.queries import brands, browse, count
from edge.goods.catalog.listing.sorting import COLUMNS, parse_sort, read_sorted
from edge.goods.catalog.office_fields import locked_fields
from edge.goods.catalog.pages.beside import ALLERGENS, INGREDIENTS, ON_HAND, SUPPLIERS
from edge.goods.catalog.pages.product_form import Part, part_of, rows_of
from edge.goods.catalog.pages.product_rows import field_text, groups_of
from edge.goods.catalog.prices import MEMBER, STORE, PriceEntry, entry_in_effect
from edge.goods.catalog.product import COSTS
from edge.goods.catalog.queries import count_products, find_by_sku, read_products
from edge.goods.catalog.routes import etag, filter_of, history_of, without_costs
from edge.goods.catalog.sources.precedence import SourcePrecedence
from edge.goods.search import routes as search
from edge.goods.search.queries import Listed
from edge.lib.regions.taxes import table_on
from edge.lib.tax.rules import net_of
from edge.lib.units.containers import container_forms
from edge.runtime.config import CONFIG
from edge.web.actors import manages
from edge.web.context import SITE
from edge.web.limits import GOODS_SHOWN
from edge.web.pages.shell import html, page
from edge.web.problem import Problem
from edge.web.responses import texts_of

FIRST_SKU = 1001
_LARGEST_SKU = """
    SELECT max(CAST(sku AS INTEGER)) FROM product WHERE length(sku) <= 7 AND sku NOT GLOB '*[^0-9]*' AND sku != ''
"""


async def goods(request: web.Request) -> web.Response:
    """`GET /manager/products`: the catalogue by category, brand and text."""
    site = request.app[SITE]
    wanted, _, _ = filter_of(request, also=("sort",))

    def read(db: Connection) -> dict[str, Any]:
        path = path_to(db, wanted.category or "")
        attributes = {name: one for step in path for name, one in step.attributes.items() if one.kind != "text"}
        return {"tree": tree(db), "brands": brands(db), "attributes": attributes}

    shown = await site.asker.read(read)
    chosen = {one.name: one for one in wanted.attributes}
    values = {"wanted": wanted, "chosen": chosen, "text": _text(request), "sort": _sort(request)}
    return page(request, "goods", list=await _list(request), **values, **shown)


async def goods_rows(request: web.Request) -> web.Response:
    """`GET /fragments/goods`: the page of products that follows the cursor `after`."""
    return html(await _list(request))


async def product(request: web.Request) -> web.Response:
    """`GET /manager/product?sku=...`: a product to view and change; without SKU, a new one."""
    site = request.app[SITE]
    sku, now = request.query.get("sku", ""), site.shop.now_us()
    ranks = SourcePrecedence(site.services.of(CONFIG).catalog.sources)
    category = request.query.get("category", "")
    today = site.config.business_date(now)
    registry, services = site.shop.registry, site.services
    shown = await site.asker.read(lambda db: _product(db, services, registry, sku, category, ranks, now, today))
    known = shown["product"]
    if sku and known is None:
        raise Problem(404, "product_unknown", sku=sku[:80])
    costs = known is None or "Grant" in request.headers or manages(request) is not None
    if not costs:
        shown["history"] = without_costs(shown["history"])
    texts = texts_of(request)
    rows = rows_of(shown["whole"], shown["history"], shown["path"], texts, site.services.of(CONFIG), shown["locked"])
    currency = site.settings.currency
    groups = groups_of(shown["whole"], shown["history"], currency)
    labels = {group.key: texts.say(f"goods.{group.key}") for group in groups} | {row.key: row.label for row in rows}
    more = {"fields": rows, "groups": groups, "labels": labels, "written": partial(field_text, currency=currency)}
    containers = [forms.one[0] for forms in container_forms(texts.language).values()]
    more |= {"costs": costs, "of_costs": COSTS, "containers": containers, "parts": get_args(Part), "part_of": part_of}
    if known is not None:
        config = site.services.of(CONFIG)
        taxes = table_on(config.tax.dated_tables, texts.today(now).isoformat(), config.tax.table())
        net_minor = net_of(taxes, known.tax_class or config.catalog.tax_class, known.price_minor or 0)
        cost_minor = shown["whole"].cost_minor if shown["whole"] and costs else None
        more |= {"margin": _margin(net_minor, cost_minor), "cost_minor": cost_minor}
        more |= {"tax_minor": (known.price_minor or 0) - net_minor}
        on_hand = site.services.of(ON_HAND)
        more["item"] = await site.asker.read(lambda db: next(iter(on_hand(db, [known])), None))
    return page(request, "product", now=now, etag=etag(known) if known else "", **more, **shown)


def next_sku(db: Connection) -> str:
    """The next SKU: one above the largest SKU with up to seven digits, so that barcodes are ignored."""
    (largest,) = db.execute(_LARGEST_SKU).fetchone()
    return str(max(largest or 0, FIRST_SKU - 1) + 1)


def _margin(net_minor: int, cost_minor: int | None) -> tuple[int, int] | None:
    """Margin without tax, in minor units and in thousandths of the net price; None if unknown."""
    if cost_minor is None or net_minor <= 0:
        return None
    return net_minor - cost_minor, (net_minor - cost_minor) * 1000 // net_minor


def _product(
    db: Connection,
    services: Services,
    registry: Registry,
    sku: str,
    category: str,
    ranks: SourcePrecedence,
    now: int,
    today: str,
) -> dict[str, Any]:
    """Data for a product's page, or for a new product in a category."""
    known = find_by_sku(db, sku, now) if sku else None
    history = history_of(db, registry, sku, ranks) if known else None
    prices = history.prices if history else []
    return {
        "product": known,
        "whole": read_products(db, [sku])[sku][1] if known else None,
        "history": history,
        "priced": entry_in_effect(prices, STORE, now),
        "locked": locked_fields(db, sku) if known else (),
        "allergens": _allergens(db, services, sku, today) if known else None,
        "path": path_to(db, known.category if known else category),
        "categories": tree(db),
        "brands": brands(db),
        "suppliers": services.of(SUPPLIERS)(db),
        "variants": browse(db, Filter(variant_of=sku), 0, GOODS_SHOWN).products if known else [],
        "planned": _begins(prices, now),
        "next_sku": "" if known else next_sku(db),
        "lists": sorted({entry.list for entry in prices} - {STORE, MEMBER}),
    }


def _allergens(
    db: Connection, services: Services, sku: str, today: str
) -> tuple[Allergens, dict[str, dict[str, str]]] | None:
    """Allergens of a composed product, and names of ingredients without allergen data; None without ingredients."""
    if not services.of(INGREDIENTS)(db, [sku], today):
        return None
    found = services.of(ALLERGENS)(db, sku, today)
    known = read_products(db, found.unsaid)
    return found, {one: dict(known[one][1].names or {}) if one in known else {} for one in found.unsaid}


def _begins(prices: list[PriceEntry], now: int) -> set[tuple[str, int]]:
    """Removable prices: future prices, and current prices except the store price without an end."""
    return {
        (entry.list, entry.from_us)
        for entry in prices
        if entry.from_us > now or (entry.list != STORE if entry.until_us is None else entry.until_us > now)
    }


async def _list(request: web.Request) -> str:
    """Render the products found by the search or the filter as list rows, with a link to the next page."""
    site = request.app[SITE]
    now = site.shop.now_us()
    wanted, after, _ = filter_of(request, also=("sort",))
    text, sort, language = _text(request), _sort(request), texts_of(request).language
    if sort and not text:
        shown = await site.asker.read(
            partial(_sorted_page, wanted=wanted, sort=sort, language=language, after=after, now=now)
        )
    else:
        shown = await search.list_products(site, text, wanted, after, GOODS_SHOWN)
    query = [(key, value) for key, value in request.query.items() if key != "after"]
    more = urlencode([*query, ("after", shown.after)]) if shown.after is not None else ""
    empty = not shown.products and not await site.asker.read(count_products)
    ages = await site.asker.read(lambda db: least_ages(db, shown.products, site.settings.place))
    on_hand = site.services.of(ON_HAND)
    items = await site.asker.read(lambda db: on_hand(db, shown.products))
    kinds = await site.asker.read(read_categories)
    values = {"shown": shown, "ages": ages, "more": more, "empty": empty, "register": request.query.get("register", "")}
    values |= {
        "on_hand": {one.sku: item.on_hand for one, item in zip(shown.products, items, strict=True)},
        "kinds": {one.id: at for at, one in enumerate(kinds)},
    }
    return site.renderer.render("goods_list.html", language, **values)


def _sorted_page(db: Connection, wanted: Filter, sort: str, language: str, after: int, now: int) -> Listed:
    found = read_sorted(db, wanted, sort, language, after, GOODS_SHOWN, now)
    return Listed(found.products, found.after, None if after else count(db, wanted))


def _sort(request: web.Request) -> str:
    """Sort column; "" sorts by order of creation."""
    sort = request.query.get("sort", "")
    return sort if parse_sort(sort)[0] in COLUMNS else ""


def _text(request: web.Request) -> str:
    return request.query.get("text", "")[:200].strip()


ENDPOINTS = (fragment("/fragments/goods", goods_rows, MANAGE),)
PAGES = (
    Page(
        path="/manager/products",
        name="goods",
        group="goods",
        place=10,
        handler=goods,
        right=MANAGE,
        fragments=("alerts", "clock"),
        menu="goods.title",
        past=True,
        changed_by=("products", "categories", "held_products"),
    ),
    Page(
        path="/manager/product",
        name="product",
        group="goods",
        place=11,
        handler=product,
        right=MANAGE,
        fragments=("alerts", "clock"),
        under="goods",
        past=True,
    ),
)
