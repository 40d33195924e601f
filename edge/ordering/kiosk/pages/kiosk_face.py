"""`/kiosk/face`: one picture, taken after tapping "Recognise me", opens the cart of the customer it shows."""

from __future__ import annotations

from aiohttp import web

from edge.core.endpoints import Endpoint
from edge.core.messages import Done
from edge.foundation.access.rights import BASKET, system
from edge.ordering.orders.carts.cart import CartView
from edge.ordering.orders.pages.visitor import KIOSK, open_cart, visitor
from edge.ordering.recognition.commands import OpenCartByFace
from edge.ordering.recognition.means import CUSTOMER_FACE
from edge.ordering.recognition.pages.person_hint import refusing
from edge.ordering.recognition.pages.seeing import CUSTOMER_FACES, PICTURE, known_face
from edge.web.context import SITE
from edge.web.responses import answer_json, answer_outcome, texts_of


@refusing
async def recognise(request: web.Request) -> web.Response:
    """`POST /kiosk/face`: the picture (JPEG or PNG, 1 MiB), which isn't stored; returns the cart as HTML."""
    site, who = request.app[SITE], visitor(request)
    found = await known_face(request, site.services.of(CUSTOMER_FACES), who.actor.register, CUSTOMER_FACE)
    cart = await open_cart(request, who)
    if not isinstance(cart, CartView):
        return answer_outcome(cart, texts_of(request))
    outcome = await site.shop.do(OpenCartByFace(cart.id, found.person, found.created_us), system("panel"))
    if not isinstance(outcome, Done):
        return answer_outcome(outcome, texts_of(request))
    opened, language = outcome.result, texts_of(request).language
    text = site.renderer.render("kiosk_cart.html", language, cart=opened)
    return answer_json({"cart": text, "count": len(opened.lines)})


ENDPOINTS = (Endpoint(method="POST", path=f"{KIOSK}/face", handler=recognise, right=BASKET, body=PICTURE),)
