"""Interfaces of a voice conversation: the models it needs, and the messages to the other end."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol, runtime_checkable

import msgspec

from edge.conversation.assistant.recording import HeardSound
from edge.conversation.assistant.turns.dialogue import ChatAnswer
from edge.lib.i18n import ENGLISH

if TYPE_CHECKING:
    from models.kinds import Awaited, Heard, Sound, Speech, SpeechFound, Spoken, Transcribed, Woken
    from models.runtime.pending_reply import PendingReply

State = Literal["off", "listening", "hearing", "thinking", "speaking"]


@runtime_checkable
class SpeechModels(Protocol):
    """Speech recognition and synthesis: `edge.runtime.inference.Inference`."""

    def has(self, kind: str, language: str = "") -> bool: ...
    async def listen(
        self,
        language: str,
        rate_hz: int,
        within_s: float,
        expected: tuple[str, ...] = (),
        free: bool = False,
        guesses: tuple[str, ...] = (),
    ) -> PendingReply[Heard, Transcribed]: ...
    def checks(self, language: str) -> bool: ...
    def notice_speech(self, rate_hz: int, within_s: float, pause_ms: int) -> PendingReply[Speech, SpeechFound]: ...
    def speak(
        self, text: str, language: str, within_s: float, voice: str = "", speed: float = 1.0
    ) -> PendingReply[Sound, Spoken]: ...
    def await_word(self, word: str, rate_hz: int, within_s: float) -> PendingReply[Woken, Awaited]: ...


class VoiceMessage(msgspec.Struct, frozen=True, omit_defaults=True):
    """A message on a voice connection, in addition to audio.

    `state`: the current activity. `partial`, `heard`: the text recognised so far, and finally. `answer`: the reply.
    `sound`: samples at `rate_hz` follow. `hush`: stop playing. `error`: the reason. `recording`: with a `text`, audio
    is kept from now on; without, no longer.
    """

    kind: Literal["state", "partial", "heard", "answer", "sound", "hush", "error", "recording"]
    state: State | Literal[""] = ""
    text: str = ""
    rate_hz: int = 0
    answer: ChatAnswer | None = None
    code: str = ""
    message: str = ""


class SecondReading(NamedTuple):
    """The result of reading the same audio again without a grammar.

    `text`: the best reading of both models, or of the same one again. `own`: the second model's reading, without regard
    to the first's.
    """

    text: str = ""
    own: str = ""


class HeardText(NamedTuple):
    """A recognised sentence with its confidence.

    `held`: recorded while a button was held. `again`: reads the audio a second time. `began_s`: its start, by the
    monotonic clock. `spoke_s`: total time of our own speech. `cut`: it interrupted our speech. `checked`: `again` uses
    another model.
    """

    text: str
    sure: float
    held: bool
    again: Callable[[], Awaitable[SecondReading]]
    began_s: float = math.inf
    spoke_s: float = 0.0
    cut: bool = False
    checked: bool = False


class Reply(NamedTuple):
    """The answer to a sentence, and the part to speak, sentence by sentence."""

    message: VoiceMessage
    aloud: tuple[str, ...] = ()
    language: str = ENGLISH
    voice: str = ""
    speed: float = 1.0
    gain: float = 1.0


class VoiceLine(Protocol):
    """The other end: a page, or a microphone and loudspeaker. `answer` answers each turn."""

    async def tell(self, message: VoiceMessage) -> None: ...
    async def play(self, samples: bytes, rate_hz: int) -> None: ...
    async def expect_phrases(self) -> tuple[str, tuple[str, ...]]:
        """The conversation's language and expected phrases."""

    async def answer(self, heard: HeardText) -> Reply | None:
        """Take a turn; None if it wasn't meant for the assistant."""

    async def on_interrupted(self, heard: HeardText) -> Reply | None:
        """Withdraw the question being asked, as our speech was interrupted.

        The reply isn't spoken; None if there was no question.
        """

    def on_sound(self, heard: HeardSound) -> None:
        """Receive all recognised audio, even if not acted on. It's discarded unless a manager records."""
