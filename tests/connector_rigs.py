"""Each kind of connector with who stands at the other end of its wire: the same two suppliers, and what can go wrong.

One more kind: a rig here; `tests/contract/servers/test_connectors.py` says what it has to do.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web

from edge.backoffice.feeds.connector import Connector, EntityType, Kind
from sim.http_service import serving
from sim.vendors.accounts import SimQuickBooks, SimXero
from sim.vendors.erpnext import SimErpNext
from sim.vendors.faults import Faults
from sim.vendors.israel import SimICount, SimMorning, SimPriority, SimRivhit, SimWizCloud
from sim.vendors.odoo import SimOdoo
from tests.shop_fixture import BEER, MILK, MYSTERY

TOKEN = "a-token-0123456789"  # nosec B105: a played one
GOODS = (MILK, BEER, MYSTERY)
REPORT = 'report = "S-1"\n[columns]\n"key" = "supplier_id"\n"name" = "name"\n'
OFFER = """<script type="application/ld+json">{"@type": "Product", "gtin13": "%s", "offers": [{"@type": "Offer",
"price": "0.95", "priceCurrency": "EUR"}]}</script>"""


@dataclass
class Rig:
    """A kind at work: `put(n)` lets there be an n-th supplier (of a rival: an offer), `down` says whether no one
    answers, `secret` is what lets us in ("": nothing does)."""

    kind: Kind
    serve: Callable[[], AbstractAsyncContextManager[str]]
    put: Callable[[int], None]
    down: Callable[[bool], None]
    secret: str = ""
    faults: Faults | None = None
    said: dict[str, Any] = field(default_factory=dict)
    entity: EntityType = "Supplier"

    def connector(self, address: str) -> Connector:
        return Connector("it", kind=self.kind, entity_type=self.entity, address=address, every_min=5, **self.said)


def _day(n: int) -> str:
    return f"2026-11-{n:02d}"


def _played(kind: Kind, sim: Any, put: Callable[[int], None], secret: str, **said: Any) -> Rig:
    def down(is_down: bool) -> None:
        sim.faults.down = is_down

    return Rig(kind, sim.serve, put, down, secret, sim.faults, said)


def _odoo(kind: Kind) -> Rig:
    sim = SimOdoo()

    def put(n: int) -> None:
        sim.put("res.partner", n, f"{_day(n)} 10:00:00", name=f"Supplier {n}", supplier_rank=1)

    account = sim.database if kind == "odoo" else f"{sim.database}/{sim.user}"
    return _played(kind, sim, put, sim.key, account=account)


def _erpnext() -> Rig:
    sim = SimErpNext("key-0123456789:secret-0123456789")

    def put(n: int) -> None:
        sim.put("Supplier", f"Supplier {n}", f"{_day(n)} 10:00:00", supplier_name=f"Supplier {n}", disabled=0)

    return _played("erpnext", sim, put, sim.token)


def _quickbooks() -> Rig:
    sim = SimQuickBooks()

    def put(n: int) -> None:
        sim.put("Vendor", f"{n}", f"{_day(n)}T10:00:00-08:00", DisplayName=f"Supplier {n}", Active=True)

    return _played("quickbooks", sim, put, sim.secret, account=sim.realm)


def _xero() -> Rig:
    sim = SimXero()

    def put(n: int) -> None:
        id = f"{n:08x}-8706-4c11-9cfb-000b551c3f51"
        sim.put("Contacts", f"{_day(n)}T10:00:00", ContactID=id, Name=f"Supplier {n}", IsSupplier=True)

    return _played("xero", sim, put, sim.secret, account=sim.tenant)


def _priority() -> Rig:
    sim = SimPriority()

    def put(n: int) -> None:
        sim.suppliers.append({"SUPNAME": f"V-{n}", "SUPDES": f"Supplier {n}"})

    return _played("priority", sim, put, sim.secret)


def _rivhit() -> Rig:
    sim = SimRivhit()

    def put(n: int) -> None:
        sim.customers.append({"customer_id": n, "last_name": f"Supplier {n}", "first_name": "", "customer_type": 20})

    return _played("rivhit", sim, put, sim.secret)


def _morning() -> Rig:
    sim = SimMorning()

    def put(n: int) -> None:
        sim.suppliers.append({"id": f"8b338c95-095e-46d4-b2c6-{n:012d}", "name": f"Supplier {n}", "active": True})

    return _played("morning", sim, put, sim.secret)


def _icount() -> Rig:
    sim = SimICount()

    def put(n: int) -> None:
        sim.suppliers[f"{n}"] = {"supplier_id": f"{n}", "supplier_name": f"Supplier {n}"}

    return _played("icount", sim, put, sim.secret, account=sim.company)


def _wizcloud() -> Rig:
    sim = SimWizCloud()
    rows = sim.reports.setdefault("S-1", [])

    def put(n: int) -> None:
        rows.append({"key": f"s-{n}", "name": f"Supplier {n}"})

    return _played("wizcloud", sim, put, sim.secret, account=sim.database, mapping=REPORT)


def _http() -> Rig:
    rows, faults = list[str](), Faults()

    async def answer(request: web.Request) -> web.StreamResponse:
        if fault := await faults.stand_in(request):
            return fault
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return web.Response(status=401)
        tag = f'"{len(rows)}"'
        if request.headers.get("If-None-Match") == tag:
            return web.Response(status=304)
        return web.Response(text="supplier_id,name\n" + "".join(rows), headers={"ETag": tag}, content_type="text/csv")

    @asynccontextmanager
    async def serve() -> AsyncIterator[str]:
        app = web.Application()
        app.router.add_get("/suppliers.csv", answer)
        async with serving(app) as url:
            yield f"{url}/suppliers.csv"

    def down(is_down: bool) -> None:
        faults.down = is_down

    return Rig(
        *("http", serve, lambda n: rows.append(f"s-{n},Supplier {n}\n"), down, TOKEN, faults, {"sign_in": "bearer"})
    )


def _rival() -> Rig:
    offers, faults = list[str](), Faults()

    async def answer(request: web.Request) -> web.StreamResponse:
        if fault := await faults.stand_in(request):
            return fault
        if request.path == "/robots.txt":
            return web.Response(text="User-agent: *\nDisallow:\n")
        return web.Response(text="".join(OFFER % code for code in offers), content_type="text/html")

    @asynccontextmanager
    async def serve() -> AsyncIterator[str]:
        app = web.Application()
        app.router.add_get("/{page}", answer)
        async with serving(app) as url:
            yield f"{url}/goods"

    def down(is_down: bool) -> None:
        faults.down = is_down

    said = {"connector_type": "Rival"}
    return Rig(*("json_ld", serve, lambda n: offers.append(GOODS[n - 1]), down, "", faults, said), entity="RivalPrice")


def _folder(inbox: Path) -> Rig:
    def put(n: int) -> None:
        path = inbox / f"suppliers-{n}.csv"
        path.write_text(f"supplier_id,name\ns-{n},Supplier {n}\n", encoding="utf-8")
        os.utime(path, (1_700_000_000 + n, 1_700_000_000 + n))

    def down(is_down: bool) -> None:
        away = inbox.with_name("away")
        inbox.rename(away) if is_down else away.rename(inbox)

    @asynccontextmanager
    async def serve() -> AsyncIterator[str]:
        yield str(inbox)

    return Rig("folder", serve, put, down)


RIGS: dict[Kind, Callable[[Path], Rig]] = {
    "folder": _folder,
    "http": lambda inbox: _http(),
    "odoo": lambda inbox: _odoo("odoo"),
    "odoo_rpc": lambda inbox: _odoo("odoo_rpc"),
    "erpnext": lambda inbox: _erpnext(),
    "quickbooks": lambda inbox: _quickbooks(),
    "xero": lambda inbox: _xero(),
    "priority": lambda inbox: _priority(),
    "rivhit": lambda inbox: _rivhit(),
    "morning": lambda inbox: _morning(),
    "icount": lambda inbox: _icount(),
    "wizcloud": lambda inbox: _wizcloud(),
    "json_ld": lambda inbox: _rival(),
}
