"""Manager page of promotions: list and form."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

import msgspec
from aiohttp import web

from edge.core.endpoints import Page
from edge.core.storage.database import Connection
from edge.foundation.access.rights import MANAGE
from edge.goods.catalog.listing.category_tree import Branch, tree
from edge.goods.catalog.listing.queries import brands
from edge.goods.catalog.queries import read_products
from edge.goods.promotions.pages.beside import FIELD, deal_sentence
from edge.goods.promotions.promotion import Deal, Goods
from edge.goods.promotions.queries import KeptPromotion
from edge.goods.promotions.routes import PromotionPage, asks_over, page_of, require_promotion
from edge.lib.i18n import LANGUAGES
from edge.lib.units.money import show_minor
from edge.lib.units.quantity import show_quantity
from edge.web.context import SITE
from edge.web.live.localizer import Localizer
from edge.web.pages.shell import page
from edge.web.responses import texts_of

DEALS = tuple(str(deal.__struct_config__.tag) for deal in Deal.__args__)


async def overview(request: web.Request) -> web.Response:
    """`GET /manager/promotions`: current and scheduled ones (`?over=yes`: ended), and a form (`?id=`)."""
    site = request.app[SITE]
    shown = await page_of(request)
    chosen = await require_promotion(request, request.query["id"]) if request.query.get("id") else None
    branches, product_names, all_brands = await site.asker.read(
        partial(_goods, shown=shown, chosen=chosen, texts=texts_of(request))
    )
    return page(
        request,
        "promotions",
        now=site.shop.now_us(),
        listed=shown,
        over=asks_over(request),
        chosen=chosen,
        typed=_form_values(chosen, site.settings.currency, ZoneInfo(site.settings.zone)),
        said=partial(deal_sentence, texts_of(request)),
        deals=DEALS,
        named=tuple(dict.fromkeys((*LANGUAGES, *(chosen.promotion.names if chosen else ())))),
        tree=branches,
        product_names=product_names,
        brands=all_brands,
        kinds={branch.category.id: branch.category.names for branch in branches},
    )


def _goods(
    db: Connection, shown: PromotionPage, chosen: KeptPromotion | None, texts: Localizer
) -> tuple[list[Branch], dict[str, str], list[str]]:
    """Category tree, product names of these promotions, and brands."""
    kept = [*shown.promotions, *([chosen] if chosen else [])]
    skus = {sku for one in kept for goods in (one.promotion.goods, one.promotion.but) for sku in goods.skus}
    found = read_products(db, sorted(skus))
    names = {sku: texts.name(product.names or {}) or sku for sku, (_, product, _) in found.items()}
    return tree(db), names, brands(db)


def _form_values(chosen: KeptPromotion | None, currency: str, zone: ZoneInfo) -> dict[str, str]:
    """Typed form values; defaults for a new promotion."""
    if chosen is None:
        return {"kind": DEALS[0], "from_min": "", "until_min": ""}
    one = chosen.promotion
    typed = dict(_deal(one.deal, currency))
    for of, goods in (("goods", one.goods), ("but", one.but)):
        typed |= {f"{of}.{field}": ", ".join(getattr(goods, field)) for field in Goods.__struct_fields__}
    for field, at_us in (("from", one.from_us), ("until", one.until_us)):
        typed[field] = "" if at_us is None else f"{datetime.fromtimestamp(at_us / 1e6, tz=zone):%Y-%m-%dT%H:%M}"
    hours = one.from_min != one.until_min
    for field, minute in (("from_min", one.from_min), ("until_min", one.until_min)):
        typed[field] = f"{minute // 60 % 24:02}:{minute % 60:02}" if hours else ""
    return typed


def _deal(deal: Deal, currency: str) -> Iterator[tuple[str, str]]:
    yield "kind", str(deal.__struct_config__.tag)
    for field, value in msgspec.structs.asdict(deal).items():
        money = field.endswith("_minor")
        shown = show_minor(value, currency) if money else show_quantity(value) if field == "share" else str(value)
        yield FIELD.get(field, field), shown


PAGES = (
    Page(
        path="/manager/promotions",
        name="promotions",
        group="goods",
        place=30,
        handler=overview,
        right=MANAGE,
        fragments=("alerts", "clock"),
        menu="promotion.title",
        past=True,
        changed_by=("promotions",),
    ),
)
