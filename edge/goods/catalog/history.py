"""History of a product: each change with user, time, source and old value."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from edge.core.journal.archive import archived_through
from edge.core.journal.rows import read_fact
from edge.core.messages import RecordedEvent
from edge.core.registry import Registry
from edge.core.storage.database import Connection
from edge.goods.catalog.events import PriceChanged, PriceSet, ProductRestored, ProductRetired, ProductSet
from edge.goods.catalog.prices import STORE
from edge.goods.catalog.product import KEYED, Product, Source, said_fields

CHANGES = 50
"""Maximum newest changes of a product read at a time."""

PRICE_CHANGES_READ = 2_000
"""Maximum changes of a product searched for the one that set a price: more than five years at one change a night."""

_SEQS = """
    SELECT seq, id FROM (
        SELECT c.seq, p.id FROM product p JOIN product_change c ON c.product_id = p.id WHERE p.sku = ?1
        UNION SELECT id, id FROM product WHERE sku = ?1
    ) WHERE seq > ?3 ORDER BY seq DESC LIMIT ?2
"""
What = Literal["new", "changed", "price", "retired", "restored"]


class FieldChange(msgspec.Struct, frozen=True):
    """A field (`names.fr`, `attributes.THC`) before and after; None: unset."""

    field: str
    before: Any
    after: Any


class Change(msgspec.Struct, frozen=True):
    """An event about a product. `price`: a price scheduled, set in a list, or removed."""

    seq: int
    at_us: int
    actor: str
    surface: str
    source: Source
    what: What
    fields: tuple[FieldChange, ...] = ()
    price: PriceSet | None = None


def changes_of(db: Connection, registry: Registry, sku: str, limit: int = CHANGES) -> list[Change]:
    """Changes of a product, newest first; empty if it is unknown. Archived changes are omitted.

    If the oldest available change isn't the first ever, only price changes in it show the previous value.
    """
    values = (sku, min(limit, CHANGES) + 1, archived_through(db))
    rows = db.execute(_SEQS, values).fetchall()
    found: list[Change] = []
    known: Product | None = None
    for seq, id in reversed(rows):
        fact = read_fact(db, registry, seq)
        change, known = _change(fact, known, first=seq == id)
        found.append(change)
    return found[: -limit - 1 : -1]


def price_set_at(db: Connection, registry: Registry, sku: str, price_list: str, from_us: int) -> tuple[int, int] | None:
    """The journal row of the event that set a product's price in a list from a moment, and the price; None if not
    found.
    """
    wanted = (price_list, from_us)
    for seq, _ in db.execute(_SEQS, (sku, PRICE_CHANGES_READ, 0)).fetchall():
        fact = read_fact(db, registry, seq)
        found: int | None
        match fact.event:
            case PriceSet(list=one, from_us=begins, price_minor=found) if (one, begins) == wanted:
                pass
            case PriceChanged(price_minor=found) if (STORE, fact.at_us) == wanted:
                pass
            case ProductSet(product=product) if (STORE, fact.at_us) == wanted:
                found = product.price_minor
            case _:
                continue
        return None if found is None else (seq, found)
    return None


def cost_set_at(db: Connection, registry: Registry, sku: str) -> tuple[int, int] | None:
    """The journal row of the event that last set a product's cost, and the cost; None if there is none or it isn't
    found.
    """
    found: tuple[int, int] | None = None
    for seq, _ in db.execute(_SEQS, (sku, PRICE_CHANGES_READ, 0)).fetchall():
        event = read_fact(db, registry, seq).event
        if not isinstance(event, ProductSet):
            continue
        cost_minor = event.product.cost_minor
        if cost_minor is None or (found and cost_minor != found[1]):
            break
        found = seq, cost_minor
    return found


def _change(fact: RecordedEvent, known: Product | None, first: bool) -> tuple[Change, Product | None]:
    """Describe an event as a change to the product; also return the resulting product."""
    event: Any = fact.event
    head = (fact.seq, fact.at_us, fact.actor, fact.surface, event.source)
    match event:
        case ProductSet(product=product):
            fields = differences(known, product) if known or first else ()
            return Change(*head, "new" if first else "changed", fields), product
        case PriceChanged(price_minor=price_minor, was_minor=was_minor):
            after = known and msgspec.structs.replace(known, price_minor=price_minor)
            return Change(*head, "price", (FieldChange("price_minor", was_minor, price_minor),)), after
        case PriceSet():
            return Change(*head, "price", (), event), known
        case ProductRetired():
            return Change(*head, "retired"), known
        case ProductRestored():
            return Change(*head, "restored"), known
    raise LookupError(f"no change of a product: {type(event).__name__}")


def differences(before: Product | None, after: Product) -> tuple[FieldChange, ...]:
    """Fields that differ."""
    old, new = _flat(before) if before else {}, _flat(after)
    keys = dict.fromkeys((*new, *old))
    return tuple(FieldChange(key, old.get(key), new.get(key)) for key in keys if old.get(key) != new.get(key))


def _flat(product: Product) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field, value in said_fields(product).items():
        if field in KEYED:
            found.update({f"{field}.{key}": one for key, one in value.items()})
        else:
            found[field] = value
    return found
