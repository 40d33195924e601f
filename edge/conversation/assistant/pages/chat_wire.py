"""Messages on a conversation's WebSocket, and the numbers to resume by.

An answer carries its turn's number in the ledger and the conversation's epoch (the time it began). A client resumes
with both. In the same epoch it gets the turns after that number. In another epoch it gets everything, replacing what it
shows. This also covers restarts and pages older than their conversation.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

import msgspec

from edge.conversation.assistant.commands import OptionId, Seat
from edge.conversation.assistant.queries import ChatTurn
from edge.conversation.assistant.turns.chat_turns import ChatMessage
from edge.conversation.assistant.turns.dialogue import ChatAnswer
from edge.lib.i18n import LanguageOrNone

_TOOLS = {"move": "TransferStock"}


class Incoming(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Incoming message: `say` text, tap an `option`, answer `yes` or `no`, `stop`, or `resume` after a number.

    `seat` and `joins`: see `ChatMessage`.
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
        """The message as a turn with this id."""
        option = self.text if self.kind == "option" else self.kind if self.kind in ("yes", "no") else ""
        text = self.text if self.kind == "say" else ""
        return ChatMessage(text, self.session, turn, self.lang, option, self.question, self.seat, self.joins)


class Outgoing(msgspec.Struct, frozen=True, omit_defaults=True):
    """An outgoing message, by `kind`.

    `taken`: the turn was accepted. `tool`: a command that it ran. `token`: a sentence of the answer, numbered by
    `part`. `ask` or `done`: the complete answer, with or without a question; `stopped` if the sender asked to stop.
    `resumed`: missed messages follow; if `whole`, they replace everything. `error`: the reason. `n`: the turn's number.
    """

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
    def is_required(self) -> bool:
        """Whether even a slow reader must get the message. `done` repeats the content of the others."""
        return self.kind not in ("tool", "token", "taken")


def pieces(turn: ChatTurn) -> Iterator[Outgoing]:
    """The commands run for a turn and its sentences, sent before the complete answer."""
    answer = turn.answer
    for movement in answer.movements:
        tool = _TOOLS.get(movement.type, "RecordMovement")
        yield Outgoing("tool", turn.number, 0, tool, turn=turn.turn, session=answer.session)
    for part, line in enumerate(answer.text.split("\n"), 1):
        yield Outgoing("token", turn.number, part, line, turn=turn.turn, session=answer.session)


def whole(turn: ChatTurn, epoch: int, ms: int = 0, stopped: bool = False) -> Outgoing:
    """The complete answer to a turn."""
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
