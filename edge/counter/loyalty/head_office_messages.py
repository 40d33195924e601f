"""What a box asks head office about a member, and what it is told: bodies of `sync.wire.Ask`, room `loyalty`."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.core.messages import Number

ROOM = "loyalty"
MemberDigest = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{32}$(?!\n)")]


class MemberQuestion(msgspec.Struct, frozen=True):
    """What does a member hold in all shops; and keep it for this box for ten minutes (`keep`).

    `epoch` and `first_seq` say which rows of the box's journal are its own: those of this epoch, from there on.
    """

    member: MemberDigest
    epoch: Number
    first_seq: Number
    keep: bool = False


class MemberPurse(msgspec.Struct, frozen=True):
    """What is in a purse over all shops, never below 0. `lost`: what shops that were cut off gave beyond that, ever."""

    purse: str
    points: int
    lost: int = 0


class MemberAnswer(msgspec.Struct, frozen=True):
    """`free`: no other box keeps it at this moment. `through`: the newest row of the box's own journal that is in
    it."""

    purses: tuple[MemberPurse, ...] = ()
    free: bool = True
    through: Number = 0


encode = msgspec.json.encode
question_of = msgspec.json.Decoder(MemberQuestion).decode
answer_of = msgspec.json.Decoder(MemberAnswer).decode
