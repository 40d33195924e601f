"""Priority's forms by OData (prioritysoftware.github.io, "Priority REST API"), Rivhit's customers (api.rivhit.co.il,
"RivhitOnlineAPI.svc/help"), Morning's suppliers (greeninvoice.docs.apiary.io, "Search Suppliers"), iCount's
(icount.co.il/icount-api, apiv3.icount.co.il) and reports of WizCloud (docs.wizcloud.co.il, "Getting Started",
"Export Data"; all read November 2026).

[?] Only the part of OData used here is implemented. [?] The name of Rivhit's list in `data` is a guess. [?] Morning's
`account/token` was in their reference until they moved it to a separate guide. [?] iCount's `suppliers` by id follow
third-party descriptions. [?] How WizCloud wraps a session's token, and that `repdata` is at the top level, are guesses.
"""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from sim.http_service import serving
from sim.vendors.faults import Faults

Row = dict[str, Any]


class SimPriority:
    """A company at Priority: its suppliers."""

    secret = "token:PAT"  # nosec B105: a played one

    def __init__(self) -> None:
        self.suppliers: list[Row] = []
        self.faults = Faults()

    @asynccontextmanager
    async def serve(self) -> AsyncIterator[str]:
        """Serve it; yields the company's root URL."""
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
        """Serve it; yields its address."""
        app = web.Application()
        app.router.add_post("/online/RivhitOnlineAPI.svc/Customer.List", self._list_customers)
        async with serving(app) as url:
            yield f"{url}/online/RivhitOnlineAPI.svc"

    async def _list_customers(self, request: web.Request) -> web.StreamResponse:
        if fault := await self.faults.stand_in(request):
            return fault
        if (await request.json()).get("api_token") != self.secret:
            return web.json_response({"error_code": -1, "client_message": "api_token", "debug_message": "", "data": {}})
        data = {"customer_list": self.customers}
        return web.json_response({"error_code": 0, "client_message": "", "debug_message": "", "data": data})


class SimMorning:
    """A business at Morning: its suppliers, with the requested page size, but at most `most`."""

    secret = "key-id:key-secret"  # nosec B105: a played one
    most = 50

    def __init__(self) -> None:
        self.suppliers: list[Row] = []
        self.faults = Faults()
        self.repeats = False
        self.tokens = self.ends = 0
        """Number of tokens issued, and number of tokens that expire after one page."""
        self.is_over = False

    @asynccontextmanager
    async def serve(self) -> AsyncIterator[str]:
        """Serve it; yields its address."""
        app = web.Application()
        app.router.add_post("/api/v1/account/token", self._token)
        app.router.add_post("/api/v1/suppliers/search", self._search)
        async with serving(app) as url:
            yield f"{url}/api/v1"

    async def _token(self, request: web.Request) -> web.StreamResponse:
        if fault := await self.faults.stand_in(request):
            return fault
        said = await request.json()
        if f"{said.get('id')}:{said.get('secret')}" != self.secret:
            return web.json_response({"errorCode": 2002, "errorMessage": "no"}, status=401)
        self.tokens, self.is_over = self.tokens + 1, False
        return web.json_response({"token": f"token-{self.tokens}", "expires": 1_800_000_000})

    async def _search(self, request: web.Request) -> web.StreamResponse:
        if fault := await self.faults.stand_in(request):
            return fault
        if self.is_over or request.headers.get("Authorization") != f"Bearer token-{self.tokens}":
            return web.json_response({}, status=401)
        said = await request.json()
        size = min(int(said["pageSize"]), self.most)
        number = 1 if self.repeats else int(said["page"])
        items = self.suppliers[(number - 1) * size : number * size]
        pages = -(-len(self.suppliers) // size)
        total, self.is_over = len(self.suppliers), self.is_over or self.tokens <= self.ends
        return web.json_response({"total": total, "page": number, "pageSize": size, "pages": pages, "items": items})


class SimICount:
    """A company at iCount: its suppliers, by their ids."""

    company, secret, token = "demo", "buyer:pass", "API3-TOKEN"  # nosec B105: played ones

    def __init__(self) -> None:
        self.suppliers: dict[str, Row] = {}
        self.faults = Faults()

    @asynccontextmanager
    async def serve(self) -> AsyncIterator[str]:
        """Serve it; yields its address."""
        app = web.Application()
        app.router.add_post("/api/v3.php/supplier/get_list", self._list_suppliers)
        async with serving(app) as url:
            yield f"{url}/api/v3.php"

    async def _list_suppliers(self, request: web.Request) -> web.StreamResponse:
        if fault := await self.faults.stand_in(request):
            return fault
        said = await request.json()
        by_token = request.headers.get("Authorization") == f"Bearer {self.token}"
        if said.get("cid") != self.company or not (by_token or f"{said.get('user')}:{said.get('pass')}" == self.secret):
            return web.json_response({"status": False, "reason": "bad_login"})
        return web.json_response({"status": True, "suppliers": self.suppliers})


class SimWizCloud:
    """A company at WizCloud: the rows of its reports, by their WizCloud code."""

    database, secret = "wizdb12n12", "a-private-key"  # nosec B105: a played one

    def __init__(self) -> None:
        self.reports: dict[str, list[Row]] = {}
        self.faults = Faults()
        self.sessions = self.ends = 0
        """Number of sessions begun, and number of sessions that end before their first query."""

    @asynccontextmanager
    async def serve(self) -> AsyncIterator[str]:
        """Serve it; yields its address."""
        app = web.Application()
        app.router.add_get("/createSession/{key}/{database}", self._session)
        app.router.add_post("/ExportDataApi/exportData", self._serve_report)
        async with serving(app) as url:
            yield url

    async def _session(self, request: web.Request) -> web.StreamResponse:
        if fault := await self.faults.stand_in(request):
            return fault
        if (request.match_info["key"], request.match_info["database"]) != (self.secret, self.database):
            return web.json_response({"status": "error", "statusCode": 500, "message": "Token is not valid"})
        self.sessions += 1
        return web.json_response({"wizAuthToken": f"session-{self.sessions}"})

    async def _serve_report(self, request: web.Request) -> web.StreamResponse:
        if fault := await self.faults.stand_in(request):
            return fault
        if request.headers.get("Authorization") not in {f"session-{n + 1}" for n in range(self.ends, self.sessions)}:
            return web.json_response({}, status=401)
        rows = self.reports.get((await request.json()).get("datafile"))
        if rows is None:
            return web.json_response({"status": "error", "statusCode": 500, "message": "no such report"})
        return web.json_response({"repdata": rows})
