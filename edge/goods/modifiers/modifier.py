"""Modifier groups of products, and choices from them. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Annotated

import msgspec

from edge.goods.catalog.product import BundlePart, CategoryId, Price, Sku
from edge.lib.units.money import LIMIT_MINOR
from edge.lib.units.quantity import THOUSANDTHS

GROUPS_MOST = 200
"""Maximum groups per shop; more are refused."""
MODIFIERS_MOST = 30
"""Maximum modifiers per group."""
CHOSEN_MOST = 40
"""Maximum modifiers per line."""
_ID = "[a-z0-9][a-z0-9_-]{0,39}"
ModifierId = Annotated[str, msgspec.Meta(pattern=rf"^{_ID}$(?!\n)")]
ModifierRef = Annotated[str, msgspec.Meta(pattern=rf"^{_ID}/{_ID}$(?!\n)")]
"""A modifier's reference, made of the ids of its group and itself, such as `milk/oat`."""
ModifierRefs = Annotated[tuple[ModifierRef, ...], msgspec.Meta(max_length=CHOSEN_MOST)]
Names = Annotated[
    dict[str, Annotated[str, msgspec.Meta(min_length=1, max_length=40)]], msgspec.Meta(min_length=1, max_length=10)
]
Parts = Annotated[tuple[BundlePart, ...], msgspec.Meta(max_length=10)]
Count = Annotated[int, msgspec.Meta(ge=0, le=MODIFIERS_MOST)]


class SizePrice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Price of a modifier in combination with another modifier, usually a size."""

    size: ModifierRef
    price_minor: Price


class Modifier(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """An option of a group.

    `price_minor` (or the price in `sizes`) is added per unit. `preset`: chosen by default. `adds`: products consumed
    per unit in addition; `omits`: products not consumed that would be otherwise.
    """

    id: ModifierId
    names: Names
    price_minor: Price = 0
    preset: bool = False
    sizes: Annotated[tuple[SizePrice, ...], msgspec.Meta(max_length=10)] = ()
    adds: Parts = ()
    omits: Parts = ()

    def price_beside(self, chosen: Collection[str]) -> int:
        """Price in minor units in combination with the `chosen` modifiers."""
        return next((one.price_minor for one in self.sizes if one.size in chosen), self.price_minor)


class ModifierGroup(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Options of some products: choose at least `least` and at most `most`.

    The group applies to `products`, their variants, and products in `categories` or their subcategories. `ask`: ask
    even if defaults suffice. Groups are sorted by `place`.
    """

    id: ModifierId
    names: Names
    modifiers: Annotated[tuple[Modifier, ...], msgspec.Meta(min_length=1, max_length=MODIFIERS_MOST)]
    products: Annotated[tuple[Sku, ...], msgspec.Meta(max_length=200, extra={"example": "A-1, A-2"})] = ()
    categories: Annotated[tuple[CategoryId, ...], msgspec.Meta(max_length=50, extra={"example": "coffee"})] = ()
    least: Count = 0
    most: Annotated[int, msgspec.Meta(ge=1, le=MODIFIERS_MOST)] = 1
    ask: bool = False
    place: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 0


def ref(group: ModifierGroup, modifier: Modifier) -> str:
    """A modifier's reference: the ids of its group and itself."""
    return f"{group.id}/{modifier.id}"


def preset_refs(groups: Iterable[ModifierGroup]) -> frozenset[str]:
    """Default choices."""
    return frozenset(ref(group, one) for group in groups for one in group.modifiers if one.preset)


class ChosenModifier(msgspec.Struct, frozen=True, omit_defaults=True):
    """A chosen modifier on a basket, order or sale line; `price_minor` is in the line's currency."""

    group: str
    id: str
    names: dict[str, str]
    price_minor: Annotated[int, msgspec.Meta(ge=0, le=LIMIT_MINOR)] = 0
    adds: tuple[BundlePart, ...] = ()
    omits: tuple[BundlePart, ...] = ()

    @property
    def ref(self) -> str:
        return f"{self.group}/{self.id}"


class ModifierChoice(msgspec.Struct, frozen=True):
    """Chosen modifiers of a unit. `asks`: a user must choose first, and `chosen` are the defaults."""

    chosen: tuple[ChosenModifier, ...] = ()
    asks: bool = False

    @property
    def price_minor(self) -> int:
        """The amount added to the unit price, in minor units."""
        return sum(one.price_minor for one in self.chosen)


NOTHING = ModifierChoice()


def added_skus(modifiers: Iterable[ChosenModifier]) -> list[str]:
    """Products added by the chosen modifiers."""
    return [part.sku for one in modifiers for part in one.adds]


def stock_parts(
    sku: str, parts: tuple[BundlePart, ...], modifiers: tuple[ChosenModifier, ...]
) -> tuple[BundlePart, ...]:
    """Stock consumption per unit: the parts or the product itself, plus added and minus omitted quantities."""
    own = parts or (BundlePart(sku, THOUSANDTHS),)
    if not modifiers:
        return own
    sums: dict[BundlePart, int] = {}
    for part in (*own, *(part for one in modifiers for part in one.adds)):
        key = msgspec.structs.replace(part, quantity=1)
        sums[key] = sums.get(key, 0) + part.quantity
    for part in (part for one in modifiers for part in one.omits):
        key = msgspec.structs.replace(part, quantity=1)
        sums[key] = sums.get(key, 0) - part.quantity
    return tuple(msgspec.structs.replace(key, quantity=quantity) for key, quantity in sums.items() if quantity > 0)
