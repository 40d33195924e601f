"""Wish lists: commands, and the query with current data."""

from __future__ import annotations

import msgspec

from edge.core.messages import Number, Refusal
from edge.core.people.sealing import Keyring
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.goods.catalog.queries import CatalogProduct, find_by_sku
from edge.goods.promotions.queries import offers
from edge.goods.promotions.rules import Item
from edge.goods.stock.queries import available_of, read_stock
from edge.lib.i18n.unseen import has_control
from edge.people.customers.commands import AddWish, RemoveWish
from edge.people.customers.customer import NOTE_CHARS, WISHES_MOST
from edge.people.customers.events import WishAdded, WishRemoved
from edge.people.customers.lookup import resolve
from edge.people.customers.queries import price_list_of

_WISHES = """
    SELECT sku, person, note, added_us, price_minor, on_hand FROM customer_wish WHERE customer = ?
    ORDER BY added_us DESC, sku LIMIT ?
"""


class Wish(msgspec.Struct, frozen=True):
    """The current state of a product on a wish list.

    `price_minor` in their list; `fell_minor`: the price decrease since it was added. `available`: unreserved stock, at
    least 0; None: not counted. `arrived`: back in stock since then. `gone`: retired. `promotions`: names of applicable
    ones.
    """

    sku: str
    names: dict[str, str]
    note: str
    added_us: int
    price_minor: int | None
    fell_minor: int
    on_hand: int
    available: int | None
    arrived: bool
    gone: bool
    picture: str
    promotions: tuple[dict[str, str], ...] = ()


def add_wish(tx: Transaction, command: AddWish) -> None:
    id, note = resolve(tx.db, command.customer), command.note.strip()
    if id is None:
        raise Refusal("no_such_customer", {"id": command.customer})
    if len(note) > NOTE_CHARS or has_control(note):
        raise Refusal("wish_note_wrong", {"limit": NOTE_CHARS})
    product = find_by_sku(tx.db, command.sku, tx.at_us, price_list_of(tx.db, id))
    if product is None:
        raise Refusal("unknown_sku", {"sku": command.sku})
    held = tx.db.execute("SELECT person, note FROM customer_wish WHERE customer = ? AND sku = ?", (id, command.sku))
    ring, row = Keyring(tx.db), held.fetchone()
    if row is not None and (ring.open(row[0], WishAdded, "note", row[1]) or "") == note:
        return
    (count,) = tx.db.execute("SELECT count(*) FROM customer_wish WHERE customer = ?", (id,)).fetchone()
    if row is None and count >= WISHES_MOST:
        raise Refusal("too_many_wishes", {"limit": WISHES_MOST})
    sealed = ring.seal(id, WishAdded, "note", note)
    tx.append(WishAdded(id, command.sku, sealed, product.price_minor, (_available(tx.db, command.sku) or 0) > 0))


def remove_wish(tx: Transaction, command: RemoveWish) -> None:
    id = resolve(tx.db, command.customer)
    if id is None:
        raise Refusal("no_such_customer", {"id": command.customer})
    if tx.db.execute("SELECT 1 FROM customer_wish WHERE customer = ? AND sku = ?", (id, command.sku)).fetchone():
        tx.append(WishRemoved(id, command.sku))


def read_wishlist(db: Connection, customer: str, at_us: Number, zone: str = "UTC") -> list[Wish]:
    """A customer's wish list, newest first, with current price, stock and promotions."""
    id = resolve(db, customer)
    if id is None:
        return []
    price_list, ring, found = price_list_of(db, id), Keyring(db), []
    for sku, person, note, added_us, was_minor, had in db.execute(_WISHES, (id, WISHES_MOST)).fetchall():
        product = find_by_sku(db, sku, at_us, price_list)
        if product is None:
            continue
        available = _available(db, sku)
        fell = max(0, (was_minor or 0) - product.price_minor) if product.price_minor is not None else 0
        found.append(
            Wish(
                sku=sku,
                names=product.names,
                note=ring.open(person, WishAdded, "note", note) or "",
                added_us=added_us,
                price_minor=product.price_minor,
                fell_minor=fell,
                on_hand=read_stock(db, sku),
                available=available,
                arrived=(available or 0) > 0 and not had,
                gone=product.retired_us is not None,
                picture=(product.pictures or ("",))[0],
                promotions=_promotions(db, product, at_us, zone, price_list),
            )
        )
    return found


def _available(db: Connection, sku: str) -> int | None:
    left = available_of(db, [sku]).get(sku)
    return None if left is None else max(0, left)


def _promotions(
    db: Connection, product: CatalogProduct, at_us: int, zone: str, price_list: str
) -> tuple[dict[str, str], ...]:
    if product.price_minor is None or product.retired_us is not None:
        return ()
    item = Item(1, product.sku, 1000, product.price_minor, product.unit == "piece", True)
    return tuple(offer.promotion.names for offer in offers(db, [item], at_us, zone, price_list))
