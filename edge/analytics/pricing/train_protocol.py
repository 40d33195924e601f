"""What the process that learns prices is asked, and how it answers: JSON, a line each."""

from __future__ import annotations

import msgspec

from edge.analytics.pricing.commands import FinishPrices


class PriceRequest(msgspec.Struct, frozen=True):
    """`held`: categories whose prices the law or the shop holds, they and all below."""

    ledger: str
    today: str
    now_us: int
    held: tuple[str, ...] = ()


class PricesTrained(msgspec.Struct, frozen=True, tag=True):
    """What is to be done with what it came to."""

    command: FinishPrices


class PricesFailed(msgspec.Struct, frozen=True, tag=True):
    """Why there is no model: a key of section `pricing`."""

    why: str
    values: dict[str, str | int] = {}


PriceAnswer = PricesTrained | PricesFailed
