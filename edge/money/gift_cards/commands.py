"""Commands of gift cards. The till runs all of them inside its own commands, except closing and booking."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.core.messages import Command, Number
from edge.money.gift_cards.card import CardId, CardKind, CardMinor

Minor = Annotated[int, msgspec.Meta(ge=0, le=10**12)]
Tail = Annotated[str, msgspec.Meta(max_length=4)]


class LoadCard(Command, frozen=True):
    """Load a sum onto a card, which is created if it's new.

    `imported`: it was loaded at the shop's previous till, and is valid until `expires_on` ("": no expiry).
    """

    card: CardId
    tail: Tail
    minor: CardMinor
    kind: CardKind = "gift"
    imported: bool = False
    expires_on: Annotated[str, msgspec.Meta(pattern=r"^(\d{4}-\d{2}-\d{2})?$(?!\n)")] = ""


class HeldSum(msgspec.Struct, frozen=True):
    """The sum of a card that is held for a basket, and whether head office confirmed it."""

    minor: int
    confirmed: bool


class HoldCard(Command, frozen=True):
    """Hold a sum of a card for the register's basket.

    Returns a `HeldSum`, which is at most the free balance. If head office hasn't confirmed it, it's also at most the
    shop's daily offline limit.
    """

    card: CardId
    minor: CardMinor


class RenewHolds(Command, frozen=True):
    """Renew the holds of the register's basket, so that they last their full time from now."""


class ReleaseHolds(Command, frozen=True):
    """Release the holds of the register's basket. `card`: only this card's hold; None: all holds."""

    card: CardId | None = None


class SpendCard(Command, frozen=True):
    """Charge a card for a payment. `unconfirmed`: without head office's confirmation."""

    card: CardId
    minor: CardMinor
    unconfirmed: bool = False


class PutBack(Command, frozen=True):
    """Return a payment to its card."""

    card: CardId
    minor: CardMinor


class TakeLoadBack(Command, frozen=True):
    """Undo a load whose sale was undone. Raises `Refusal` if the card's balance is lower than the load."""

    card: CardId
    minor: CardMinor


class SettleCard(Command, frozen=True):
    """Set a card's balance as reported by head office.

    `balance_minor` includes this box's journal up to row `through`. `lost_minor`: the amount overspent in all shops.
    `free_minor`: the balance not held by other boxes. `kept`: all of it is held for this box's office.
    """

    card: CardId
    tail: Tail
    kind: CardKind
    balance_minor: Minor
    through: Number
    expires_on: Annotated[str, msgspec.Meta(max_length=10)] = ""
    closed: bool = False
    lost_minor: Minor = 0
    free_minor: Minor | None = None
    kept: bool = False


class NoteCardLoss(Command, frozen=True):
    """Acknowledge the loss on a card."""

    card: CardId


class CloseCard(Command, frozen=True):
    """Close a card to payments; its balance stays a liability of the shop."""

    card: CardId


class ReopenCard(Command, frozen=True):
    """Reopen a closed card for payments."""

    card: CardId


class BookExpiredCard(Command, frozen=True):
    """Book an expired card's balance as income. Never automatic, and only on a box that alone loaded the card.

    A head office must have just confirmed the balance and hold all of it for this box, so that no two boxes book the
    same money. `POST /api/v1/gift-cards/book-expired` requests that.
    """

    card: CardId
