"""Wake word detection by PocketSphinx's keyphrase search: any English words, without extra models."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import Annotated, ClassVar

import msgspec

from models.engine import Model, Turn
from models.errors import Refused
from models.kinds import Awaited, AwaitWord, Woken
from models.speech.sound import SPEECH_HZ, at_16_khz, frames_of, ms_of
from models.speech.stt_pocketsphinx import learn, open_decoder
from models.speech.stt_words import words_of

WORDS = 20
_FRAME_BYTES = 2 * SPEECH_HZ // 10
_FRAME_MS = 10
_SEARCH = "wake"


class WakePocketsphinx:
    """The model's folder is that of speech to text by PocketSphinx, without its language model."""

    LIBRARY: ClassVar[str] = "pocketsphinx"
    PARALLEL: ClassVar[int] = 1

    class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
        again_ms: Annotated[int, msgspec.Meta(ge=0, le=60_000, description="minimum time between two wake words")] = (
            1_000
        )
        exponent: Annotated[
            float, msgspec.Meta(ge=0.1, le=20, description="detection threshold 1e-N per phoneme at sensitivity 0.5")
        ] = 2.5

    def __init__(self, config: Config, model: Model) -> None:
        self._config = config
        self._model = model

    def load(self) -> None:
        self._decoder = open_decoder(self._model)
        self._cmn = self._decoder.get_cmn()
        self._awaited: tuple[tuple[str, ...], float] | None = None

    def run(self, request: AwaitWord, turn: Turn[Woken]) -> Awaited:
        self._prepare(request.words, request.threshold)
        self._decoder.set_cmn(self._cmn)
        spoken = {" ".join(words_of(word)): word for word in request.words}
        times = sound_bytes = 0
        last_ms = -self._config.again_ms
        self._decoder.start_utt()
        try:
            for frame in frames_of(at_16_khz(turn.chunks(), request.rate_hz), _FRAME_BYTES):
                sound_bytes += len(frame)
                self._decoder.process_raw(frame)
                for word, at_ms in self._detected_words(ms_of(sound_bytes, SPEECH_HZ)):
                    if at_ms - last_ms >= self._config.again_ms:
                        last_ms, times = at_ms, times + 1
                        turn.emit(Woken(spoken[word], at_ms))
                turn.step()
        finally:
            self._decoder.end_utt()
        return Awaited(times, ms_of(sound_bytes, SPEECH_HZ))

    def close(self) -> None:
        self._decoder = None

    def _detected_words(self, now_ms: int) -> Iterator[tuple[str, int]]:
        """Yield detected words. The search restarts after each, as it would find the same words again."""
        hypothesis = self._decoder.hyp()
        if hypothesis is None or not hypothesis.hypstr.strip():
            return
        found = [" ".join(piece.word.split()) for piece in self._decoder.seg()]
        self._decoder.end_utt()
        self._decoder.start_utt()
        for word in found:
            yield word, now_ms

    def _prepare(self, words: tuple[str, ...], threshold: float) -> None:
        if not 0 < len(words) <= WORDS:
            raise Refused(f"Set from one to {WORDS} wake words.")
        if self._awaited == (words, threshold):
            return
        self._awaited = None
        if unheard := learn(self._decoder, words):
            raise Refused(
                f"The pronunciation of {unheard[0]!r} is unknown.", "Choose another word, or install espeak-ng."
            )
        lines = []
        for word in words:
            said = words_of(word)
            sounds = sum(len(self._decoder.lookup_word(one).split()) for one in said)
            power = self._config.exponent * sounds * 2 * (1 - threshold)
            lines.append(f"{' '.join(said)} /1e-{round(power)}/\n")
        with tempfile.NamedTemporaryFile("w", encoding="utf-8") as listed:
            listed.writelines(lines)
            listed.flush()
            self._decoder.add_kws(_SEARCH, listed.name)
        self._decoder.activate_search(_SEARCH)
        self._awaited = words, threshold
