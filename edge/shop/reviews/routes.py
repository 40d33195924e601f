"""Reviews over HTTP: of a product, and those that wait to be looked at."""

from __future__ import annotations

from functools import partial
from typing import Any

import msgspec
from aiohttp import web

from edge.core.endpoints import DONE, Answer, Body, Endpoint
from edge.shop.access.rights import BASKET, CATALOG, CUSTOMERS_WRITE, MANAGE, SELL
from edge.shop.customers.commands import CustomerId
from edge.shop.reviews.commands import PublishReview, RejectReview, Text, WithdrawReview, WriteReview
from edge.shop.reviews.queries import STATES, ProductReviews, Review, ToldReviews, read_reviews
from edge.web.api.registry import answer_command
from edge.web.context import SITE
from edge.web.problem import Problem
from edge.web.request_body import body_of
from edge.web.responses import answer_json


class ReviewBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a customer says: stars from 1 to 5, and words."""

    customer: CustomerId
    rating: int
    text: Text = ""


class ReasonBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a review is not published."""

    reason: Text


async def of_product(request: web.Request) -> web.Response:
    """`GET products/{sku}/reviews`: its rating and what is published; pages by `?before=`."""
    site = request.app[SITE]
    told = ToldReviews(site.settings.place).reviews
    return answer_json(await site.asker.read(partial(told, sku=request.match_info["sku"], before=before_of(request))))


async def write(request: web.Request) -> web.Response:
    """`POST products/{sku}/reviews`: a customer's review, which waits to be looked at."""
    body = await body_of(request, ReviewBody)
    return await answer_command(request, WriteReview(body.customer, request.match_info["sku"], body.rating, body.text))


async def listed(request: web.Request) -> web.Response:
    """`GET reviews?state=pending`: those in a state, the newest first; pages by `?before=`."""
    return answer_json(await found(request))


async def publish(request: web.Request) -> web.Response:
    """`POST reviews/{id}/publish`: let everybody read it."""
    return await answer_command(request, PublishReview(request.match_info["id"]))


async def reject(request: web.Request) -> web.Response:
    """`POST reviews/{id}/reject`: let nobody read it, and say why."""
    body = await body_of(request, ReasonBody)
    return await answer_command(request, RejectReview(request.match_info["id"], body.reason))


async def withdraw(request: web.Request) -> web.Response:
    """`POST reviews/{id}/withdraw`: let nobody read it any more."""
    return await answer_command(request, WithdrawReview(request.match_info["id"]))


async def found(request: web.Request) -> list[Review]:
    """The reviews that a request asks for."""
    state = request.query.get("state", "pending")
    if state not in STATES:
        raise Problem(400, "argument_wrong", name="state", why=", ".join(STATES))
    read = partial(read_reviews, state=state, before=before_of(request))
    return await request.app[SITE].asker.read(read)


def before_of(request: web.Request) -> int | None:
    """From below which row a page begins. `Problem` 400: that is no number."""
    text = request.query.get("before", "")
    if text and not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Problem(400, "argument_wrong", name="before", why="a whole number")
    return int(text) if text else None


_OF_PRODUCT = "/api/v1/products/{sku}/reviews"
_ONE = "/api/v1/reviews/{id}"
_BEFORE = {"before": {"type": "integer"}}
_DECIDING: dict[str, Any] = {"method": "POST", "right": MANAGE, "also": CATALOG, "tag": "reviews", "statuses": (422,)}

ENDPOINTS = (
    Endpoint(
        method="GET",
        path=_OF_PRODUCT,
        handler=of_product,
        name="product_reviews_page",
        right=SELL,
        also=BASKET,
        tag="reviews",
        query=_BEFORE,
        answer=Answer(ProductReviews),
    ),
    Endpoint(
        method="POST",
        path=_OF_PRODUCT,
        handler=write,
        name="write_review",
        answer=DONE,
        right=CUSTOMERS_WRITE,
        tag="reviews",
        body=Body(ReviewBody),
        statuses=(422,),
    ),
    Endpoint(
        method="GET",
        path="/api/v1/reviews",
        handler=listed,
        name="reviews_page",
        right=MANAGE,
        also=CATALOG,
        tag="reviews",
        query={"state": {"enum": list(STATES)}, **_BEFORE},
        answer=Answer(list[Review]),
    ),
    Endpoint(path=_ONE + "/publish", handler=publish, name="publish_review", answer=DONE, **_DECIDING),
    Endpoint(
        path=_ONE + "/reject", handler=reject, name="reject_review", answer=DONE, body=Body(ReasonBody), **_DECIDING
    ),
    Endpoint(path=_ONE + "/withdraw", handler=withdraw, name="withdraw_review", answer=DONE, **_DECIDING),
)
