"""Goods between stores over HTTP."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

import msgspec
from aiohttp import web

from edge.core.endpoints import Answer, Body, Endpoint, Schema, get
from edge.core.messages import Command, Done
from edge.shop.access.rights import MANAGE, STOCK
from edge.shop.transfers import commands
from edge.shop.transfers.queries import StoreTransfer, read_transfer, read_transfers
from edge.web.actors import actor_of
from edge.web.api.registry import idempotency_key
from edge.web.context import SITE
from edge.web.problem import Problem, body_wrong
from edge.web.request_body import json_of, whole_of
from edge.web.responses import answer_json, answer_outcome, texts_of

PAGE = 100
DIRECTIONS = ("", "in", "out")


class TransferList(msgspec.Struct):
    """`GET transfers`: those on their way first, then the newest."""

    transfers: list[StoreTransfer]


async def transfers(request: web.Request) -> web.Response:
    """`GET transfers`: goods `in` from other stores and `out` to them, drafts if asked for; `before`: begun before."""
    direction = request.query.get("direction", "")
    if direction not in DIRECTIONS:
        raise Problem(400, "argument_wrong", name="direction", why="in or out")
    before, limit = whole_of(request, "before", 0), whole_of(request, "limit", PAGE)
    state = request.query.get("state", "")[:80]
    read = partial(read_transfers, state=state, before=before, limit=limit)
    found = await request.app[SITE].asker.read(partial(read, direction=direction))
    return answer_json(TransferList([_as_seen(request, one) for one in found]))


async def transfer(request: web.Request) -> web.Response:
    """`GET transfers/{id}`: one of them."""
    return answer_json(await _known(request, request.match_info["id"]))


async def _known(request: web.Request, id: str) -> StoreTransfer:
    """`Problem` 404: there is none of that id."""
    found = await request.app[SITE].asker.read(partial(read_transfer, id=id))
    if found is None:
        raise Problem(404, "transfer_not_found", transfer=id[:40])
    return _as_seen(request, found)


def _as_seen(request: web.Request, transfer: StoreTransfer) -> StoreTransfer:
    """What goods are worth is the manager's business."""
    if actor_of(request).may(MANAGE):
        return transfer
    lines = tuple(msgspec.structs.replace(line, value_milli=None) for line in transfer.lines)
    return msgspec.structs.replace(transfer, lines=lines)


def _doing(kind: type[Command]) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def do(request: web.Request) -> web.Response:
        """The transfer behind it."""
        fields = json_of(await request.read() or b"{}")
        fields |= dict(request.match_info)
        try:
            command = msgspec.convert(fields, kind)
        except msgspec.ValidationError as error:
            raise body_wrong(error) from error
        outcome = await request.app[SITE].shop.do(command, actor_of(request), idempotency_key(request))
        if not isinstance(outcome, Done):
            return answer_outcome(outcome, texts_of(request))
        id = fields.get("id") or next(event.id for event in outcome.events if hasattr(event, "id"))
        return answer_json(await _known(request, id))

    return do


def _post(path: str, kind: type[Command], also: str, name: str) -> Endpoint:
    return Endpoint(
        method="POST",
        path=f"/api/v1/{path}",
        handler=_doing(kind),
        right=MANAGE,
        also=also,
        tag="stock",
        name=name,
        body=Body(kind, without=("id",) if "{id}" in path else ()),
        answer=Answer(StoreTransfer),
        statuses=(404, 422),
    )


_WORD: Schema = {"type": "string", "maxLength": 80}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_LISTED = {"direction": {"enum": list(DIRECTIONS)}, "state": _WORD, "before": _COUNT, "limit": _COUNT}

_read = partial(get, right=MANAGE, also=STOCK, tag="stock", statuses=(404,))
ENDPOINTS = (
    _read("transfers", transfers, TransferList, _LISTED, name="transfers_list"),
    _read("transfers/{id}", transfer, StoreTransfer, name="transfers_one"),
    _post("transfers", commands.SendTransfer, "", "transfers_send"),
    _post("transfers/drafts", commands.DraftTransfer, STOCK, "transfers_draft"),
    _post("transfers/{id}/change", commands.DraftTransfer, STOCK, "transfers_change"),
    _post("transfers/{id}/send", commands.SendDraft, "", "transfers_send_draft"),
    _post("transfers/{id}/drop", commands.DropDraft, STOCK, "transfers_drop"),
    _post("transfers/{id}/receive", commands.ReceiveTransfer, STOCK, "transfers_receive"),
    _post("transfers/{id}/refuse", commands.RefuseTransfer, "", "transfers_refuse"),
    _post("transfers/{id}/take-back", commands.TakeBackTransfer, STOCK, "transfers_take_back"),
)
