"""Approvers among head office's people."""

from __future__ import annotations

from typing import Any

_APPROVERS = """
    SELECT 'person-' || person AS who, email FROM staff_of_tenant($1)
    WHERE role IN ('owner', 'approver') AND stores IS NULL AND groups IS NULL ORDER BY email
"""
_PEOPLE = "SELECT count(*) FROM staff_of_tenant($1)"


async def approvers(connection: Any, tenant: str, who: str) -> list[str]:
    """Return the addresses of people who may approve what `who` wrote: not `who`, except as the only person."""
    rows = await connection.fetch(_APPROVERS, tenant)
    alone = await connection.fetchval(_PEOPLE, tenant) <= 1
    return [row["email"] for row in rows if alone or row["who"] != who]
