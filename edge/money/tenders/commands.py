"""Commands of tenders."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.core.messages import Command
from edge.money.tenders.tender import Currency, ShopTender, TenderId

Rate = Annotated[int, msgspec.Meta(ge=0, le=10**12)]


class SetTender(Command, frozen=True):
    """Create or change a tender of the shop."""

    tender: ShopTender


class EndTender(Command, frozen=True):
    """End a tender. Payments with it stay as they are."""

    id: TenderId


class SetRate(Command, frozen=True):
    """Set today's rate of a foreign currency: one of its minor units is worth `rate` millionths of ours. 0: not
    accepted today."""

    currency: Currency
    rate: Rate
