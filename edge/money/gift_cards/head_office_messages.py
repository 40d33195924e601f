"""What a box asks head office about a card, and what it is told: bodies of `sync.wire.Ask`, room `gift_cards`."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.core.messages import Number
from edge.money.gift_cards.card import CardId, CardKind

ROOM = "gift_cards"


class CardQuestion(msgspec.Struct, frozen=True):
    """What does a card hold; and keep `minor` of it for a basket of the register (0: keep nothing any more).

    `epoch` and `first_seq` say which rows of the box's journal are its own: those of this epoch, from there on.
    `currency` is the box's: a card of another one is none that it can know.
    """

    card: CardId
    register: Annotated[str, msgspec.Meta(max_length=64)]
    epoch: Number
    first_seq: Number
    minor: Number = 0
    currency: str = ""


class CardAnswer(msgspec.Struct, frozen=True):
    """What a card holds over all shops, less what others keep of it (`free_minor`); without `kind`, nobody knows it.

    `through`: the newest row of the box's own journal that is in it.
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
