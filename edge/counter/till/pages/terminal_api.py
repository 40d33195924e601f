"""A register's payment terminal over HTTP: its status, and the end-of-day close."""

from __future__ import annotations

import msgspec
from aiohttp import web

from edge.core.endpoints import Answer, Endpoint
from edge.core.messages import Refusal
from edge.counter.till.devices.terminal_part import TerminalPart
from edge.counter.till.pages.till_context import TILLS
from edge.foundation.access.rights import SELL
from edge.money.payments import PaymentsSection
from edge.runtime.config import CONFIG
from edge.web.actors import register_of
from edge.web.context import SITE
from edge.web.problem import Problem
from edge.web.responses import answer_json, answer_outcome, texts_of


class TerminalReading(msgspec.Struct, frozen=True):
    """A terminal's status: `ready`, or the `code` of its problem. `told`: the status in words."""

    ready: bool
    code: str
    told: str


class DayClosed(msgspec.Struct, frozen=True):
    """A terminal's day was closed. `agrees`: its totals agree with the till's."""

    agrees: bool


async def show_terminal(request: web.Request) -> web.Response:
    """`GET /api/v1/terminal`: the status reported by the register's terminal."""
    code = await _terminal(request).state()
    words = texts_of(request)
    told = words.say(f"device.terminal_{code}") if code else words.say("payments.ready")
    return answer_json(TerminalReading(not code, code, told))


async def close_day(request: web.Request) -> web.Response:
    """`POST /api/v1/terminal/close`: close the day on the register's terminal and compare its totals."""
    try:
        if request.app[SITE].services.of(CONFIG).of(PaymentsSection).close_terminal == "by_itself":
            raise Refusal("terminal_closes_itself")
        return answer_json(DayClosed(await _terminal(request).close_day()))
    except Refusal as refusal:
        return answer_outcome(refusal.refused, texts_of(request))


def _terminal(request: web.Request) -> TerminalPart:
    part = request.app[SITE].services.of(TILLS).terminals.get(register_of(request))
    if part is None:
        raise Problem(404, "no_terminal")
    return part


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/api/v1/terminal",
        handler=show_terminal,
        right=SELL,
        tag="till",
        answer=Answer(TerminalReading),
        statuses=(404,),
    ),
    Endpoint(
        method="POST",
        path="/api/v1/terminal/close",
        handler=close_day,
        right=SELL,
        tag="till",
        answer=Answer(DayClosed),
        statuses=(404, 409, 422),
    ),
)
