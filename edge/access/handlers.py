"""Commands of access, inside the transaction."""

from __future__ import annotations

from edge.access.commands import SetPin
from edge.access.events import PinChanged
from edge.core.shapes import Refused, Transaction


def set_pin(tx: Transaction, command: SetPin) -> Refused | None:
    if not command.pin_hash.startswith("$argon2id$"):
        return Refused("pin_hash_wrong")
    first = tx.db.execute("SELECT 1 FROM access_pin").fetchone() is None
    tx.db.execute("INSERT OR REPLACE INTO access_pin (one, hash) VALUES (1, ?)", (command.pin_hash,))
    tx.append(PinChanged(first))
    return None
