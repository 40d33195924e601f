"""Promotions over HTTP: read and set; `EndPromotion` ends one."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import msgspec
from aiohttp import web

from edge.core.endpoints import Answer, Body, Endpoint, Schema
from edge.core.storage.database import Connection
from edge.foundation.access.rights import MANAGE, SELL
from edge.goods.promotions.commands import SetPromotion
from edge.goods.promotions.promotion import Promotion
from edge.goods.promotions.queries import KeptPromotion, read_promotion, read_promotions
from edge.web.api.resources import content_tag, do, unless_unchanged, us_of
from edge.web.context import SITE
from edge.web.limits import PROMOTIONS_SHOWN
from edge.web.problem import Problem, body_wrong
from edge.web.request_body import json_of
from edge.web.responses import answer_json


class PromotionPage(msgspec.Struct):
    """`GET promotions`: promotions, and the `after` of the next page (None: the last)."""

    promotions: list[KeptPromotion]
    after: str | None


async def promotions(request: web.Request) -> web.Response:
    """`GET promotions`: current and scheduled promotions, or ended ones with `?over=yes`; pages by `?after=`."""
    answer = answer_json(await page_of(request))
    return unless_unchanged(request, answer, content_tag(answer))


async def promotion(request: web.Request) -> web.Response:
    """`GET promotions/{id}`: one promotion."""
    answer = answer_json(await require_promotion(request, request.match_info["id"]))
    return unless_unchanged(request, answer, content_tag(answer))


async def put_promotion(request: web.Request) -> web.Response:
    """`PUT promotions/{id}`: set a promotion, as in `SetPromotion`.

    `begins` and `ends` can be given instead of `from_us` and `until_us`, in ISO 8601; without an offset, they are in
    the store's time zone.
    """
    fields = {**json_of(await request.read()), "id": request.match_info["id"]}
    zone = ZoneInfo(request.app[SITE].settings.zone)
    for name, field in (("begins", "from_us"), ("ends", "until_us")):
        if name in fields:
            fields[field] = us_of(str(fields.pop(name)), zone)
    try:
        wanted = msgspec.convert(fields, Promotion)
    except msgspec.ValidationError as error:
        raise body_wrong(error) from error
    refused = await do(request, SetPromotion(wanted))
    return refused or answer_json(await require_promotion(request, wanted.id))


async def page_of(request: web.Request) -> PromotionPage:
    """The requested page of promotions."""
    over, after, now = asks_over(request), request.query.get("after", ""), request.app[SITE].shop.now_us()

    def read(db: Connection) -> list[KeptPromotion]:
        return read_promotions(db, now, over, after, PROMOTIONS_SHOWN + 1)

    found = await request.app[SITE].asker.read(read)
    more = found[PROMOTIONS_SHOWN:]
    shown = found[:PROMOTIONS_SHOWN]
    return PromotionPage(shown, shown[-1].promotion.id if more else None)


async def require_promotion(request: web.Request, id: str) -> KeptPromotion:
    """A promotion. Raises `Problem` 404 if it is unknown."""
    found = await request.app[SITE].asker.read(lambda db: read_promotion(db, id))
    if found is None:
        raise Problem(404, "promotion_not_found", promotion=id[:80])
    return found


def asks_over(request: web.Request) -> bool:
    """Whether ended promotions are requested."""
    over = request.query.get("over", "no")
    if over not in ("no", "yes"):
        raise Problem(400, "argument_wrong", name="over", why="no or yes")
    return over == "yes"


_MOMENT = {"type": "string", "description": "ISO 8601; without an offset in the store's own time; empty for none."}
_PAGE: dict[str, Schema] = {"over": {"enum": ["no", "yes"], "default": "no"}, "after": {"type": "string"}}

ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/api/v1/promotions",
        handler=promotions,
        right=SELL,
        tag="promotions",
        query=_PAGE,
        answer=Answer(PromotionPage),
        statuses=(304,),
    ),
    Endpoint(
        method="GET",
        path="/api/v1/promotions/{id}",
        handler=promotion,
        right=SELL,
        tag="promotions",
        answer=Answer(KeptPromotion),
        statuses=(304, 404),
    ),
    Endpoint(
        method="PUT",
        path="/api/v1/promotions/{id}",
        handler=put_promotion,
        right=MANAGE,
        tag="promotions",
        body=Body(Promotion, without=("id",), more={"begins": _MOMENT, "ends": _MOMENT}),
        answer=Answer(KeptPromotion),
        statuses=(422,),
    ),
)
