"""A model of speakers made by hand, for tests: it tells the voices of espeak-ng apart, as well as arithmetic can.

What it answers is linear discriminant analysis (Fisher, 1936) of how much each band of pitch moves, learned from some
of espeak-ng's voices and tried with others.
"""

from __future__ import annotations

import io
import wave
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from models.speech.filterbank import bands, frames_of, level_bands, speaking
from models.speech.sound import at_16_khz
from tests.speech import said_by_espeak
from tests.tiny_onnx import model, node

BINS = 80
DIMENSIONS = 10
LEARNED = ("m1", "m2", "m4", "m7", "f1", "f2", "f4", "Andrea", "Alex", "Gene", "Linda", "Pablo", "klatt2", "klatt4")
SAYINGS = (
    "seven brown boxes of paper stand beside the kitchen door",
    "tomorrow the delivery comes early and we count all bottles",
    "please put the yellow towels under the long shelf again",
    "mountain summer orange dinner market candle music doctor",
)


@cache
def said(text: str, voice: str) -> bytes:
    """16 kHz, mono, by a variant of espeak-ng's English voice."""
    return b"".join(at_16_khz(iter([said_by_espeak(text, f"en-us+{voice}")]), 22_050))


def wav(samples: bytes, rate_hz: int = 16_000) -> bytes:
    """A WAV file of them."""
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate_hz)
        out.writeframes(samples)
    return file.getvalue()


def write_voices(folder: Path) -> Path:
    """voices.onnx in `folder`: (1, frames, BINS) to (1, DIMENSIONS)."""
    middle, turned = _learned()
    nodes = [
        node("Relu", ["feats"], ["above"]),
        node("ReduceMean", ["above"], ["high"], axes=[1], keepdims=0),
        node("Mul", ["feats", "feats"], ["squared"]),
        node("ReduceMean", ["squared"], ["moved"], axes=[1], keepdims=0),
        node("Concat", ["high", "moved"], ["both"], axis=1),
        node("Sub", ["both", "middle"], ["apart"]),
        node("MatMul", ["apart", "turned"], ["embs"]),
    ]
    constants = {"middle": middle[None], "turned": turned}
    made = model(nodes, {"feats": (1, "frames", BINS)}, {"embs": (1, DIMENSIONS)}, constants)
    path = folder / "voices.onnx"
    folder.mkdir(parents=True, exist_ok=True)
    path.write_bytes(made)
    return path


def _moves(sound: bytes) -> np.ndarray[Any, Any]:
    """float64 (pieces, 2 BINS) of pieces of a second."""
    frames = frames_of(np.frombuffer(sound, np.int16))
    made = bands(frames[speaking(frames)], BINS)
    pieces = [level_bands(one) for one in np.array_split(made, max(1, len(made) // 100))]
    return np.array([[*np.maximum(one, 0).mean(0), *(one**2).mean(0)] for one in pieces])


@cache
def _learned() -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """float32: the mean (2 BINS,), and (2 BINS, DIMENSIONS)."""
    of = [np.concatenate([_moves(said(text, voice)) for text in SAYINGS]) for voice in LEARNED]
    means = np.array([one.mean(0) for one in of])
    middle = means.mean(0)
    within = np.cov(np.concatenate([one - one.mean(0) for one in of]).T)
    within += np.eye(len(middle)) * np.trace(within) / len(middle) * 0.1
    values, vectors = np.linalg.eigh(within)
    white = vectors / np.sqrt(values)
    _, _, directions = np.linalg.svd((means - middle) @ white, full_matrices=False)
    return middle.astype(np.float32), (white @ directions[:DIMENSIONS].T).astype(np.float32)
