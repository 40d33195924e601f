"""What goes over a conversation's socket: the messages, and the numbers by which whoever comes back goes on.

Each answer has the number that its turn has in the ledger, and the epoch of its conversation (when that began). Whoever
resumes names both: of the same epoch they get what is behind that number, of another one all of it, which takes the
place of what they show. So it goes on where it broke, also after a restart, and also where a page is older than its
conversation.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

import msgspec

from edge.conversation.assistant.chat_turns import ChatMessage
from edge.conversation.assistant.commands import OptionId, Seat
from edge.conversation.assistant.dialogue import ChatAnswer
from edge.conversation.assistant.queries import ChatTurn
from edge.lib.i18n import LanguageOrNone

_TOOLS = {"move": "TransferStock"}


class Incoming(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What may come: `say` something, tap an `option`, answer `yes` or `no`, `stop`, or `resume` behind a number.

    `seat` and `joins` as in a `ChatMessage`.
    """

    kind: Literal["say", "option", "yes", "no", "stop", "resume"]
    id: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{0,64}$(?!\n)")] = ""
    text: Annotated[str, msgspec.Meta(max_length=1000)] = ""
    lang: LanguageOrNone = ""
    session: Annotated[str, msgspec.Meta(pattern=r"^([a-p]{32})?$(?!\n)")] = ""
    question: OptionId = ""
    seat: Seat = ""
    joins: bool = False
    epoch: Annotated[int, msgspec.Meta(ge=0, lt=2**62)] = 0
    after: Annotated[int, msgspec.Meta(ge=0, lt=2**62)] = 0

    def as_turn(self, turn: str) -> ChatMessage:
        """It as a turn of this id."""
        option = self.text if self.kind == "option" else self.kind if self.kind in ("yes", "no") else ""
        text = self.text if self.kind == "say" else ""
        return ChatMessage(text, self.session, turn, self.lang, option, self.question, self.seat, self.joins)


class Outgoing(msgspec.Struct, frozen=True, omit_defaults=True):
    """What goes out: that a turn was `taken`, each command that was done for it (`tool`), its answer sentence by
    sentence (`token`), and then whole (`ask` where it waits for one, else `done`, `stopped` where somebody said so);
    `resumed`: what was missed follows, in the place of everything where it is `whole`; or what was wrong. `n`: the
    number of the turn, `part` which of its sentences."""

    kind: Literal["taken", "tool", "token", "ask", "done", "resumed", "error"]
    n: int = 0
    part: int = 0
    text: str = ""
    ms: int = 0
    turn: str = ""
    session: str = ""
    epoch: int = 0
    whole: bool = False
    stopped: bool = False
    answer: ChatAnswer | None = None
    code: str = ""
    message: str = ""

    @property
    def needed(self) -> bool:
        """Whether a reader that is too slow must have it all the same: all but what `done` says again."""
        return self.kind not in ("tool", "token", "taken")


def pieces(turn: ChatTurn) -> Iterator[Outgoing]:
    """What was done for a turn, and its sentences, as whoever listens is told before all of it is there."""
    answer = turn.answer
    for movement in answer.movements:
        tool = _TOOLS.get(movement.type, "RecordMovement")
        yield Outgoing("tool", turn.number, 0, tool, turn=turn.turn, session=answer.session)
    for part, line in enumerate(answer.text.split("\n"), 1):
        yield Outgoing("token", turn.number, part, line, turn=turn.turn, session=answer.session)


def whole(turn: ChatTurn, epoch: int, ms: int = 0, stopped: bool = False) -> Outgoing:
    """The answer to a turn, all of it."""
    answer = turn.answer
    kind: Literal["ask", "done"] = "ask" if answer.question else "done"
    return Outgoing(
        kind,
        turn.number,
        ms=ms,
        turn=turn.turn,
        session=answer.session,
        epoch=epoch,
        stopped=stopped,
        answer=answer,
    )
