"""Voices as vectors: what a model is given, whose voice is near whose, and sounds in which there is none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edge.ordering.recognition.trials import equal_rate
from models.engine import Model
from models.errors import Refused, Unusable
from models.kinds import EmbedVoice
from models.speech.filterbank import bands, frames_of, speaking
from models.speech.voice_onnx import MOST_S, VoiceOnnx
from tests.speech import noise
from tests.tiny_onnx import model, node
from tests.tiny_voice import SAYINGS, said, write_voices
from tests.unit.models.test_models_speech import Turn

OTHERS = ("m3", "f3", "Denis", "Belinda")
"""Voices from which the model learned nothing."""


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> VoiceOnnx:
    path = write_voices(tmp_path_factory.mktemp("voices"))
    made = VoiceOnnx(VoiceOnnx.Config(), Model("voices", path.parent, (path,)))
    made.load()
    return made


def heard(engine: VoiceOnnx, sound: bytes, rate_hz: int = 16_000) -> np.ndarray[Any, Any]:
    return engine.run(EmbedVoice(rate_hz), Turn(sound)).values.array()


def test_a_tone_lies_in_the_band_of_its_pitch() -> None:
    """1 kHz is mel 999.99; 80 triangles from 20 Hz (31.75) to 8 kHz (2840.02): each 34.67 wide, so it is number 27."""
    tone = (8_000 * np.sin(2 * np.pi * 1_000 * np.arange(16_000) / 16_000)).astype(np.int16)
    made = bands(frames_of(tone))
    assert made.shape == (98, 80)
    assert set(made.argmax(axis=1)) == {27}


def test_pauses_are_no_speech() -> None:
    sound = noise(1, loud=10) + noise(2, loud=3_000) + bytes(32_000)
    found = speaking(frames_of(np.frombuffer(sound, np.int16)))
    assert 195 <= found.sum() <= 205
    assert not speaking(frames_of(np.zeros(16_000, np.int16))).any() and not len(frames_of(np.zeros(9, np.int16)))


def test_the_same_voice_is_nearer_than_another_whatever_it_says(engine: VoiceOnnx) -> None:
    of = [[heard(engine, said(text, voice))[0] for text in SAYINGS] for voice in OTHERS]
    same = [a @ b for one in of for a in one for b in one if a is not b]
    other = [a @ b for one in of for more in of if one is not more for a in one for b in more]
    assert equal_rate(sorted(same), sorted(other)) < 0.1
    assert all(abs(np.linalg.norm(vector) - 1) < 1e-5 for one in of for vector in one)


def test_two_who_speak_in_turn_are_heard_as_two(engine: VoiceOnnx) -> None:
    alone = heard(engine, said(SAYINGS[0], "m3") + said(SAYINGS[1], "m3"))
    both = heard(engine, said(SAYINGS[0], "m3") + said(SAYINGS[1], "f3"))
    assert (alone[1:] @ alone[1:].T).min() > (both[1:] @ both[1:].T).min() + 0.3


def test_a_telephones_rate_is_taken_too(engine: VoiceOnnx) -> None:
    found = engine.run(EmbedVoice(8_000), Turn(said(SAYINGS[0], "m3")))
    assert found.sound_ms == pytest.approx(2 * len(said(SAYINGS[0], "m3")) / 32, abs=5)


@pytest.mark.parametrize("sound", [b"", bytes(96_000), noise(0.3, loud=3_000), noise(3, loud=5)])
def test_where_no_one_speaks_there_is_no_voice(engine: VoiceOnnx, sound: bytes) -> None:
    with pytest.raises(Refused, match="too little speech"):
        heard(engine, sound)


def test_what_never_ends_is_not_listened_to_for_ever(engine: VoiceOnnx) -> None:
    with pytest.raises(Refused, match="longer than 30 seconds"):
        heard(engine, noise(MOST_S + 1))


@pytest.mark.parametrize(
    ("shape", "why"), [((1, 200, 80), "any length"), ((1, "frames", 40), "any length"), ((1, 80), "any length")]
)
def test_a_model_of_something_else_says_so(tmp_path: Path, shape: tuple[int | str, ...], why: str) -> None:
    path = tmp_path / "other.onnx"
    path.write_bytes(model([node("Relu", ["feats"], ["out"])], {"feats": shape}, {"out": shape}))
    with pytest.raises(Unusable, match=why):
        VoiceOnnx(VoiceOnnx.Config(), Model("other", tmp_path, (path,))).load()


def test_one_that_answers_a_vector_a_frame_says_so(tmp_path: Path) -> None:
    path = tmp_path / "frames.onnx"
    shape = (1, "frames", 80)
    path.write_bytes(model([node("Relu", ["feats"], ["out"])], {"feats": shape}, {"out": shape}))
    with pytest.raises(Unusable, match="isn't a voice vector"):
        VoiceOnnx(VoiceOnnx.Config(), Model("frames", tmp_path, (path,))).load()
