"""Text to speech by Piper, with a voice supplied by the shop. Piper is GPL-3: only its worker imports it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, ClassVar

import msgspec

from models.engine import Model, Turn
from models.errors import Refused, Unusable
from models.kinds import Sound, Speak, Spoken
from models.onnx_session import Session
from models.speech.sound import SAMPLE_BYTES, ms_of
from models.speech.tts_text import TEXT_LETTERS, speakable_sentences

_TRIAL = "a"
_PIECE_S = 4
"""A sentence is generated as a whole, and sent in pieces only if it's long."""


class _Session:
    """The part of ONNX Runtime's session that Piper uses, with our threads and messages."""

    def __init__(self, path: Path, threads: int) -> None:
        self._session = Session(path, threads)

    def run(self, names: object, inputs: dict[str, Any]) -> list[Any]:
        return self._session.run(inputs)


class TtsPiper:
    """Speech by Piper. Its files are the voice (`*.onnx`) and its description (`*.onnx.json`); `voice` is one of its
    speakers."""

    LIBRARY: ClassVar[str] = "piper"
    PARALLEL: ClassVar[int] = 1

    class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
        volume: Annotated[int, msgspec.Meta(ge=0, le=200, description="volume in percent; 100 is normal")] = 100
        speed: Annotated[float, msgspec.Meta(ge=0.5, le=2, description="speed; 1 is the voice's own")] = 1.0

    def __init__(self, config: Config, model: Model) -> None:
        self._config = config
        self._model = model

    def load(self) -> None:
        import piper
        from piper.config import PiperConfig

        voice = self._model.path
        described = voice.with_name(f"{voice.name}.json")
        if not described.is_file():
            raise Unusable(f"File {described} with the voice's description not found.", "Copy it there.")
        try:
            config = PiperConfig.from_dict(msgspec.json.decode(described.read_bytes()))
        except (msgspec.DecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
            what = f"{described.name} doesn't describe a Piper voice: {error!r}."
            raise Unusable(what, "Copy the file again.") from error
        session: Any = _Session(voice, self._model.threads)
        self._voice: Any = piper.PiperVoice(session, config)
        self._options = piper.SynthesisConfig
        try:  # synthesize once, which also warms it up
            list(self._voice.synthesize(_TRIAL))
        except Exception as error:  # Piper, its espeak-ng and the model have no common error class
            what = f"{voice.name} and {described.name} aren't a Piper voice: {_describe_error(error)}."
            raise Unusable(what, "Copy both files of one voice again.") from error

    def run(self, request: Speak, turn: Turn[Sound]) -> Spoken:
        if len(request.text) > TEXT_LETTERS:
            raise Refused(f"A text of {len(request.text):,} letters is too long.", f"At most {TEXT_LETTERS:,}.")
        options = self._said_how(request)
        rate_hz = self._voice.config.sample_rate
        sound_bytes = count = 0
        for sentence in speakable_sentences(request.text, request.language):
            for chunk in self._voice.synthesize(sentence, options):
                samples = chunk.audio_int16_bytes
                step = _PIECE_S * rate_hz * SAMPLE_BYTES
                for start in range(0, len(samples), step):
                    turn.emit(Sound(samples[start : start + step], rate_hz))
                sound_bytes += len(samples)
            turn.step()
            count += 1
        return Spoken(ms_of(sound_bytes, rate_hz), count)

    def close(self) -> None:
        self._voice = None

    def _said_how(self, request: Speak) -> Any:
        config = self._voice.config
        speakers = config.speaker_id_map
        if request.voice and request.voice not in speakers:
            known = ", ".join(list(speakers)[:10]) or "a single unnamed speaker"
            raise Refused(f"{self._model.name} has no speaker {request.voice!r}.", f"It has: {known}.")
        return self._options(
            speaker_id=speakers.get(request.voice),
            length_scale=config.length_scale / (request.speed * self._config.speed),
            volume=self._config.volume / 100,
        )


def _describe_error(error: Exception) -> str:
    return (error.what if isinstance(error, Refused) else repr(error)).rstrip(".")
