"""The shares of a payment: provider, platform and store. Pure; in minor units."""

from __future__ import annotations

import msgspec

from edge.lib.units.money import divide_half_up
from edge.money.payments.providers.provider import RATE_WHOLE, Provider, fee_of


class FeeSplit(msgspec.Struct, frozen=True):
    """The shares of a payment, which add up to its sum. The store's may be negative."""

    amount_minor: int
    provider_minor: int
    platform_minor: int

    @property
    def store_minor(self) -> int:
        return self.amount_minor - self.provider_minor - self.platform_minor


def split_of(provider: Provider, amount_minor: int) -> FeeSplit | None:
    """The shares by contract; None if no fees are known."""
    platform_minor = min(
        amount_minor,
        divide_half_up(amount_minor * provider.platform_rate, RATE_WHOLE) + provider.platform_fixed_minor,
    )
    said = (provider.fee_rate, provider.fee_fixed_minor, provider.platform_rate, provider.platform_fixed_minor)
    return FeeSplit(amount_minor, fee_of(provider, amount_minor), platform_minor) if any(said) else None


def returned_minor(fee_minor: int, amount_minor: int, refunded_minor: int) -> int:
    """How much of the platform's fee is returned in total, once `refunded_minor` of `amount_minor` are refunded.

    It's in proportion, so the last refund settles the rounding.
    """
    back_minor = min(refunded_minor, amount_minor)
    return divide_half_up(fee_minor * back_minor, amount_minor) if amount_minor > 0 else 0
