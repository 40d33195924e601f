"""Transfers between stores over HTTP."""

from __future__ import annotations

from functools import partial

import msgspec
from aiohttp import web

from edge.core.endpoints import Schema, get
from edge.foundation.access.rights import MANAGE, STOCK
from edge.goods.transfers.queries import StoreTransfer, as_seen, read_transfer, read_transfers
from edge.web.actors import actor_of
from edge.web.context import SITE
from edge.web.problem import Problem
from edge.web.request_body import whole_of
from edge.web.responses import answer_json

PAGE = 100
DIRECTIONS = ("", "in", "out")


class TransferList(msgspec.Struct):
    """`GET transfers`: transfers in transit first, then newest first."""

    transfers: list[StoreTransfer]


async def transfers(request: web.Request) -> web.Response:
    """`GET transfers`: transfers `in` from and `out` to other stores, and drafts if requested; `before`: only transfers
    started earlier.
    """
    direction = request.query.get("direction", "")
    if direction not in DIRECTIONS:
        raise Problem(400, "argument_wrong", name="direction", why="in or out")
    before, limit = whole_of(request, "before", 0), whole_of(request, "limit", PAGE)
    state = request.query.get("state", "")[:80]
    read = partial(read_transfers, state=state, before=before, limit=limit)
    found = await request.app[SITE].asker.read(partial(read, direction=direction))
    return answer_json(TransferList([as_seen(one, actor_of(request)) for one in found]))


async def transfer(request: web.Request) -> web.Response:
    """`GET transfers/{id}`: a transfer."""
    return answer_json(await _require_transfer(request, request.match_info["id"]))


async def _require_transfer(request: web.Request, id: str) -> StoreTransfer:
    """A transfer. Raises `Problem` 404 if no transfer has that id."""
    found = await request.app[SITE].asker.read(partial(read_transfer, id=id))
    if found is None:
        raise Problem(404, "transfer_not_found", transfer=id[:40])
    return as_seen(found, actor_of(request))


_WORD: Schema = {"type": "string", "maxLength": 80}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_LISTED = {"direction": {"enum": list(DIRECTIONS)}, "state": _WORD, "before": _COUNT, "limit": _COUNT}

_read = partial(get, right=MANAGE, also=STOCK, tag="stock", statuses=(404,))
ENDPOINTS = (
    _read("transfers", transfers, TransferList, _LISTED, name="transfers_list"),
    _read("transfers/{id}", transfer, StoreTransfer, name="transfers_one"),
)
