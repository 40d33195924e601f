"""Master data tables over HTTP: one address pattern, with each table's rights."""

from __future__ import annotations

import io
from typing import Any

import msgspec
from aiohttp import web

from edge.core.endpoints import API, Answer, Body, Endpoint, Handler
from edge.core.entity import Entity
from edge.core.messages import Refused
from edge.core.storage.database import Connection
from edge.foundation.access.rights import MANAGE
from edge.foundation.master_data.commands import ROWS_LIMIT, SetRows
from edge.foundation.master_data.entities import found_entities
from edge.foundation.master_data.handlers import FAULTS_SHOWN
from edge.foundation.master_data.table import EntityTable, Fault
from edge.lib.errors import NeedsHuman
from edge.lib.tables.csv_format import SeparatedTable, find_separator, write_separated
from edge.web.actors import actor_of
from edge.web.api.exports import TYPES, headers_of
from edge.web.api.registry import idempotency_key
from edge.web.context import SITE
from edge.web.live.localizer import Localizer
from edge.web.problem import Problem
from edge.web.request_body import body_within
from edge.web.responses import answer_json, answer_outcome, answer_problem, texts_of

TABLE_BYTES = 1024 * 1024


class RowsTaken(msgspec.Struct, frozen=True):
    """`POST master-data/{table}.csv`: number of rows applied."""

    rows: int


class ToldFault(msgspec.Struct, frozen=True):
    """A row's fault in words, with its file line and column ("": the whole row)."""

    line: int
    field: str
    message: str


class _Table:
    """Addresses of one entity."""

    def __init__(self, entity: Entity[Any]) -> None:
        self._entity = entity
        self._table = EntityTable(entity)

    async def read(self, request: web.Request) -> web.Response:
        header, rows = self._table.write_rows(await request.app[SITE].asker.read(self._entity.read))
        out = io.StringIO()
        write_separated(out, header, rows, ",")
        name = f"{self._entity.table}.csv"
        return web.Response(body=out.getvalue().encode("utf-8-sig"), headers=headers_of(name, TYPES["csv"]))

    async def write(self, request: web.Request) -> web.Response:
        body = await body_within(request, TABLE_BYTES)
        site, texts = request.app[SITE], texts_of(request)
        rows, faults = await site.asker.read(lambda db: self._parse_table(db, body))
        if len(rows) > ROWS_LIMIT:
            raise Problem(422, "rows_many", limit=ROWS_LIMIT)
        if faults:
            return _wrong([_told_fault(one, texts) for one in faults[:FAULTS_SHOWN]], len(faults), texts)
        if not rows:
            return answer_json(RowsTaken(0))
        actor = actor_of(request).with_rights(MANAGE)  # the address checked the right to its rows' command
        outcome = await site.shop.do(SetRows(self._entity.table, tuple(rows)), actor, idempotency_key(request))
        match outcome:
            case Refused("rows_refused", values):
                refused = msgspec.json.decode(str(values["rows"]), type=list[tuple[int, str, dict[str, str | int]]])
                told = [ToldFault(line, "", texts.refusal(Refused(code, of))) for line, code, of in refused]
                return _wrong(told, int(values["count"]), texts)
            case Refused():
                return answer_outcome(outcome, texts)
        return answer_json(RowsTaken(len(rows)))

    def _parse_table(self, db: Connection, body: bytes) -> tuple[list[tuple[int, dict[str, Any]]], list[Fault]]:
        text = body.decode("utf-8-sig", "replace")
        try:
            table = SeparatedTable(io.StringIO(text, newline=""), find_separator([text.partition("\n")[0]]), "csv")
        except NeedsHuman:
            return [], [Fault(1, "", "unreadable")]
        return self._table.parse_rows(table.header, table, lambda key: self._entity.find(db, *key))


def _told_fault(fault: Fault, texts: Localizer) -> ToldFault:
    return ToldFault(fault.line, fault.field, texts.say(f"master_data.wrong_{fault.code}", **fault.values))


def _wrong(faults: list[ToldFault], count: int, texts: Localizer) -> web.Response:
    """Answer that nothing was applied, with the reasons by row."""
    why = Refused("rows_wrong", {"count": count})
    message = texts.refusal(why)
    said = {"code": why.code, "message": message, "values": why.values}
    return answer_problem(422, why, message, refused=said, faults=faults)


def _endpoints(entity: Entity[Any]) -> tuple[Endpoint, Endpoint]:
    """Both addresses of an entity, with its rights."""
    found, path = _Table(entity), f"{API}v1/master-data/{entity.table}.csv"
    return (
        Endpoint(
            method="GET",
            path=path,
            handler=_of(found.read, f"`GET master-data/{entity.table}.csv`: read all as CSV, one column per field."),
            right=entity.right,
            also=entity.also,
            tag="master data",
            name=f"read_table_{entity.table}",
            answer=Answer(media="text/csv"),
        ),
        Endpoint(
            method="POST",
            path=path,
            handler=_of(
                found.write,
                f"`POST master-data/{entity.table}.csv`: set records from a CSV table; none if a row is wrong.",
            ),
            right=entity.right,
            also=entity.also,
            tag="master data",
            name=f"write_table_{entity.table}",
            body=Body(media="text/csv", limit_bytes=TABLE_BYTES),
            answer=Answer(RowsTaken),
            statuses=(413, 422),
        ),
    )


def _of(method: Handler, said: str) -> Handler:
    """Wrap a handler in a function with its own docstring."""

    async def handler(request: web.Request) -> Any:
        return await method(request)

    handler.__doc__ = said
    return handler


ENDPOINTS = tuple(one for entity in found_entities() if entity.is_a_table for one in _endpoints(entity))
