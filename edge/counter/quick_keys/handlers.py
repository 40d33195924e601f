"""Commands of quick keys, inside the transaction."""

from __future__ import annotations

from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.counter.quick_keys.commands import AddQuickKeys
from edge.counter.quick_keys.entities import require_products
from edge.counter.quick_keys.events import QuickKeysSet
from edge.counter.quick_keys.layout import with_key
from edge.counter.quick_keys.queries import register_layout


def add_quick_keys(tx: Transaction, command: AddQuickKeys) -> None:
    require_products(tx, command.skus)
    before = pages = register_layout(tx.db, command.of_register)
    for sku in command.skus:
        grown = with_key(pages, sku, command.page, command.language)
        if grown == "full":
            raise Refusal("keys_full", {"page": command.page})
        if grown != "there":
            pages = grown
    if pages != before:
        tx.append(QuickKeysSet(command.of_register, pages))
