"""The manager's page of reviews: pending ones, and decisions."""

from __future__ import annotations

from aiohttp import web

from edge.core.endpoints import Page
from edge.foundation.access.rights import CATALOG, MANAGE
from edge.goods.catalog.pages.beside import RATING
from edge.goods.catalog.queries import read_products
from edge.ordering.reviews.queries import STATES, ToldReviews
from edge.ordering.reviews.routes import requested_reviews
from edge.web.context import SITE
from edge.web.pages.shell import page


async def reviews(request: web.Request) -> web.Response:
    """`GET /manager/reviews?state=`: reviews in a state, the newest first."""
    listed = await requested_reviews(request)
    known = await request.app[SITE].asker.read(lambda db: read_products(db, [one.sku for one in listed]))
    names = {sku: product.names or {} for sku, (_, product, _) in known.items()}
    state = request.query.get("state", "pending")
    return page(request, "reviews", reviews=listed, names=names, state=state, states=STATES)


PAGES = (
    Page(
        path="/manager/reviews",
        name="reviews",
        handler=reviews,
        right=MANAGE,
        also=CATALOG,
        fragments=("alerts", "clock"),
        menu="reviews.title",
        group="people",
        place=30,
    ),
)
PROVIDES = ((RATING, lambda db, sku, place: ToldReviews(place).rating(db, sku)),)
