"""Speech to text by PocketSphinx: US English from its own package, best with a grammar of the shop's words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, ClassVar

import msgspec

from models.engine import Model, Turn
from models.errors import Refused, Unusable
from models.kinds import Heard, Listen, Transcribed, Word
from models.speech.sound import SPEECH_HZ, at_16_khz, frames_of, marking_last, ms_of
from models.speech.stt_words import sounds_of, words_of

PHRASES = 3_000
"""Maximum phrases of a grammar; with more, recognition would take longer than the speech."""
_FRAME_MS = 10
_PARTIAL_FRAMES = 25
"""The interval of partial results: each costs about a fifth of a millisecond."""
_GRAMMAR = "phrases"
_FREE = "free"


class SttPocketsphinx:
    """The model's folder has an acoustic model (`en-us/`), a dictionary (`*.dict`), and a language model (`*.lm.bin`).

    It gives confidences only without phrases.
    """

    LIBRARY: ClassVar[str] = "pocketsphinx"
    PARALLEL: ClassVar[int] = 1

    class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
        window_s: Annotated[
            float,
            msgspec.Meta(ge=0.1, le=3, description="speech or silence needed to start or end an utterance"),
        ] = 0.5

    def __init__(self, config: Config, model: Model) -> None:
        self._config = config
        self._model = model

    def load(self) -> None:
        self._decoder = open_decoder(self._model)
        found = sorted(place_of(self._model).glob("*.lm.bin"))
        language = next((path for path in found if "-phone" not in path.name), None)  # the other model is of phonemes
        if language is None:
            raise Unusable(f"{self._model.name} has no language model (*.lm.bin).", "Copy its files again.")
        self._decoder.add_lm_file(_FREE, str(language))
        # for grammars: comparing all paths takes minutes if a phrase may start anywhere
        self._decoder.config["bestpath"] = False
        self._cmn = self._decoder.get_cmn()
        self._phrases: tuple[str, ...] = ()
        self._unheard: tuple[str, ...] = ()

    def run(self, request: Listen, turn: Turn[Heard]) -> Transcribed:
        self._prepare(request.phrases, turn)
        self._decoder.set_cmn(self._cmn)  # forget the previous speaker
        texts: list[str] = []
        words: list[Word] = []
        hearing = _Hearing(self._decoder, self._config.window_s)
        for heard in hearing.listen(turn, request.rate_hz):
            if heard.final:
                texts.append(heard.text)
                words.extend(heard.words)
            turn.emit(heard)
        return Transcribed("\n".join(texts), tuple(words), hearing.sound_ms, self._unheard)

    def close(self) -> None:
        self._decoder = None

    def _prepare(self, phrases: tuple[str, ...], turn: Turn[Heard]) -> None:
        """Activate a grammar of the phrases; an unchanged one is reused."""
        if not phrases:
            self._unheard = ()
            self._decoder.activate_search(_FREE)
            return
        if len(phrases) > PHRASES:
            raise Refused(f"{len(phrases):,} phrases are too many at once.", f"At most {PHRASES:,}.")
        if phrases != self._phrases:
            self._phrases = ()
            self._unheard = learn(self._decoder, phrases)
            turn.step()
            paths = [words_of(phrase) for phrase in phrases if phrase not in self._unheard]
            if not paths:
                what = "None of these words is in the dictionary."
                raise Refused(what, "Install espeak-ng, which provides pronunciations.")
            steps = transitions(paths)
            grammar = self._decoder.create_fsg(_GRAMMAR, 0, 0, steps)
            self._decoder.add_fsg(_GRAMMAR, grammar)
            self._phrases = phrases
        self._decoder.activate_search(_GRAMMAR)


class _Hearing:
    """A stretch of sound, cut into utterances at pauses."""

    def __init__(self, decoder: Any, window_s: float) -> None:
        from pocketsphinx import Endpointer

        self._decoder = decoder
        self._ends = Endpointer(window=window_s, sample_rate=SPEECH_HZ)
        self._frames = 0
        self._said = ""
        self.sound_ms = 0

    def listen(self, turn: Turn[Heard], rate_hz: int) -> Iterator[Heard]:
        """Recognise utterances; leaves the decoder ready, however it ends."""
        sound = at_16_khz(turn.chunks(), rate_hz)
        frame_bytes = self._ends.frame_bytes
        speaking = False
        try:
            for frame, last in marking_last(frames_of(sound, frame_bytes)):
                self.sound_ms += ms_of(len(frame), SPEECH_HZ)
                # Only `end_stream` returns the window's remaining sound, whatever the last frame's length; for noise
                # alone it returns no bytes, which `process_raw` doesn't accept.
                speech = self._ends.end_stream(frame) if last else self._ends.process(frame)
                if not speech:
                    continue
                if not speaking:
                    self._begin()
                    speaking = True
                yield from self._take(speech)
                turn.step()
                if not self._ends.in_speech:
                    speaking = False
                    yield from self._end()
            if speaking:
                speaking = False
                yield from self._end()
        finally:
            if speaking:
                self._decoder.end_utt()

    def _begin(self) -> None:
        self._decoder.start_utt()
        self._from_ms = round(self._ends.speech_start * 1000)
        self._frames = 0
        self._said = ""

    def _take(self, speech: bytes) -> Iterator[Heard]:
        self._decoder.process_raw(speech)
        if self._decoder.n_frames() >= self._frames + _PARTIAL_FRAMES:
            self._frames = self._decoder.n_frames()
            hypothesis = self._decoder.hyp()
            if hypothesis and hypothesis.hypstr and hypothesis.hypstr != self._said:
                self._said = hypothesis.hypstr
                yield Heard(self._said)

    def _end(self) -> Iterator[Heard]:
        self._decoder.end_utt()
        words = tuple(self._words())
        if words:
            yield Heard(" ".join(word.text for word in words), True, words)

    def _words(self) -> Iterator[Word]:
        for piece in self._decoder.seg() if self._decoder.hyp() else ():
            if not piece.word.startswith(("<", "[", "+", "(")):
                from_ms = self._from_ms + piece.start_frame * _FRAME_MS
                to_ms = self._from_ms + (piece.end_frame + 1) * _FRAME_MS
                yield Word(piece.word.partition("(")[0], from_ms, to_ms, min(1.0, max(0.0, piece.prob)))


def place_of(model: Model) -> Path:
    """The folder of its files; the package's are in a subfolder."""
    return model.path.parent if model.path.is_file() else model.path


def open_decoder(model: Model, **options: Any) -> Any:
    """A decoder with the model's acoustics and dictionary. Raises Unusable."""
    import pocketsphinx

    place = place_of(model)
    dictionary = next(iter(sorted(place.glob("*.dict"))), None)
    sounds = next(iter(sorted(path.parent for path in place.glob("*/mdef"))), None)
    if dictionary is None or sounds is None:
        what = f"{model.name} lacks its dictionary (*.dict) or its acoustic model (a folder with mdef) in {place}."
        raise Unusable(what, "Copy its files again.")
    config = pocketsphinx.Config(
        hmm=str(sounds), dict=str(dictionary), lm=None, samprate=SPEECH_HZ, loglevel="FATAL", **options
    )
    try:
        return pocketsphinx.Decoder(config)
    except RuntimeError as error:
        raise Unusable(f"PocketSphinx can't load {model.name}: {error}.", "Copy its files again.") from error


def learn(decoder: Any, phrases: tuple[str, ...]) -> tuple[str, ...]:
    """Add words missing in the dictionary by pronunciation rules.

    Returns the phrases that still have no pronunciation.
    """
    asked = {phrase: words_of(phrase) for phrase in phrases}
    lacking = {word for words in asked.values() for word in words if decoder.lookup_word(word) is None}
    said = sounds_of(sorted(lacking))
    for word, sounds in said.items():
        decoder.add_word(word, sounds, False)
    return tuple(phrase for phrase, words in asked.items() if not words or (lacking - said.keys()) & set(words))


def transitions(paths: list[list[str]]) -> list[tuple[int, int, float, str]]:
    """Return the transitions of a grammar of these word sequences in any order and number.

    State 0 is its start and end.
    """
    steps: list[tuple[int, int, float, str]] = []
    state = 0
    for words in paths:
        at = 0
        for number, word in enumerate(words):
            last = number == len(words) - 1
            if not last:
                state += 1
            steps.append((at, 0 if last else state, 1.0 / len(paths) if at == 0 else 1.0, word))
            at = state
    return steps
