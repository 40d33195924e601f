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
    """End a tender. Payments already made with it don't change."""

    id: TenderId


class SetRate(Command, frozen=True):
    """Set today's rate of a foreign currency; 0: not accepted today.

    `rate`: the value of its minor unit, in millionths of ours.
    """

    currency: Currency
    rate: Rate
