"""A store's settings of gift cards."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.core.config_section import ConfigFile, Section
from edge.foundation.settings.definitions import Setting, SettingGroup
from edge.foundation.settings.queries import LiveSettings
from edge.lib.units.money import exponent

SETTINGS = SettingGroup(
    35,
    (
        Setting("gift_cards.offline_most", Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]),
        Setting("gift_cards.valid_months", Annotated[int, msgspec.Meta(ge=0, le=1200)]),
        Setting("gift_cards.cash_below", Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]),
    ),
)
"""Settings that can change while the shop runs."""


class GiftCardSettings(msgspec.Struct, frozen=True):
    """Settings of gift cards.

    `head_office`: there is a head office that settles balances. `offline_most`: a card's daily limit without its
    confirmation, in units of the currency (0: none). `valid_months`: months of validity after a load (0: no expiry).
    """

    currency: str
    head_office: bool = False
    offline_most: int = 50
    valid_months: int = 0

    @property
    def offline_minor(self) -> int:
        units: int = self.offline_most * 10 ** exponent(self.currency)
        return units


def live(base: GiftCardSettings) -> LiveSettings[GiftCardSettings]:
    """The current settings, read inside the transaction. Changes apply immediately (`edge/foundation/settings`)."""
    return LiveSettings(base, "gift_cards.offline_most", "gift_cards.valid_months")


class GiftCardsSection(Section, frozen=True, kw_only=True):
    """`[gift_cards]`: a card's daily limit while head office can't be reached, in units of the currency, the months of
    validity after a load (0: no expiry), and the sum in units below which a card's refund may be paid
    in cash (0: never)."""

    offline_most: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] = 50
    valid_months: Annotated[int, msgspec.Meta(ge=0, le=1200)] = 0
    cash_below: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] = 0


SECTION = ("gift_cards", GiftCardsSection)
"""The section of config.toml."""


def settings_of(file: ConfigFile) -> GiftCardSettings:
    """Settings from config.toml."""
    said = file.of(GiftCardsSection)
    return GiftCardSettings(file.store.currency, file.has_head_office, said.offline_most, said.valid_months)
