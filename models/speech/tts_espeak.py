"""Text to speech by espeak-ng, Debian's program: simple voices, instantly, in every language of the shop."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from typing import IO, Annotated, ClassVar

import msgspec

from models.engine import Model, Turn
from models.errors import Refused, Unusable
from models.kinds import Sound, Speak, Spoken
from models.speech.sound import ms_of
from models.speech.tts_text import TEXT_LETTERS, speakable_sentences

PROGRAM = "espeak-ng"
_VOICE = re.compile(r"[A-Za-z][\w+-]{0,40}")
_VOICES = {"en": "en-gb", "fr": "fr-fr", "he": "he"}
_PIECE_BYTES = 22_050
_LONGEST_BYTES = 8 * _PIECE_BYTES
"""Maximum size of a sentence's pieces. The first is half a second, to be heard at once; each next one is twice as
long, up to four seconds."""
_HEADER_BYTES = 44
_WORDS_A_MINUTE = 175
_TIMEOUT_S = 10


class TtsEspeak:
    """Text to speech by espeak-ng.

    A request's `voice` is one of `espeak-ng --voices`, optionally with a variant: "en-us+f3".
    """

    LIBRARY: ClassVar[str] = ""
    PARALLEL: ClassVar[int] = 2

    class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
        voices: Annotated[dict[str, str], msgspec.Meta(description="voices by language that replace the defaults")] = {}
        volume: Annotated[int, msgspec.Meta(ge=0, le=200, description="volume in percent; 100 is normal")] = 100
        pitch: Annotated[int, msgspec.Meta(ge=0, le=99, description="50 is as it is meant")] = 50
        speed: Annotated[float, msgspec.Meta(ge=0.5, le=2, description="speed; 1 is 175 words per minute")] = 1.0

    def __init__(self, config: Config, model: Model) -> None:
        self._config = config
        self._model = model

    def load(self) -> None:
        if shutil.which(PROGRAM) is None:
            raise Unusable(f"{PROGRAM} isn't installed.", f"Install it: apt-get install {PROGRAM}")

    def run(self, request: Speak, turn: Turn[Sound]) -> Spoken:
        voice = self._voice(request)
        if len(request.text) > TEXT_LETTERS:
            raise Refused(f"A text of {len(request.text):,} letters is too long.", f"At most {TEXT_LETTERS:,}.")
        sound_bytes = count = 0
        rate_hz = 0
        for sentence in speakable_sentences(request.text, request.language):
            for sound in self._say(sentence, voice, request.speed):
                sound_bytes += len(sound.samples)
                rate_hz = sound.rate_hz
                turn.emit(sound)
            count += 1
        return Spoken(ms_of(sound_bytes, rate_hz) if rate_hz else 0, count)

    def close(self) -> None:
        pass

    def _voice(self, request: Speak) -> str:
        voice = request.voice or (_VOICES | self._config.voices).get(request.language, request.language)
        if not _VOICE.fullmatch(voice):
            raise Refused(f"{voice!r} isn't a voice of {PROGRAM}.", f"Choose one of: {PROGRAM} --voices")
        return voice

    def _say(self, sentence: str, voice: str, speed: float) -> Iterator[Sound]:
        """Stream a sentence's sound. The program ends with this, however it ends."""
        words = round(_WORDS_A_MINUTE * max(0.5, min(2.0, speed * self._config.speed)))
        loud = ["-a", str(self._config.volume), "-p", str(self._config.pitch)]
        command = [PROGRAM, "--stdin", "--stdout", "-b", "1", "-v", voice, "-s", str(words), *loud]
        pipe = subprocess.PIPE
        with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe) as process:
            assert process.stdin and process.stdout and process.stderr
            try:
                process.stdin.write(sentence.encode())
                process.stdin.close()
                yield from _samples(process.stdout)
                said = process.stderr.read().decode(errors="replace").strip()
                if process.wait(_TIMEOUT_S):
                    raise Refused(f"{PROGRAM} can't speak this with the voice {voice}: {said}")
            except BrokenPipeError as error:
                raise Refused(f"{PROGRAM} can't speak with the voice {voice}.") from error
            finally:
                process.kill()


def _samples(source: IO[bytes]) -> Iterator[Sound]:
    """Read a WAV file while it's written: its lengths aren't known yet, its header always has 44 bytes."""
    header = source.read(_HEADER_BYTES)
    if len(header) < _HEADER_BYTES:
        return
    rate_hz = int.from_bytes(header[24:28], "little")
    size = _PIECE_BYTES
    while data := source.read(size):
        yield Sound(data[: len(data) // 2 * 2], rate_hz)
        size = min(2 * size, _LONGEST_BYTES)
