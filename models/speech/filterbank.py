"""Filterbank features for voice models: log energies of a sound in frequency bands, frame by frame.

As in Kaldi's `compute-fbank-feats` (kaldi-asr.org, feature-window.cc, mel-computations.cc), which WeSpeaker and
3D-Speaker were trained with: 25 ms every 10 ms, no dither, each frame's mean removed, pre-emphasis 0.97, power spectrum
of 512 points, triangles of equal width on the mel scale 1127 ln(1 + f/700) from 20 Hz to 8 kHz. Then each band's mean
over the whole is removed, so that the microphone's frequency response doesn't matter. Pure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from models.speech.sound import SPEECH_HZ

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

FRAME, STEP, FFT = 400, 160, 512
STEP_MS = STEP * 1000 // SPEECH_HZ
LOWEST_HZ = 20.0
EMPHASIS = 0.97
QUIET_DB = 30.0
"""Level below the loud parts of speech from which a frame is a pause."""
SILENT_DB = 30.0
"""Minimum power of a frame in dB, relative to one 16-bit step. Quieter frames contain no speech."""
LOUD_SHARE = 95
Window = Literal["hamming", "povey"]


def frames_of(samples: Array) -> Array:
    """float32 (frames, FRAME) of 16-bit samples; an incomplete last frame is dropped."""
    import numpy as np

    if len(samples) < FRAME:
        return np.zeros((0, FRAME), np.float32)
    return np.lib.stride_tricks.sliding_window_view(samples, FRAME)[::STEP].astype(np.float32)


def speaking(frames: Array) -> Array:
    """bool (frames): whether a frame has speech, by loudness only."""
    import numpy as np

    if not len(frames):
        return np.zeros(0, bool)
    level = 10 * np.log10(np.var(frames, axis=1) + 1e-3)
    return np.asarray(level > max(SILENT_DB, float(np.percentile(level, LOUD_SHARE)) - QUIET_DB))


def bands(frames: Array, bins: int = 80, window: Window = "hamming") -> Array:
    """Log energies of frames in `bins` bands: float32 (frames, bins)."""
    import numpy as np

    flat = frames - frames.mean(axis=1, keepdims=True)
    before = np.concatenate((flat[:, :1], flat[:, :-1]), axis=1)
    shaped = (flat - EMPHASIS * before) * _window(window)
    power = np.abs(np.fft.rfft(shaped, FFT, axis=1)[:, : FFT // 2]) ** 2
    made = np.log(np.maximum(power @ _triangles(bins).T, np.finfo(np.float32).eps))
    return np.asarray(made, np.float32)


def level_bands(made: Array) -> Array:
    """The features with each band's mean over all frames removed."""
    levelled: Array = made - made.mean(axis=0, keepdims=True)
    return levelled


def _window(window: Window) -> Array:
    import numpy as np

    turn = 2 * np.pi * np.arange(FRAME) / (FRAME - 1)
    if window == "povey":
        return np.asarray((0.5 - 0.5 * np.cos(turn)) ** 0.85)
    return np.asarray(0.54 - 0.46 * np.cos(turn))


def _triangles(bins: int) -> Array:
    """The mel filters: float64 (bins, FFT / 2)."""
    import numpy as np

    def mel(hertz: Any) -> Any:
        return 1127 * np.log1p(np.asarray(hertz) / 700)

    edges = np.linspace(mel(LOWEST_HZ), mel(SPEECH_HZ / 2), bins + 2)
    at = mel(np.arange(FFT // 2) * SPEECH_HZ / FFT)
    left, middle, right = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    return np.asarray(np.clip(np.minimum((at - left) / (middle - left), (right - at) / (right - middle)), 0, None))
