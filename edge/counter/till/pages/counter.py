"""The till's smaller dialogs, such as discounts, parked baskets, tips, gift cards and prices."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from aiohttp import web

from edge.core.endpoints import fragment
from edge.core.messages import Refusal
from edge.core.registry import Registry
from edge.core.storage.database import Connection
from edge.counter.basket.event_structs import Tender
from edge.counter.basket.money_back import brought_by_tender
from edge.counter.till.events import SaleCompleted
from edge.counter.till.lines.item_entry import FIRST_YEAR
from edge.counter.till.lines.parked_baskets import Parked, read_parked, read_taken
from edge.counter.till.pages.till_context import TILLS
from edge.counter.till.paying.card_tips import tippable
from edge.counter.till.practice.yesterday import last_day
from edge.counter.till.queries import Receipt, voidable
from edge.counter.till.sales import paper_event
from edge.foundation.access.queries import name_of
from edge.foundation.access.rights import SELL
from edge.goods.catalog.prices import MEMBER
from edge.goods.catalog.queries import CatalogProduct, find_by_code, find_by_sku
from edge.goods.modifiers.queries import modifier_groups
from edge.goods.stock.queries import read_stock
from edge.lib.codes.code import ScanError
from edge.lib.codes.parse import parse_scan
from edge.lib.units.denominations import denominations
from edge.lib.units.money import exponent
from edge.runtime.config import CONFIG
from edge.web.actors import register_of
from edge.web.context import SITE, PanelContext, today_of
from edge.web.pages.shell import html
from edge.web.problem import Problem
from edge.web.responses import texts_of

TIPS = (5_000, 10_000, 12_000, 15_000)
"""Suggested tips, in thousandths of a percent."""
PERCENTS = (5_000, 10_000, 20_000, 50_000)
NAMES_SHOWN = 6
SUMS_SHOWN = 4
DIALOGS = frozenset(
    {
        "more",
        "discount",
        "open",
        "tip",
        "cash_back",
        "card_tip",
        "gift",
        "other",
        "parked",
        "park_named",
        "price",
        "add_code",
        "correct",
        "training",
        "modifiers",
    }
)


async def dialog(request: web.Request) -> web.Response:
    """`GET /fragments/counter/{what}`: a dialog."""
    site, what = request.app[SITE], request.match_info["what"]
    if what not in DIALOGS:
        raise Problem(404, "not_found", path=request.path[:200])
    tills = site.services.of(TILLS)
    values: dict[str, Any] = {
        "settings": tills.settings(),
        "register": register_of(request),
        "trains": site.door.register,
    }
    if what == "parked":
        values["parked"] = await site.asker.read(lambda db: _with_names(db, read_parked(db)))
        values["elsewhere"] = await site.asker.read(partial(_elsewhere, register=register_of(request)))
    if what == "other":
        values["rates"] = _rates(site)
    if what == "correct":
        read = partial(_last_paid, registry=site.shop.registry, register=register_of(request))
        try:
            values["last"], values["paid"] = await site.asker.read(read)
        except Refusal as refusal:
            values["last"], values["paid"] = refusal.refused, ()
    if what == "modifiers":
        line = tills.counters[register_of(request)].basket.line(_selected_line(request))
        values["line"] = line
        values["chosen"] = tuple(one.ref for one in line.modifiers) if line else ()
        values["groups"] = await site.asker.read(partial(modifier_groups, sku=line.sku)) if line else ()
    values |= {"tips": TIPS, "percents": PERCENTS, "code": request.query.get("code", "")[:80]}
    if what == "card_tip":
        day = site.config.business_date(site.shop.now_us())
        values["payments"] = await site.asker.read(partial(tippable, register=register_of(request), business_date=day))
    values["no_tips"] = site.config.said_of("payments.tips") == "none"
    values["tips_after"] = tips_after(site) and register_of(request) in tills.terminals
    most_minor = cash_back_most_minor(site) if register_of(request) in tills.terminals else 0
    values["cash_back_most_minor"] = most_minor
    if what == "training":
        values["yesterday"] = await site.asker.read(partial(last_day, today=today_of(request)))
    if what == "gift":
        values["usual_sums"] = _usual_sums(site)
    values["basket"] = tills.counters[register_of(request)].basket
    return html(site.renderer.render(f"counter/{what}.html", texts_of(request).language, **values))


def cash_back_most_minor(site: PanelContext) -> int:
    """The maximum cash back on a card payment; 0: none."""
    config = site.services.of(CONFIG)
    unit_minor: int = 10 ** exponent(config.store.currency)
    most: int = config.said_of("payments.cash_back_most")
    return most * unit_minor


def tips_after(site: PanelContext) -> bool:
    """Whether card tips are entered later, from the signed slip."""
    return bool(site.services.of(CONFIG).said_of("payments.tips") == "after")


def _last_paid(db: Connection, registry: Registry, register: str) -> tuple[Receipt, Sequence[Tender]]:
    """The newest paper whose tender can be corrected, and its amounts by tender. Raises `Refusal` if there is none."""
    last = voidable(db, register)
    sale = paper_event(db, registry, last.seq)
    return last, brought_by_tender(sale.tenders, sale.change_minor) if isinstance(sale, SaleCompleted) else ()


def _selected_line(request: web.Request) -> int:
    """The line of the basket named in the request; 0 if none."""
    text = request.query.get("line", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


async def price(request: web.Request) -> web.Response:
    """`GET /fragments/price?code=`: a product's current price, by code or name, without selling the product."""
    site, text = request.app[SITE], request.query.get("code", "")[:512]
    found = await site.asker.read(partial(_check_price, site=site, text=text)) if text.strip() else None
    called = await _find_by_name(site, text) if found is None and any(map(str.isalpha, text)) else ()
    values = {"product": found, "called": called, "asked": bool(text.strip())}
    return html(site.renderer.render("counter/price_found.html", texts_of(request).language, **values))


async def _find_by_name(site: PanelContext, name: str) -> Sequence[CatalogProduct]:
    """Products matching this name, the best match first."""
    wanted = {"text": name, "limit": NAMES_SHOWN, "at_us": site.shop.now_us()}
    found: Sequence[CatalogProduct] = (await site.asker.ask(site.asker.questions["search"], wanted)).products
    return found


def _with_names(db: Connection, parked: list[Parked]) -> list[tuple[Parked, str]]:
    """Parked baskets, each with the name of its user."""
    return [(one, name_of(db, one.person) or one.person) for one in parked]


def _elsewhere(db: Connection, register: str) -> list[tuple[Parked, str]]:
    """Parked baskets that were resumed at other registers."""
    return _with_names(db, [one for one in read_taken(db) if one.register != register])


def _usual_sums(site: PanelContext) -> tuple[int, ...]:
    """Suggested gift card amounts: the currency's smaller notes, without the smallest if there are enough others."""
    known = denominations(site.services.of(CONFIG).store.currency)
    return tuple(sorted(known.notes)[: SUMS_SHOWN + 1][-SUMS_SHOWN:]) if known else ()


def _rates(site: PanelContext) -> dict[str, int]:
    """Foreign currencies accepted today, with their rates."""
    day = site.config.business_date(site.shop.now_us())
    rates = site.services.of(TILLS).settings().rates.values()
    return {one.currency: one.rate for one in rates if one.business_date == day and one.rate}


def _check_price(db: Connection, site: PanelContext, text: str) -> tuple[CatalogProduct, int | None, int | None] | None:
    """A product with its current price, the members' price if it differs, and its stock."""
    now_us = site.shop.now_us()
    code = parse_scan(text, "", site.services.of(TILLS).settings().codes, FIRST_YEAR)
    keys = () if isinstance(code, ScanError) else code.keys
    product = next((one for key in keys if (one := find_by_code(db, key, now_us))), None)
    product = product or find_by_sku(db, text.strip(), now_us)
    if product is None:
        return None
    member = find_by_sku(db, product.sku, now_us, MEMBER)
    cheaper = (
        member.price_minor if member and product.units == 1 and member.price_minor != product.price_minor else None
    )
    return product, cheaper, read_stock(db, product.sku)


ENDPOINTS = (
    fragment("/fragments/counter/{what}", dialog, SELL),
    fragment("/fragments/price", price, SELL),
)
