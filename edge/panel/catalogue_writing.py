"""Writing to the catalogue over HTTP: PUT and PATCH become the same commands as everywhere, of the source `manager`."""

from __future__ import annotations

from typing import Any

import msgspec
from aiohttp import web

from edge.catalog.category import Category
from edge.catalog.commands import SetCategories, SetProducts
from edge.catalog.product import MANAGER, Product, Source
from edge.catalog.queries import find_by_sku, words_of
from edge.core.database import Connection
from edge.core.shapes import Command
from edge.panel.actors import actor_of
from edge.panel.answers import answer_json, answer_outcome, texts_of
from edge.panel.api import idempotency_key
from edge.panel.catalogue import etag
from edge.panel.problem import Problem
from edge.panel.site import SITE


async def put_product(request: web.Request) -> web.Response:
    """`PUT products/{sku}`: from now on this, and nothing else, is what the manager says of it."""
    return await _say(request, await _product(request))


async def patch_product(request: web.Request) -> web.Response:
    """`PATCH products/{sku}`: a JSON merge patch (RFC 7396) of what the manager says; null takes a field back."""
    sku = request.match_info["sku"]
    site = request.app[SITE]
    said = await site.asker.read(lambda db: manager_word(db, sku))
    if said is None:
        raise Problem(404, "product_unknown", sku=sku[:80])
    patch = _json(await request.read())
    merged = {**msgspec.to_builtins(said), **patch, "sku": sku}
    return await _say(request, _converted({key: value for key, value in merged.items() if value is not None}))


async def put_category(request: web.Request) -> web.Response:
    """`PUT categories/{id}`: all of it, as it is from now on."""
    fields = {**_json(await request.read()), "id": request.match_info["id"]}
    try:
        wanted = msgspec.convert(fields, Category)
    except msgspec.ValidationError as error:
        raise Problem(400, "body_wrong", why=str(error), where="$") from error
    refused = await _do(request, SetCategories((wanted,), Source(MANAGER)))
    return refused or answer_json(wanted)


async def _say(request: web.Request, wanted: Product) -> web.Response:
    """Let the manager say it, where the product is what `If-Match` says it is; the product as it then is."""
    site = request.app[SITE]
    now = site.shop.now_us()
    before = await site.asker.read(lambda db: find_by_sku(db, wanted.sku, now))
    match, none = request.headers.get("If-Match"), request.headers.get("If-None-Match")
    if (match == "*" and before is None) or (none == "*" and before is not None):
        raise Problem(412, "product_not_as_said", sku=wanted.sku)
    seq = None
    if match and match != "*":
        if before is None or etag(before) not in [tag.strip() for tag in match.split(",")]:
            raise Problem(412, "product_not_as_said", sku=wanted.sku)
        seq = before.seq
    refused = await _do(request, SetProducts((wanted,), Source(MANAGER), (), seq))
    if refused:
        return refused
    found = await site.asker.read(lambda db: find_by_sku(db, wanted.sku, now))
    assert found is not None
    answer = answer_json(found, 200 if before else 201)
    answer.headers["ETag"] = etag(found)
    return answer


async def _do(request: web.Request, command: Command) -> web.Response | None:
    """Do it; the answer if it was not done."""
    outcome = await request.app[SITE].shop.do(command, actor_of(request), idempotency_key(request))
    answer = answer_outcome(outcome, texts_of(request))
    return None if answer.status == 200 else answer


async def _product(request: web.Request) -> Product:
    return _converted({**_json(await request.read()), "sku": request.match_info["sku"]})


def _converted(fields: dict[str, Any]) -> Product:
    try:
        return msgspec.convert(fields, Product)
    except msgspec.ValidationError as error:
        raise Problem(400, "body_wrong", why=str(error), where="$") from error


def _json(body: bytes) -> dict[str, Any]:
    try:
        return msgspec.json.decode(body, type=dict[str, Any])
    except msgspec.DecodeError as error:
        raise Problem(400, "body_wrong", why=str(error), where="$") from error


def manager_word(db: Connection, sku: str) -> Product | None:
    """What the manager says of a product so far; None if there is no such product."""
    found = find_by_sku(db, sku)
    if found is None:
        return None
    words = words_of(db, [found.id]).get(found.id, [])
    return next((word.product for word in words if word.source.name == MANAGER), Product(sku))
