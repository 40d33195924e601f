"""Enrolment codes that boxes trade for broker credentials.

A code is shown once on head office's page, and is valid once, for an hour.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec

from sync.hub import tenants
from sync.hub.api.keys import hash_of
from sync.hub.model import Key

LASTS = timedelta(hours=1)
"""Validity of a code."""
_MAKE = "SELECT make_box_code($1, $2, $3, $4, $5, $6)"
_OPEN = "SELECT store, device, made_by, made_at, expires_at FROM open_box_codes($1)"
_WITHDRAW = "SELECT withdraw_box_code($1, $2, $3)"
_HOLD = "SELECT of_tenant, store, device FROM hold_box_code($1)"
_TAKE = "SELECT take_box_code($1)"


async def make_code(connection: Any, box: Key, secret: str, who: str) -> bool:
    """Create a code for `box` with this secret, replacing an earlier one, within a transaction.

    Returns False if the store doesn't exist or is closed.
    """
    made = await connection.fetchval(_MAKE, *msgspec.structs.astuple(box), who, hash_of(secret), LASTS)
    if made:
        await tenants.log(connection, box.tenant, who, "box", f"{box.store}/{box.device}", None, {"state": "asked"})
    return bool(made)


class OpenCode(msgspec.Struct, frozen=True):
    """An open code: its box, who made it, and its expiry."""

    store: str
    device: str
    made_by: str
    made_at: datetime
    expires_at: datetime


async def open_codes(connection: Any, tenant: str) -> list[OpenCode]:
    """The open codes of a tenant."""
    return [OpenCode(*row) for row in await connection.fetch(_OPEN, tenant)]


async def withdraw_code(connection: Any, box: Key, who: str) -> bool:
    """Withdraw a box's code, within a transaction. False if there is none."""
    known = bool(await connection.fetchval(_WITHDRAW, *msgspec.structs.astuple(box)))
    if known:
        await tenants.log(connection, box.tenant, who, "box", f"{box.store}/{box.device}", {"state": "asked"}, None)
    return known


async def hold_code(connection: Any, secret: str) -> Key | None:
    """The box of a code that no one else can take until the transaction ends. None if it's wrong, used or expired."""
    row = await connection.fetchrow(_HOLD, hash_of(secret))
    return Key(row["of_tenant"], row["store"], row["device"]) if row else None


async def take_code(connection: Any, secret: str) -> None:
    """Use up a code that this transaction holds, as its last statement, and log the box's enrolment."""
    await connection.execute(_TAKE, hash_of(secret))
