"""Commands of quick keys, inside the transaction."""

from __future__ import annotations

from collections.abc import Iterable

from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.shop.catalog.queries import read_products
from edge.shop.quick_keys.commands import AddQuickKeys, SetQuickKeys
from edge.shop.quick_keys.events import QuickKeysSet
from edge.shop.quick_keys.layout import twice, with_key
from edge.shop.quick_keys.queries import read_layout, shown_layout


def set_quick_keys(tx: Transaction, command: SetQuickKeys) -> None:
    if page := twice(command.pages):
        raise Refusal("key_twice", {"page": page})
    _unknown(tx, (key.sku for page in command.pages for key in page.keys))
    if command.pages != read_layout(tx.db, command.of_register):
        tx.append(QuickKeysSet(command.of_register, command.pages))


def add_quick_keys(tx: Transaction, command: AddQuickKeys) -> None:
    _unknown(tx, command.skus)
    before = pages = shown_layout(tx.db, command.of_register)
    for sku in command.skus:
        grown = with_key(pages, sku, command.page, command.language)
        if grown == "full":
            raise Refusal("keys_full", {"page": command.page})
        if grown != "there":
            pages = grown
    if pages != before:
        tx.append(QuickKeysSet(command.of_register, pages))


def _unknown(tx: Transaction, named: Iterable[str]) -> None:
    skus = set(named)
    unknown = skus - set(read_products(tx.db, sorted(skus)))
    if unknown:
        raise Refusal("unknown_sku", {"sku": min(unknown)})
