"""Tenants and stores at head office: their states, limits, usage and change log.

A tenant without a record is active and unlimited. Journal rows are always accepted, in any state: none of this is
checked when a box sends.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Literal

import msgspec

from sync.hub import opening_hours
from sync.hub.model import Key
from sync.wire import WireError

TenantState = Literal["active", "suspended", "closing", "removed"]
StoreState = Literal["planned", "open", "paused", "closed"]
Ring = Literal["", "canary", "early", "rest"]
"""A store's order in staged publications; empty: no preference."""
CANARIES_MOST = 3
"""Maximum stores in the first ring: few enough to watch."""
Most = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Text = Annotated[str, msgspec.Meta(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$(?!\n)")]
OPERATOR = "operator"
"""The name in the log for a person working on head office's machine itself."""


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A tenant's limits; None: unlimited.

    `files` is in MiB stored at head office, and the last four are per day (UTC). A limit below current use only stops
    additions. Excess boxes can't be enrolled, but existing ones are always accepted. Journal rows above the limit are
    accepted at a slower pace. Boxes begin no conversations above the limit, as last known to them.
    """

    stores: Most | None = None
    boxes: Most | None = None
    keys: Most | None = None
    people: Most | None = None
    files: Most | None = None
    directives: Most | None = None
    requests: Most | None = None
    rows: Most | None = None
    conversations: Most | None = None


class TenantRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A tenant's record, set by an operator."""

    name: Text = ""
    state: TenantState = "active"
    limits: Limits = Limits()


class StoreRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A store's record, set by `PUT /v1/stores/{store}`.

    `country`: ISO 3166-1, two letters. `zone`: IANA. `currency`: ISO 4217, fixed after the first sale. `licence_ends`:
    the last day. `group`: stores addressed or viewed together. `hours`: opening hours, as `Mo-Fr 08:00-20:00`. `ring`:
    its wave in rollouts.
    """

    name: Text = ""
    address: Text = ""
    country: Annotated[str, msgspec.Meta(pattern=r"^([A-Z]{2})?$(?!\n)")] = ""
    province: Text = ""
    zone: Annotated[str, msgspec.Meta(max_length=60, pattern=r"^[A-Za-z0-9_+/-]*$(?!\n)")] = ""
    language: Annotated[str, msgspec.Meta(pattern=r"^([a-z]{2})?$(?!\n)")] = ""
    currency: Annotated[str, msgspec.Meta(pattern=r"^([A-Z]{3})?$(?!\n)")] = ""
    licence: Text = ""
    licence_ends: date | None = None
    group: Annotated[str, msgspec.Meta(max_length=60, pattern=r"^[A-Za-z0-9._-]*$(?!\n)")] = ""
    state: StoreState = "open"
    hours: Annotated[str, msgspec.Meta(max_length=opening_hours.CHARS)] = ""
    ring: Ring = ""

    def __post_init__(self) -> None:
        opening_hours.week_of(self.hours)


class Gate(msgspec.Struct, frozen=True):
    """The state and limits of a tenant that are checked at each request."""

    state: TenantState = "active"
    limits: Limits = Limits()


class NotTaken(WireError):
    """Input that isn't accepted from a tenant. `code`: the reason; `values`: its figures."""

    def __init__(self, code: str, text: str, **values: str | int) -> None:
        super().__init__(text)
        self.code, self.values = code, values


def limit_reached(which: str, most: int, used: int, again_at: datetime | None = None) -> NotTaken:
    """Return the error for a tenant at its limit. `again_at`: when the limit resets."""
    values: dict[str, str | int] = {"which": which, "limit": most, "used": used}
    if again_at is not None:
        values["again_at"] = again_at.isoformat()
    return NotTaken("limit_reached", f"the limit of {most} {which} is reached", **values)


def next_day(now: datetime) -> datetime:
    """The end of a tenant's day: midnight UTC."""
    return datetime.combine(now.astimezone(UTC).date() + timedelta(days=1), datetime.min.time(), UTC)


_GATE = "SELECT state, limits FROM tenant_gate_of($1)"
_TAKE = "SELECT refused, most, used, now() FROM take_directive($1, $2, $3)"
_STORE = """
    SELECT name, address, country, province, zone, language, currency, licence, licence_ends, store_group AS group,
           state, hours, ring
    FROM store_record WHERE tenant = $1 AND store = $2
"""
_KNOWN_STORES = "SELECT store FROM store_of_tenant WHERE tenant = $1 AND store = ANY ($2)"
_PUT_STORE = """
    INSERT INTO store_record (tenant, store, name, address, country, province, zone, language, currency, licence,
                              licence_ends, store_group, state, hours, ring)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
    ON CONFLICT (tenant, store) DO UPDATE SET name = excluded.name, address = excluded.address,
        country = excluded.country, province = excluded.province, zone = excluded.zone, language = excluded.language,
        currency = excluded.currency, licence = excluded.licence, licence_ends = excluded.licence_ends,
        store_group = excluded.store_group, state = excluded.state, hours = excluded.hours, ring = excluded.ring,
        changed_at = excluded.changed_at
"""
_PUT_TENANT = """
    INSERT INTO tenant_record (tenant, name, state, limits) VALUES ($1, $2, $3, $4)
    ON CONFLICT (tenant) DO UPDATE SET name = excluded.name, state = excluded.state, limits = excluded.limits,
        changed_at = excluded.changed_at
"""
_STAYS = "DELETE FROM tenant_removal WHERE tenant = $1 AND removed_at IS NULL"
_LOG = "INSERT INTO office_log (tenant, who, what, subject, before, after) VALUES ($1, $2, $3, $4, $5, $6)"
_TURN = "SELECT pg_advisory_xact_lock(hashtextextended('stores ' || $1, 0))"
_CANARIES = "SELECT count(*) FROM store_record WHERE tenant = $1 AND store <> $2 AND ring = 'canary'"
_SOLD = "SELECT EXISTS (SELECT FROM sale WHERE tenant = $1 AND store = $2)"
_FILES = "SELECT file_mib_of($1)"
_BOXES = "SELECT store, device, barred <> '' AS barred FROM device WHERE tenant = $1"
_MIB = 1 << 20
_COUNTS = {
    "stores": "SELECT count(*) FROM store_record WHERE tenant = $1 AND state <> 'closed'",
    "keys": """
        SELECT count(*) FROM api_key
        WHERE tenant = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())
    """,
    "people": "SELECT count(*) FROM membership WHERE of_tenant = $1",
}


async def gate_of(connection: Any, tenant: str) -> Gate:
    """A tenant's state and limits."""
    row = await connection.fetchrow(_GATE, tenant)
    return Gate(row["state"], msgspec.json.decode(row["limits"], type=Limits)) if row else Gate()


async def require_room(connection: Any, tenant: str, which: Literal["stores", "keys", "people"]) -> None:
    """Raise `NotTaken` if one more would exceed the tenant's limit. Call it in the transaction that adds one."""
    most = getattr((await gate_of(connection, tenant)).limits, which)
    if most is None:
        return
    used = await connection.fetchval(_COUNTS[which], tenant)
    if used >= most:
        raise limit_reached(which, most, used)


async def require_box(connection: Any, box: Key, enrolled: Collection[Key]) -> None:
    """Raise `NotTaken` if a new box would exceed its tenant's limit.

    `enrolled`: boxes of all tenants with a broker password. A box that has one, or was heard from, isn't new. Fenced
    boxes don't count.
    """
    most = (await gate_of(connection, box.tenant)).limits.boxes
    if most is None:
        return
    found = await connection.fetch(_BOXES, box.tenant)
    barred = {Key(box.tenant, row["store"], row["device"]) for row in found if row["barred"]}
    heard = {Key(box.tenant, row["store"], row["device"]) for row in found}
    there = (heard | {key for key in enrolled if key.tenant == box.tenant}) - barred
    if box not in there and len(there) >= most:
        raise limit_reached("boxes", most, len(there))


async def require_files(connection: Any, tenant: str, more_bytes: int) -> None:
    """Raise `NotTaken` if this many more bytes would exceed the tenant's storage limit."""
    most = (await gate_of(connection, tenant)).limits.files
    if most is None:
        return
    used = await connection.fetchval(_FILES, tenant)
    if used + -(-more_bytes // _MIB) > most:
        raise limit_reached("files", most, used)


async def take_directive(connection: Any, tenant: str, store: str, kind: str) -> None:
    """Count a directive published to a store. Raises `NotTaken` if the tenant is suspended, the store paused or closed,
    or the daily limit reached."""
    refused, most, used, now = await connection.fetchrow(_TAKE, tenant, store, kind)
    if refused == "limit_reached":
        raise limit_reached("directives", most, used, next_day(now))
    if refused == "tenant_suspended":
        raise suspended_answer()
    if refused:
        text = f"the store is {refused.removeprefix('store_')}: it only accepts signing keys, PINs and users"
        raise NotTaken(refused, text)


def suspended_answer() -> NotTaken:
    """Return the refusal for a suspended tenant, from which only journals are accepted."""
    return NotTaken("tenant_suspended", "the tenant is suspended: its shops can still sell, but head office is paused")


async def put_store(connection: Any, tenant: str, store: str, record: StoreRecord, who: str) -> bool:
    """Set a store's complete record and log the change, within a transaction. Returns whether the store is new.

    Raises `NotTaken` at the limit, with `currency_fixed` if there were sales in the current currency, or with
    `ring_full`.
    """
    await connection.execute(_TURN, tenant)
    before = await store_of(connection, tenant, store)
    if before == record:
        return False
    counted = before is None or before.state == "closed"
    if counted and record.state != "closed":
        await require_room(connection, tenant, "stores")
    is_other = before is not None and before.currency not in ("", record.currency)
    if is_other and await connection.fetchval(_SOLD, tenant, store):
        raise NotTaken("currency_fixed", "that store already has sales in its currency")
    if record.ring == "canary" and await connection.fetchval(_CANARIES, tenant, store) >= CANARIES_MOST:
        raise NotTaken("ring_full", f"{CANARIES_MOST} stores are already in the first wave", most=CANARIES_MOST)
    await connection.execute(_PUT_STORE, tenant, store, *msgspec.structs.astuple(record))
    await log(connection, tenant, who, "store", store, before, record)
    return before is None


async def store_of(connection: Any, tenant: str, store: str) -> StoreRecord | None:
    """A store's record, or None."""
    row = await connection.fetchrow(_STORE, tenant, store)
    return StoreRecord(**dict(row)) if row else None


async def known_stores(connection: Any, tenant: str, stores: Collection[str]) -> set[str]:
    """Return those of the stores that head office manages, or knows from their boxes."""
    return {row["store"] for row in await connection.fetch(_KNOWN_STORES, tenant, list(stores))}


async def put_tenant(connection: Any, tenant: str, record: TenantRecord) -> None:
    """Set a tenant's complete record as the operator, within a transaction.

    An identical record isn't logged again. If the tenant is no longer closing, a removal request ends. Raises
    `NotTaken` if the tenant was removed, which is final, or would be removed by this.
    """
    before = await tenant_of(connection, tenant)
    if before == record:
        return
    if record.state == "removed" or (before and before.state == "removed"):
        raise NotTaken("tenant_removed", "it was removed or is being removed: see `edge hub tenant remove`")
    if record.state != "closing":
        await connection.execute(_STAYS, tenant)
    limits = msgspec.json.encode(record.limits).decode()
    await connection.execute(_PUT_TENANT, tenant, record.name, record.state, limits)
    await log(connection, tenant, OPERATOR, "tenant", tenant, before, record)


async def tenant_of(connection: Any, tenant: str) -> TenantRecord | None:
    """Return a tenant's record; None if there is none, which means active and unlimited."""
    row = await connection.fetchrow("SELECT name, state, limits FROM tenant_record WHERE tenant = $1", tenant)
    return TenantRecord(row["name"], row["state"], msgspec.json.decode(row["limits"], type=Limits)) if row else None


async def log(connection: Any, tenant: str, who: str, what: str, subject: str, before: Any, after: Any) -> None:
    """Log a change by a user (`who`): its kind (`what`), and the values before and after (None: no value)."""
    was, now = (None if one is None else msgspec.json.encode(one).decode() for one in (before, after))
    await connection.execute(_LOG, tenant, who, what, subject, was, now)
