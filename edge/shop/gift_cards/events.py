"""What can have happened to gift cards."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.core.messages import Event
from edge.core.registry import Upcaster
from edge.shop.gift_cards.card import CardId, CardKind

Tail = Annotated[str, msgspec.Meta(pattern="^[0-9A-Z]{0,4}$")]


class CardLoaded(Event, frozen=True):
    """A sum was put onto a card, for money, or of kind `credit` for goods that came back. `tail`: the code's end."""

    card: CardId
    tail: Tail
    kind: CardKind
    minor: int
    balance_minor: int


class CardMoved(Event, frozen=True):
    """A card's balance changed otherwise: `spent`, or `put_back` by a void or refund, or `unloaded` as its load was."""

    card: CardId
    why: Literal["spent", "put_back", "unloaded"]
    minor: int
    balance_minor: int


class CardClosed(Event, frozen=True):
    """Nobody pays with a card any more; `balance_minor` is left on it."""

    card: CardId
    balance_minor: int


EVENTS: tuple[type[Event], ...] = (CardLoaded, CardMoved, CardClosed)
UPCASTERS: tuple[Upcaster, ...] = ()
