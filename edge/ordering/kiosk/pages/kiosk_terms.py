"""Order terms for a cart, at a kiosk and on a phone."""

from __future__ import annotations

from aiohttp import web

from edge.counter.till.live_settings import NOW
from edge.lib.tax.rules import FULL
from edge.lib.units.money import LIMIT_MINOR
from edge.ordering.orders.fulfilment.delivery_terms import delivery_terms
from edge.ordering.orders.pages.visitor import visitor, visitor_cart
from edge.ordering.orders.settings import OrdersSection
from edge.web.context import SITE
from edge.web.responses import answer_json, texts_of

POSTAL_CHARS = 12


async def terms(request: web.Request) -> web.Response:
    """`GET /shop/terms?postal_code=&brought=&tip_share=&tip_minor=`: the cart's total with delivery there and this tip,
    possible times, and notices for the customer; without a code, for pickup."""
    site, texts = request.app[SITE], texts_of(request)
    cart = await visitor_cart(request, visitor(request), touch=False)
    if cart is None:
        raise web.HTTPNotFound
    code, settings, now_us = (
        request.query.get("postal_code", "")[:POSTAL_CHARS],
        site.services.of(NOW)(),
        site.shop.now_us(),
    )
    found = await site.asker.read(lambda db: delivery_terms(db, settings, now_us, cart, code))
    message = texts.refusal(found.refused) if found.refused else ""
    brought = request.query.get("brought") == "yes"
    section = site.config.of(OrdersSection)
    if section.asks_tip("delivery" if brought else "pickup"):
        found = found.with_tip(_number(request, "tip_minor", LIMIT_MINOR), _number(request, "tip_share", FULL) or 0)
    told = {"message": message, "brought": brought, "no_show_fee": section.no_show_fee_minor}
    html = site.renderer.render("kiosk_terms.html", texts.language, terms=found, **told)
    place = texts.say("kiosk.place", sum=texts.money(found.total_minor))
    sums = {"total_minor": found.total_minor, "tip_minor": found.tip_minor}
    return answer_json({"html": html, "place": place, **sums})


def _number(request: web.Request, name: str, most: int) -> int | None:
    """A number from the query; None if missing or too large."""
    text = request.query.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 and int(text) <= most else None
