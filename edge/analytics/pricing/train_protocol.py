"""Protocol of the price training process: one JSON per line."""

from __future__ import annotations

import msgspec

from edge.analytics.pricing.commands import FinishPrices


class PriceRequest(msgspec.Struct, frozen=True):
    """`held`: categories with prices fixed by law or by the shop, including subcategories."""

    ledger: str
    today: str
    now_us: int
    held: tuple[str, ...] = ()


class PricesTrained(msgspec.Struct, frozen=True, tag=True):
    """The command with the results."""

    command: FinishPrices


class PricesFailed(msgspec.Struct, frozen=True, tag=True):
    """The reason there is no model: a key of section `pricing`."""

    why: str
    values: dict[str, str | int] = {}


PriceAnswer = PricesTrained | PricesFailed
