"""Text to speech on another box of the shop, by Wyoming: Piper and its like, voices that this box has no room for."""

from __future__ import annotations

from typing import Annotated, ClassVar

import msgspec

from models.engine import Model, Turn
from models.errors import Refused
from models.kinds import Sound, Speak, Spoken
from models.speech.sound import ms_of
from models.speech.tts_text import TEXT_LETTERS, spoken
from models.speech.wyoming_line import ServerOptions, WyomingLine

SOUND_BYTES = 32 * 1024 * 1024
RATES_HZ = range(8_000, 48_001)


class TtsWyoming:
    """A request's `voice` is one of the server's."""

    LIBRARY: ClassVar[str] = "wyoming"
    PARALLEL: ClassVar[int] = 2

    class Config(ServerOptions, frozen=True, forbid_unknown_fields=True):
        port: Annotated[int, msgspec.Meta(ge=1, le=65_535, description="its port")] = 10_200

    def __init__(self, config: Config, model: Model) -> None:
        self._config = config

    def load(self) -> None:
        """The server is asked when something is to be said: until then it may be away."""

    def run(self, request: Speak, turn: Turn[Sound]) -> Spoken:
        if len(request.text) > TEXT_LETTERS:
            raise Refused(f"A text of {len(request.text):,} letters is too long.", f"At most {TEXT_LETTERS:,}.")
        sound_ms = count = 0
        for sentence in spoken(request.text, request.language):
            sound_ms += self._say(sentence, request, turn)
            count += 1
        return Spoken(sound_ms, count)

    def close(self) -> None:
        """Nothing is held between two requests."""

    def _say(self, sentence: str, request: Speak, turn: Turn[Sound]) -> int:
        from wyoming.audio import AudioChunk, AudioStop
        from wyoming.tts import Synthesize, SynthesizeVoice

        sound_bytes, rate_hz = 0, RATES_HZ[0]
        voice = SynthesizeVoice(name=request.voice or None, language=request.language or None)
        with WyomingLine(self._config) as line:
            line.send(Synthesize(sentence, voice))
            while True:
                event = line.receive(turn)
                if event.type == "error":
                    raise Refused(f"The speech server refused: {str(event.data.get('text'))[:200]}")
                if AudioStop.is_type(event.type):
                    return ms_of(sound_bytes, rate_hz)
                if not AudioChunk.is_type(event.type):
                    continue
                chunk = AudioChunk.from_event(event)
                sound_bytes += len(chunk.audio)
                rate_hz = chunk.rate
                plain = (chunk.width, chunk.channels) == (2, 1) and rate_hz in RATES_HZ and len(chunk.audio) % 2 == 0
                if not plain or sound_bytes > SOUND_BYTES:
                    raise Refused("The speech server sent sound that is not of 16 bits and one channel, or too much.")
                turn.emit(Sound(chunk.audio, rate_hz))
