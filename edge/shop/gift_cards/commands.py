"""What can be asked of gift cards. All but closing is asked by the till, inside its own commands."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.core.messages import Command
from edge.shop.gift_cards.card import CardId, CardKind, CardMinor

Tail = Annotated[str, msgspec.Meta(max_length=4)]


class LoadCard(Command, frozen=True):
    """Put a sum onto a card, which is made where there is none."""

    card: CardId
    tail: Tail
    minor: CardMinor
    kind: CardKind = "gift"


class HoldCard(Command, frozen=True):
    """Keep a sum of a card for the register's basket. The result is what is held now, at most what is free."""

    card: CardId
    minor: CardMinor


class ReleaseHolds(Command, frozen=True):
    """The register's basket is gone: what was held for it is free."""


class SpendCard(Command, frozen=True):
    """Take a sum off a card that paid with it."""

    card: CardId
    minor: CardMinor


class PutBack(Command, frozen=True):
    """Put back onto a card what it had paid."""

    card: CardId
    minor: CardMinor


class TakeLoadBack(Command, frozen=True):
    """The sale of a load is undone: take it off the card, or refuse where that holds less."""

    card: CardId
    minor: CardMinor


class CloseCard(Command, frozen=True):
    """Let nobody pay with a card any more; what it holds stays the shop's debt."""

    card: CardId
