"""Events of gift cards."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.core.messages import Event
from edge.money.gift_cards.card import CardId, CardKind

Tail = Annotated[str, msgspec.Meta(pattern=r"^[0-9A-Z]{0,4}$(?!\n)")]


class CardLoaded(Event, frozen=True):
    """A sum was loaded onto a card, for money or as `credit` for returned goods. `tail`: the end of its code.

    `expires_on` is the last business day; empty: none. `currency` is the card's; empty: the
    store's. `imported`: it was loaded at the shop's previous till.
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
    """A card's balance changed: `spent`, `put_back` by a void or refund, `unloaded` with its load's sale, or
    `expired` and booked as income.

    `unconfirmed` is the part spent without head office's confirmation, `expires_on` the card's new last day. With
    `expired`, `currency` is the card's, as in a load.
    """

    card: CardId
    why: Literal["spent", "put_back", "unloaded", "expired"]
    minor: int
    balance_minor: int
    expires_on: str = ""
    unconfirmed: bool = False
    currency: str = ""


class CardClosed(Event, frozen=True):
    """A card was closed to payments with `balance_minor` left on it."""

    card: CardId
    balance_minor: int


class CardReopened(Event, frozen=True):
    """A closed card was opened to payments again, with `balance_minor` on it."""

    card: CardId
    balance_minor: int


class CardSettled(Event, frozen=True):
    """Head office reported a card's balance over all shops. `lost_minor`: overspending in all of them."""

    card: CardId
    tail: Tail
    kind: CardKind
    balance_minor: int
    expires_on: str = ""
    closed: bool = False
    lost_minor: int = 0


class CardLossNoted(Event, frozen=True):
    """A manager acknowledged that the card was overspent, which is the shop's loss."""

    card: CardId
    lost_minor: int


EVENTS: tuple[type[Event], ...] = (CardLoaded, CardMoved, CardClosed, CardReopened, CardSettled, CardLossNoted)
