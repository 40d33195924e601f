"""Sales of another box during a manual failover: listed, imported or discarded, by managers only."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Annotated

import msgspec
from aiohttp import web

from edge.backoffice.office import quarantine
from edge.backoffice.office.commands import BringInAside, LeaveAside
from edge.backoffice.office.quarantine import QuarantinedFacts
from edge.backoffice.twin.aside_report import report_facts
from edge.backoffice.twin.desk import TWIN, BoxesDesk
from edge.core import ids
from edge.core.endpoints import DONE, Body, Endpoint
from edge.core.messages import REMARK, Command, Refusal
from edge.foundation.access.rights import MANAGE
from edge.web.actors import actor_of
from edge.web.context import SITE
from edge.web.problem import Problem
from edge.web.request_body import body_of
from edge.web.responses import answer_outcome, texts_of

SHOWN = 100
"""Commands to show. The rest follow as these are decided."""


class LeaveReason(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The reason for discarding facts."""

    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=200, extra=REMARK)]


async def list_undecided(request: web.Request) -> tuple[list[QuarantinedFacts], bool]:
    """Undecided facts, oldest first, and whether there are more than shown."""
    site = request.app[SITE]
    desk = site.services.of(TWIN)
    rows = await asyncio.to_thread(desk.put_aside)
    if not rows:
        return [], False
    every = await asyncio.to_thread(quarantine.group_by_command, rows, site.shop.registry.decode)
    found = await site.asker.read(partial(quarantine.list_undecided, every=every, most=SHOWN + 1))
    if not found:
        await asyncio.to_thread(desk.close_quarantine)
    return found[:SHOWN], len(found) > SHOWN


async def bring_in(request: web.Request) -> web.Response:
    """`PUT twin/aside/{id}`: repeat a command of the other box here by its id, once and unchanged."""
    one = await _facts_of(request)
    command = BringInAside(tuple(msgspec.json.encode(row) for row in one.rows))
    return await _decide(request, one, command, ids.child_id(one.command_id, quarantine.BROUGHT_IN))


async def leave(request: web.Request) -> web.Response:
    """`POST twin/aside/{id}/leave`: discard a command of the other box by its id, with a reason."""
    reason = (await body_of(request, LeaveReason)).reason.strip()
    one = await _facts_of(request)
    if not reason:
        raise Refusal("aside_reason")
    command = LeaveAside(one.id, len(one.rows), reason)
    return await _decide(request, one, command, one.left_id)


async def _decide(request: web.Request, one: QuarantinedFacts, command: Command, id: ids.CommandId) -> web.Response:
    await report_facts(request.app[SITE].shop, one)  # head office must have the events before a decision about them
    outcome = await request.app[SITE].shop.do(command, actor_of(request), id)
    return answer_outcome(outcome, texts_of(request))


async def _facts_of(request: web.Request) -> QuarantinedFacts:
    site = request.app[SITE]
    desk: BoxesDesk = site.services.of(TWIN)
    rows = await asyncio.to_thread(desk.put_aside)
    every = await asyncio.to_thread(quarantine.group_by_command, rows, site.shop.registry.decode)
    found = next((one for one in every if one.id == request.match_info["id"]), None)
    if found is None:
        raise Problem(404, "aside_gone")
    return found


_endpoint = partial(
    Endpoint, right=MANAGE, tag="office", answer=DONE, statuses=(404, 409, 422), programs=False, reauthenticate=True
)
ENDPOINTS = (
    _endpoint(method="PUT", path="/api/v1/twin/aside/{id}", handler=bring_in, name="twin_bring_in"),
    _endpoint(
        method="POST",
        path="/api/v1/twin/aside/{id}/leave",
        handler=leave,
        name="twin_leave_aside",
        body=Body(LeaveReason),
    ),
)
