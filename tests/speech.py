"""Sound for tests: recordings beside the project, speech by espeak-ng, noise; a voice of Piper's made by hand."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import subprocess
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.tiny_onnx import model, node

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "speech"
CARRIER = (
    *("brew", "can i get", "can i have", "i want", "get me", "give me", "i'd like", "make me", "may i have"),
    *("a", "an", "with", "and"),
)


def recording(name: str) -> bytes:
    """A recording's samples, 16 kHz mono."""
    path = DATA / name
    if not path.is_file():
        pytest.skip(f"missing: {path}")
    with wave.open(str(path)) as source:
        assert (source.getframerate(), source.getnchannels()) == (16_000, 1)
        samples: bytes = source.readframes(source.getnframes())
        return samples


def orders() -> dict[str, tuple[str, ...]]:
    """Spoken orders of drinks: file, and what was ordered."""
    path = DATA / "barista" / "label.json"
    if not path.is_file():
        pytest.skip(f"missing: {path}")
    labels = json.loads(path.read_text())
    return {f"barista/{name}": tuple(slot.strip() for slot in one["slots"].values()) for name, one in labels.items()}


def order_phrases() -> tuple[str, ...]:
    """Every phrase of which such orders are made."""
    slots = (DATA / "barista" / "coffee_maker.yaml").read_text().partition("slots:")[2]
    return tuple(dict.fromkeys((*re.findall(r'- "(.*?)"', slots), *CARRIER)))


def heard_in_full(text: str, slots: tuple[str, ...]) -> int:
    """How many of these phrases are in the text."""
    plain = text.replace("\n", " ")
    return sum(re.search(rf"\b{re.escape(slot)}\b", plain) is not None for slot in slots)


def said_by_espeak(text: str, voice: str = "en-us", words_a_minute: int = 175) -> bytes:
    """Speech at 22,050 Hz."""
    if shutil.which("espeak-ng") is None:
        pytest.skip("missing: espeak-ng")
    command = ["espeak-ng", "--stdout", "-s", str(words_a_minute), "-v", voice, text]
    return subprocess.run(command, capture_output=True, check=True, timeout=30).stdout[44:]


def noise(seconds: float, rate_hz: int = 16_000, loud: float = 800, seed: int = 7) -> bytes:
    values = np.random.default_rng(seed).normal(0, loud, round(seconds * rate_hz))
    return values.clip(-32768, 32767).astype(np.int16).tobytes()


def pocketsphinx_folder() -> Path:
    spec = importlib.util.find_spec("pocketsphinx")
    assert spec and spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0], "model", "en-us")


def write_voice(folder: Path, speakers: int = 1, **more: Any) -> Path:
    """A voice that the real Piper loads: each phoneme is 256 samples of a value that its number gives."""
    nodes = [
        node("Cast", ["input"], ["numbers"], to=1),
        node("Mul", ["numbers", "scale"], ["small"]),
        node("Unsqueeze", ["small", "axis"], ["column"]),
        node("Slice", ["scales", "one", "two"], ["length"]),
        node("Mul", ["length", "many"], ["samples"]),
        node("Cast", ["samples"], ["counted"], to=7),
        node("Concat", ["ones", "counted"], ["shape"], axis=0),
        node("Expand", ["column", "shape"], ["wide"]),
        node("Reshape", ["wide", "flat"], ["output"]),
    ]
    constants: dict[str, np.ndarray[Any, Any]] = {
        "scale": np.array([0.01], np.float32),
        "axis": np.array([2], np.int64),
        "one": np.array([1], np.int64),
        "two": np.array([2], np.int64),
        "many": np.array([256], np.float32),
        "ones": np.array([1, 1], np.int64),
        "flat": np.array([1, 1, -1], np.int64),
    }
    inputs: dict[str, Any] = {"input": (1, "phonemes"), "input_lengths": (1,), "scales": (3,)}
    types = {"input": "int64", "input_lengths": "int64"}
    if speakers > 1:
        inputs["sid"], types["sid"] = (1,), "int64"
    path = folder / "voice.onnx"
    folder.mkdir(parents=True, exist_ok=True)
    path.write_bytes(model(nodes, inputs, {"output": (1, 1, "said")}, constants, types=types))
    symbols = "_^$ abcdefghijklmnopqrstuvwxyzəɪɛæʌɔʊɹθðʃʒŋɡɒɜːˈˌ.,?!"
    described = {
        "audio": {"sample_rate": 22_050},
        "espeak": {"voice": "en-us"},
        "num_symbols": len(symbols),
        "num_speakers": speakers,
        "phoneme_id_map": {letter: [number] for number, letter in enumerate(symbols)},
        "speaker_id_map": {f"speaker{number}": number for number in range(speakers)} if speakers > 1 else {},
        **more,
    }
    path.with_name("voice.onnx.json").write_text(json.dumps(described), encoding="utf-8")
    return path
