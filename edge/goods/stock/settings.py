"""`[alerts]`: from when on managers are told of things, where the usual is not right; also category by category."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Annotated

import msgspec

from edge.core.config_section import ConfigFault, ConfigFile, Section
from edge.goods.stock.alert_limits import AlertLimits, AlertLimitsOf

Boxes = Annotated[int, msgspec.Meta(ge=1, le=100_000)]
Units = Annotated[int, msgspec.Meta(ge=1, le=10_000_000)]
Days = Annotated[int, msgspec.Meta(ge=0, le=365)]
OffUnits = Annotated[int, msgspec.Meta(ge=0, le=100_000)]
OffPercent = Annotated[int, msgspec.Meta(ge=0, le=100)]


class CategoryAlerts(Section, frozen=True, kw_only=True):
    """`[[alerts.category]]`: what is otherwise for a category, by its id, and those below it."""

    id: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    large_boxes: Boxes | None = None
    large_units: Units | None = None
    expiry_days: Days | None = None
    second_look_units: OffUnits | None = None
    second_look_percent: OffPercent | None = None


class AlertsSection(Section, frozen=True, kw_only=True):
    """`[alerts]`: how many boxes or units that a person moves at once are much, how long before their last day goods
    are spoken of, and by more than how many units *and* percent a count must be off to be looked at again."""

    large_boxes: Boxes = 5
    large_units: Units = 60
    expiry_days: Days = 7
    second_look_units: OffUnits = 3
    second_look_percent: OffPercent = 20
    category: Annotated[tuple[CategoryAlerts, ...], msgspec.Meta(max_length=1_000)] = ()

    def faults(self) -> Iterator[ConfigFault]:
        """What types cannot say."""
        for id, count in Counter(one.id for one in self.category).items():
            if count > 1:
                what = f"[[alerts.category]] {id!r} stands twice."
                yield ConfigFault(("alerts", "category"), what, "Combine them into one.")


SECTION = ("alerts", AlertsSection)
"""Of config.toml."""


def settings_of(file: ConfigFile) -> AlertLimits:
    """As config.toml has them."""
    said = file.of(AlertsSection)
    return AlertLimits(_limits(said), {one.id: _limits(one) for one in said.category})


def _limits(said: AlertsSection | CategoryAlerts) -> AlertLimitsOf:
    looked_again = said.second_look_units, said.second_look_percent
    return AlertLimitsOf(said.large_boxes, said.large_units, said.expiry_days, *looked_again)
