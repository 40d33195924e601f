"""What a conversation by voice asks of models, and what it tells the other end of the line."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol, runtime_checkable

import msgspec

from edge.conversation.assistant.dialogue import ChatAnswer
from edge.conversation.assistant.recording import HeardSound
from edge.lib.i18n import ENGLISH

if TYPE_CHECKING:
    from models.kinds import Awaited, Heard, Sound, Speech, SpeechFound, Spoken, Transcribed, Woken
    from models.runtime.pending_reply import PendingReply

State = Literal["off", "listening", "hearing", "thinking", "speaking"]


@runtime_checkable
class SpeechModels(Protocol):
    """Who hears and speaks: `edge.runtime.inference.Inference`."""

    def has(self, kind: str, language: str = "") -> bool: ...
    async def listen(
        self, language: str, rate_hz: int, within_s: float, expected: tuple[str, ...] = (), free: bool = False
    ) -> PendingReply[Heard, Transcribed]: ...
    def checks(self, language: str) -> bool: ...
    def notice_speech(self, rate_hz: int, within_s: float, pause_ms: int) -> PendingReply[Speech, SpeechFound]: ...
    def speak(
        self, text: str, language: str, within_s: float, voice: str = "", speed: float = 1.0
    ) -> PendingReply[Sound, Spoken]: ...
    def await_word(self, word: str, rate_hz: int, within_s: float) -> PendingReply[Woken, Awaited]: ...


class VoiceMessage(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is told beside sound. `state`: what it does now; `partial`, `heard`: what was understood so far, and in the
    end; `answer`: to that; `sound`: samples at `rate_hz` follow; `hush`: what still plays is over; `error`: why not;
    `recording`: what is said is kept from now on, in `text` how; without one: no longer."""

    kind: Literal["state", "partial", "heard", "answer", "sound", "hush", "error", "recording"]
    state: State | Literal[""] = ""
    text: str = ""
    rate_hz: int = 0
    answer: ChatAnswer | None = None
    code: str = ""
    message: str = ""


class HeardText(NamedTuple):
    """A sentence as it was heard, and how surely; `held`: while a button was. `again` reads the sound once more, as any
    words. `began_s`: when it began to be spoken, by the clock that does not jump; `spoke_s`: how long our own voice has
    spoken in all; `cut`: that was stopped by it before it had said all; `checked`: `again` is read by another model."""

    text: str
    sure: float
    held: bool
    again: Callable[[], Awaitable[str]]
    began_s: float = math.inf
    spoke_s: float = 0.0
    cut: bool = False
    checked: bool = False


class Reply(NamedTuple):
    """What is answered to a sentence, and what of it is said aloud, sentence by sentence."""

    message: VoiceMessage
    aloud: tuple[str, ...] = ()
    language: str = ENGLISH
    voice: str = ""
    speed: float = 1.0
    gain: float = 1.0


class VoiceLine(Protocol):
    """The other end: a page, or a microphone and a loudspeaker. Each turn is answered by `answer`."""

    async def tell(self, message: VoiceMessage) -> None: ...
    async def play(self, samples: bytes, rate_hz: int) -> None: ...
    async def expected(self) -> tuple[str, tuple[str, ...]]:
        """The language of the conversation, and the phrases that may come."""

    async def answer(self, heard: HeardText) -> Reply | None:
        """Take a turn; None: it was not meant for us."""

    async def silenced(self, heard: HeardText) -> Reply | None:
        """Our voice was stopped by this before it had said all: what was being asked is asked no more. Nothing of what
        is answered is said aloud; None: nothing was asked."""

    def sounded(self, heard: HeardSound) -> None:
        """Whatever was heard, also what is not acted on. It stays nowhere, but where a manager has it recorded."""
