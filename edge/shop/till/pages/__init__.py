"""The customer's screen: the basket as it grows, what there is to pay, and the change. A page for a second screen."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from edge.core.endpoints import Page
from edge.shop.access.rights import BASKET, SELL
from edge.shop.settings.queries import texts_at
from edge.shop.till.events import SaleCompleted
from edge.shop.till.pages import receipt
from edge.shop.till.rules.payment import missing_tax_class, saved_minor, totals
from edge.shop.till.scale_part import SCALE
from edge.web.live.fragments import Fragment, FragmentSource
from edge.web.pages.shell import page


async def shown(request: web.Request) -> web.Response:
    """`GET /display?register=1`: what the customer reads along. Nothing can be pressed on it."""
    return page(request, "display")


def _counter(source: FragmentSource, register: str) -> dict[str, Any]:
    """The basket and its sums, or what was just paid; between customers what the shop has to say."""
    counter, settings = source.counters[register], source.settings()
    basket = counter.basket
    known = not any(line.is_revenue and missing_tax_class(line.tax_class, settings) for line in basket.lines)
    said = texts_at(source.shop.reader, "display", source.shop.now_us())
    return {
        "basket": basket,
        "sums": totals(basket, settings) if known else None,
        "saved_minor": saved_minor(basket, settings) if known else 0,
        "ended": counter.ended,
        "said": said[-1] if said else {},
        "settings": settings,
        "receipt": _receipt(source, register),
    }


def _receipt(source: FragmentSource, register: str) -> str:
    """The address of the receipt that was just paid, where phones of customers are let in."""
    ended = source.counters[register].ended
    if not source.phones or not isinstance(ended, SaleCompleted):
        return ""
    return receipt.path_of(source.shop.reader, register, ended.number)


def _scale(source: FragmentSource, register: str) -> dict[str, Any]:
    """What the register's scale shows, and whether it may be paid for; nothing where it has none."""
    part = source.scales.get(register)
    counter = part.counter if part else None
    return {"scale": counter, "stopped": counter.why_not() if counter else None, "tares_g": source.settings().tares_g}


ENDPOINTS = receipt.ENDPOINTS
FRAGMENTS = (Fragment("display", _counter, urgent=True), Fragment("scale", _scale, follows=(SCALE,)))
PAGES = (
    Page(
        path="/display",
        name="display",
        handler=shown,
        right=SELL,
        also=BASKET,
        fragments=("training", "display"),
        group="counter",
        place=90,
    ),
    *receipt.PAGES,
)
