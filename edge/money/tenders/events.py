"""What can have happened to tenders."""

from __future__ import annotations

from edge.core.messages import Event
from edge.money.tenders.tender import Currency, ShopTender, TenderId


class TenderSet(Event, frozen=True):
    """A tender of the shop's own is new or changed: all of it, as it is from now on."""

    tender: ShopTender


class TenderEnded(Event, frozen=True):
    """A tender is taken no more."""

    id: TenderId


class RateSet(Event, frozen=True):
    """What a foreign currency is worth on this day of business, in millionths; 0: it is not taken."""

    currency: Currency
    rate: int


EVENTS: tuple[type[Event], ...] = (TenderSet, TenderEnded, RateSet)
