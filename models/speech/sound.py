"""Streaming resampler: microphones have 8 to 48 kHz, models need 16."""

from __future__ import annotations

from collections.abc import Iterator
from math import gcd
from typing import Any

SPEECH_HZ = 16_000
"""The sample rate of speech models."""
SAMPLE_BYTES = 2
_HALF_TAPS = 16
"""The filter's zero crossings on each side. Aliasing is down by 60 dB at a tenth above the edge frequency."""
_KAISER = 6.0


def ms_of(sound_bytes: int, rate_hz: int) -> int:
    return sound_bytes * 1000 // (SAMPLE_BYTES * rate_hz)


def frames_of(chunks: Iterator[bytes], frame_bytes: int) -> Iterator[bytes]:
    """Regroup sound into frames of equal length; the last one may be shorter."""
    left = b""
    for chunk in chunks:
        left += chunk
        whole = len(left) - len(left) % frame_bytes
        for start in range(0, whole, frame_bytes):
            yield left[start : start + frame_bytes]
        left = left[whole:]
    if left:
        yield left


def marking_last(frames: Iterator[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Delay frames by one, to know which is the last."""
    held: bytes | None = None
    for frame in frames:
        if held is not None:
            yield held, False
        held = frame
    if held is not None:
        yield held, True


def at_16_khz(chunks: Iterator[bytes], rate_hz: int) -> Iterator[bytes]:
    """Convert a microphone's sound to the models' rate."""
    if rate_hz == SPEECH_HZ:
        yield from chunks
        return
    resampler = Resampler(rate_hz, SPEECH_HZ)
    for chunk in chunks:
        if made := resampler.take(chunk):
            yield made
    yield resampler.end()


class Resampler:
    """16-bit samples in and out. The chunking of the input makes no difference.

    A windowed sinc with as many phases as the rates' ratio (Smith, Digital Audio Resampling, ccrma.stanford.edu).
    """

    def __init__(self, from_hz: int, to_hz: int) -> None:
        import numpy as np

        common = gcd(from_hz, to_hz)
        self._up, self._down = to_hz // common, from_hz // common
        widened = max(1.0, from_hz / to_hz)
        half = int(np.ceil(_HALF_TAPS * widened))
        distance = np.arange(-half + 1, half + 1)[None, :] - np.arange(self._up)[:, None] / self._up
        cutoff = 0.95 / widened
        window = np.i0(_KAISER * np.sqrt(np.clip(1 - (distance / half) ** 2, 0, 1))) / np.i0(_KAISER)
        taps = np.sinc(distance * cutoff) * window
        self._phases = (taps / taps.sum(axis=1, keepdims=True)).astype(np.float32)
        self._waiting = np.zeros(half - 1, np.float32)
        self._at = 0
        self._half = half

    def take(self, samples: bytes) -> bytes:
        """Convert the samples that can be converted so far; the rest follows with the next chunk."""
        import numpy as np

        return self._resample(np.frombuffer(samples, np.int16).astype(np.float32))

    def end(self) -> bytes:
        """Convert the rest, as if followed by silence."""
        import numpy as np

        return self._resample(np.zeros(self._half, np.float32))

    def _resample(self, more: Any) -> bytes:
        """Resample samples, counting `_at` in steps of 1/up sample from the first waiting one."""
        import numpy as np

        known = np.concatenate((self._waiting, more))
        count = max(0, ((len(known) - 2 * self._half + 1) * self._up - self._at + self._down - 1) // self._down)
        places = self._at + np.arange(count) * self._down
        if count:
            windows = np.lib.stride_tricks.sliding_window_view(known, 2 * self._half)
            values = np.einsum("nt,nt->n", windows[places // self._up], self._phases[places % self._up])
        else:
            values = np.zeros(0, np.float32)
        self._at += count * self._down
        passed, self._at = divmod(self._at, self._up)
        self._waiting = known[passed:]
        return bytes(np.clip(np.rint(values), -32768, 32767).astype(np.int16).tobytes())
