"""Odoo's External JSON-2 API (19 and later: `POST /json/2/MODEL/METHOD`, bearer token, named arguments) and its
JSON-RPC (`POST /jsonrpc`, services `common` and `object`; always status 200), as documented at
odoo.com/documentation (read November 2026). Moments are UTC without a zone, empty values are false, references are
[id, name].

`fields_get` lists a model's fields; for a model that isn't installed it's a fault, in JSON-2 with status 404.

[?] The texts of JSON-2 faults: here {"name", "message"}. [?] Counts are written as `inventory_quantity` of a
`stock.quant`, then applied with `action_apply_inventory`: no page documents this for programs.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from sim.http_service import serving
from sim.vendors.faults import Faults

Row = dict[str, Any]


class SimOdoo:
    """A database with records by model. `no_rights`: models that the user may not read; `failing`: models that cause a
    server error."""

    def __init__(self, key: str = "odoo-key", database: str = "shop", user: str = "buyer") -> None:
        self.key, self.database, self.user = key, database, user
        self.models: dict[str, list[Row]] = {}
        self.now = "2026-11-25 00:00:00"
        self.counted = 0
        self.no_rights: frozenset[str] = frozenset()
        self.failing: frozenset[str] = frozenset()
        self.faults = Faults()

    def put(self, model: str, id: int, changed: str, **fields: Any) -> None:
        """Add a record, as of a moment."""
        rows = [row for row in self.models.get(model, []) if row["id"] != id]
        self.models[model] = [*rows, {"id": id, "write_date": changed, **fields}]

    @asynccontextmanager
    async def serve(self) -> AsyncIterator[str]:
        """Serve it; yields its address."""
        app = web.Application()
        app.router.add_post("/json/2/{model}/{method}", self._json2)
        app.router.add_post("/jsonrpc", self._rpc)
        async with serving(app) as url:
            yield url

    async def _json2(self, request: web.Request) -> web.StreamResponse:
        if fault := await self.faults.stand_in(request):
            return fault
        if request.headers.get("Authorization") != f"bearer {self.key}":
            return web.json_response({"name": "werkzeug.exceptions.Unauthorized", "message": "no"}, status=401)
        if request.headers.get("X-Odoo-Database", self.database) != self.database:
            return web.json_response({"name": "werkzeug.exceptions.NotFound", "message": "no"}, status=404)
        asked = await request.json()
        model, method = request.match_info["model"], request.match_info["method"]
        if model in self.no_rights:
            return web.json_response({"name": "odoo.exceptions.AccessError", "message": model}, status=403)
        if model in self.failing:
            return web.json_response({"name": "builtins.ValueError", "message": model}, status=422)
        if method == "fields_get" and model not in self.models:
            return web.json_response({"name": "werkzeug.exceptions.NotFound", "message": model}, status=404)
        if method == "fields_get":
            return web.json_response(self._fields(model, asked["allfields"]))
        if method == "search_read":
            return web.json_response(self._read(model, asked.pop("domain"), asked))
        return web.json_response(self._write_quants(model, method, *asked.values()))

    async def _rpc(self, request: web.Request) -> web.StreamResponse:
        if fault := await self.faults.stand_in(request):
            return fault
        params = (await request.json())["params"]
        args = params["args"]
        if params["service"] == "common":
            right = args == [self.database, self.user, self.key, {}]
            return web.json_response({"jsonrpc": "2.0", "id": 1, "result": 7 if right else False})
        database, uid, key, model, method, positional, more = args
        if (database, uid, key) != (self.database, 7, self.key):
            error = {"code": 200, "message": "Odoo Server Error", "data": {"name": "odoo.exceptions.AccessDenied"}}
            return web.json_response({"jsonrpc": "2.0", "id": 1, "error": error})
        if name := self._rpc_fault(model, method):
            data = {"name": name, "message": f"Object {model}"}
            error = {"code": 200, "message": "Odoo Server Error", "data": data}
            return web.json_response({"jsonrpc": "2.0", "id": 1, "error": error})
        read = method == "search_read"
        if method == "fields_get":
            return web.json_response({"jsonrpc": "2.0", "id": 1, "result": self._fields(model, positional[0])})
        result = self._read(model, positional[0], more) if read else self._write_quants(model, method, *positional)
        return web.json_response({"jsonrpc": "2.0", "id": 1, "result": result})

    def _rpc_fault(self, model: str, method: str) -> str:
        """The exception raised by a call; "" for none."""
        if model in self.no_rights:
            return "odoo.exceptions.AccessError"
        if model in self.failing:
            return "psycopg2.OperationalError"
        return "builtins.KeyError" if method == "fields_get" and model not in self.models else ""

    def _fields(self, model: str, wanted: list[str]) -> Row:
        """The fields of a model's records."""
        known = {field for row in self.models[model] for field in row}
        return {field: {"type": "char"} for field in wanted if field in known}

    def _write_quants(self, model: str, method: str, first: list[Any], values: Row | None = None) -> Any:
        """Write, create and apply rows of counts: the counted quantity becomes the stock."""
        assert model == "stock.quant", model
        rows = self.models.setdefault(model, [])
        match method:
            case "create":
                at = max((row["id"] for row in rows), default=0) + 1
                rows += [self._quant(id, row) for id, row in enumerate(first, at)]
                return list(range(at, at + len(first)))
            case "write":
                for row in rows:
                    row.update(values or {} if row["id"] in first else {})
                return True
            case "action_apply_inventory":
                for row in rows:
                    if row["id"] in first and row.pop("inventory_quantity_set", False):
                        row["quantity"], row["write_date"] = row.pop("inventory_quantity"), self.now
                        self.counted += 1
                return None
        raise AssertionError(method)

    def _quant(self, id: int, row: Row) -> Row:
        places = {place["id"]: place for place in self.models["stock.location"]}
        about = {"id": id, "write_date": self.now, "quantity": 0.0, "lot_id": False}
        return {**about, "location_id.usage": places[row["location_id"]]["usage"], **row}

    def _read(self, model: str, domain: list[Any], more: Row) -> list[Row]:
        rows = [{"active": True, **row} for row in self.models.get(model, [])]
        domain = _alternatives(domain)
        if not any(part[0] == "active" for part in domain):  # inactive rows are returned only on request
            rows = [row for row in rows if row["active"]]
        rows = [row for row in rows if all(_holds(row, *part) for part in domain)]
        order = more.get("order", "id").split(", ")
        rows.sort(key=lambda row: tuple(row[field] for field in order))
        some = rows[more["offset"] : more["offset"] + more["limit"]]
        return [{"id": row["id"], **{field: row.get(field, False) for field in more["fields"]}} for row in some]


def _alternatives(domain: list[Any]) -> list[Any]:
    """Convert a domain with "|" before two conditions (prefix notation) to conditions, one of which combines both."""
    found, left = list[Any](), list(domain)
    while left:
        part = left.pop(0)
        found.append(("", "any", (left.pop(0), left.pop(0))) if part == "|" else part)
    return found


def _holds(row: Row, field: str, how: str, wanted: Any) -> bool:
    if how == "any":
        return any(_holds(row, *part) for part in wanted)
    value = row.get(field.partition(".")[0] if field not in row else field, False)
    value = value[0] if isinstance(value, list) and how == "in" else value
    match how:
        case "=":
            return bool(value == wanted)
        case ">":
            return bool(value > wanted)
        case "in":
            return value in wanted
    raise AssertionError(how)
