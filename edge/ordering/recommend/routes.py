"""HTTP routes of recommendations: similar products, suggestions for a basket or customer, and outcomes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from aiohttp import web

from edge.core.endpoints import Answer, Body, Endpoint
from edge.core.services import Service
from edge.core.storage.database import Connection
from edge.foundation.access.rights import BASKET, CUSTOMERS_READ, SELL
from edge.goods.catalog.product import Sku
from edge.goods.catalog.queries import find_by_sku
from edge.lib.late_import import import_beside
from edge.ordering.delivery.queries import read_zones
from edge.ordering.orders.queries import read_cart
from edge.ordering.recommend.never import Surface
from edge.ordering.recommend.private_goods import private_categories
from edge.ordering.recommend.profiles.persons import TasteProfile, profile_of
from edge.ordering.recommend.settings import settings_of
from edge.ordering.recommend.similar.picture_likeness import PICTURE_LIKENESS
from edge.ordering.recommend.suggestion import MOST, AttributeRange, Suggestion, SuggestionRequest, SuggestionSet
from edge.people.customers.queries import price_list_of, resolve
from edge.runtime.config import CONFIG
from edge.web.context import SITE, PanelContext, today_of
from edge.web.problem import Problem
from edge.web.request_body import body_of, choice_of, whole_of
from edge.web.responses import answer_json
from models.errors import ModelError
from models.limits import PICTURE_PIXELS

if TYPE_CHECKING:  # importing numpy takes 0.1 s, which would delay the start
    from edge.ordering.recommend.similar.picture_vectors import PictureVector
    from edge.ordering.recommend.similar.product_index import Like
    from edge.ordering.recommend.suggester import Suggester

SURFACES: tuple[Surface, ...] = ("api", "till", "kiosk", "phone")


def _make(site: Any) -> Suggester:
    """Make a shop's suggester from config.toml. Delivery fees are never suggested."""
    from edge.ordering.recommend.suggester import Suggester

    base = settings_of(site.services.of(CONFIG))
    return Suggester(base, lambda db: (zone.fee for zone in read_zones(db)))


SUGGESTER: Service[Suggester] = Service("suggester", _make)
"""The suggester, with the products it keeps in memory."""


async def suggester_of(site: PanelContext) -> Suggester:
    """Return the shop's suggester. Its libraries are imported on another thread, without delaying tills."""
    await import_beside("edge.ordering.recommend.suggester")
    return site.services.of(SUGGESTER)


RANGES_MOST = 10
PICTURE_BYTES = 180_000
"""The maximum size of a query picture, so that it fits into a request in Base64."""
AttributeName = Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
Distance = Annotated[int, msgspec.Meta(ge=0, le=1_000_000_000)]


class SimilarBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The query: a product, a text, or a picture (a JPEG, PNG or WebP file of at most 180 kB, in Base64).

    `category`: only products in it and its subcategories. `most_minor`, `least_minor`: price limits. `ranges`: ranges
    of attributes. `within_of`: the maximum difference of attributes from the product's, in thousandths of their units.
    `in_stock`: only products in stock. `age_checked`: the age that staff checked.
    """

    sku: Sku | None = None
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=200)] | None = None
    picture: Annotated[bytes, msgspec.Meta(min_length=1, max_length=PICTURE_BYTES)] | None = None
    top_k: int = 10
    category: Annotated[str, msgspec.Meta(max_length=80)] = ""
    least_minor: int | None = None
    most_minor: int | None = None
    ranges: Annotated[tuple[AttributeRange, ...], msgspec.Meta(max_length=RANGES_MOST)] = ()
    within_of: Annotated[dict[AttributeName, Distance], msgspec.Meta(max_length=RANGES_MOST)] = {}
    in_stock: bool = True
    age_checked: Annotated[int, msgspec.Meta(ge=0, le=99)] = 0


class SimilarProduct(msgspec.Struct, frozen=True):
    """A similar product, with the parts of its score."""

    sku: str
    score: float
    text: float | None
    category: float | None
    features: float | None
    picture: float | None
    price_minor: int | None
    reason: str


async def similar(request: web.Request) -> web.Response:
    """`GET products/{sku}/similar`: similar products, the most similar first; `?top_k=`, `?age_checked=`."""
    body = SimilarBody(
        sku=request.match_info["sku"],
        top_k=whole_of(request, "top_k", 10),
        age_checked=min(99, whole_of(request, "age_checked", 0)),
    )
    return await _similar(request, body)


async def similar_to(request: web.Request) -> web.Response:
    """`POST products/similar`: products similar to a product, a text or a picture, within limits."""
    return await _similar(request, await body_of(request, SimilarBody))


async def recommendations(request: web.Request) -> web.Response:
    """`GET recommendations`: for a `?customer=`, `?cart=` or `?sku=`, as shown on a `?surface=`; best sellers without
    them.

    `?k=`: the maximum per list.
    """
    query, site = request.query, request.app[SITE]
    given = [name for name in ("customer", "cart", "sku") if query.get(name)]
    if len(given) > 1:
        raise Problem(422, "argument_wrong", name=given[1], why="one of customer, cart, sku")
    asked = SuggestionRequest(
        choice_of(request, "surface", *SURFACES),  # type: ignore[arg-type]
        site.shop.now_us(),
        today_of(request),
        sku=query.get("sku", "")[:80],
        customer=query.get("customer", "")[:21],
        most=_many(whole_of(request, "k", 10)),
        age_checked=min(99, whole_of(request, "age_checked", 0)),
        category=query.get("category", "")[:80],
    )
    suggester = await suggester_of(site)
    return answer_json(await site.asker.read(partial(_find_suggestions, suggester, asked, query.get("cart", "")[:64])))


async def profile(request: web.Request) -> web.Response:
    """`GET customers/{id}/profile`: a customer's purchase profile if they have consented; otherwise empty."""
    site, id = request.app[SITE], request.match_info["id"]
    at_us, today = site.shop.now_us(), today_of(request)
    suggester = await suggester_of(site)

    def read(db: Connection) -> TasteProfile | None:
        if resolve(db, id) is None:
            raise Problem(404, "no_such_customer", id=id[:21])
        return profile_of(db, id, at_us, today, private_categories(db, suggester.settings.at(db)))

    return answer_json({"profile": await site.asker.read(read)})


def _find_suggestions(suggester: Suggester, asked: SuggestionRequest, cart: str, db: Connection) -> SuggestionSet:
    if asked.sku and find_by_sku(db, asked.sku) is None:
        raise Problem(404, "unknown_sku", sku=asked.sku)
    if asked.customer:
        if resolve(db, asked.customer) is None:
            raise Problem(404, "no_such_customer", id=asked.customer)
        asked = msgspec.structs.replace(asked, price_list=price_list_of(db, asked.customer), vouched=True)
    if cart:
        found = read_cart(db, cart)
        if found is None:
            raise Problem(404, "no_such_cart")
        basket = found.basket
        goods = tuple((line.sku, line.goods) for line in found.lines if line.sku)
        asked = msgspec.structs.replace(asked, goods=goods, customer=basket.customer, price_list=basket.price_list)
    return suggester.suggest(db, asked)


async def _similar(request: web.Request, body: SimilarBody) -> web.Response:
    if sum(one is not None for one in (body.sku, body.text, body.picture)) != 1:
        raise Problem(422, "argument_wrong", name="sku", why="one of sku, text, picture")
    site = request.app[SITE]
    picture = None if body.picture is None else await _looked_at(site, body.picture)
    within = (body.category,) if body.category else None
    asked = SuggestionRequest(
        "api",
        site.shop.now_us(),
        today_of(request),
        sku=body.sku or "",
        text=body.text or "",
        picture=picture,
        most=MOST,
        within=within,
        age_checked=body.age_checked,
        in_stock=body.in_stock,
        ranges=body.ranges,
        least_minor=body.least_minor,
        most_minor=body.most_minor,
    )
    most, suggester = _many(body.top_k), await suggester_of(site)

    def read(db: Connection) -> list[tuple[Suggestion, Like]]:
        if body.sku is not None and find_by_sku(db, body.sku) is None:
            raise Problem(404, "unknown_sku", sku=body.sku)
        near = tuple(_near(db, body.sku or "", name, far) for name, far in body.within_of.items())
        return suggester.similar(db, msgspec.structs.replace(asked, ranges=(*asked.ranges, *near)))

    found = [
        SimilarProduct(
            *(one.sku, round(like.score, 4), like.parts.text, like.parts.category, like.parts.features),
            *(like.parts.picture, one.price_minor, one.reason),
        )
        for one, like in await site.asker.read(read)
    ]
    return answer_json(found[:most])


async def _looked_at(site: PanelContext, data: bytes) -> PictureVector:
    """The vector of a picture.

    Raises `Problem` 422 without a picture model or if it isn't a picture, and 503 if the model is unavailable.
    """
    likeness = site.services.of(PICTURE_LIKENESS)
    try:
        found = await likeness.of(data) if likeness is not None else None
    except ModelError as error:
        if error.code == "refused":
            raise Problem(422, "picture_unreadable", megapixels=PICTURE_PIXELS // 1_000_000) from error
        raise Problem(503, "busy") from error
    if found is None:
        raise Problem(422, "no_picture_model")
    return found


def _near(db: Connection, sku: str, name: str, far: int) -> AttributeRange:
    """The range around a product's attribute value. Raises `Problem` 422 if it has no numeric value."""
    product = find_by_sku(db, sku) if sku else None
    value = (product.attributes or {}).get(name) if product else None
    ends = [end for end in (value.low, value.high) if end is not None] if value else []
    if not ends:
        raise Problem(422, "argument_wrong", name="within_of", why=name)
    return AttributeRange(name, min(ends) - far, max(ends) + far)


def _many(k: int) -> int:
    """Return the requested list length. Raises `Problem` 422 if it's out of range."""
    if not 1 <= k <= MOST:
        raise Problem(422, "argument_wrong", name="k", why=f"1..{MOST}")
    return k


_INT = {"type": "integer"}
_RIGHT: dict[str, Any] = {"right": SELL, "also": BASKET, "tag": "recommend"}
ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/api/v1/products/{sku}/similar",
        handler=similar,
        name="similar_products",
        query={"top_k": _INT, "age_checked": _INT},
        answer=Answer(list[SimilarProduct]),
        statuses=(404, 422),
        **_RIGHT,
    ),
    Endpoint(
        method="POST",
        path="/api/v1/products/similar",
        handler=similar_to,
        name="find_similar_products",
        body=Body(SimilarBody),
        answer=Answer(list[SimilarProduct]),
        statuses=(404, 422, 503),
        **_RIGHT,
    ),
    Endpoint(
        method="GET",
        path="/api/v1/recommendations",
        handler=recommendations,
        name="recommendations",
        query={
            **{name: {"type": "string"} for name in ("customer", "cart", "sku", "category")},
            **{"surface": {"enum": list(SURFACES)}, "k": _INT, "age_checked": _INT},
        },
        answer=Answer(SuggestionSet),
        statuses=(404, 422),
        right=CUSTOMERS_READ,
        tag="recommend",
    ),
    Endpoint(
        method="GET",
        path="/api/v1/customers/{id}/profile",
        handler=profile,
        name="customer_profile",
        answer=Answer(TasteProfile | None, under="profile"),
        statuses=(404,),
        right=CUSTOMERS_READ,
        tag="recommend",
    ),
)
