"""Queries of stored cards: their data, and their tokens for requests to providers."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from edge.core.people.sealing import Keyring
from edge.core.storage.database import Connection
from edge.money.payments.events import MethodStored
from edge.money.payments.stored.stored_method import SEALED, StoredMethod

DETACHED = "detach-"
"""Prefix of person ids that hold the keys of tokens until the provider has deleted the card."""
DETACH_TABLE = "stored_method_detach"
_COLUMNS = f"id, customer, provider, consent, revoked, stored_us, {', '.join(SEALED)}"

_PAGE = "id, customer, provider, session, address, until_us, code"


class CardPage(msgspec.Struct, frozen=True):
    """A provider's page on which a customer enters a card to store, valid until `until_us` (UTC microseconds).

    `session` and `address` are "" until the page is created. `code`: why it ended without a card.
    """

    id: str
    customer: str
    provider: str
    session: str
    address: str
    until_us: int
    code: str


def find_method(db: Connection, id: str) -> StoredMethod | None:
    """A stored card; None if there is none."""
    return next(_read(db, "id = ?", id), None)


def read_methods(db: Connection, customer: str) -> tuple[StoredMethod, ...]:
    """A customer's stored cards, the newest first, including revoked ones."""
    return tuple(_read(db, "customer = ? ORDER BY stored_us DESC, id", customer))


def chargeable_methods(db: Connection, customer: str, business_date: str) -> tuple[StoredMethod, ...]:
    """A customer's stored cards that can be charged on a date."""
    return tuple(one for one in read_methods(db, customer) if not one.revoked and not one.is_over(business_date))


def token_of(db: Connection, id: str) -> str:
    """A card's token at its provider; "" if the card was revoked or its holder erased.

    Available even while personal data is locked.
    """
    row = db.execute("SELECT customer, token FROM stored_method WHERE id = ? AND revoked = 0", (id,)).fetchone()
    return Keyring(db).open(row[0], MethodStored, "token", row[1], held_too=True) or "" if row else ""


def detached_tokens(db: Connection) -> tuple[tuple[str, str, str], ...]:
    """Cards that providers must still delete: method, provider and token. Cards whose key is gone are left out."""
    ring = Keyring(db)
    rows = db.execute("SELECT method, provider, token FROM stored_method_detach ORDER BY method LIMIT 100").fetchall()
    found = (
        (method, provider, ring.open(f"{DETACHED}{method}", DETACH_TABLE, "token", token, held_too=True))
        for method, provider, token in rows
    )
    return tuple((method, provider, token) for method, provider, token in found if token)


def find_card_page(db: Connection, customer: str) -> CardPage | None:
    """A customer's card page, or how the last one ended; None if there is none."""
    row = db.execute(f"SELECT {_PAGE} FROM card_page WHERE customer = ?", (customer,)).fetchone()
    return CardPage(*row) if row else None


def card_pages(db: Connection) -> tuple[CardPage, ...]:
    """Requested or open pages, including those of erased customers."""
    return tuple(CardPage(*row) for row in db.execute(f"SELECT {_PAGE} FROM card_page WHERE code = '' ORDER BY id"))


def _read(db: Connection, where: str, value: str) -> Iterator[StoredMethod]:
    ring = Keyring(db)
    for row in db.execute(f"SELECT {_COLUMNS} FROM stored_method WHERE {where}", (value,)).fetchall():
        id, customer, provider, consent, revoked, stored_us, _, *sealed = row
        names = SEALED[1:]
        texts = [ring.open(customer, MethodStored, name, one) or "" for name, one in zip(names, sealed, strict=True)]
        yield StoredMethod(id, customer, provider, consent, bool(revoked), stored_us, *texts)
