"""ERPNext's REST API (docs.frappe.io, read November 2026).

`GET /api/resource/DOCTYPE` supports fields, filters, order_by, limit_start and limit_page_length (default: 20 rows).
Authentication: "token KEY:SECRET". Times follow the site's own clock, without a zone. [?] A Stock Reconciliation can be
created and submitted by one POST with `docstatus` 1.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from sim.http_service import serving
from sim.vendors.faults import Faults

Row = dict[str, Any]
USUAL_LENGTH = 20


class SimErpNext:
    """A site with documents by kind."""

    def __init__(self, token: str = "key:secret") -> None:  # nosec B107: a played one
        self.token = token
        self.kinds: dict[str, dict[str, Row]] = {}
        self.now = "2026-11-25 00:00:00"
        self.reconciled: list[Row] = []
        self.faults = Faults()

    def put(self, kind: str, name: str, modified: str, **fields: Any) -> None:
        """Store a document with its modification time."""
        self.kinds.setdefault(kind, {})[name] = {"name": name, "modified": modified, **fields}

    @asynccontextmanager
    async def serve(self) -> AsyncIterator[str]:
        """Serve the site; yields its address."""
        app = web.Application()
        app.router.add_get("/api/resource/{kind}", self._serve_list)
        app.router.add_get("/api/resource/{kind}/{name}", self._whole)
        app.router.add_post("/api/resource/{kind}", self._create_reconciliation)
        async with serving(app) as url:
            yield url

    async def _serve_list(self, request: web.Request) -> web.StreamResponse:
        if fault := await self.faults.stand_in(request):
            return fault
        if request.headers.get("Authorization") != f"token {self.token}":
            return web.json_response({"exc_type": "AuthenticationError"}, status=401)
        query = request.query
        fields, filters = json.loads(query.get("fields", '["name"]')), json.loads(query.get("filters", "[]"))
        rows = [row for row in self.kinds.get(request.match_info["kind"], {}).values() if _holds(row, filters)]
        if query.get("order_by") == "modified asc":
            rows.sort(key=lambda row: row["modified"])
        at, most = int(query.get("limit_start", 0)), int(query.get("limit_page_length", USUAL_LENGTH))
        return web.json_response(
            {"data": [{field: row.get(field) for field in fields} for row in rows[at : at + most]]}
        )

    async def _whole(self, request: web.Request) -> web.StreamResponse:
        """Return a document with its child tables, which only `GET /api/resource/DOCTYPE/NAME` returns."""
        if fault := await self.faults.stand_in(request):
            return fault
        if request.headers.get("Authorization") != f"token {self.token}":
            return web.json_response({"exc_type": "AuthenticationError"}, status=401)
        found = self.kinds.get(request.match_info["kind"], {}).get(request.match_info["name"])
        if found is None:
            return web.json_response({"exc_type": "DoesNotExistError"}, status=404)
        return web.json_response({"data": found})

    async def _create_reconciliation(self, request: web.Request) -> web.StreamResponse:
        """Create and submit a Stock Reconciliation. It is refused with status 417 if it names an unknown item."""
        if fault := await self.faults.stand_in(request):
            return fault
        if request.headers.get("Authorization") != f"token {self.token}":
            return web.json_response({"exc_type": "AuthenticationError"}, status=401)
        made = await request.json()
        assert (request.match_info["kind"], made["docstatus"]) == ("Stock Reconciliation", 1)
        items, bins = made["items"], self.kinds.setdefault("Bin", {})
        if any(one["item_code"] not in self.kinds["Item"] for one in items):
            return web.json_response({"exc_type": "LinkValidationError"}, status=417)
        for one in items:
            name = next((n for n, row in bins.items() if _is_of(row, one)), f"B{len(bins) + 1}")
            bins[name] = {**one, "name": name, "modified": self.now, "actual_qty": one["qty"]}
        self.reconciled.append(made)
        return web.json_response({"data": {"name": f"MAT-RECO-{len(self.reconciled)}", **made}})


def _is_of(row: Row, one: Row) -> bool:
    return bool((row["item_code"], row["warehouse"]) == (one["item_code"], one["warehouse"]))


def _holds(row: Row, filters: list[list[Any]]) -> bool:
    for field, how, wanted in filters:
        value = row.get(field)
        if not (value in wanted if how == "in" else value == wanted if how == "=" else value > wanted):
            return False
    return True
