"""Addresses (a phone, an email) that customers have confirmed as theirs. Looked up by a blind index."""

from __future__ import annotations

from typing import Literal

import msgspec

from edge.core.people import blind_index
from edge.core.people.sealing import Keyring
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.ordering.customer_accounts.events import WayProved, WayRemoved
from edge.people.customers.commands import SetCustomer
from edge.people.customers.queries import owner_of_address, read_customer, resolve

Kind = Literal["email", "sms"]
_INDEX = {"email": "account email", "sms": "account phone"}
_BEFORE = {"email": "account email before", "sms": "account phone before"}
_FIELD = {"email": "email", "sms": "phone"}
RECLAIM_US = 72 * 3_600_000_000
"""How long the previous owner of an address can reclaim it (microseconds)."""


class ProvedWay(msgspec.Struct, frozen=True):
    """A decrypted address, and when it was confirmed."""

    kind: str
    value: str
    proved_us: int


class Meant(msgspec.Struct, frozen=True):
    """A typed address, normalised, with its channel and owner.

    `customer` "": no customer here has it. `disputed`: the customer known by it at the counter has confirmed another
    address, so staff must decide. `before`: its recent previous owner.
    """

    kind: str
    normal: str
    customer: str
    disputed: bool = False
    before: str = ""


def read_ways(db: Connection, customer: str) -> list[ProvedWay]:
    """A customer's confirmed addresses. Addresses that can't be decrypted are omitted."""
    ring, found = Keyring(db), []
    rows = db.execute(
        "SELECT kind, person, value, proved_us FROM account_way WHERE customer = ? ORDER BY kind", (customer,)
    )
    for kind, person, value, proved_us in rows:
        if text := ring.open(person, WayProved, "value", value):
            found.append(ProvedWay(kind, text, proved_us))
    return found


def proved_by(db: Connection, kind: str, normal: str) -> str:
    """The customer who confirmed this address; "" if none."""
    for one in blind_index.find(db, _INDEX[kind], normal):
        if (kept := resolve(db, one)) and any((way.kind, way.value) == (kind, normal) for way in read_ways(db, kept)):
            return kept
    return ""


def address_owner(db: Connection, text: str, region: str, now_us: int) -> Meant | None:
    """The owner of a phone or email; None if the text is neither."""
    found = owner_of_address(db, text, region)
    if found is None:
        return None
    if owner := proved_by(db, found.way, found.normal):
        return Meant(found.way, found.normal, owner)
    if before := _previous_owner(db, found.way, found.normal, now_us):
        return Meant(found.way, found.normal, "", before=before)
    # an address typed at the counter is unproved: it must not open an account that already has a proved one
    disputed = bool(found.customer and read_ways(db, found.customer))
    return Meant(found.way, found.normal, found.customer, disputed)


def _previous_owner(db: Connection, kind: str, normal: str, now_us: int) -> str:
    """The recent previous owner of an address; "" if none."""
    live = "SELECT 1 FROM account_undo WHERE customer = ? AND kind = ? AND since_us > ?"
    for one in blind_index.find(db, _BEFORE[kind], normal):
        if db.execute(live, (one, kind, now_us - RECLAIM_US)).fetchone():
            return one
    return ""


def keep_before(tx: Transaction, customer: str, kind: str, value: str) -> None:
    """Keep the previous address so that it can be reclaimed.

    If one is already kept, it isn't replaced, so that an intruder can't remove it by changing the address again.
    """
    old = "DELETE FROM account_undo WHERE since_us <= ?"
    tx.db.execute(old, (tx.at_us - RECLAIM_US,))
    if tx.db.execute("SELECT 1 FROM account_undo WHERE customer = ? AND kind = ?", (customer, kind)).fetchone():
        return
    sealed = Keyring(tx.db).seal(customer, "account_undo", "value", value)
    kept = "INSERT INTO account_undo (customer, kind, value, since_us) VALUES (?, ?, ?, ?)"
    tx.db.execute(kept, (customer, kind, sealed, tx.at_us))
    blind_index.enter(tx.db, customer, _BEFORE[kind], value)


def read_before(db: Connection, customer: str, kind: str) -> tuple[str, int] | None:
    """The decrypted previous address and when it was replaced; None if there is none that can be reclaimed."""
    wanted = "SELECT value, since_us FROM account_undo WHERE customer = ? AND kind = ?"
    row = db.execute(wanted, (customer, kind)).fetchone()
    text = Keyring(db).open(customer, "account_undo", "value", row[0]) if row else None
    return (text, row[1]) if row and text else None


def drop_before(tx: Transaction, customer: str, kind: str) -> None:
    """Delete the kept previous address."""
    tx.db.execute("DELETE FROM account_undo WHERE customer = ? AND kind = ?", (customer, kind))
    blind_index.enter(tx.db, customer, _BEFORE[kind], "")


def prove(tx: Transaction, customer: str, kind: str, value: str) -> None:
    """Record an address as confirmed. It also becomes the customer's contact at the counter."""
    if any((way.kind, way.value) == (kind, value) for way in read_ways(tx.db, customer)):
        return
    known = read_customer(tx.db, customer, tx.at_us)
    if known is not None and getattr(known, _FIELD[kind]) != value:
        tx.do(SetCustomer(customer, phone=value) if kind == "sms" else SetCustomer(customer, email=value), asks=False)
    tx.append(WayProved(customer, kind, Keyring(tx.db).seal(customer, WayProved, "value", value)))
    blind_index.enter(tx.db, customer, _INDEX[kind], value)


def remove(tx: Transaction, customer: str, kind: str, taken_back: bool = False) -> None:
    """Remove an address that was used to sign in."""
    tx.append(WayRemoved(customer, kind, taken_back))
    blind_index.enter(tx.db, customer, _INDEX[kind], "")
