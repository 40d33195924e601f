"""Codes that boxes trade for their place at the broker: shown once on head office's page, taken once in an hour."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec

from sync.hub import tenants
from sync.hub.api.keys import hash_of
from sync.hub.model import Key

LASTS = timedelta(hours=1)
"""How long a code is traded for."""
_MAKE = "SELECT make_box_code($1, $2, $3, $4, $5, $6)"
_TAKE = "SELECT of_tenant, store, device FROM take_box_code($1)"


async def make_code(connection: Any, box: Key, secret: str, who: str) -> bool:
    """Let whoever brings this secret have what `box` needs, once and within the hour; another code for it is none any
    more. Within a transaction. False: there is no such store, or it is closed."""
    made = await connection.fetchval(_MAKE, *msgspec.structs.astuple(box), who, hash_of(secret), LASTS)
    if made:
        await tenants.log(connection, box.tenant, who, "box", f"{box.store}/{box.device}", None, {"state": "asked"})
    return bool(made)


async def take_code(connection: Any, secret: str) -> Key | None:
    """For which box it is; it is none any more once the transaction ends well. None: wrong, used or too old."""
    row = await connection.fetchrow(_TAKE, hash_of(secret))
    return Key(row["of_tenant"], row["store"], row["device"]) if row else None
