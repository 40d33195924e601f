"""What can be asked of the assistant: to take somebody's turn of a conversation, and to forget one."""

from __future__ import annotations

from typing import Annotated, ClassVar

import msgspec

from edge.core.messages import Command

SessionId = Annotated[str, msgspec.Meta(pattern=r"^[a-p]{32}$")]
"""Letters alone, so that none looks like the number of a payment card."""
TurnId = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
OptionId = Annotated[str, msgspec.Meta(max_length=80)]
Text = Annotated[str, msgspec.Meta(max_length=1000)]
Seat = Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9_-]{0,40}$")]
FOUND_LIMIT = 24


class FoundProducts(msgspec.Struct, frozen=True):
    """What the catalogue has for the words of a name: see `goods.NameMatch`."""

    text: str
    kind: Annotated[str, msgspec.Meta(max_length=8)]
    skus: Annotated[tuple[str, ...], msgspec.Meta(max_length=FOUND_LIMIT)] = ()
    more: bool = False


class TakeTurn(Command, frozen=True):
    """Take what somebody said or tapped in a conversation: do what is clear, ask about what is not.

    `found`: what its names mean, looked up beside the till. `question`: the one that is answered, `option`: what was
    tapped. `spoken`: it was heard, not typed. `propose`: whatever it would do waits for a yes. `cart`: of a customer's
    phone; without one it is a kiosk's own. `verb`: what a model takes a sentence for in which no rule found one; that
    waits for a yes too. `seat`: the page that it is said at; with `moves` the conversation goes on there from now on.
    """

    personal: ClassVar[tuple[str, ...]] = ("text", "found")

    session: SessionId
    turn: TurnId
    agent: Annotated[str, msgspec.Meta(pattern="^(stock|shopping)$")]
    language: Annotated[str, msgspec.Meta(pattern="^(en|fr|he)$")]
    text: Text = ""
    option: OptionId = ""
    question: OptionId = ""
    found: Annotated[tuple[FoundProducts, ...], msgspec.Meta(max_length=12)] = ()
    spoken: bool = False
    propose: bool = False
    seat: Seat = ""
    moves: bool = False
    cart: Annotated[str, msgspec.Meta(pattern="^([A-Za-z0-9_-]{16,64})?$")] = ""
    verb: Annotated[str, msgspec.Meta(pattern="^(out|in|waste|adjust)?$")] = ""


class EndChat(Command, frozen=True):
    """Forget a conversation of one's own: what was said in it is gone; what was done stays in the journal."""

    session: SessionId


class RememberAnswer(Command, frozen=True):
    """Keep what a manager asked and was answered, and what it was about, for the next question.

    `body` and `context` are JSON.
    """

    personal: ClassVar[tuple[str, ...]] = ("query", "message", "body", "context")

    session: SessionId
    query: Annotated[str, msgspec.Meta(max_length=2000)]
    message: Annotated[str, msgspec.Meta(max_length=8000)]
    body: Annotated[str, msgspec.Meta(max_length=200_000)]
    context: Annotated[str, msgspec.Meta(max_length=4000)]


class EndCopilot(Command, frozen=True):
    """Forget questions of one's own."""

    session: SessionId
