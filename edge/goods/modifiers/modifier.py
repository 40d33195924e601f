"""What may be asked of a product beside itself: groups of modifiers, and what was chosen of them. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Annotated

import msgspec

from edge.goods.catalog.product import BundlePart, CategoryId, Price, Sku
from edge.lib.units.money import LIMIT_MINOR
from edge.lib.units.quantity import THOUSANDTHS

GROUPS_MOST = 200
"""Groups of a shop; one more is refused."""
MODIFIERS_MOST = 30
"""Modifiers of one group."""
CHOSEN_MOST = 40
"""Modifiers of one line."""
_ID = "[a-z0-9][a-z0-9_-]{0,39}"
ModifierId = Annotated[str, msgspec.Meta(pattern=rf"^{_ID}$(?!\n)")]
ModifierRef = Annotated[str, msgspec.Meta(pattern=rf"^{_ID}/{_ID}$(?!\n)")]
"""A modifier by its group and itself: `milk/oat`."""
ModifierRefs = Annotated[tuple[ModifierRef, ...], msgspec.Meta(max_length=CHOSEN_MOST)]
Names = Annotated[
    dict[str, Annotated[str, msgspec.Meta(min_length=1, max_length=40)]], msgspec.Meta(min_length=1, max_length=10)
]
Parts = Annotated[tuple[BundlePart, ...], msgspec.Meta(max_length=10)]
Count = Annotated[int, msgspec.Meta(ge=0, le=MODIFIERS_MOST)]


class SizePrice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a modifier costs where another one, mostly a size, is chosen beside it."""

    size: ModifierRef
    price_minor: Price


class Modifier(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One answer of a group. `price_minor` comes on top of a unit of the product, or that of `sizes`. `preset`: chosen
    where nobody says anything. `adds` leaves the stock with each unit; `omits` stays there, of what would have."""

    id: ModifierId
    names: Names
    price_minor: Price = 0
    preset: bool = False
    sizes: Annotated[tuple[SizePrice, ...], msgspec.Meta(max_length=10)] = ()
    adds: Parts = ()
    omits: Parts = ()

    def price_beside(self, chosen: Collection[str]) -> int:
        """What it costs beside others, in minor units."""
        return next((one.price_minor for one in self.sizes if one.size in chosen), self.price_minor)


class ModifierGroup(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What is asked of some products: at least `least` and at most `most` of its modifiers.

    Of `products`, their variants, and those of `categories` and below. `ask`: whoever sells is asked even where presets
    would do. Groups are asked in the order of `place`.
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
    """A modifier by its group and itself."""
    return f"{group.id}/{modifier.id}"


def preset_refs(groups: Iterable[ModifierGroup]) -> frozenset[str]:
    """What is chosen until somebody chooses."""
    return frozenset(ref(group, one) for group in groups for one in group.modifiers if one.preset)


class ChosenModifier(msgspec.Struct, frozen=True, omit_defaults=True):
    """A modifier as a line of a basket, an order or a sale has it; `price_minor` is in the line's own price."""

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
    """What was chosen for a unit; `asks`: somebody has to say it first, and `chosen` is what is chosen until then."""

    chosen: tuple[ChosenModifier, ...] = ()
    asks: bool = False

    @property
    def price_minor(self) -> int:
        """What it adds to the price of a unit."""
        return sum(one.price_minor for one in self.chosen)


NOTHING = ModifierChoice()


def parts_taken(
    sku: str, parts: tuple[BundlePart, ...], modifiers: tuple[ChosenModifier, ...]
) -> tuple[BundlePart, ...]:
    """What leaves the stock for one of a product: its parts or else itself, with what its modifiers add. What they omit
    stays on the shelf, as far as it would have left it."""
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
