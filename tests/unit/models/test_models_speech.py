"""What the engines that hear and speak make of real sound, rates, words that no dictionary has, and wrong files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pocketsphinx import Endpointer

from models.engine import Model
from models.errors import Unusable
from models.kinds import DetectSpeech, Listen, Speak
from models.speech.sound import Resampler, frames_of
from models.speech.stt_pocketsphinx import SttPocketsphinx
from models.speech.stt_vosk import SttVosk, heard_in
from models.speech.stt_words import arpabet, words_of
from models.speech.tts_piper import TtsPiper
from models.speech.vad_silero import VadSilero
from models.speech.vad_spans import Spans
from tests.speech import (
    heard_in_full,
    noise,
    order_phrases,
    orders,
    pocketsphinx_folder,
    recording,
    said_by_espeak,
    write_voice,
)


class Turn:
    """No one interrupts; the sound is cut as odd as it may be."""

    threads = 1
    is_stopped = False

    def __init__(self, sound: bytes = b"", piece_bytes: int = 3_202) -> None:
        self._sound = sound
        self._piece_bytes = piece_bytes
        self.partials: list[Any] = []

    def step(self) -> None:
        pass

    def emit(self, partial: Any) -> None:
        self.partials.append(partial)

    def chunks(self) -> Iterator[bytes]:
        for start in range(0, len(self._sound), self._piece_bytes):
            yield self._sound[start : start + self._piece_bytes]


def loaded(engine: Any, *files: Path, folder: Path | None = None, **options: Any) -> Any:
    made = engine(engine.Config(**options), Model("speech", folder, files, ("en",)))
    made.load()
    return made


@pytest.fixture(scope="module")
def listener() -> SttPocketsphinx:
    made: SttPocketsphinx = loaded(SttPocketsphinx, folder=pocketsphinx_folder())
    return made


def test_orders_of_drinks_are_understood_with_a_grammar(listener: SttPocketsphinx) -> None:
    """Of 40 people's orders every fourth is tried here: of what they ordered, nine in ten are understood."""
    asked = understood = 0
    for name, slots in list(orders().items())[::4]:
        reply = listener.run(Listen("en", phrases=order_phrases()), Turn(recording(name)))
        asked += len(slots)
        understood += heard_in_full(reply.text, slots)
    assert understood / asked > 0.9


def test_words_that_no_dictionary_has_are_listened_for(listener: SttPocketsphinx) -> None:
    turn = Turn(said_by_espeak("the weather is fine"))
    reply = listener.run(Listen("en", 22_050, ("quinoa", "2%", "$", "nutella crêpe")), turn)
    assert reply.unheard == ("$",)


def test_silence_and_noise_say_nothing(listener: SttPocketsphinx) -> None:
    for sound in (b"", b"\0\0", bytes(64_000)):
        assert listener.run(Listen("en"), Turn(sound)).text == ""


def noisy(name: str, loud: float = 600) -> bytes:
    """A recording with noise over it that goes on for half a second behind it."""
    said = np.frombuffer(recording(name) + bytes(16_000), np.int16).astype(np.int32)
    hiss = np.frombuffer(noise(len(said) / 16_000, loud=loud), np.int16)
    return (said + hiss).clip(-32768, 32767).astype(np.int16).tobytes()


def left_in_window(sound: bytes) -> bytes | None:
    """What PocketSphinx's endpointer gives when a sound ends."""
    ends = Endpointer(window=0.5, sample_rate=16_000)
    frames = list(frames_of(iter([sound]), ends.frame_bytes))
    for frame in frames[:-1]:
        ends.process(frame)
    left: bytes | None = ends.end_stream(frames[-1])
    return left


def test_speech_that_ends_while_noise_goes_on_is_understood(listener: SttPocketsphinx) -> None:
    sound = noisy(list(orders())[5])
    lengths = range(40_500, len(sound), 960)
    cut = next((length for length in lengths if left_in_window(sound[:length]) == b""), 0)
    assert cut, "somewhere in a noisy order there is speech, and then noise alone until the sound ends"
    reply = listener.run(Listen("en", phrases=order_phrases()), Turn(sound[:cut]))
    assert reply.text
    assert reply.sound_ms == pytest.approx(cut / 32, abs=60)


def test_the_end_of_a_sound_is_heard_however_long_it_is(listener: SttPocketsphinx) -> None:
    """Someone lets go of the button while the last word is spoken: its last half second counts."""
    sound = noisy(next(iter(orders())), loud=0)
    cut = next(
        length for length in range(96_000, len(sound), 960) if len(left_in_window(sound[:length]) or b"") > 9_600
    )
    reply = listener.run(Listen("en", phrases=order_phrases()), Turn(sound[:cut]))
    assert reply.words[-1].to_ms > cut / 32 - 300


def test_how_a_word_is_said_stands_in_the_letters_of_the_dictionary() -> None:
    assert arpabet("kwɪnˈo\u200dʊə") == "K W IH N OW AH"
    assert arpabet("tʃˈiːz") == "CH IY Z"
    assert arpabet("♪") == ""
    assert words_of("Crème (fraîche), 2%!") == ["crème", "fraîche", "2%"]


@pytest.mark.parametrize("rate_hz", [8_000, 11_025, 22_050, 32_000, 44_100, 48_000])
def test_a_tone_keeps_its_pitch_and_loudness_at_another_rate(rate_hz: int) -> None:
    seconds, tone_hz = 0.5, 1_000
    at = np.arange(round(seconds * rate_hz)) / rate_hz
    sound = (10_000 * np.sin(2 * np.pi * tone_hz * at)).astype(np.int16).tobytes()
    resampler = Resampler(rate_hz, 16_000)
    made = b"".join([*(resampler.take(piece) for piece in frames_of(iter([sound]), 642)), resampler.end()])
    whole = Resampler(rate_hz, 16_000)
    assert made == whole.take(sound) + whole.end()
    samples = np.frombuffer(made, np.int16)
    assert abs(len(samples) - seconds * 16_000) <= 2
    expected = 10_000 * np.sin(2 * np.pi * tone_hz * np.arange(len(samples)) / 16_000)
    assert np.abs(samples - expected)[200:-200].max() < 100


def test_what_is_too_high_for_the_lower_rate_is_gone() -> None:
    at = np.arange(24_000) / 48_000
    resampler = Resampler(48_000, 16_000)
    made = resampler.take((10_000 * np.sin(2 * np.pi * 11_000 * at)).astype(np.int16).tobytes())
    assert np.abs(np.frombuffer(made, np.int16)[200:]).max() < 50


def test_speech_is_found_between_silence_and_noise() -> None:
    detector = loaded(VadSilero)
    speech = recording("read_speech/test.wav")
    seconds = len(speech) / 32_000
    turn = Turn(bytes(32_000) + noise(1) + speech + noise(2))
    found = detector.run(DetectSpeech(), turn)
    assert 1_800 < found.spans_ms[0][0] < 3_200
    assert found.spans_ms[-1][1] < 2_500 + seconds * 1_000
    assert sum(end - start for start, end in found.spans_ms) > 0.6 * seconds * 1_000
    for quiet in (bytes(96_000), noise(3, loud=3_000)):
        assert detector.run(DetectSpeech(), Turn(quiet)).spans_ms == ()


def test_speech_begins_late_and_ends_late_but_not_for_ever() -> None:
    spans = Spans(30, 0.5, pause_ms=90, onset_ms=60, longest_ms=600, before_ms=30)
    told = [spans.take(likely) for likely in (0, 0.9, 0, 0, 0.9, 0.9, 0.4, 0, 0, 0.9, 0, 0, 0, 0)]
    changes = [(speech.speaking, speech.at_ms) for speech in told if speech]
    assert changes == [(True, 90), (False, 300)]
    endless = Spans(30, 0.5, pause_ms=90, onset_ms=0, longest_ms=600, before_ms=30)
    for _ in range(50):
        endless.take(1.0)
    endless.end()
    assert all(end - start <= 600 for start, end in endless.spans_ms)
    assert [end for _, end in endless.spans_ms[:-1]] == [start for start, _ in endless.spans_ms[1:]]


NEWER = (
    "am/final.mdl",
    "conf/model.conf",
    "conf/mfcc.conf",
    "graph/HCLr.fst",
    "graph/Gr.fst",
    "graph/disambig_tid.int",
)
OLDER = ("final.mdl", "mfcc.conf", "HCLG.fst")


@pytest.mark.parametrize("files", [NEWER, OLDER])
@pytest.mark.parametrize("content", [b"", b"no model"])
def test_a_folder_that_is_no_model_of_vosk_is_said_to_be_none(
    tmp_path: Path, content: bytes, files: tuple[str, ...]
) -> None:
    """The real library is asked where everything is there that it loads."""
    for file in files:
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_bytes(content)
    with pytest.raises(Unusable) as caught:
        loaded(SttVosk, folder=tmp_path)
    assert str(tmp_path) in caught.value.what
    assert "damaged" in caught.value.advice


@pytest.mark.parametrize(
    ("there", "missing"),
    [
        ((), "am/final.mdl"),
        (NEWER[:3], "graph/HCLr.fst"),
        (("conf/model.conf", *NEWER[2:]), "am/final.mdl"),
        (OLDER[:2], "HCLr.fst"),
        (("final.mdl", "HCLG.fst"), "mfcc.conf"),
    ],
)
def test_what_a_folder_of_vosks_lacks_is_named(tmp_path: Path, there: tuple[str, ...], missing: str) -> None:
    for file in there:
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).touch()
    with pytest.raises(Unusable) as caught:
        loaded(SttVosk, folder=tmp_path)
    assert f"it has no {missing}" in caught.value.what


def test_what_vosk_answers_is_understood() -> None:
    piece = {"conf": 0.75, "start": 0.12, "end": 0.3, "word": "milk"}
    unknown = {"conf": 1.0, "start": 0.3, "end": 0.5, "word": "[unk]"}
    heard = heard_in(json.dumps({"result": [piece, unknown], "text": "milk [unk]"}), True)
    assert (heard.text, heard.final) == ("milk", True)
    assert [(word.text, word.from_ms, word.to_ms, word.confidence) for word in heard.words] == [
        ("milk", 120, 300, 0.75)
    ]
    assert heard_in('{"partial": "two mi"}', False).text == "two mi"
    assert heard_in('{"text": ""}', True).text == ""


@pytest.mark.parametrize(
    ("voice", "described"),
    [(b"no model", None), (None, "{}"), (None, "no json"), (None, '{"audio": 3}')],
)
def test_a_voice_that_is_none_is_said_to_be_none(tmp_path: Path, voice: bytes | None, described: str | None) -> None:
    path = write_voice(tmp_path)
    if voice is not None:
        path.write_bytes(voice)
    if described is not None:
        path.with_name("voice.onnx.json").write_text(described)
    with pytest.raises(Unusable):
        loaded(TtsPiper, path)


@pytest.mark.parametrize(
    ("speakers", "described", "why"),
    [
        (1, {"num_speakers": 3}, "sid"),
        (2, {"num_speakers": 1}, "sid"),
        (1, {"espeak": {"voice": "zz-of-nowhere"}}, "zz-of-nowhere"),
    ],
)
def test_a_voice_with_the_description_of_another_is_said_to_be_none(
    tmp_path: Path, speakers: int, described: dict[str, object], why: str
) -> None:
    path = write_voice(tmp_path, speakers, **described)
    with pytest.raises(Unusable) as caught:
        loaded(TtsPiper, path)
    assert why in caught.value.what


def test_a_voice_speaks_faster_softer_and_as_someone_else(tmp_path: Path) -> None:
    path = write_voice(tmp_path, speakers=2)
    engine = loaded(TtsPiper, path, volume=50)
    slow, fast = Turn(), Turn()
    normal = engine.run(Speak("good morning", "en", "speaker1"), slow)
    assert engine.run(Speak("good morning", "en", speed=2), fast).sound_ms == pytest.approx(normal.sound_ms / 2, abs=2)
    samples = np.frombuffer(b"".join(sound.samples for sound in slow.partials), np.int16)
    assert np.abs(samples).max() == pytest.approx(32_767 / 2, abs=2)
