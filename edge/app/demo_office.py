"""Head office of the demo: somebody who signs in on its page, beside the hub."""

from __future__ import annotations

import asyncio

from edge.app import hub
from sync.hub.api.staff import hash_password

EMAIL = "office@example.com"
PASSWORD = "head office demo"  # nosec B105
_SET = "INSERT INTO staff (email, password) VALUES ($1, $2) ON CONFLICT (email) DO NOTHING"
_JOIN = """
    INSERT INTO membership (person, of_tenant, role) SELECT id, $2, 'viewer' FROM staff WHERE email = $1
    ON CONFLICT (person, of_tenant) DO NOTHING
"""


async def hire(dsn: str, tenant: str) -> None:
    """Have them belong to `tenant`, in a hub whose tables may not be there yet."""
    async with hub.open_as_owner(dsn) as owner:
        await owner.execute(_SET, EMAIL, await asyncio.to_thread(hash_password, PASSWORD))
        await owner.execute(_JOIN, EMAIL, tenant)
