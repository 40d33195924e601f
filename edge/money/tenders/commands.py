"""What can be asked of tenders."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.core.messages import Command
from edge.money.tenders.tender import Currency, ShopTender, TenderId

Rate = Annotated[int, msgspec.Meta(ge=0, le=10**12)]


class SetTender(Command, frozen=True):
    """Let a tender of the shop's own be as this says, a new one or one that there is."""

    tender: ShopTender


class EndTender(Command, frozen=True):
    """Take a tender no more. What was paid with it stays as it is."""

    id: TenderId


class SetRate(Command, frozen=True):
    """Take a foreign currency today: one of its minor units is worth `rate` millionths of ours. 0: not today."""

    currency: Currency
    rate: Rate
