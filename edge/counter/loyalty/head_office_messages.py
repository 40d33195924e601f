"""Messages to head office about a member, and its answers: bodies of `sync.wire.Ask`, room `loyalty`."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.core.messages import Number

ROOM = "loyalty"
MemberDigest = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{32}$(?!\n)")]


class MemberQuestion(msgspec.Struct, frozen=True):
    """A question about a member's balance in all shops. `keep` reserves the balance for this box for ten minutes.

    `epoch` and `first_seq` identify the rows of the box's own journal: those of this epoch, from there on.
    """

    member: MemberDigest
    epoch: Number
    first_seq: Number
    keep: bool = False


class MemberPurse(msgspec.Struct, frozen=True):
    """A purse's balance over all shops, never negative. `lost`: all points that offline shops ever spent beyond it."""

    purse: str
    points: int
    lost: int = 0


class MemberAnswer(msgspec.Struct, frozen=True):
    """Head office's answer.

    `free`: no other box has reserved the balance. `through`: the newest row of the asking box's journal that the
    balance includes.
    """

    purses: tuple[MemberPurse, ...] = ()
    free: bool = True
    through: Number = 0


encode = msgspec.json.encode
question_of = msgspec.json.Decoder(MemberQuestion).decode
answer_of = msgspec.json.Decoder(MemberAnswer).decode
