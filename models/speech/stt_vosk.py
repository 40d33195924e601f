"""Speech to text by Vosk (Kaldi), with model folders supplied by the shop, one per language."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, ClassVar

import msgspec

from models.engine import Model, Turn
from models.errors import Refused, Unusable
from models.kinds import Heard, Listen, Transcribed, Word
from models.speech.sound import ms_of

PHRASES = 5_000
_UNKNOWN = "[unk]"
"""Vosk's result for speech outside the grammar; without it, such speech would be forced into the grammar."""
_SILENT = -1
_STEP_BYTES = 8_000


class _Piece(msgspec.Struct, frozen=True):
    """A word in Vosk's results: seconds from the start of the sound."""

    word: str
    start: float
    end: float
    conf: float = 1.0


class _Answer(msgspec.Struct, frozen=True):
    text: str = ""
    partial: str = ""
    result: tuple[_Piece, ...] = ()


class SttVosk:
    """The model's folder is as published by Vosk (see `lacking`)."""

    LIBRARY: ClassVar[str] = "vosk"
    PARALLEL: ClassVar[int] = 2  # all sessions share its model

    class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
        partials: Annotated[bool, msgspec.Meta(description="report partial results during speech")] = True

    def __init__(self, config: Config, model: Model) -> None:
        self._config = config
        self._model = model

    def load(self) -> None:
        import vosk

        vosk.SetLogLevel(_SILENT)
        folder = self._model.folder or self._model.path
        if missing := lacking(folder):
            advice = "Unpack a complete Vosk model there."
            raise Unusable(f"{folder} isn't a Vosk model: it has no {' and no '.join(missing)}.", advice)
        try:
            self._loaded = vosk.Model(str(folder))
        except Exception as error:  # vosk's errors have no class of their own
            what = f"Vosk can't load the model in {folder}: {error}."
            raise Unusable(what, "It is damaged or of another type. Copy it again.") from error
        self._recognizer = vosk.KaldiRecognizer

    def run(self, request: Listen, turn: Turn[Heard]) -> Transcribed:
        unheard = self._unheard(request.phrases)
        recognizer = self._listener(request, unheard)
        texts: list[str] = []
        words: list[Word] = []
        sound_bytes, said = 0, ""
        for data in turn.chunks():
            for start in range(0, len(data), _STEP_BYTES):
                piece = data[start : start + _STEP_BYTES]
                sound_bytes += len(piece)
                if recognizer.AcceptWaveform(piece):
                    _keep(heard_in(recognizer.Result(), True), texts, words, turn)
                elif self._config.partials:
                    said = _tell(heard_in(recognizer.PartialResult(), False), said, turn)
                turn.step()
        _keep(heard_in(recognizer.FinalResult(), True), texts, words, turn)
        return Transcribed("\n".join(texts), tuple(words), ms_of(sound_bytes, request.rate_hz), unheard)

    def close(self) -> None:
        self._loaded = None

    def _listener(self, request: Listen, unheard: tuple[str, ...]) -> Any:
        if not request.phrases:
            recognizer = self._recognizer(self._loaded, request.rate_hz)
        else:
            phrases = [phrase.lower() for phrase in request.phrases if phrase not in unheard]
            if not phrases:
                raise Refused(f"{self._model.name} knows none of these words.")
            grammar = msgspec.json.encode([*phrases, _UNKNOWN]).decode()
            recognizer = self._recognizer(self._loaded, request.rate_hz, grammar)
        recognizer.SetWords(True)
        return recognizer

    def _unheard(self, phrases: tuple[str, ...]) -> tuple[str, ...]:
        """Phrases with words missing in the dictionary. Vosk itself drops them, reporting only on standard error."""
        if len(phrases) > PHRASES:
            raise Refused(f"{len(phrases):,} phrases are too many at once.", f"At most {PHRASES:,}.")
        return tuple(phrase for phrase in phrases if not self._knows(phrase.lower().split()))

    def _knows(self, words: list[str]) -> bool:
        return bool(words) and all(self._loaded.vosk_model_find_word(word) >= 0 for word in words)


def lacking(folder: Path) -> list[str]:
    """Missing files of a model's folder, by the newer layout if it matches neither.

    Vosk looks for some of them only at the first speech, and then crashes (its source, model.cc).
    """
    older = (folder / "final.mdl").is_file() and not (folder / "am").is_dir()
    graph = "" if older else "graph/"
    needed = ["final.mdl", "mfcc.conf"] if older else ["am/final.mdl", "conf/model.conf", "conf/mfcc.conf"]
    if not (folder / f"{graph}HCLG.fst").is_file():
        needed += [f"{graph}{file}" for file in ("HCLr.fst", "Gr.fst", "disambig_tid.int")]
    return [file for file in needed if not (folder / file).is_file()]


def heard_in(answer: str, final: bool) -> Heard:
    """Parse Vosk's JSON result (its API, vosk_api.h); silence is an empty text."""
    told = msgspec.json.decode(answer, type=_Answer)
    words = tuple(
        Word(piece.word, round(piece.start * 1000), round(piece.end * 1000), min(1.0, max(0.0, piece.conf)))
        for piece in told.result
        if piece.word != _UNKNOWN
    )
    text = " ".join(word for word in (told.text or told.partial).split() if word != _UNKNOWN)
    return Heard(text, final, words)


def _keep(heard: Heard, texts: list[str], words: list[Word], turn: Turn[Heard]) -> None:
    if heard.text:
        texts.append(heard.text)
        words.extend(heard.words)
        turn.emit(heard)


def _tell(heard: Heard, said: str, turn: Turn[Heard]) -> str:
    if heard.text and heard.text != said:
        turn.emit(heard)
    return heard.text
