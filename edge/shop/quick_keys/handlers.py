"""Commands of quick keys, inside the transaction."""

from __future__ import annotations

from collections.abc import Iterable

from edge.core.messages import Refused
from edge.core.registry import Transaction
from edge.shop.catalog.queries import read_products
from edge.shop.quick_keys.commands import AddQuickKeys, SetQuickKeys
from edge.shop.quick_keys.events import QuickKeysSet
from edge.shop.quick_keys.layout import twice, with_key
from edge.shop.quick_keys.queries import read_layout, shown_layout


def set_quick_keys(tx: Transaction, command: SetQuickKeys) -> Refused | None:
    if page := twice(command.pages):
        return Refused("key_twice", {"page": page})
    if refused := _unknown(tx, (key.sku for page in command.pages for key in page.keys)):
        return refused
    if command.pages != read_layout(tx.db, command.of_register):
        tx.append(QuickKeysSet(command.of_register, command.pages))
    return None


def add_quick_keys(tx: Transaction, command: AddQuickKeys) -> Refused | None:
    if refused := _unknown(tx, command.skus):
        return refused
    before = pages = shown_layout(tx.db, command.of_register)
    for sku in command.skus:
        grown = with_key(pages, sku, command.page, command.language)
        if grown == "full":
            return Refused("keys_full", {"page": command.page})
        if grown != "there":
            pages = grown
    if pages != before:
        tx.append(QuickKeysSet(command.of_register, pages))
    return None


def _unknown(tx: Transaction, named: Iterable[str]) -> Refused | None:
    skus = set(named)
    unknown = skus - set(read_products(tx.db, sorted(skus)))
    return Refused("unknown_sku", {"sku": min(unknown)}) if unknown else None
