"""Quick keys as master data."""

from __future__ import annotations

from collections.abc import Iterable

from edge.core.entity import Entity
from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.counter.quick_keys.commands import SetQuickKeys
from edge.counter.quick_keys.events import QuickKeysSet
from edge.counter.quick_keys.layout import RegisterKeys, twice
from edge.foundation.access.rights import MANAGE, SETTINGS
from edge.goods.catalog.queries import read_products


def known_products(tx: Transaction, wanted: RegisterKeys, known: RegisterKeys | None) -> RegisterKeys:
    """Raise `Refusal` for two keys in one place, or a key of an unknown product."""
    if page := twice(wanted.pages):
        raise Refusal("key_twice", {"page": page})
    require_products(tx, (key.sku for page in wanted.pages for key in page.keys))
    return wanted


def require_products(tx: Transaction, named: Iterable[str]) -> None:
    """Raise `Refusal` for unknown products."""
    skus = set(named)
    if unknown := skus - set(read_products(tx.db, sorted(skus))):
        raise Refusal("unknown_sku", {"sku": min(unknown)})


QUICK_KEYS = Entity(
    RegisterKeys,
    table="quick_keys",
    set_by=SetQuickKeys,
    was_set=QuickKeysSet,
    is_nothing=lambda one: not one.pages,
    right=MANAGE,
    also=SETTINGS,
    key=("of_register",),
    checks=(known_products,),
)
