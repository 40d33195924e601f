"""Recordings as 16-bit mono samples."""

from __future__ import annotations

import io
import wave
from typing import NamedTuple

SOUND_S = 60
"""Longest recording, in seconds."""
SOUND_BYTES = 6 * 1024 * 1024
RATES_HZ = range(8_000, 48_001)


class Sound(NamedTuple):
    """16-bit mono samples."""

    samples: bytes
    rate_hz: int

    @property
    def seconds(self) -> float:
        return len(self.samples) / 2 / self.rate_hz


def read_wav(data: bytes) -> Sound | None:
    """Parse a WAV file. Returns None unless it is 16-bit mono and short enough."""
    try:
        with wave.open(io.BytesIO(data)) as file:
            rate_hz, frames = file.getframerate(), file.getnframes()
            plain = (file.getsampwidth(), file.getnchannels()) == (2, 1) and rate_hz in RATES_HZ
            if not plain or not 0 < frames <= SOUND_S * rate_hz:
                return None
            return Sound(file.readframes(frames), rate_hz)
    except (wave.Error, EOFError, ValueError):
        return None
