"""Queries of customers. Personal data is decrypted for authorised users."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from edge.core.messages import Number, Refusal
from edge.core.people.sealing import Keyring
from edge.core.storage.database import Connection
from edge.lib.regions.addresses import CANADA, Address
from edge.people.customers.consents import consents_to as consents_to
from edge.people.customers.consents import newest_wordings as newest_wordings
from edge.people.customers.consents import read_consents, stands
from edge.people.customers.customer import Customer, CustomerMatch, Preferences
from edge.people.customers.events import CustomerSet, PreferencesSet
from edge.people.customers.lookup import EMAIL, PHONE, by_exactly, customer_rows
from edge.people.customers.lookup import aliases as aliases
from edge.people.customers.lookup import all_ids as all_ids
from edge.people.customers.lookup import by_member_code as by_member_code
from edge.people.customers.lookup import by_name_alone as by_name_alone
from edge.people.customers.lookup import identifiers as identifiers
from edge.people.customers.lookup import indexed_phone as indexed_phone
from edge.people.customers.lookup import known_by as known_by
from edge.people.customers.lookup import once_of as once_of
from edge.people.customers.lookup import resolve as resolve
from edge.people.customers.rules import email_of, phone_of, years

PAGE_MOST = 100
FIELDS = ("name", "phone", "extension", "email", "born", "language", "member_code", "addresses")
_ROW = f"SELECT price_list, profile, preferences, since_us, changed_us, {', '.join(FIELDS)} FROM customer WHERE id = ?"
_PAGE = """
    SELECT id, changed_us FROM customer WHERE merged_into IS NULL AND NOT forgotten
    AND (changed_us, id) < (?1, ?2) ORDER BY changed_us DESC, id DESC LIMIT ?3
"""
_addresses = msgspec.json.Decoder(tuple[Address, ...]).decode
_preferences = msgspec.json.Decoder(Preferences).decode


class CustomerPage(msgspec.Struct, frozen=True):
    """Customers, the most recently changed first.

    `before` and `id` point to the next page (None: this is the last).
    """

    customers: list[CustomerMatch]
    before_us: int | None = None
    before_id: str | None = None


def read_customer(db: Connection, id: str, at_us: Number) -> Customer | None:
    """A customer, by id or alias; None if unknown or forgotten. `hidden`: nothing can be shown."""
    kept = resolve(db, id)
    if kept is None:
        return None
    price_list, profile, preferences, since_us, changed_us, *sealed = db.execute(_ROW, (kept,)).fetchone()
    ring = Keyring(db)
    texts = {field: ring.open(kept, CustomerSet, field, one) for field, one in zip(FIELDS, sealed, strict=True)}
    consents = read_consents(db, kept, at_us)
    if any(text is None for text in texts.values()):
        return Customer(kept, price_list, consents=consents, aliases=aliases(db, kept), since_us=since_us, hidden=True)
    liked = ring.open(profile, PreferencesSet, "preferences", preferences) if stands(consents, "profile") else None
    addresses = texts.pop("addresses")
    fields: dict[str, Any] = texts
    return Customer(
        kept,
        price_list,
        **fields,
        addresses=_addresses(addresses) if addresses else (),
        preferences=_preferences(liked) if liked else None,
        consents=consents,
        aliases=aliases(db, kept),
        since_us=since_us,
        changed_us=changed_us,
    )


def read_customers(
    db: Connection, before_us: Number | None = None, before_id: str = "", limit: Number = 50
) -> CustomerPage:
    """Customers after a moment and id, the most recently changed first."""
    most = min(limit, PAGE_MOST)
    start = (2**62, "~") if before_us is None else (before_us, before_id)
    rows = db.execute(_PAGE, (*start, most + 1)).fetchall()
    found = customer_rows(db, [id for id, _ in rows[:most]])
    if len(rows) <= most:
        return CustomerPage(found)
    id, changed_us = rows[most - 1]
    return CustomerPage(found, changed_us, id)


class KnownBy(msgspec.Struct, frozen=True):
    """A typed contact: its channel (email, sms), its normal form, and its customer ("": none)."""

    way: str
    normal: str
    customer: str


def owner_of_address(db: Connection, text: str, region: str) -> KnownBy | None:
    """The owner of an email or phone, in the phone format of a country (`region`); None if the text is neither."""
    try:
        if "@" in text:
            mail = email_of(text)
            return KnownBy("email", mail, by_exactly(db, EMAIL, mail) or "")
        phone = phone_of(text, region).e164
    except Refusal:
        return None
    return KnownBy("sms", phone, by_exactly(db, PHONE, phone) or "") if phone else None


def by_phone(db: Connection, phone: str) -> str | None:
    """The customer with this phone (E.164)."""
    return by_exactly(db, PHONE, phone)


def by_email(db: Connection, email: str) -> str | None:
    """The customer with this normalised email address."""
    return by_exactly(db, EMAIL, email)


def years_old(db: Connection, customer: str, at_us: int, business_date: str) -> int | None:
    """A customer's age from their birth date; None if unknown."""
    kept = resolve(db, customer)
    sealed = db.execute("SELECT born FROM customer WHERE id = ?", (kept,)).fetchone() if kept else None
    born = Keyring(db).open(str(kept), CustomerSet, "born", sealed[0]) if sealed else None
    return years(date.fromisoformat(born), date.fromisoformat(business_date)) if born else None


def price_list_of(db: Connection, id: str) -> str:
    """A customer's price list."""
    found = db.execute("SELECT price_list FROM customer WHERE id = ? AND NOT forgotten", (id,)).fetchone()
    return str(found[0]) if found else "store"


def customer_name(db: Connection, id: str) -> str:
    """A customer's name at the till; "" if unknown or hidden."""
    (found,) = customer_rows(db, [resolve(db, id) or id]) or (None,)
    return "" if found is None else found.name or found.member_code or (found.phone_end and f"…{found.phone_end}") or id


def wished_skus(db: Connection, id: str) -> list[str]:
    """A customer's wish list, oldest first."""
    rows = db.execute("SELECT sku FROM customer_wish WHERE customer = ? ORDER BY added_us, sku", (id,)).fetchall()
    return [sku for (sku,) in rows]


def warm_up(db: Connection) -> None:
    """Load data that the first customer needs, on the caller's thread.

    On the writer's thread, tills would have to wait.
    """
    newest_wordings(db)
    phone_of("+14165550123", CANADA)


def count_customers(db: Connection) -> int:
    """Number of customers."""
    found = db.execute("SELECT count(*) FROM customer WHERE merged_into IS NULL AND NOT forgotten").fetchone()
    return int(found[0])
