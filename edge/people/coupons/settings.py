"""What a store decides about the papers of its coupons."""

from __future__ import annotations

import msgspec

from edge.core.config_section import ConfigFile
from edge.lib.i18n import ENGLISH


class CouponSettings(msgspec.Struct, frozen=True):
    """What stands above a coupon, in which language and currency it is, and the id of the `store`."""

    currency: str
    language: str = ENGLISH
    header: tuple[str, ...] = ()
    store: str = ""


def settings_of(file: ConfigFile) -> CouponSettings:
    """As config.toml has them."""
    store = file.store
    return CouponSettings(store.currency, store.language, store.header, store.id)
