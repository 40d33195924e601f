"""Speech to text on another box of the shop, by Wyoming: Whisper and similar, and thus Hebrew.

The expected phrases are sent as terms; servers without support for them recognise anything.
"""

from __future__ import annotations

from typing import ClassVar

from models.engine import Model, Turn
from models.errors import Refused
from models.kinds import Heard, Listen, Transcribed, Word
from models.speech.sound import SPEECH_HZ, at_16_khz, frames_of, ms_of
from models.speech.wyoming_line import ServerOptions, WyomingLine
from sandbox.landlock import Network

TERMS = 200
"""Expected words sent; such models don't benefit from longer prompts."""
TEXT_CHARS = 4_000
_FRAME_BYTES = 2 * SPEECH_HZ // 10


class SttWyoming:
    """Speech to text by a Wyoming server, without confidences or word times."""

    LIBRARY: ClassVar[str] = "wyoming"
    PARALLEL: ClassVar[int] = 2
    NETWORK: ClassVar[Network] = "connects"

    class Config(ServerOptions, frozen=True, forbid_unknown_fields=True):
        """Options of speech to text by Wyoming."""

    def __init__(self, config: Config, model: Model) -> None:
        self._config = config

    def load(self) -> None:
        """Do nothing, as the server is contacted per request and may be away until then."""

    def run(self, request: Listen, turn: Turn[Heard]) -> Transcribed:
        from wyoming.asr import Transcribe, Transcript
        from wyoming.audio import AudioChunk, AudioStart, AudioStop

        sound_bytes = 0
        with WyomingLine(self._config) as line:
            terms = list(request.phrases[:TERMS]) or None
            line.send(Transcribe(language=request.language or None, transcript_terms=terms))
            line.send(AudioStart(SPEECH_HZ, 2, 1))
            for frame in frames_of(at_16_khz(turn.chunks(), request.rate_hz), _FRAME_BYTES):
                sound_bytes += len(frame)
                line.send(AudioChunk(SPEECH_HZ, 2, 1, frame))
            line.send(AudioStop())
            while True:
                event = line.receive(turn)
                if event.type == "error":
                    raise Refused(f"The speech server rejected the request: {str(event.data.get('text'))[:200]}")
                if Transcript.is_type(event.type):
                    break
        text = " ".join(Transcript.from_event(event).text.split())[:TEXT_CHARS]
        sound_ms = ms_of(sound_bytes, SPEECH_HZ)
        words = tuple(Word(word, 0, sound_ms) for word in text.split())
        if text:
            turn.emit(Heard(text, True, words))
        return Transcribed(text, words, sound_ms)

    def close(self) -> None:
        """Do nothing, as no state is kept between requests."""
