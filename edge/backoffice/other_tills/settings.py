"""Settings of other tills, and which of them can change at run time."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.core.config_section import ConfigFile, Section
from edge.foundation.settings.definitions import Setting, SettingGroup
from edge.foundation.settings.queries import LiveSettings

RefundWaitDays = Annotated[int, msgspec.Meta(ge=1, le=365)]
OverlapMin = Annotated[int, msgspec.Meta(ge=0, le=60)]
MomentOffMin = Annotated[int, msgspec.Meta(ge=1, le=60)]
HookBurst = Annotated[int, msgspec.Meta(ge=20, le=5_000)]
SETTINGS = SettingGroup(
    65,
    (
        Setting("other_tills.refund_wait_days", RefundWaitDays),
        Setting("other_tills.overlap_min", OverlapMin),
        Setting("other_tills.moment_off_min", MomentOffMin),
        Setting("other_tills.hook_burst", HookBurst),
    ),
)
"""Settings that can be changed while the shop is running."""


class TillBounds(msgspec.Struct, frozen=True):
    """Limits of other tills. A refund waits `refund_wait_days` for its sale. Changes are requested with an overlap of
    `overlap_min` minutes. At most `hook_burst` webhooks may arrive at once; the time in their header may be off by
    `moment_off_min` minutes."""

    refund_wait_days: int = 30
    overlap_min: int = 2
    moment_off_min: int = 5
    hook_burst: int = 200


USUAL = TillBounds()


class OtherTillsSection(Section, frozen=True, kw_only=True):
    """`[other_tills]`: see `TillBounds`."""

    refund_wait_days: RefundWaitDays = USUAL.refund_wait_days
    overlap_min: OverlapMin = USUAL.overlap_min
    moment_off_min: MomentOffMin = USUAL.moment_off_min
    hook_burst: HookBurst = USUAL.hook_burst


SECTION = ("other_tills", OtherTillsSection)
"""The section of config.toml."""


def live_bounds(file: ConfigFile) -> LiveSettings[TillBounds]:
    """Limits that can be changed at run time. They're read on use, so changes apply at once."""
    return _live(msgspec.convert(msgspec.to_builtins(file.of(OtherTillsSection)), TillBounds))


def _live(base: TillBounds) -> LiveSettings[TillBounds]:
    return LiveSettings(base, *(one.name for one in SETTINGS.settings))


USUAL_BOUNDS = _live(USUAL)
"""The default bounds."""
