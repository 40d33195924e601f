"""Israel's allocation number service, simulated over HTTPS: a number for each invoice, the same on a repeated request.

Written from the Israel Tax Authority's public description of "Israel Invoice" (Invoices/v1/Approval). `fault` makes it
refuse, answer nonsense, or be unreachable.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal

from aiohttp import web

from sim.fiscal.certificates import HERE, SimAuthority
from sim.http_service import ServedApp

_FIELDS = (
    *("Invoice_ID", "Invoice_Type", "Vat_Number", "Customer_VAT_Number", "Invoice_Date"),
    *("Payment_Amount", "VAT_Amount", "Payment_Amount_Including_VAT"),
)


class SimAllocations:
    """The service. `given`: numbers by invoice; `asked`: requests received."""

    def __init__(self, folder: Path, token: str = "played") -> None:  # nosec B107: a played one
        self.authority = SimAuthority(folder)
        self.token = token
        self.fault: Literal["", "refuse", "nonsense", "away"] = ""
        self.given: dict[str, str] = {}
        self.asked: list[dict[str, Any]] = []
        self.port = 0

    @property
    def host(self) -> str:
        return f"https://{HERE}:{self.port}"

    async def approve(self, request: web.Request) -> web.Response:
        """`POST /Invoices/v1/Approval`."""
        assert request.transport is not None
        if self.fault == "away":
            request.transport.abort()
            return web.Response()
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            return web.json_response({"Status": 401, "Message": "who is this?"}, status=401)
        body = await request.json()
        self.asked.append(body)
        if self.fault == "nonsense":
            return web.Response(text="<html>")
        missing = [name for name in _FIELDS if name not in body]
        wrong = missing or round(body["Payment_Amount"] + body["VAT_Amount"], 2) != body["Payment_Amount_Including_VAT"]
        if wrong or self.fault == "refuse":
            return web.json_response({"Status": 406, "Message": "Customer is not registered"}, status=406)
        number = self.given.setdefault(body["Invoice_ID"], f"{len(self.given) + 1:09}")
        confirmation = f"20261103{number}"
        return web.json_response({"Status": 200, "Message": "approved", "Confirmation_Number": confirmation})


@asynccontextmanager
async def allocations(folder: Path) -> AsyncIterator[SimAllocations]:
    """Run the service while the context is open."""
    sim, app = SimAllocations(folder), web.Application()
    app.router.add_post("/Invoices/v1/Approval", sim.approve)
    async with ServedApp(app, tls=sim.authority.tls(clients=False)) as served:
        sim.port = served.port
        yield sim
