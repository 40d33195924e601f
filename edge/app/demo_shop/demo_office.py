"""The demo's head office: a user who signs in on its page."""

from __future__ import annotations

import asyncio

from edge.app import hub
from edge.app.demo_shop.demo_catalog import CURRENCY
from sync.hub import employees, publications, tenants
from sync.hub.api.staff import hash_password
from sync.hub.employees import Employee
from sync.hub.publications import Planned, Publication
from sync.hub.tenants import Limits, StoreRecord, TenantRecord

EMAIL = "office@example.com"
ZONE = "Asia/Jerusalem"
PASSWORD = "head office demo"  # nosec B105
FOOTER = Publication(
    (Planned("settings", {"settings": [{"name": "store.footer", "value": ["Open on the feast until 14:00"]}]}),),
    title="Receipt footer for the holidays",
)
EMPLOYEES = {"hnoa1": ("Noa Mizrahi", "cashier"), "hyoav1": ("Yoav Peretz", "cashier")}
"""Employees added at head office. After the store answers, they choose their PINs there."""
_SET = "INSERT INTO staff (email, password) VALUES ($1, $2) ON CONFLICT (email) DO NOTHING"
_JOIN = """
    INSERT INTO membership (person, of_tenant, role) SELECT id, $2, 'owner' FROM staff WHERE email = $1
    ON CONFLICT (person, of_tenant) DO NOTHING
"""


async def hire(dsn: str, tenant: str, store: str) -> None:
    """Create the user in `tenant`, including tables, tenant and store if missing."""
    async with hub.open_as_owner(dsn) as owner:
        if await tenants.tenant_of(owner, tenant) is None:
            async with owner.transaction():
                await tenants.put_tenant(owner, tenant, TenantRecord("Demo", limits=Limits(stores=3, boxes=5)))
                record = StoreRecord(
                    name="Corner", country="IL", zone=ZONE, language="he", currency=CURRENCY, group="city"
                )
                await tenants.put_store(owner, tenant, store, record, tenants.OPERATOR)
                await publications.put(owner, tenant, "footer", FOOTER, tenants.OPERATOR)
                await publications.take_step(owner, tenant, "footer", "submit", tenants.OPERATOR)
                for id, (name, role) in EMPLOYEES.items():
                    await employees.put(owner, tenant, id, Employee(name, {store: role}), tenants.OPERATOR)
        await owner.execute(_SET, EMAIL, await asyncio.to_thread(hash_password, PASSWORD))
        await owner.execute(_JOIN, EMAIL, tenant)
