"""Catalogue edits over HTTP: PUT and PATCH become ordinary commands with the source `manager`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from aiohttp import web

from edge.core.endpoints import Answer, Body, Endpoint, Handler, Method
from edge.core.storage.database import Connection
from edge.foundation.access.rights import MANAGE
from edge.goods.catalog.categories.category import Category
from edge.goods.catalog.categories.queries import read_category
from edge.goods.catalog.commands import ListName, SetCategories, SetPrice, SetProducts
from edge.goods.catalog.pages.pictures_api import forget
from edge.goods.catalog.product import MANAGER, Price, Product, Source
from edge.goods.catalog.queries import CatalogProduct, find_by_sku
from edge.goods.catalog.routes import etag, is_tag_of, visible_products
from edge.goods.catalog.sources.queries import words_of
from edge.goods.ingest.mapping.cell_parsers import CellError
from edge.goods.ingest.mapping.measures import value as typed
from edge.web.api.resources import content_tag, do, merge_patch, require_match, us_of
from edge.web.context import SITE
from edge.web.problem import Problem, body_wrong
from edge.web.request_body import json_of
from edge.web.responses import answer_json


class PriceBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A price in a list.

    `begins` (default: now) and `ends` (default: no end) are ISO 8601; without an offset, they are in the store's time
    zone.
    """

    price_minor: Price
    list: ListName = "store"
    begins: str = ""
    ends: str = ""


async def put_product(request: web.Request) -> web.Response:
    """`PUT products/{sku}`: replace all of the manager's data on a product."""
    return await _say(request, await _product(request))


async def patch_product(request: web.Request) -> web.Response:
    """`PATCH products/{sku}`: a JSON merge patch (RFC 7396) of the manager's data; null withdraws a field."""
    sku = request.match_info["sku"]
    site = request.app[SITE]
    said = await site.asker.read(lambda db: manager_word(db, sku))
    if said is None:
        raise Problem(404, "product_unknown", sku=sku[:80])
    merged = merge_patch(msgspec.to_builtins(said), json_of(await request.read()))
    return await _say(request, _parse_product({**merged, "sku": sku}))


async def post_price(request: web.Request) -> web.Response:
    """`POST products/{sku}/prices`: set a current or later price; see `PriceBody`."""
    sku = request.match_info["sku"]
    try:
        new = msgspec.json.decode(await request.read(), type=PriceBody)
    except msgspec.DecodeError as error:
        raise body_wrong(error) from error
    zone = ZoneInfo(request.app[SITE].settings.zone)
    begins, ends = us_of(new.begins, zone), us_of(new.ends, zone)
    refused = await do(request, SetPrice(sku, new.price_minor, new.list, begins, ends, Source(MANAGER)))
    said = "" if begins is None else datetime.fromtimestamp(begins / 1_000_000, UTC).isoformat()
    return refused or answer_json(msgspec.structs.replace(new, begins=said), 201)


async def put_category(request: web.Request) -> web.Response:
    """`PUT categories/{id}`: set a category's fields, subject to `If-Match`.

    Omitted fields stay; an empty value withdraws one.
    """
    id = request.match_info["id"]
    before = await request.app[SITE].asker.read(lambda db: read_category(db, id))
    said = msgspec.to_builtins(before) if before else {}
    try:
        wanted = msgspec.convert({**said, **json_of(await request.read()), "id": id}, Category)
    except msgspec.ValidationError as error:
        raise body_wrong(error) from error
    require_match(request, content_tag(answer_json(before)) if before else None, wanted.id)
    refused = await do(request, SetCategories((wanted,), Source(MANAGER), whole=True))
    return refused or answer_json(wanted)


async def _say(request: web.Request, wanted: Product) -> web.Response:
    """Apply the manager's data, subject to `If-Match`; returns the resulting product."""
    site = request.app[SITE]
    now = site.shop.now_us()
    before = await site.asker.read(lambda db: find_by_sku(db, wanted.sku, now))
    match, none = request.headers.get("If-Match"), request.headers.get("If-None-Match")
    if none == "*" and before is not None:
        raise Problem(412, "product_there", sku=wanted.sku)
    if match == "*" and before is None:
        raise Problem(412, "product_not_as_said", sku=wanted.sku)
    seq = None
    if match and match != "*":
        if before is None or not any(is_tag_of(tag, before) for tag in match.split(",")):
            raise Problem(412, "product_not_as_said", sku=wanted.sku)
        seq = before.seq
    refused = await do(request, SetProducts((wanted,), Source(MANAGER), (), seq, whole=True))
    if refused:
        return refused
    found = await site.asker.read(lambda db: find_by_sku(db, wanted.sku, now))
    assert found is not None
    if dropped := set((before and before.pictures) or ()) - set(found.pictures or ()):
        await forget(site, dropped)
    answer = answer_json((await visible_products(request, [found]))[0], 200 if before else 201)
    answer.headers["ETag"] = etag(found)
    return answer


async def _product(request: web.Request) -> Product:
    return _parse_product({**json_of(await request.read()), "sku": request.match_info["sku"]})


def _parse_product(fields: dict[str, Any]) -> Product:
    """Parse a product. `attributes` may be plain text, which is parsed like typed text."""
    if isinstance(attributes := fields.get("attributes"), dict):
        try:
            read = {name: typed(value) if isinstance(value, str) else value for name, value in attributes.items()}
        except CellError as error:
            raise Problem(400, "body_wrong", why=str(error), where="$.attributes") from error
        fields = {**fields, "attributes": msgspec.to_builtins(read)}
    if not fields.get("names"):
        fields = {key: value for key, value in fields.items() if key != "names"}
    try:
        return msgspec.convert(fields, Product)
    except msgspec.ValidationError as error:
        raise body_wrong(error) from error


def manager_word(db: Connection, sku: str) -> Product | None:
    """The manager's data on a product, empty if there is none; None for an unknown product."""
    found = find_by_sku(db, sku)
    if found is None:
        return None
    words = words_of(db, [found.id]).get(found.id, [])
    return next((word.product for word in words if word.source.name == MANAGER), Product(sku))


def _write(method: Method, path: str, handler: Handler, body: Body, answer: type) -> Endpoint:
    return Endpoint(
        method=method,
        path=f"/api/v1/{path}",
        handler=handler,
        right=MANAGE,
        tag="catalog",
        body=body,
        answer=Answer(answer),
        statuses=(201, 404, 412, 422),
    )


ENDPOINTS = (
    _write("PUT", "products/{sku}", put_product, Body(Product, without=("sku",)), CatalogProduct),
    _write("PATCH", "products/{sku}", patch_product, Body(Product, without=("sku",)), CatalogProduct),
    _write("POST", "products/{sku}/prices", post_price, Body(PriceBody), PriceBody),
    _write("PUT", "categories/{id}", put_category, Body(Category, without=("id",)), Category),
)
