"""Commands of the assistant: conversations, recordings, and customers' marks and consent."""

from __future__ import annotations

from typing import Annotated, ClassVar

import msgspec

from edge.conversation.assistant.stock.told_figures import ToldFigures
from edge.conversation.assistant.turns.heard_turn import HeardTurn
from edge.conversation.understanding.advice.model import SaidAdvice
from edge.conversation.understanding.errands.model import SaidErrand
from edge.conversation.understanding.found_products import FoundProducts
from edge.conversation.understanding.reading.model import BasketChange, Reading, StockCorrection
from edge.conversation.understanding.said_modifier import SaidModifiers
from edge.core.messages import Command, Number

SessionId = Annotated[str, msgspec.Meta(pattern=r"^[a-p]{32}$(?!\n)")]
"""Only letters, so that no id looks like a payment card number."""
TurnId = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{1,64}$(?!\n)")]
OptionId = Annotated[str, msgspec.Meta(max_length=80)]
Text = Annotated[str, msgspec.Meta(max_length=1000)]
Seat = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{0,40}$(?!\n)")]
SPEECH_EXTENSION_US = 300_000_000
"""The longest time our own speech may extend a question's timeout."""
RECORDING_MINUTES = 15
"""The longest recording a manager may order."""


class TakeTurn(Command, frozen=True):
    """Process a person's words or tap: carry out the clear parts, ask about the rest.

    `heard`: its reading by grammar only. `found`: the products its names match; both are read outside the till's
    process. `question`: the question answered. `option`: the option tapped. `spoken`: recognised from speech.
    `propose`: any effect waits for confirmation. `shown_first`: likewise, because the wording leaves doubt. `cart`: a
    phone customer's; without one it's a kiosk's own. `seat`: the page on which it's said; with `moves` the conversation
    continues there.

    `reading`: staff reports, read with the catalogue; for customers, parts that the grammar left open. `correction`: a
    change to the last action. `errand`: a request other than a movement, which waits for confirmation. `modifiers`:
    modifiers requested or refused; everything else was looked up from the rest of the sentence. `figures`: the answer
    to a manager's question. `began_mono_us`: its time on the monotonic clock; 0: unknown. `still_us`: the time for
    which our own voice has spoken since the last answer, during which a question's time limit is paused.
    """

    personal: ClassVar[tuple[str, ...]] = (
        "text",
        "found",
        "heard",
        "reading",
        "correction",
        "errand",
        "advice",
        "basket",
        "modifiers",
        "figures",
        "began_mono_us",
        "still_us",
    )

    session: SessionId
    turn: TurnId
    agent: Annotated[str, msgspec.Meta(pattern=r"^(stock|shopping)$(?!\n)")]
    language: Annotated[str, msgspec.Meta(pattern=r"^(en|fr|he)$(?!\n)")]
    text: Text = ""
    option: OptionId = ""
    question: OptionId = ""
    found: Annotated[tuple[FoundProducts, ...], msgspec.Meta(max_length=24)] = ()
    spoken: bool = False
    propose: bool = False
    shown_first: bool = False
    seat: Seat = ""
    moves: bool = False
    cart: Annotated[str, msgspec.Meta(pattern=r"^([A-Za-z0-9_-]{16,64})?$(?!\n)")] = ""
    began_mono_us: Number = 0
    still_us: Annotated[int, msgspec.Meta(ge=0, le=SPEECH_EXTENSION_US)] = 0
    reading: Reading | None = None
    correction: StockCorrection | None = None
    errand: SaidErrand | None = None
    advice: SaidAdvice | None = None
    basket: BasketChange | None = None
    modifiers: SaidModifiers | None = None
    figures: ToldFigures | None = None
    heard: HeardTurn | None = None


class EndChat(Command, frozen=True):
    """Delete the sender's own conversation. Its sentences are deleted; the actions stay in the journal."""

    session: SessionId


class SwitchRecording(Command, frozen=True):
    """Record the microphones of a register for some minutes from now; 0 stops and erases the recording."""

    register: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    minutes: Annotated[int, msgspec.Meta(ge=0, le=RECORDING_MINUTES)]


class MarkAnswer(Command, frozen=True):
    """Mark a kept answer as right or wrong, with an optional note. Another mark replaces it.

    The customer is the one identified in `cart` ("": the kiosk's own).
    """

    number: Number
    right: bool
    note: Annotated[str, msgspec.Meta(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$(?!\n)")] = ""
    cart: Annotated[str, msgspec.Meta(pattern=r"^([A-Za-z0-9_-]{16,64})?$(?!\n)")] = ""


class KeepChat(Command, frozen=True):
    """Store a customer's consent to keeping conversations, or its withdrawal, which deletes those kept. The customer is
    the one identified in `cart` ("": the kiosk's own); `wording`: the text of the consent."""

    keep: bool
    language: Annotated[str, msgspec.Meta(pattern=r"^(en|fr|he)$(?!\n)")]
    cart: Annotated[str, msgspec.Meta(pattern=r"^([A-Za-z0-9_-]{16,64})?$(?!\n)")] = ""
    wording: Annotated[str, msgspec.Meta(max_length=40)] | None = None
