"""The customer display page for a second screen: the basket as it grows, the amount due, and the change."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from edge.core.endpoints import Page
from edge.counter.basket.basket import Basket
from edge.counter.basket.basket_sums import BasketSums, basket_sums
from edge.counter.basket.totals import knows_tax_class, saved_minor, totals
from edge.counter.till.devices.scale_part import SCALE
from edge.counter.till.live_settings import NOW
from edge.counter.till.pages import (
    cashier,
    counter,
    phone,
    picture_scan,
    receipt,
    refunds,
    reports,
    sales_api,
    template_words,
    terminal_api,
    till_fragments,
    voids,
)
from edge.counter.till.pages.till_context import TILLS
from edge.foundation.access.rights import BASKET, SELL
from edge.foundation.settings.queries import texts_at
from edge.web.api.command_results import Beside
from edge.web.context import PanelContext
from edge.web.live.fragments import Fragment, FragmentSource
from edge.web.pages.shell import page


async def display_page(request: web.Request) -> web.Response:
    """`GET /display?register=1`: the customer's view. It has no controls."""
    return page(request, "display")


def _display(source: FragmentSource, register: str) -> dict[str, Any]:
    """The basket and its sums, or the sale just paid; between customers, the shop's message."""
    tills = source.services.of(TILLS)
    counter, settings = tills.counters[register], tills.settings()
    basket = counter.basket
    known = all(knows_tax_class(line.tax_class, settings) for line in basket.lines if line.is_revenue)
    said = texts_at(source.shop.reader, "display", source.shop.now_us())
    return {
        "basket": basket,
        "sums": totals(basket, settings) if known else None,
        "saved_minor": saved_minor(basket, settings) if known else 0,
        "ended": counter.ended,
        "said": said[-1] if said else {},
        "settings": settings,
        "receipt": receipt.path_just_paid(source, register),
    }


def _scale(source: FragmentSource, register: str) -> dict[str, Any]:
    """The reading of the register's scale, and why it can't be used for payment, if so; empty without a scale."""
    tills = source.services.of(TILLS)
    part = tills.scales.get(register)
    counter = part.counter if part else None
    return {"scale": counter, "stopped": counter.why_not() if counter else None, "tares_g": tills.settings().tares_g}


async def prepare(site: PanelContext) -> None:
    """Compile templates that appear only after a sale, so that they don't delay the first one."""
    for template in ("fragments/ended.html", "on_paper.html"):
        site.renderer.template(template)


TEMPLATE_WORDS = template_words.TEMPLATE_WORDS
OPEN_TO = (*phone.OPEN_TO, *receipt.OPEN_TO)
RESULTS = (
    Beside(Basket, "sums", BasketSums | None, lambda site, basket: basket_sums(basket, site.services.of(NOW)())),
)
ENDPOINTS = (
    *(*cashier.ENDPOINTS, *receipt.ENDPOINTS, *phone.ENDPOINTS, *sales_api.ENDPOINTS, *terminal_api.ENDPOINTS),
    *(*counter.ENDPOINTS, *refunds.ENDPOINTS, *reports.ENDPOINTS, *voids.ENDPOINTS),
    *picture_scan.ENDPOINTS,
)
FRAGMENTS = (
    *till_fragments.FRAGMENTS,
    Fragment("display", _display, urgent=True),
    Fragment("scale", _scale, follows=(SCALE,)),
)
PAGES = (
    *cashier.PAGES,
    Page(
        path="/display",
        name="display",
        handler=display_page,
        right=SELL,
        also=BASKET,
        fragments=("training", "display"),
        group="counter",
        place=90,
    ),
    *receipt.PAGES,
)
