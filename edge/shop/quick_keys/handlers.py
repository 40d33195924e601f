"""Commands of quick keys, inside the transaction."""

from __future__ import annotations

from edge.core.messages import Refused
from edge.core.registry import Transaction
from edge.shop.catalog.queries import read_products
from edge.shop.quick_keys.commands import SetQuickKeys
from edge.shop.quick_keys.events import QuickKeysSet
from edge.shop.quick_keys.layout import twice
from edge.shop.quick_keys.queries import read_layout


def set_quick_keys(tx: Transaction, command: SetQuickKeys) -> Refused | None:
    if page := twice(command.pages):
        return Refused("key_twice", {"page": page})
    skus = {key.sku for page in command.pages for key in page.keys}
    if unknown := skus - set(read_products(tx.db, sorted(skus))):
        return Refused("unknown_sku", {"sku": min(unknown)})
    if command.pages != read_layout(tx.db, command.of_register):
        tx.append(QuickKeysSet(command.of_register, command.pages))
    return None
