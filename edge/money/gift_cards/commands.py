"""What can be asked of gift cards. All but closing and booking is asked by the till, inside its own commands."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.core.messages import Command, Number
from edge.money.gift_cards.card import CardId, CardKind, CardMinor

Minor = Annotated[int, msgspec.Meta(ge=0, le=10**12)]
Tail = Annotated[str, msgspec.Meta(max_length=4)]


class LoadCard(Command, frozen=True):
    """Put a sum onto a card, which is made where there is none. `imported`: it was loaded at the till that the shop had
    before, and is good until `expires_on` ("": for ever)."""

    card: CardId
    tail: Tail
    minor: CardMinor
    kind: CardKind = "gift"
    imported: bool = False
    expires_on: Annotated[str, msgspec.Meta(pattern=r"^(\d{4}-\d{2}-\d{2})?$(?!\n)")] = ""


class HeldSum(msgspec.Struct, frozen=True):
    """What is kept of a card for a basket, and whether head office said that it is there."""

    minor: int
    confirmed: bool


class HoldCard(Command, frozen=True):
    """Keep a sum of a card for the register's basket. The result is a `HeldSum`: at most what is free, and without
    head office's word at most what the shop lets a card spend a day."""

    card: CardId
    minor: CardMinor


class RenewHolds(Command, frozen=True):
    """The register's basket was touched: what is held for it waits as long as it does from now on."""


class ReleaseHolds(Command, frozen=True):
    """The register's basket is gone: what was held for it is free. `card`: of that one alone; None: of all."""

    card: CardId | None = None


class SpendCard(Command, frozen=True):
    """Take a sum off a card that paid with it. `unconfirmed`: without head office's word."""

    card: CardId
    minor: CardMinor
    unconfirmed: bool = False


class PutBack(Command, frozen=True):
    """Put back onto a card what it had paid."""

    card: CardId
    minor: CardMinor


class TakeLoadBack(Command, frozen=True):
    """The sale of a load is undone: take it off the card, or refuse where that holds less."""

    card: CardId
    minor: CardMinor


class SettleCard(Command, frozen=True):
    """Believe head office what a card holds: `balance_minor`, with what this box did up to row `through` of its
    journal.
    `lost_minor`: what was spent beyond it, in all shops; `free_minor`: what others do not keep of it; `kept`: it keeps
    all of that for this box's office."""

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
    """Say that somebody has seen what a card lost the shop."""

    card: CardId


class CloseCard(Command, frozen=True):
    """Let nobody pay with a card any more; what it holds stays the shop's debt."""

    card: CardId


class BookExpiredCard(Command, frozen=True):
    """Owe no more what is on a card behind its last day: it becomes the shop's income. Never done by itself, and by a
    box that loaded the card alone. With a head office that said lately what the card holds, and keeps all of it for
    this box meanwhile (`POST /api/v1/gift-cards/book-expired` asks it): so no two book the same money."""

    card: CardId
