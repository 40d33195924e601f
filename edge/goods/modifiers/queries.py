"""Queries on modifiers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from edge.core.memo import Memo
from edge.core.storage.database import Connection
from edge.goods.catalog.categories.queries import path_of
from edge.goods.catalog.product import BundlePart
from edge.goods.catalog.queries import CatalogProduct, find_by_sku, json_text, leaving
from edge.goods.modifiers.entities import GROUPS
from edge.goods.modifiers.modifier import NOTHING, ModifierChoice, ModifierGroup
from edge.goods.modifiers.rules import choose

_ANY = "SELECT 1 FROM modifier_target LIMIT 1"
_BY_CATEGORY = "SELECT 1 FROM modifier_target WHERE kind = 'category' LIMIT 1"
_OF = """
    SELECT body FROM modifier_group WHERE id IN (
        SELECT id FROM modifier_target WHERE kind = 'sku' AND target IN (?1, ?2)
        UNION SELECT id FROM modifier_target WHERE kind = 'category' AND target IN (SELECT value FROM json_each(?3))
    ) ORDER BY id
"""
_decode = msgspec.json.Decoder(ModifierGroup).decode
_replace = msgspec.structs.replace


ANY_GROUP: Memo[bool] = Memo(lambda db: db.execute(_ANY).fetchone() is not None, "modifier_target")
"""Whether any product has modifiers."""


def read_groups(db: Connection) -> tuple[ModifierGroup, ...]:
    """All groups, by id."""
    return GROUPS.read(db)


def groups_of(db: Connection, product: CatalogProduct) -> tuple[ModifierGroup, ...]:
    """A product's groups in order. A shop without groups needs only one index lookup."""
    if db.execute(_ANY).fetchone() is None:
        return ()
    categories: Iterable[str] = ()
    if product.category and db.execute(_BY_CATEGORY).fetchone():
        categories = path_of(db, product.category)
    of = (product.sku, product.variant_of or product.sku, json_text(categories))
    return tuple(sorted((_decode(body) for (body,) in db.execute(_OF, of)), key=lambda one: (one.place, one.id)))


def modifier_groups(db: Connection, sku: str) -> tuple[ModifierGroup, ...]:
    """Groups of the product with SKU `sku`."""
    product = find_by_sku(db, sku)
    return groups_of(db, product) if product else ()


def choice_of(db: Connection, product: CatalogProduct, wanted: tuple[str, ...] | None) -> ModifierChoice:
    """Return the chosen modifiers of a product: `wanted`, or the defaults if None.

    A case has none. Raises `Refusal` for an invalid choice.
    """
    groups = groups_of(db, product) if product.units == 1 else ()
    if not groups and not wanted:
        return NOTHING
    choice = choose(groups, wanted, product.names)
    lost: dict[tuple[str, str], int] = {(part.sku, part.measure): part.loss_permille for part in product.parts}
    chosen = tuple(
        _replace(one, adds=_leaving_parts(db, one.adds), omits=_leaving_parts(db, _with_loss(one.omits, lost)))
        for one in choice.chosen
    )
    return _replace(choice, chosen=chosen)


def _with_loss(omits: tuple[BundlePart, ...], lost: Mapping[tuple[str, str], int]) -> tuple[BundlePart, ...]:
    """Omitted goods with their preparation loss added."""
    return tuple(
        part if part.loss_permille else _replace(part, loss_permille=lost.get((part.sku, part.measure), 0))
        for part in omits
    )


def categories_asked(db: Connection) -> set[str]:
    """Categories that groups apply to."""
    return {id for (id,) in db.execute("SELECT target FROM modifier_target WHERE kind = 'category'")}


def _leaving_parts(db: Connection, parts: tuple[BundlePart, ...]) -> tuple[BundlePart, ...]:
    return leaving(db, parts) if parts else parts
