"""Whisper's input: the log mel spectrogram of half a minute of sound.

As in OpenAI's `whisper/audio.py`: 16 kHz, windows of 25 ms (Hann, centred, reflected at the edges) every 10 ms,
triangles of equal area on Slaney's mel scale from 0 to 8 kHz, base-10 logarithms, at most 8 below the loudest, scaled.
Pure.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from models.speech.sound import SPEECH_HZ

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

WINDOW_S = 30
FRAME, STEP = 400, 160
FRAMES = WINDOW_S * SPEECH_HZ // STEP
_KNEE_HZ, _KNEE_MEL = 1_000.0, 15.0
_MELS, _GROWTH = 27.0, 6.4
"""Slaney's scale (Auditory Toolbox, 1998): linear up to 1 kHz, then 27 mels for each factor of 6.4 in frequency."""


def log_mel(samples: bytes, bands: int) -> Array:
    """float32 (1, bands, FRAMES) from the first half minute of 16-bit samples at 16 kHz."""
    import numpy as np

    sound = np.zeros(WINDOW_S * SPEECH_HZ, np.float32)
    given = np.frombuffer(samples, np.int16)[: len(sound)]
    sound[: len(given)] = given / 32768
    padded = np.pad(sound, FRAME // 2, mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(padded, FRAME)[::STEP][:FRAMES]
    window = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(FRAME) / FRAME)).astype(np.float32)
    power = np.abs(np.fft.rfft(frames * window, axis=1)).astype(np.float32) ** 2
    made = np.log10(np.maximum(power @ _triangles(bands).T, 1e-10))
    made = (np.maximum(made, made.max() - 8.0) + 4.0) / 4.0
    return np.ascontiguousarray(made.T[None], np.float32)


@lru_cache(maxsize=2)
def _triangles(bands: int) -> Array:
    """The mel filters: float32 (bands, FRAME / 2 + 1)."""
    import numpy as np

    top = _KNEE_MEL + np.log(SPEECH_HZ / 2 / _KNEE_HZ) * _MELS / np.log(_GROWTH)
    mels = np.linspace(0.0, top, bands + 2)
    above = _KNEE_HZ * np.exp(np.log(_GROWTH) / _MELS * (mels - _KNEE_MEL))
    edges = np.where(mels < _KNEE_MEL, mels * _KNEE_HZ / _KNEE_MEL, above)
    at = np.fft.rfftfreq(FRAME, 1 / SPEECH_HZ)
    left, middle, right = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    shapes = np.clip(np.minimum((at - left) / (middle - left), (right - at) / (right - middle)), 0, None)
    return np.asarray(shapes * (2.0 / (right - left)), np.float32)
