"""Head office's values take precedence over all others, and only head office can change them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Literal, get_args

import msgspec

from edge.core.memo import Memo
from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.core.surfaces import SYSTEM
from edge.goods.catalog.product import HEAD_OFFICE, Product, Source

OfficeField = Literal[
    "names", "codes", "price_minor", "tax_class", "unit", "min_age", "category", "brand", "size", "deposit_minor"
]
OFFICE_FIELDS: tuple[OfficeField, ...] = get_args(OfficeField)
"""Product fields over which head office may take control."""
SETTING = "catalog.office_fields"
_READ = "SELECT value FROM setting WHERE name = ?"
_SPOKEN = """
    SELECT 1 FROM product p JOIN product_word w ON w.product_id = p.id WHERE p.sku = ? AND w.source = ?
"""


def office_fields(db: Connection) -> tuple[str, ...]:
    """The fields under head office's control; only head office sets them."""
    found = db.execute(_READ, (SETTING,)).fetchone()
    return tuple(msgspec.json.decode(found[0]) or ()) if found else ()


OFFICE_FIELDS_NOW: Memo[tuple[str, ...]] = Memo(office_fields, "setting")
"""The locked fields, cached for handlers: products are set far more often than this setting changes."""


def locked_fields(db: Connection, sku: str) -> tuple[str, ...]:
    """The fields of a product that its shop can't change; none if head office hasn't published the product."""
    fields = office_fields(db)
    return fields if fields and db.execute(_SPOKEN, (sku, HEAD_OFFICE)).fetchone() else ()


def is_office(tx: Transaction, source: Source) -> bool:
    """Whether head office itself makes the change.

    A source name alone isn't proof: users and programs can give any name.
    """
    return source.name == HEAD_OFFICE and tx.actor.name == SYSTEM


def without_locked(word: Product, office: Product, fields: Collection[str]) -> Product:
    """Another source's data without the fields under head office's control."""
    ours = [field for field in fields if getattr(office, field) is not None]
    return msgspec.structs.replace(word, **dict.fromkeys(ours)) if ours else word


def refused_fields(
    fields: Collection[str], office: Product, known: Product, before: Product | None, word: Product
) -> tuple[str, ...]:
    """Return the fields that another source's new data would change but head office controls.

    `word`: the new data; `before`: the source's earlier data. Withdrawing or repeating a value that head office also
    gives changes nothing. Pure.
    """
    return tuple(field for field in fields if _is_refused(field, office, known, before, word))


def _is_refused(field: str, office: Product, known: Product, before: Product | None, word: Product) -> bool:
    was, said = getattr(before, field, None), getattr(word, field)
    if said == was:
        return False
    if said is None:
        return getattr(office, field) is None
    return not _is_known(getattr(known, field), said)


def _is_known(known: Any, said: Any) -> bool:
    return bool(said.items() <= (known or {}).items()) if isinstance(said, dict) else bool(known == said)


def require_allowed(tx: Transaction, sku: str, field: str, source: Source) -> None:
    """Raise `Refusal` if the product's field is under head office's control."""
    if not is_office(tx, source) and field in locked_fields(tx.db, sku):
        raise refusal(sku, field)


def refusal(sku: str, field: str) -> Refusal:
    """The refusal of a change to a field under head office's control."""
    return Refusal("field_of_office", {"sku": sku, "field": field})
