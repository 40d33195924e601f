"""Events of tenders."""

from __future__ import annotations

from edge.core.messages import Event
from edge.money.tenders.tender import Currency, ShopTender, TenderId


class TenderSet(Event, frozen=True):
    """A tender of the shop was created or changed. Contains its whole new state."""

    tender: ShopTender


class TenderEnded(Event, frozen=True):
    """A tender was ended."""

    id: TenderId


class RateSet(Event, frozen=True):
    """A foreign currency's rate on this business day, in millionths; 0: not accepted."""

    currency: Currency
    rate: int


EVENTS: tuple[type[Event], ...] = (TenderSet, TenderEnded, RateSet)
