"""What can have happened to gift cards."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.core.messages import Event
from edge.money.gift_cards.card import CardId, CardKind

Tail = Annotated[str, msgspec.Meta(pattern=r"^[0-9A-Z]{0,4}$(?!\n)")]


class CardLoaded(Event, frozen=True):
    """A sum was put onto a card, for money, or of kind `credit` for goods that came back. `tail`: the code's end.

    `expires_on` is its last day of business; empty: it has none. `currency` is whose money is on it; empty: that of the
    store. `imported`: it was loaded at the till that the shop had before.
    """

    card: CardId
    tail: Tail
    kind: CardKind
    minor: int
    balance_minor: int
    expires_on: str = ""
    currency: str = ""
    imported: bool = False


class CardMoved(Event, frozen=True):
    """A card's balance changed otherwise: `spent`, or `put_back` by a void or refund, or `unloaded` as its load was, or
    booked by the office as `expired`, behind its last day: the shop owes it no more.

    `unconfirmed` is what was spent without head office's word, and `expires_on` the card's last day from now on. There
    is `expired`, and `currency` is whose money it was, as of a load.
    """

    card: CardId
    why: Literal["spent", "put_back", "unloaded", "expired"]
    minor: int
    balance_minor: int
    expires_on: str = ""
    unconfirmed: bool = False
    currency: str = ""


class CardClosed(Event, frozen=True):
    """Nobody pays with a card any more; `balance_minor` is left on it."""

    card: CardId
    balance_minor: int


class CardSettled(Event, frozen=True):
    """Head office said what a card holds, over all shops. `lost_minor`: what was spent of it in all beyond that."""

    card: CardId
    tail: Tail
    kind: CardKind
    balance_minor: int
    expires_on: str = ""
    closed: bool = False
    lost_minor: int = 0


class CardLossNoted(Event, frozen=True):
    """A manager has seen that so much more was spent of a card than it held: the shop's loss."""

    card: CardId
    lost_minor: int


EVENTS: tuple[type[Event], ...] = (CardLoaded, CardMoved, CardClosed, CardSettled, CardLossNoted)
