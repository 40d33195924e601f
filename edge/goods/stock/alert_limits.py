"""From when on a manager is told of stock: how much at once is much, how soon is soon, what is far off; also by
category."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from edge.core.storage.database import Connection
from edge.goods.catalog.categories.queries import places_of
from edge.goods.stock import rules
from edge.lib.units.quantity import THOUSANDTHS


class AlertLimitsOf(msgspec.Struct, frozen=True):
    """Boxes and units that are much, days ahead, and the units and percent by both of which a count must be off to be
    looked at again; None: as of the category above, or of the shop."""

    boxes: int | None = None
    units: int | None = None
    days: int | None = None
    off_units: int | None = None
    off_percent: int | None = None


USUAL = AlertLimitsOf(5, 60, 7, 3, 20)


class AlertLimits(msgspec.Struct, frozen=True):
    """Those of the shop, and of categories, which hold for those below them as well."""

    shop: AlertLimitsOf = USUAL
    categories: Mapping[str, AlertLimitsOf] = {}

    @property
    def most_days(self) -> int:
        """How far ahead the longest of them looks."""
        return max(one.days or 0 for one in (self.shop, *self.categories.values()))

    def of(self, db: Connection, skus: Iterable[str]) -> LimitsOfProducts:
        """For these products."""
        places = places_of(db, set(skus)) if self.categories else {}
        return LimitsOfProducts(self, {sku: tuple(place.categories) for sku, place in places.items()})


class LimitsOfProducts(msgspec.Struct, frozen=True):
    """What holds for each of some products; `categories`: a product's own, and those above it, the nearest first."""

    limits: AlertLimits
    categories: Mapping[str, tuple[str, ...]]

    def is_large(self, sku: str, delta: int, box: int) -> bool:
        """Whether so many thousandths at once are much; `box`: units in one."""
        boxes, units = self._limit_for(sku, "boxes"), self._limit_for(sku, "units")
        return abs(delta) >= min(units, boxes * box or units) * THOUSANDTHS

    def is_soon(self, sku: str, days: int) -> bool:
        """Whether a last day in so many days is to be spoken of."""
        return days <= self._limit_for(sku, "days")

    def is_far_off(self, sku: str, expected: int, found: int) -> bool:
        """Whether a count (thousandths) differs so much that somebody should look again."""
        return rules.far_off(expected, found, self._limit_for(sku, "off_units"), self._limit_for(sku, "off_percent"))

    def _limit_for(self, sku: str, name: str) -> int:
        own = (self.limits.categories.get(one) for one in self.categories.get(sku, ()))
        said = next((value for one in own if one and (value := getattr(one, name)) is not None), None)
        return int(getattr(self.limits.shop, name) if said is None else said)
