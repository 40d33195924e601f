"""Removal of a closing tenant.

It's requested by typing the tenant's name and approved by a second person. Thirty days after the request, and once the
data was exported, an operator carries it out. The tenant's row stays, so that its id isn't reused; so do the records of
changes and reads, and its boxes, barred, so that one still sending isn't taken for a new box. Archived months contain
all tenants, so each file is rewritten without this one.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from sync.hub import retention, tenants
from sync.hub.tenants import NotTaken

WAIT = timedelta(days=30)
KEPT = ("tenant_record", "tenant_removal", "office_log", "office_read", "device")
"""Tables that keep a removed tenant's rows."""
PASSES = 5
"""Maximum passes over the tables. Several are needed, as a worker may still write while they are emptied."""
_GET = "SELECT asked_by, asked_at, approved_by, approved_at, now() AS now FROM tenant_removal WHERE tenant = $1"
_ASK = "INSERT INTO tenant_removal (tenant, asked_by) VALUES ($1, $2) ON CONFLICT DO NOTHING"
_APPROVE = "UPDATE tenant_removal SET approved_by = $2, approved_at = now() WHERE tenant = $1 AND approved_by = ''"
_WITHDRAW = "DELETE FROM tenant_removal WHERE tenant = $1 AND removed_at IS NULL"
_EXPORTED = """
    SELECT EXISTS (SELECT FROM office_log WHERE tenant = $1 AND what = 'export'
                   AND at >= (SELECT changed_at FROM tenant_record WHERE tenant = $1))
"""
_TABLES = """
    SELECT relname FROM pg_class AS class
    WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
      AND relname <> ALL ($1) AND relname <> 'archived_stretch'
      AND EXISTS (SELECT FROM pg_attribute WHERE attrelid = class.oid AND attname = 'tenant' AND NOT attisdropped)
    ORDER BY relname <> 'journal', relname
"""
_MONTHS = """
    SELECT month, file FROM archived_month AS one WHERE EXISTS (
        SELECT FROM archived_stretch AS away WHERE away.month = one.month AND away.tenant = $1)
    ORDER BY month
"""
_BAR = "UPDATE device SET barred = 'the tenant was removed' WHERE tenant = $1"
_NOBODY = (
    "DELETE FROM staff_token WHERE of_tenant = $1",
    "DELETE FROM staff_invitation WHERE of_tenant = $1",
    "DELETE FROM box_code WHERE of_tenant = $1",
    "DELETE FROM staff_password_link WHERE of_tenant = $1",
    "DELETE FROM membership WHERE of_tenant = $1",
)
_DONE = "UPDATE tenant_removal SET removed_at = now() WHERE tenant = $1"
_REMOVED = "UPDATE tenant_record SET state = 'removed', limits = '{}', changed_at = now() WHERE tenant = $1"


class Removal(msgspec.Struct, frozen=True):
    """A requested removal: the person who requested it, the one who approved it, and the earliest date."""

    asked_by: str
    asked_at: datetime
    approved_by: str
    not_before: datetime


async def removal_of(connection: Any, tenant: str) -> Removal | None:
    """The requested removal, or None."""
    row = await connection.fetchrow(_GET, tenant)
    return Removal(row["asked_by"], row["asked_at"], row["approved_by"], row["asked_at"] + WAIT) if row else None


async def ask(connection: Any, tenant: str, typed: str, who: str) -> None:
    """Request removal by the tenant's name, within a transaction. Repeating it changes nothing.

    Raises `NotTaken` if the tenant isn't closing, or the name differs.
    """
    await _require_closing(connection, tenant)
    if typed != tenant:
        raise NotTaken("removal_name", "the name doesn't match: type it exactly as shown")
    if await connection.execute(_ASK, tenant, who) != "INSERT 0 0":
        await tenants.log(connection, tenant, who, "removal", tenant, None, {"state": "asked"})


async def approve(connection: Any, tenant: str, who: str) -> None:
    """Approve as a second person, within a transaction. Raises `NotTaken` without a request, or for one's own."""
    await _require_closing(connection, tenant)
    asked = await _require_removal(connection, tenant)
    if who == asked.asked_by:
        raise NotTaken("removal_own", "the person who requested it can't approve it: someone else must")
    if await connection.execute(_APPROVE, tenant, who) != "UPDATE 0":
        await tenants.log(connection, tenant, who, "removal", tenant, {"state": "asked"}, {"state": "approved"})


async def withdraw(connection: Any, tenant: str, who: str) -> None:
    """Withdraw the request, within a transaction."""
    if await connection.execute(_WITHDRAW, tenant) != "DELETE 0":
        await tenants.log(connection, tenant, who, "removal", tenant, {"state": "asked"}, None)


async def remove(owner: Any, tenant: str, *, exported: bool = True, archives: Path | None = None) -> dict[str, int]:
    """Delete the tenant's rows, one table per transaction.

    Returns their numbers; an interrupted removal can be repeated.

    `owner`: a connection as the tables' owner, outside a transaction. `exported`: whether an export since closing is
    required. `archives`: the folder of archived months. Raises `NotTaken` if the removal isn't permitted yet, or an
    archive with the tenant's rows is missing.
    """
    await _require_due(owner, tenant, exported)
    await owner.execute(_BAR, tenant)
    months = await _archived_months(owner, tenant, archives)
    tables = [name for (name,) in await owner.fetch(_TABLES, list(KEPT))]
    gone: dict[str, int] = {}
    for _ in range(PASSES):
        found = {table: await _delete(owner, table, tenant) for table in tables}
        for table, rows in found.items():
            gone[table] = gone.get(table, 0) + rows
        if not any(found.values()):
            break
    for month, path in months:
        gone["archived"] = gone.get("archived", 0) + await retention.strip(owner, month, path, tenant)
    async with owner.transaction():
        for statement in (*_NOBODY, _DONE, _REMOVED):
            await owner.execute(statement, tenant)
        kept = {table: rows for table, rows in gone.items() if rows}
        state = {"state": "removed", "rows": kept}
        await tenants.log(owner, tenant, tenants.OPERATOR, "removal", tenant, {"state": "approved"}, state)
    return kept


async def _archived_months(owner: Any, tenant: str, folder: Path | None) -> list[tuple[date, Path]]:
    """The archived months with rows of the tenant, and their files."""
    found = []
    for month, name in await owner.fetch(_MONTHS, tenant):
        path = folder / name if folder else None
        if path is None or not path.is_file():
            raise NotTaken("removal_archives", f"some of its rows are in {name}: set the folder of that file")
        found.append((month, path))
    return found


async def _delete(owner: Any, table: str, tenant: str) -> int:
    done = await owner.execute(f'DELETE FROM "{table}" WHERE tenant = $1', tenant)
    return int(done.rpartition(" ")[2])


async def _require_due(connection: Any, tenant: str, exported: bool) -> None:
    await _require_closing(connection, tenant)
    asked = await _require_removal(connection, tenant)
    if not asked.approved_by:
        raise NotTaken("removal_unapproved", f"{asked.asked_by} requested it: someone else must approve")
    if await connection.fetchval("SELECT now() < $1", asked.not_before):
        raise NotTaken("removal_waits", f"it waits until {asked.not_before:%Y-%m-%d %H:%M} UTC")
    if exported and not await connection.fetchval(_EXPORTED, tenant):
        raise NotTaken("removal_unexported", "its data hasn't been exported since it was marked as closing")


async def _require_closing(connection: Any, tenant: str) -> None:
    record = await tenants.tenant_of(connection, tenant)
    if record is None or record.state != "closing":
        raise NotTaken("removal_state", f"it is {record.state if record else 'active'}: it must be closing first")


async def _require_removal(connection: Any, tenant: str) -> Removal:
    asked = await removal_of(connection, tenant)
    if asked is None:
        raise NotTaken("removal_unasked", "it hasn't been requested")
    return asked
