"""Stock alert limits for large movements, early expiry and large count differences, also by category."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from edge.core.storage.database import Connection
from edge.goods.catalog.categories.queries import places_of
from edge.goods.stock import rules
from edge.lib.units.quantity import THOUSANDTHS


class AlertLimitsOf(msgspec.Struct, frozen=True):
    """Limits: boxes and units of a large movement; days before expiry; and units and percent of a count difference,
    both of which must be exceeded before a recount is requested. None: inherited from the parent category or the shop.
    """

    boxes: int | None = None
    units: int | None = None
    days: int | None = None
    off_units: int | None = None
    off_percent: int | None = None


USUAL = AlertLimitsOf(5, 60, 7, 3, 20)


class AlertLimits(msgspec.Struct, frozen=True):
    """The limits of the shop and of categories. A category's limits also apply to its subcategories."""

    shop: AlertLimitsOf = USUAL
    categories: Mapping[str, AlertLimitsOf] = {}

    @property
    def most_days(self) -> int:
        """The longest expiry warning, in days."""
        return max(one.days or 0 for one in (self.shop, *self.categories.values()))

    def of(self, db: Connection, skus: Iterable[str]) -> LimitsOfProducts:
        """The limits of these products."""
        places = places_of(db, set(skus)) if self.categories else {}
        return LimitsOfProducts(self, {sku: tuple(place.categories) for sku, place in places.items()})


class LimitsOfProducts(msgspec.Struct, frozen=True):
    """The limits of some products; `categories`: each product's own category and its ancestors, nearest first."""

    limits: AlertLimits
    categories: Mapping[str, tuple[str, ...]]

    def is_large(self, sku: str, delta: int, box: int) -> bool:
        """Whether a movement of `delta` thousandths is large; `box`: units in a box."""
        boxes, units = self._limit_for(sku, "boxes"), self._limit_for(sku, "units")
        return abs(delta) >= min(units, boxes * box or units) * THOUSANDTHS

    def is_soon(self, sku: str, days: int) -> bool:
        """Whether expiry within this many days needs a warning."""
        return days <= self._limit_for(sku, "days")

    def is_far_off(self, sku: str, expected: int, found: int) -> bool:
        """Whether a count (thousandths) differs so much that it should be repeated."""
        return rules.far_off(expected, found, self._limit_for(sku, "off_units"), self._limit_for(sku, "off_percent"))

    def _limit_for(self, sku: str, name: str) -> int:
        own = (self.limits.categories.get(one) for one in self.categories.get(sku, ()))
        said = next((value for one in own if one and (value := getattr(one, name)) is not None), None)
        return int(getattr(self.limits.shop, name) if said is None else said)
