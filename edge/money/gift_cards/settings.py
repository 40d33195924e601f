"""What a store decides about its gift cards."""

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
"""What may be changed while the shop runs."""


class GiftCardSettings(msgspec.Struct, frozen=True):
    """`head_office`: it settles what cards hold. `offline_most`: what a card may pay a day without its word, in units
    of the currency (0: nothing). `valid_months`: how long a card is good after it was loaded (0: for ever)."""

    currency: str
    head_office: bool = False
    offline_most: int = 50
    valid_months: int = 0

    @property
    def offline_minor(self) -> int:
        units: int = self.offline_most * 10 ** exponent(self.currency)
        return units


def live(base: GiftCardSettings) -> LiveSettings[GiftCardSettings]:
    """Asked inside the transaction: a change holds at once (`edge/foundation/settings`)."""
    return LiveSettings(base, "gift_cards.offline_most", "gift_cards.valid_months")


class GiftCardsSection(Section, frozen=True, kw_only=True):
    """`[gift_cards]`: what a card may pay a day while head office cannot be asked, in units of the currency, how many
    months one is good after it was loaded (0: for ever), and below which sum, in units, what one had paid may go back
    in cash (0: never)."""

    offline_most: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] = 50
    valid_months: Annotated[int, msgspec.Meta(ge=0, le=1200)] = 0
    cash_below: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] = 0


SECTION = ("gift_cards", GiftCardsSection)
"""Of config.toml."""


def settings_of(file: ConfigFile) -> GiftCardSettings:
    """As config.toml has them."""
    said = file.of(GiftCardsSection)
    return GiftCardSettings(file.store.currency, file.has_head_office, said.offline_most, said.valid_months)
