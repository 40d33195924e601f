"""A register's scale over HTTP: reading, zero, tare, and weighing the product in question."""

from __future__ import annotations

from typing import Annotated

import msgspec
from aiohttp import web

from edge.core.endpoints import DONE, Answer, Body, Endpoint
from edge.core.messages import Number, Refused
from edge.counter.till.devices.scale_part import ScalePart
from edge.counter.till.pages.till_context import TILLS
from edge.counter.till.rules.weighing import TARE_MOST_G, CounterScale
from edge.foundation.access.rights import SELL
from edge.web.actors import actor_of, register_of
from edge.web.api.registry import answer_command
from edge.web.context import SITE
from edge.web.problem import Problem
from edge.web.request_body import body_of
from edge.web.responses import answer_json, answer_outcome, texts_of


class ScaleReading(msgspec.Struct, frozen=True):
    """A scale's reading: `net_g` grams without `tare_g` of packaging.

    `state`: stable, moving, over or under. `ready`: the weight can be used for payment; `why`: the reason if not.
    """

    state: str
    net_g: int
    tare_g: int
    ready: bool
    why: str


class TareWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The tare to set, in grams; by default, the current load."""

    grams: Annotated[int, msgspec.Meta(ge=0, le=TARE_MOST_G)] | None = None


class GoodsAskedAbout(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The question in the register's basket that the weight answers."""

    question: Number


async def show_scale(request: web.Request) -> web.Response:
    """`GET /api/v1/scale`: the reading of the register's scale."""
    return answer_json(_reading(_scale(request).counter))


async def zero_scale(request: web.Request) -> web.Response:
    """`POST /api/v1/scale/zero`: set the scale to zero, if it's close to zero and stable."""
    return _answer_reading(request, await _scale(request).zero())


async def tare_scale(request: web.Request) -> web.Response:
    """`POST /api/v1/scale/tare`: set the tare in grams or from the load. An empty scale clears the tare."""
    wanted = await body_of(request, TareWanted)
    return _answer_reading(request, await _scale(request).tare(wanted.grams))


async def weigh(request: web.Request) -> web.Response:
    """`POST /api/v1/scale/weigh`: answer a question with the weight on the scale."""
    asked = await body_of(request, GoodsAskedAbout)
    return answer_command(request, await _scale(request).weigh(asked.question, actor_of(request)))


def _scale(request: web.Request) -> ScalePart:
    part = request.app[SITE].services.of(TILLS).scales.get(register_of(request))
    if part is None:
        raise Problem(404, "no_scale")
    return part


def _answer_reading(request: web.Request, refused: Refused | None) -> web.Response:
    if refused:
        return answer_outcome(refused, texts_of(request))
    return answer_json(_reading(_scale(request).counter))


def _reading(counter: CounterScale) -> ScaleReading:
    weight, why = counter.weight, counter.why_not()
    state = weight.state if weight else "lost"
    return ScaleReading(state, counter.net_g, counter.packing_g, why is None, why.code if why else "")


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/api/v1/scale",
        handler=show_scale,
        right=SELL,
        tag="till",
        at_register=True,
        answer=Answer(ScaleReading),
        statuses=(404,),
    ),
    Endpoint(
        method="POST",
        path="/api/v1/scale/zero",
        handler=zero_scale,
        right=SELL,
        tag="till",
        at_register=True,
        answer=Answer(ScaleReading),
        statuses=(404, 409, 422),
    ),
    Endpoint(
        method="POST",
        path="/api/v1/scale/tare",
        handler=tare_scale,
        right=SELL,
        tag="till",
        at_register=True,
        body=Body(TareWanted),
        answer=Answer(ScaleReading),
        statuses=(404, 409, 422),
    ),
    Endpoint(
        method="POST",
        path="/api/v1/scale/weigh",
        handler=weigh,
        right=SELL,
        tag="till",
        at_register=True,
        body=Body(GoodsAskedAbout),
        answer=DONE,
        statuses=(404, 409, 422),
    ),
)
