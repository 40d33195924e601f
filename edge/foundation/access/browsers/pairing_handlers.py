"""Pairing commands, inside the transaction."""

from __future__ import annotations

from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.foundation.access.browsers.pairing import PAIRING_WAIT_US
from edge.foundation.access.commands import ConfirmPairing, EndPairing, RenamePairing
from edge.foundation.access.events import BrowserPaired, PairingEnded
from edge.foundation.access.right_grants import OWN_MACHINE

PAIRINGS_LIMIT = 64
"""Most paired browsers."""

_ASKING = "SELECT id, label FROM access_pairing WHERE paired_us = 0 AND digits = ? AND asked_us > ?"
_PAIR = """
    UPDATE access_pairing SET kind = ?, register = ?, label = ?, digits = '', paired_us = ?, used_us = ?, rotated_us = ?
    WHERE id = ?
"""


def confirm_pairing(tx: Transaction, command: ConfirmPairing) -> None:
    asking = tx.db.execute(_ASKING, (command.digits, tx.at_us - PAIRING_WAIT_US)).fetchone()
    if asking is None:
        raise Refusal("no_such_pairing")
    if command.kind in ("till", "kiosk") and not command.register:
        raise Refusal("pairing_register")
    if tx.db.execute("SELECT count(*) FROM access_pairing WHERE paired_us > 0").fetchone()[0] >= PAIRINGS_LIMIT:
        raise Refusal("too_many_pairings", {"limit": PAIRINGS_LIMIT})
    id, label = asking
    register = "" if command.kind == "manager" else command.register
    now = tx.at_us
    tx.db.execute(_PAIR, (command.kind, register, command.label.strip() or label, now, now, now, id))
    tx.append(BrowserPaired(id, command.kind, register))


def rename_pairing(tx: Transaction, command: RenamePairing) -> None:
    changed = tx.db.execute("UPDATE access_pairing SET label = ? WHERE id = ?", (command.label.strip(), command.id))
    if not changed.rowcount:
        raise Refusal("no_such_pairing")


def end_pairing(tx: Transaction, command: EndPairing) -> None:
    found = tx.db.execute("SELECT paired_us FROM access_pairing WHERE id = ?", (command.id,)).fetchone()
    if found is None:
        raise Refusal("no_such_pairing")
    tx.db.execute("DELETE FROM access_pairing WHERE id = ?", (command.id,))
    if found[0]:
        own = tx.actor.surface in OWN_MACHINE or tx.actor.name == "system"
        tx.append(PairingEnded(command.id, command.why if own else "ended"))
