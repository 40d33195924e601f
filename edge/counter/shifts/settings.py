"""A store's shift settings, from config.toml and from changes made since."""

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
"""Settings that can change while the shop runs."""


DIFFERENCE_MINOR = 2_000


class ShiftSettings(msgspec.Struct, frozen=True):
    """The shift settings of a store.

    `blind`: the expected amount is hidden until the drawer is counted. `required`: sales need an open shift. `pin_for`:
    actions that need a manager's PIN. `header`: the lines at the top of a report; `cash_step_minor`: the smallest coin.
    A difference above `difference_most_minor` needs a reason and a manager (0: never). `proof_at`: the box's address
    for phones in the shop, at the start of a report's QR code ("": without one).
    """

    currency: str
    header: tuple[str, ...] = ()
    language: str = ENGLISH
    zone: str = "UTC"
    blind: bool = False
    required: bool = False
    pin_for: tuple[str, ...] = ()
    cash_step_minor: int = 1
    difference_most_minor: int = DIFFERENCE_MINOR
    proof_at: str = ""


def live(base: ShiftSettings) -> LiveSettings[ShiftSettings]:
    """The current settings, read inside the transaction or on use.

    Changes apply immediately (`edge/foundation/settings`).
    """
    names = ("store.header", "store.language", "shifts.blind", "shifts.required", "shifts.difference_most_minor")
    return LiveSettings(base, *names, "till.pin_for")


class ShiftsSection(Section, frozen=True, kw_only=True):
    """Section `[shifts]` of config.toml.

    Whether drawers are counted blind, whether sales need a shift, and the difference above which a manager must give a
    reason.
    """

    blind: bool = False
    required: bool = False
    difference_most_minor: MostMinor = DIFFERENCE_MINOR


SECTION = ("shifts", ShiftsSection)
"""The section of config.toml."""


def settings_of(file: ConfigFile) -> ShiftSettings:
    """Shift settings from config.toml."""
    store, said = file.store, file.of(ShiftsSection)
    pin_for = file.said_of("till.pin_for")
    shop = (store.currency, store.header, store.language, store.zone)
    step_minor, most_minor = store.cash_step_minor, said.difference_most_minor
    proof_at = file.network_address if file.said_of("till.receipt_proof") else ""
    return ShiftSettings(*shop, said.blind, said.required, pin_for, step_minor, most_minor, proof_at)
