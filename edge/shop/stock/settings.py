"""`[alerts]`: from when on managers are told of things, where the usual is not right; also category by category."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Annotated

import msgspec

from edge.core.config_section import ConfigFault, ConfigFile, Section
from edge.shop.stock.alert_limits import AlertLimits, AlertLimitsOf

Boxes = Annotated[int, msgspec.Meta(ge=1, le=100_000)]
Units = Annotated[int, msgspec.Meta(ge=1, le=10_000_000)]
Days = Annotated[int, msgspec.Meta(ge=0, le=365)]


class CategoryAlerts(Section, frozen=True, kw_only=True):
    """`[[alerts.category]]`: what is otherwise for a category, by its id, and those below it."""

    id: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    large_boxes: Boxes | None = None
    large_units: Units | None = None
    expiry_days: Days | None = None


class AlertsSection(Section, frozen=True, kw_only=True):
    """`[alerts]`: how many boxes or units that a person moves at once are much, and how long before their last day
    goods are spoken of."""

    large_boxes: Boxes = 5
    large_units: Units = 60
    expiry_days: Days = 7
    category: Annotated[tuple[CategoryAlerts, ...], msgspec.Meta(max_length=1_000)] = ()

    def faults(self) -> Iterator[ConfigFault]:
        """What types cannot say."""
        for id, count in Counter(one.id for one in self.category).items():
            if count > 1:
                what = f"[[alerts.category]] {id!r} stands twice."
                yield ConfigFault(("alerts", "category"), what, "Say all of it in one.")


SECTION = ("alerts", AlertsSection)
"""Of config.toml."""


def settings_of(file: ConfigFile) -> AlertLimits:
    """As config.toml has them."""
    said = file.of(AlertsSection)
    of = {one.id: AlertLimitsOf(one.large_boxes, one.large_units, one.expiry_days) for one in said.category}
    return AlertLimits(AlertLimitsOf(said.large_boxes, said.large_units, said.expiry_days), of)
