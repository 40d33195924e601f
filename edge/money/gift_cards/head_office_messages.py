"""Messages between a box and head office about a card: bodies of `sync.wire.Ask`, room `gift_cards`."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.core.messages import Number
from edge.money.gift_cards.card import CardId, CardKind

ROOM = "gift_cards"


class CardQuestion(msgspec.Struct, frozen=True):
    """Request a card's balance, and hold `minor` of it for a basket of the register (0: release the hold).

    `epoch` and `first_seq` identify the box's own journal rows: those of this epoch, from that row on.
    `currency` is the box's: cards of another currency are unknown to it.
    """

    card: CardId
    register: Annotated[str, msgspec.Meta(max_length=64)]
    epoch: Number
    first_seq: Number
    minor: Number = 0
    currency: str = ""


class CardAnswer(msgspec.Struct, frozen=True):
    """A card's balance over all shops, and the part not held by others (`free_minor`); without `kind`, the card is
    unknown.

    `through`: the newest row of the box's own journal included.
    """

    kind: CardKind | None = None
    tail: str = ""
    balance_minor: int = 0
    free_minor: int = 0
    lost_minor: int = 0
    expires_on: str = ""
    closed: bool = False
    through: Number = 0


encode = msgspec.json.encode
question_of = msgspec.json.Decoder(CardQuestion).decode
answer_of = msgspec.json.Decoder(CardAnswer).decode
