"""HTTP route that lists reviews in a state. Everything else has the addresses of its commands and queries."""

from __future__ import annotations

from functools import partial

from aiohttp import web

from edge.core.endpoints import Answer, Endpoint
from edge.foundation.access.rights import CATALOG, MANAGE
from edge.ordering.reviews.queries import STATES, Review, read_reviews
from edge.web.context import SITE
from edge.web.problem import Problem
from edge.web.responses import answer_json


async def list_reviews(request: web.Request) -> web.Response:
    """`GET reviews?state=pending`: reviews in a state, the newest first; pages by `?before=`."""
    return answer_json(await requested_reviews(request))


async def requested_reviews(request: web.Request) -> list[Review]:
    """Reviews for a request."""
    state = request.query.get("state", "pending")
    if state not in STATES:
        raise Problem(400, "argument_wrong", name="state", why=", ".join(STATES))
    read = partial(read_reviews, state=state, before=before_of(request))
    return await request.app[SITE].asker.read(read)


def before_of(request: web.Request) -> int | None:
    """The row below which a page begins. Raises `Problem` 400 if it isn't a number."""
    text = request.query.get("before", "")
    if text and not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Problem(400, "argument_wrong", name="before", why="a whole number")
    return int(text) if text else None


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/api/v1/reviews",
        handler=list_reviews,
        name="reviews_page",
        right=MANAGE,
        also=CATALOG,
        tag="reviews",
        query={"state": {"enum": list(STATES)}, "before": {"type": "integer"}},
        answer=Answer(list[Review]),
    ),
)
