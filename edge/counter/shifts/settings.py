"""What a store decides about its shifts, as config.toml has it, and as it is at any moment."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.core.config_section import ConfigFile, Section
from edge.foundation.settings.definitions import Setting, SettingGroup
from edge.foundation.settings.queries import LiveSettings
from edge.lib.i18n import ENGLISH

MostMinor = Annotated[int, msgspec.Meta(ge=0, le=10**9)]
SETTINGS = SettingGroup(
    40,
    (
        Setting("shifts.blind", bool),
        Setting("shifts.required", bool),
        Setting("shifts.difference_most_minor", MostMinor),
    ),
)
"""What may be changed while the shop runs."""


DIFFERENCE_MINOR = 2_000


class ShiftSettings(msgspec.Struct, frozen=True):
    """`blind`: what should be in the drawer is not shown before it was counted. `required`: nobody sells without a
    shift. `pin_for`: what a manager's PIN is asked for. `header` are
    the lines on top of a report, `cash_step_minor` the smallest coin. A drawer that is off by more than
    `difference_most_minor` wants a reason and a manager (0: never)."""

    currency: str
    header: tuple[str, ...] = ()
    language: str = ENGLISH
    zone: str = "UTC"
    blind: bool = False
    required: bool = False
    pin_for: tuple[str, ...] = ()
    cash_step_minor: int = 1
    difference_most_minor: int = DIFFERENCE_MINOR


def live(base: ShiftSettings) -> LiveSettings[ShiftSettings]:
    """Asked inside the transaction, or at the moment of use: a change holds at once (`edge/foundation/settings`)."""
    names = ("store.header", "store.language", "shifts.blind", "shifts.required", "shifts.difference_most_minor")
    return LiveSettings(base, *names, "till.pin_for")


class ShiftsSection(Section, frozen=True, kw_only=True):
    """`[shifts]`: whether a drawer is counted without knowing what should be in it, whether selling needs one, and from
    which difference on a manager says why."""

    blind: bool = False
    required: bool = False
    difference_most_minor: MostMinor = DIFFERENCE_MINOR


SECTION = ("shifts", ShiftsSection)
"""Of config.toml."""


def settings_of(file: ConfigFile) -> ShiftSettings:
    """As config.toml has them."""
    store, said = file.store, file.of(ShiftsSection)
    pin_for = file.said_of("till.pin_for")
    shop = (store.currency, store.header, store.language, store.zone)
    step_minor, most_minor = store.cash_step_minor, said.difference_most_minor
    return ShiftSettings(*shop, said.blind, said.required, pin_for, step_minor, most_minor)
