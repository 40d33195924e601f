"""What a store decides about its members' points, and what the law of its place does."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.core.config_section import ConfigFile, Section
from edge.foundation.settings.definitions import Setting, SettingGroup
from edge.foundation.settings.queries import LiveSettings

IdleYears = Annotated[int, msgspec.Meta(ge=0, le=10)]
Allowance = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
SETTINGS = SettingGroup(36, (Setting("loyalty.idle_years", IdleYears), Setting("loyalty.offline_most", Allowance)))
"""What may be changed while the shop runs."""
NEVER_END = frozenset({("CA", "QC")})
"""Where points end only behind a letter of its own, which this does not send (Regulation respecting the application of
the Consumer Protection Act, P-40.1, r. 3, s. 79.6.3): there none do. By time alone none end anywhere; who neither earns
nor spends for a year or more may lose them in Ontario, too (O. Reg. 17/05 under the Consumer Protection Act, 2002)."""


class LoyaltySettings(msgspec.Struct, frozen=True):
    """`idle_years`: points of who neither earned nor spent any for so long end (0: never). `may_end`: by the law of the
    store's place they may. `head_office`: it knows what members hold in other shops; `offline_most`: what one may spend
    a day without its word (0: nothing)."""

    idle_years: int = 0
    may_end: bool = True
    head_office: bool = False
    offline_most: int = 100

    @property
    def idle_months(self) -> int:
        """0: points never end."""
        return self.idle_years * 12 if self.may_end else 0


class LoyaltySection(Section, frozen=True, kw_only=True):
    """`[loyalty]`: for how many years a member neither earns nor spends before what they hold ends (0: never); how
    many points one who collects in several shops may spend a day while head office cannot be asked (0: none)."""

    idle_years: IdleYears = 0
    offline_most: Allowance = 100


SECTION = ("loyalty", LoyaltySection)
"""Of config.toml."""


def live(base: LoyaltySettings) -> LiveSettings[LoyaltySettings]:
    """Asked inside the transaction: a change holds at once (`edge/foundation/settings`)."""
    return LiveSettings(base, "loyalty.idle_years", "loyalty.offline_most")


def settings_of(file: ConfigFile) -> LoyaltySettings:
    """As config.toml has them."""
    said = file.of(LoyaltySection)
    place = (file.store.country, file.store.province)
    return LoyaltySettings(said.idle_years, place not in NEVER_END, file.has_head_office, said.offline_most)
