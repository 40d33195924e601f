"""Queries on transfers between stores."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from edge.core.messages import Actor, Command, Done, Number
from edge.core.storage.database import Connection
from edge.foundation.access.rights import MANAGE

PAGE_LIMIT = 200
Text = Annotated[str, msgspec.Meta(max_length=200)]
Direction = Literal["", "out", "in"]
_TRANSFERS = """
    SELECT t.id, t.direction, t.store, t.state, t.location, t.note, t.begun_us, t.begun_by, t.ended_us, t.ended_by
    FROM transfer t
"""
_LISTED = """
    WHERE ?1 IN ('', t.direction) AND iif(?2 = '', t.state <> 'drafted', t.state = ?2) AND (?3 = 0 OR t.begun_us < ?3)
    ORDER BY t.state <> 'sent', t.begun_us DESC, t.id LIMIT ?4
"""
_LINES = """
    SELECT l.n, l.sku, p.body ->> '$.names', l.quantity, l.boxes, l.lot, l.expiry, l.value_milli, l.got
    FROM transfer_line l LEFT JOIN product p USING (sku) WHERE l.id = ? ORDER BY l.n
"""


class TransferGoods(msgspec.Struct, frozen=True):
    """A line of a transfer, in thousandths; `got` is None until it's received. `names` is empty if this
    store doesn't have the product."""

    n: int
    sku: str
    names: dict[str, str]
    quantity: int
    boxes: int
    lot: str
    expiry: str
    value_milli: int | None
    got: int | None


class StoreTransfer(msgspec.Struct, frozen=True):
    """A transfer `out` to a store, or `in` from one; `drafted`: prepared, with its goods still here."""

    id: str
    direction: str
    store: str
    state: str
    location: str
    note: str
    begun_us: int
    begun_by: str
    ended_us: int | None
    ended_by: str
    lines: tuple[TransferGoods, ...] = ()


def read_transfer(db: Connection, id: Text) -> StoreTransfer | None:
    """A transfer with its lines; None if no transfer has that id."""
    row = db.execute(_TRANSFERS + " WHERE t.id = ?", (id,)).fetchone()
    return _with_lines(db, row) if row else None


def read_transfers(
    db: Connection, direction: Direction = "", state: Text = "", before: Number = 0, limit: Number = 100
) -> list[StoreTransfer]:
    """Transfers with their lines: those in transit first, then newest first.

    Drafts are only included if that state is requested.
    """
    values = (direction, state, before, max(1, min(limit, PAGE_LIMIT)))
    return [_with_lines(db, row) for row in db.execute(_TRANSFERS + _LISTED, values).fetchall()]


def read_stores(db: Connection) -> list[str]:
    """Stores that goods were sent to or received from."""
    return [store for (store,) in db.execute("SELECT DISTINCT store FROM transfer ORDER BY 1 LIMIT 100")]


def _with_lines(db: Connection, row: tuple[Any, ...]) -> StoreTransfer:
    lines = tuple(
        TransferGoods(n, sku, msgspec.json.decode(names or "{}", type=dict[str, str]), *rest)
        for n, sku, names, *rest in db.execute(_LINES, (row[0],))
    )
    return msgspec.structs.replace(StoreTransfer(*row), lines=lines)


def as_seen(transfer: StoreTransfer, actor: Actor) -> StoreTransfer:
    """The transfer without values of goods, unless the user is a manager."""
    if actor.may(MANAGE):
        return transfer
    lines = tuple(msgspec.structs.replace(line, value_milli=None) for line in transfer.lines)
    return msgspec.structs.replace(transfer, lines=lines)


def affected_transfer(db: Connection, command: Command, done: Done, actor: Actor) -> StoreTransfer | None:
    """The transfer changed or created by a command."""
    made = (event.id for event in done.events if hasattr(event, "id"))
    found = read_transfer(db, getattr(command, "id", "") or next(made))
    return as_seen(found, actor) if found else None
