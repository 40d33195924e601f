"""Modifier groups as master data."""

from __future__ import annotations

from edge.core.entity import CountLimit, Entity, Unknown
from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.foundation.access.rights import CATALOG, MANAGE
from edge.goods.catalog.categories.queries import read_category
from edge.goods.catalog.queries import read_products
from edge.goods.modifiers.commands import EndModifierGroup, SetModifierGroup
from edge.goods.modifiers.events import ModifierGroupEnded, ModifierGroupSet
from edge.goods.modifiers.modifier import GROUPS_MOST, ModifierGroup
from edge.goods.modifiers.rules import fit


def fitting(tx: Transaction, wanted: ModifierGroup, known: ModifierGroup | None) -> ModifierGroup:
    """Return the wanted group. Raises `Refusal` for repeated ids, contradictory limits or too many presets."""
    fit((wanted,))
    return wanted


def of_the_catalogue(tx: Transaction, wanted: ModifierGroup, known: ModifierGroup | None) -> ModifierGroup:
    """Return the wanted group. Raises `Refusal` for unknown products or categories."""
    parts = (part for one in wanted.modifiers for part in (*one.adds, *one.omits))
    skus = {*wanted.products, *(part.sku for part in parts)}
    if missing := skus - read_products(tx.db, sorted(skus)).keys():
        raise Refusal("unknown_sku", {"sku": min(missing)})
    for id in wanted.categories:
        if read_category(tx.db, id) is None:
            raise Refusal("modifier_category_unknown", {"category": id})
    return wanted


GROUPS = Entity(
    ModifierGroup,
    table="modifier_group",
    set_by=SetModifierGroup,
    was_set=ModifierGroupSet,
    end_by=EndModifierGroup,
    was_ended=ModifierGroupEnded,
    right=MANAGE,
    also=CATALOG,
    limit=CountLimit(GROUPS_MOST, "too_many_modifier_groups"),
    unknown=Unknown("no_such_modifier_group", "group"),
    checks=(fitting, of_the_catalogue),
)
