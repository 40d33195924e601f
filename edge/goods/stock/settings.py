"""`[alerts]`: stock alert limits that differ from the defaults, also by category."""

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
    """`[[alerts.category]]`: limits for a category by id, and for its subcategories."""

    id: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    large_boxes: Boxes | None = None
    large_units: Units | None = None
    expiry_days: Days | None = None
    second_look_units: OffUnits | None = None
    second_look_percent: OffPercent | None = None


class AlertsSection(Section, frozen=True, kw_only=True):
    """`[alerts]`: boxes or units of a large movement by hand, days of warning before expiry, and the units *and*
    percent by which a count must differ before a recount is requested.
    """

    large_boxes: Boxes = 5
    large_units: Units = 60
    expiry_days: Days = 7
    second_look_units: OffUnits = 3
    second_look_percent: OffPercent = 20
    category: Annotated[tuple[CategoryAlerts, ...], msgspec.Meta(max_length=1_000)] = ()

    def faults(self) -> Iterator[ConfigFault]:
        """Yield faults that types can't express."""
        for id, count in Counter(one.id for one in self.category).items():
            if count > 1:
                what = f"[[alerts.category]] appears twice for {id!r}."
                yield ConfigFault(("alerts", "category"), what, "Combine them into one.")


SECTION = ("alerts", AlertsSection)
"""The section of config.toml."""


def settings_of(file: ConfigFile) -> AlertLimits:
    """Settings from config.toml."""
    said = file.of(AlertsSection)
    return AlertLimits(_limits(said), {one.id: _limits(one) for one in said.category})


def _limits(said: AlertsSection | CategoryAlerts) -> AlertLimitsOf:
    looked_again = said.second_look_units, said.second_look_percent
    return AlertLimitsOf(said.large_boxes, said.large_units, said.expiry_days, *looked_again)
