"""The search as the till's box asks for it while somebody types, and as `GET /api/v1/search`."""

from __future__ import annotations

import asyncio

from aiohttp import web

from edge.core.shapes import Refused
from edge.panel.actors import actor_of
from edge.panel.answers import answer_json, answer_outcome, texts_of
from edge.panel.limits import PREPARE_AFTER_S, PRODUCTS_SHOWN
from edge.panel.site import SITE, Site

QUERY = "search"
"""The registry's query that all of this asks."""

NOBODYS_NAME = "qqxxzz"
"""Finds nothing, so that a search takes all its steps."""


async def products(request: web.Request) -> web.Response:
    """`GET /fragments/products?text=...`: what a search finds, as a list to choose from."""
    site = request.app[SITE]
    text = request.query.get("text", "")
    wanted = {"text": text, "limit": PRODUCTS_SHOWN, "at_us": site.shop.now_us()}
    found = await site.asker.ask(site.asker.questions[QUERY], wanted)
    language = texts_of(request).language
    html = site.renderer.render("products.html", language, text=text, products=found.products, meant=found.meant)
    return web.Response(text=html, content_type="text/html", headers={"Cache-Control": "no-store"})


async def search(request: web.Request) -> web.Response:
    """`GET search?q=...`: what a search finds, with the prices of now; the query's other arguments as they are."""
    site = request.app[SITE]
    question = site.asker.questions[QUERY]
    actor = actor_of(request)
    if not actor.may(question.spec.right):
        return answer_outcome(
            Refused("right_denied", {"query": QUERY, "right": question.spec.right}), texts_of(request)
        )
    given = {"text" if name == "q" else name: value for name, value in request.query.items()}
    arguments = {"at_us": site.shop.now_us(), **question.bind(given, actor.register)}
    return answer_json({"result": await site.asker.ask(question, arguments)})


async def prepare(site: Site) -> None:
    """Ask once, so that nobody at the till waits for what the first question loads; behind the first sale's start."""
    await asyncio.sleep(PREPARE_AFTER_S)
    await site.asker.ask(site.asker.questions[QUERY], {"text": NOBODYS_NAME})
