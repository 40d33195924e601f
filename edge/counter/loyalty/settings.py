"""A store's loyalty settings, and the law at its place."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.core.config_section import ConfigFile, Section
from edge.foundation.settings.definitions import Setting, SettingGroup
from edge.foundation.settings.queries import LiveSettings

IdleYears = Annotated[int, msgspec.Meta(ge=0, le=10)]
Allowance = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
SETTINGS = SettingGroup(36, (Setting("loyalty.idle_years", IdleYears), Setting("loyalty.offline_most", Allowance)))
"""Settings that can change while the shop runs."""
NEVER_END = frozenset({("CA", "QC")})
"""Places where points never expire, because that requires a separate letter, which this product doesn't send.

Source: Regulation respecting the application of the Consumer Protection Act, P-40.1, r. 3, s. 79.6.3. Points never
expire by time alone anywhere. After a year or more without activity they may expire in Ontario too (O. Reg. 17/05 under
the Consumer Protection Act, 2002).
"""


class LoyaltySettings(msgspec.Struct, frozen=True):
    """A store's loyalty settings.

    `idle_years`: years without activity after which points expire (0: never). `may_end`: the law at the store's place
    allows that. `head_office`: there is a head office that knows balances in other shops. `offline_most`: points that a
    member may spend per day without its confirmation (0: none).
    """

    idle_years: int = 0
    may_end: bool = True
    head_office: bool = False
    offline_most: int = 100

    @property
    def idle_months(self) -> int:
        """Months without activity before points expire; 0: never."""
        return self.idle_years * 12 if self.may_end else 0


class LoyaltySection(Section, frozen=True, kw_only=True):
    """Section `[loyalty]` of config.toml.

    Years without activity before points expire (0: never), and points that a member of several shops may spend per day
    while head office is unreachable (0: none).
    """

    idle_years: IdleYears = 0
    offline_most: Allowance = 100


SECTION = ("loyalty", LoyaltySection)
"""The section of config.toml."""


def live(base: LoyaltySettings) -> LiveSettings[LoyaltySettings]:
    """The current settings, read inside the transaction. Changes apply immediately (`edge/foundation/settings`)."""
    return LiveSettings(base, "loyalty.idle_years", "loyalty.offline_most")


def settings_of(file: ConfigFile) -> LoyaltySettings:
    """Loyalty settings from config.toml."""
    said = file.of(LoyaltySection)
    place = (file.store.country, file.store.province)
    return LoyaltySettings(said.idle_years, place not in NEVER_END, file.has_head_office, said.offline_most)
