"""Codes that boxes trade for their place at the broker: shown once on head office's page, taken once in an hour."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec

from sync.hub import tenants
from sync.hub.api.keys import hash_of
from sync.hub.model import Key

LASTS = timedelta(hours=1)
"""How long a code is traded for."""
_MAKE = "SELECT make_box_code($1, $2, $3, $4, $5, $6)"
_OPEN = "SELECT store, device, made_by, made_at, expires_at FROM open_box_codes($1)"
_WITHDRAW = "SELECT withdraw_box_code($1, $2, $3)"
_TAKE = "SELECT of_tenant, store, device FROM take_box_code($1)"


async def make_code(connection: Any, box: Key, secret: str, who: str) -> bool:
    """Let whoever brings this secret have what `box` needs, once and within the hour; another code for it is none any
    more. Within a transaction. False: there is no such store, or it is closed."""
    made = await connection.fetchval(_MAKE, *msgspec.structs.astuple(box), who, hash_of(secret), LASTS)
    if made:
        await tenants.log(connection, box.tenant, who, "box", f"{box.store}/{box.device}", None, {"state": "asked"})
    return bool(made)


class OpenCode(msgspec.Struct, frozen=True):
    """For which box a code is open, who made it, and until when it is taken."""

    store: str
    device: str
    made_by: str
    made_at: datetime
    expires_at: datetime


async def open_codes(connection: Any, tenant: str) -> list[OpenCode]:
    """Those that a box may still bring."""
    return [OpenCode(*row) for row in await connection.fetch(_OPEN, tenant)]


async def withdraw_code(connection: Any, box: Key, who: str) -> bool:
    """Let nobody bring it any more; within a transaction. False: there is none for this box."""
    known = bool(await connection.fetchval(_WITHDRAW, *msgspec.structs.astuple(box)))
    if known:
        await tenants.log(connection, box.tenant, who, "box", f"{box.store}/{box.device}", {"state": "asked"}, None)
    return known


async def take_code(connection: Any, secret: str) -> Key | None:
    """For which box it is; it is none any more once the transaction ends well. None: wrong, used or too old."""
    row = await connection.fetchrow(_TAKE, hash_of(secret))
    return Key(row["of_tenant"], row["store"], row["device"]) if row else None
