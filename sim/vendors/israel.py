"""Priority's forms by OData (prioritysoftware.github.io, "Priority REST API") and Rivhit's customers
(api.rivhit.co.il, "RivhitOnlineAPI.svc/help"; read November 2026).

[?] Of OData only what is asked here is understood; [?] the name of Rivhit's list in `data` is made up.
"""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from sim.vendors.faults import Faults, serving

Row = dict[str, Any]


class SimPriority:
    """A company at Priority: its suppliers."""

    secret = "token:PAT"  # nosec B105: a played one

    def __init__(self) -> None:
        self.suppliers: list[Row] = []
        self.faults = Faults()

    @asynccontextmanager
    async def serve(self) -> AsyncIterator[str]:
        """The root of the company."""
        app = web.Application()
        app.router.add_get("/odata/Priority/tabula.ini/demo/{form}", self._form)
        async with serving(app) as url:
            yield f"{url}/odata/Priority/tabula.ini/demo"

    async def _form(self, request: web.Request) -> web.StreamResponse:
        if fault := await self.faults.stand_in(request):
            return fault
        if request.headers.get("Authorization") != "Basic " + base64.b64encode(self.secret.encode()).decode():
            return web.json_response({}, status=401)
        if request.match_info["form"] != "SUPPLIERS":
            return web.json_response({}, status=404)
        query = request.query
        first, fields = query["$orderby"], query["$select"].split(",")
        rows = sorted(self.suppliers, key=lambda row: row[first])
        at, most = int(query["$skip"]), int(query["$top"])
        return web.json_response({"value": [{key: row[key] for key in fields} for row in rows[at : at + most]]})


class SimRivhit:
    """A business at Rivhit: its customers, of which type 20 are suppliers."""

    secret = "00000000-0000-4000-8000-000000000001"  # nosec B105: a played one

    def __init__(self) -> None:
        self.customers: list[Row] = []
        self.faults = Faults()

    @asynccontextmanager
    async def serve(self) -> AsyncIterator[str]:
        """The address of its service."""
        app = web.Application()
        app.router.add_post("/online/RivhitOnlineAPI.svc/Customer.List", self._listed)
        async with serving(app) as url:
            yield f"{url}/online/RivhitOnlineAPI.svc"

    async def _listed(self, request: web.Request) -> web.StreamResponse:
        if fault := await self.faults.stand_in(request):
            return fault
        if (await request.json()).get("api_token") != self.secret:
            return web.json_response({"error_code": -1, "client_message": "api_token", "debug_message": "", "data": {}})
        data = {"customer_list": self.customers}
        return web.json_response({"error_code": 0, "client_message": "", "debug_message": "", "data": data})
