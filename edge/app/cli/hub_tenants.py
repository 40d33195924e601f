"""`edge hub tenant` and `edge hub store`: tenants and their stores, for operators."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from edge.app.cli.hub import store_of
from edge.app.cli.hub_api import as_owner
from edge.app.cli.output import say
from edge.lib.errors import ConfigError
from sync.hub import removal, tenants
from sync.hub.tenants import Limits, StoreRecord, TenantRecord
from sync.wire import Name

T = TypeVar("T", bound=msgspec.Struct)
_TENANTS = """
    WITH open_store AS MATERIALIZED (
        SELECT tenant, count(*) AS stores FROM store_record WHERE state <> 'closed' GROUP BY tenant
    ), box AS MATERIALIZED (
        SELECT tenant, count(*) FILTER (WHERE barred = '') AS boxes FROM device GROUP BY tenant
    ), record AS MATERIALIZED (
        SELECT tenant, name, state, limits::text AS limits FROM tenant_record
    ), valid_key AS MATERIALIZED (
        SELECT tenant, count(*) AS keys FROM api_key
        WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now()) GROUP BY tenant
    ), member AS MATERIALIZED (
        SELECT of_tenant AS tenant, count(*) AS people FROM membership GROUP BY of_tenant
    )
    SELECT tenant, coalesce(name, '') AS name, coalesce(state, 'active') AS state, coalesce(limits, '{}') AS limits,
           coalesce(stores, 0) AS stores, coalesce(boxes, 0) AS boxes, coalesce(keys, 0) AS keys,
           coalesce(people, 0) AS people
    FROM record FULL JOIN box USING (tenant) LEFT JOIN open_store USING (tenant) LEFT JOIN valid_key USING (tenant)
    LEFT JOIN member USING (tenant)
    ORDER BY tenant
"""
_STORES = """
    SELECT store, name, state, store_group, boxes, kept, licence_ends FROM store_of_tenant
    WHERE tenant = $1 ORDER BY store
"""


def set_tenant(args: argparse.Namespace) -> int:
    _require_names(args.tenant)
    limits = _limits(args.limit)
    said = {name: value for name, value in (("name", args.name), ("state", args.state)) if value is not None}

    async def work(owner: Any) -> TenantRecord:
        async with owner.transaction():
            before = await tenants.tenant_of(owner, args.tenant) or TenantRecord()
            record = _with_changes(before, said | {"limits": _with_changes(before.limits, limits)})
            await tenants.put_tenant(owner, args.tenant, record)
            return record

    record = as_owner(args, work)
    say(f"{args.tenant} is {record.state}.")
    return 0


def remove(args: argparse.Namespace) -> int:
    if args.tenant != args.again:
        raise ConfigError(f"{args.tenant!r} doesn't match {args.again!r}.", "Type the tenant's name twice.")
    step = next((name for name in ("ask", "approve", "withdraw") if getattr(args, name)), None)

    async def work(owner: Any) -> dict[str, int] | None:
        if step is None:
            return await removal.remove(owner, args.tenant, exported=not args.without_export, archives=args.archives)
        async with owner.transaction():
            if step == "ask":
                await removal.ask(owner, args.tenant, args.again, tenants.OPERATOR)
            elif step == "approve":
                await removal.approve(owner, args.tenant, tenants.OPERATOR)
            else:
                await removal.withdraw(owner, args.tenant, tenants.OPERATOR)
        return None

    gone = as_owner(args, work)
    if gone is None:
        say(f"{args.tenant}: noted.")
        return 0
    say(f"{args.tenant} was removed: {sum(gone.values())} rows of {len(gone)} tables.")
    say("Its data remains in backups and in copies of archived months until they are deleted.")
    say("Revoke its boxes' access to the broker.")
    return 0


def show_tenants(args: argparse.Namespace) -> int:
    for row in as_owner(args, lambda owner: owner.fetch(_TENANTS)):
        limits = msgspec.json.decode(row["limits"], type=Limits)
        used = ", ".join(_usage_text(row[which], which, limits) for which in ("stores", "boxes", "keys", "people"))
        name = f" ({row['name']})" if row["name"] else ""
        say(f"{row['tenant']}{name}: {row['state']}; {used}")
    return 0


def _usage_text(count: int, which: str, limits: Limits) -> str:
    most = getattr(limits, which)
    return f"{count} {which}" + ("" if most is None else f" of {most}")


def set_store(args: argparse.Namespace) -> int:
    tenant, store = store_of(args.store)
    _require_names(tenant, store)
    fields = [name for name in StoreRecord.__struct_fields__ if getattr(args, name, None) is not None]
    said = {name: getattr(args, name) or (None if name == "licence_ends" else "") for name in fields}

    async def work(owner: Any) -> bool:
        async with owner.transaction():
            before = await tenants.store_of(owner, tenant, store) or StoreRecord()
            return await tenants.put_store(owner, tenant, store, _with_changes(before, said), tenants.OPERATOR)

    new = as_owner(args, work)
    say(f"{args.store} is {'made' if new else 'set'}.")
    return 0


def stores(args: argparse.Namespace) -> int:
    for row in as_owner(args, lambda owner: owner.fetch(_STORES, args.tenant)):
        group = f", of {row['store_group']}" if row["store_group"] else ""
        ends = f", its licence ends {row['licence_ends']}" if row["licence_ends"] else ""
        kept = "" if row["kept"] else ", known only from its boxes"
        say(f"{row['store']}: {row['state']}{group}, {row['boxes']} boxes{ends}{kept}")
    return 0


def _limits(texts: list[str]) -> dict[str, int | None]:
    found: dict[str, int | None] = {}
    for text in texts:
        which, equals, most = text.partition("=")
        if which not in Limits.__struct_fields__ or not equals or (most and not most.isdecimal()):
            known = ", ".join(Limits.__struct_fields__)
            raise ConfigError(
                f"{text!r} isn't a limit.", f"Enter it like stores=10 (stores= removes it), with one of {known}."
            )
        found[which] = int(most) if most else None
    return found


def _with_changes(before: T, said: Mapping[str, Any]) -> T:
    try:
        return msgspec.convert({**msgspec.structs.asdict(before), **said}, type(before))
    except msgspec.ValidationError as error:
        raise ConfigError(f"This setting can't be saved: {error}.") from None


def _require_names(*names: str) -> None:
    try:
        msgspec.convert(names, tuple[Name, ...])
    except msgspec.ValidationError:
        raise ConfigError(
            f"{'/'.join(names)!r} isn't a valid name.", "Use letters, digits, '.', '_' and '-'."
        ) from None
