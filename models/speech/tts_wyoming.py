"""Text to speech on another box of the shop, by Wyoming: Piper and similar, voices this box has no room for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar

import msgspec

from models.engine import Model, Turn
from models.errors import Refused
from models.kinds import Sound, Speak, Spoken
from models.speech.sound import ms_of
from models.speech.tts_text import TEXT_LETTERS, speakable_sentences
from models.speech.wyoming_line import ServerOptions, WyomingLine
from sandbox.landlock import Network

SOUND_BYTES = 32 * 1024 * 1024
RATES_HZ = range(8_000, 48_001)


class TtsWyoming:
    """A request's `voice` is one of the server's."""

    LIBRARY: ClassVar[str] = "wyoming"
    PARALLEL: ClassVar[int] = 2
    NETWORK: ClassVar[Network] = "connects"

    class Config(ServerOptions, frozen=True, forbid_unknown_fields=True):
        port: Annotated[int, msgspec.Meta(ge=1, le=65_535, description="TCP port")] = 10_200

    def __init__(self, config: Config, model: Model) -> None:
        self._config = config

    def load(self) -> None:
        """Do nothing, as the server is contacted per request and may be away until then."""

    def run(self, request: Speak, turn: Turn[Sound]) -> Spoken:
        if len(request.text) > TEXT_LETTERS:
            raise Refused(f"A text of {len(request.text):,} letters is too long.", f"At most {TEXT_LETTERS:,}.")
        sound_bytes, rate_hz, count = 0, RATES_HZ[0], 0
        for sentence in speakable_sentences(request.text, request.language):
            for sound in self._say(sentence, request, turn):
                sound_bytes += len(sound.samples)
                rate_hz = sound.rate_hz
                turn.emit(sound)
            count += 1
        return Spoken(ms_of(sound_bytes, rate_hz), count)

    def close(self) -> None:
        """Do nothing, as no state is kept between requests."""

    def _say(self, sentence: str, request: Speak, turn: Turn[Sound]) -> Iterator[Sound]:
        from wyoming.audio import AudioChunk, AudioStop
        from wyoming.tts import Synthesize, SynthesizeVoice

        sound_bytes = 0
        voice = SynthesizeVoice(name=request.voice or None, language=request.language or None)
        with WyomingLine(self._config) as line:
            line.send(Synthesize(sentence, voice))
            while True:
                event = line.receive(turn)
                if event.type == "error":
                    raise Refused(f"The speech server rejected the request: {str(event.data.get('text'))[:200]}")
                if AudioStop.is_type(event.type):
                    return
                if not AudioChunk.is_type(event.type):
                    continue
                chunk = AudioChunk.from_event(event)
                sound_bytes += len(chunk.audio)
                plain = (chunk.width, chunk.channels) == (2, 1) and chunk.rate in RATES_HZ and len(chunk.audio) % 2 == 0
                if not plain or sound_bytes > SOUND_BYTES:
                    raise Refused("The speech server sent audio that isn't 16-bit mono, or too much of it.")
                yield Sound(chunk.audio, chunk.rate)
