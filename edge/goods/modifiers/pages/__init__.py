"""Manager page of modifiers, with recent sales."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from edge.core.endpoints import Page
from edge.core.storage.database import Connection
from edge.foundation.access.rights import CATALOG, MANAGE
from edge.goods.catalog.categories.queries import read_categories
from edge.goods.catalog.queries import read_products
from edge.goods.modifiers.entities import GROUPS
from edge.goods.modifiers.pages.beside import SALES
from edge.goods.modifiers.queries import read_groups
from edge.goods.modifiers.texts import option_names, part_text, size_text
from edge.lib.units.dates import after
from edge.web.context import SITE
from edge.web.live.entity_form import form_fields
from edge.web.pages.shell import page
from edge.web.responses import texts_of

FIELDS = form_fields(GROUPS.struct, without=("id", "modifiers"))
SOLD_DAYS = 30
SOLD_SHOWN = 50


async def modifiers_page(request: web.Request) -> web.Response:
    """`GET /manager/modifiers`: modifier groups with their options."""
    site, texts = request.app[SITE], texts_of(request)
    sales = site.services.of(SALES)
    since = after(site.config.business_date(site.shop.now_us()), -SOLD_DAYS)

    def read(db: Connection) -> dict[str, Any]:
        groups = read_groups(db)
        known = read_products(db, sorted({sku for group in groups for sku in group.products}))
        return {
            "groups": groups,
            "option_names": option_names(groups, texts.name),
            "product_names": {sku: texts.name(product.names or {}) or sku for sku, (_, product, _) in known.items()},
            "category_names": {one.id: texts.name(one.names) for one in read_categories(db)},
            "sold": sales.read(db, since)[:SOLD_SHOWN],
        }

    found = await site.asker.read(read, sales.behind)
    words = {"fields": FIELDS, "part_text": part_text, "size_text": size_text, "days": SOLD_DAYS}
    return page(request, "modifiers", **words, **found)


PAGES = (
    Page(
        path="/manager/modifiers",
        name="modifiers",
        handler=modifiers_page,
        right=MANAGE,
        also=CATALOG,
        fragments=("alerts", "clock"),
        menu="modifiers.title",
        group="goods",
        place=35,
    ),
)
