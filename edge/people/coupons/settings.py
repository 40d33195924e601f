"""Coupon print settings of a store."""

from __future__ import annotations

import msgspec

from edge.core.config_section import ConfigFile
from edge.lib.i18n import ENGLISH


class CouponSettings(msgspec.Struct, frozen=True):
    """Heading, language and currency of printed coupons, and the `store` id."""

    currency: str
    language: str = ENGLISH
    header: tuple[str, ...] = ()
    store: str = ""


def settings_of(file: ConfigFile) -> CouponSettings:
    """Settings from config.toml."""
    store = file.store
    return CouponSettings(store.currency, store.language, store.header, store.id)
