"""The process that decodes a recording: `python -m edge.core.process.recording_reader`.

Takes a sound file from standard input (WAV, FLAC, MP3, Opus or Vorbis in Ogg, Opus in WebM) and answers with its
samples of 16 bits, mono, behind their rate in Hz (four bytes, little-endian). libsndfile decodes; it may fall over what
somebody made for that, but not in the till's process.
"""

from __future__ import annotations

import io
import struct

from edge.core.process import child
from edge.lib.sound.ogg import ogg_of
from edge.lib.sound.wav import RATES_HZ, SOUND_S
from edge.lib.sound.webm import EBML, opus_in

MEMORY_BYTES = 512 * 1024**2
CPU_S = 10
WAIT_S = 20.0
HEAD = struct.Struct("<I")


def main() -> int:
    """Answer one request; none is the answer to what cannot be read."""
    return child.answer(_recording_or_none, MEMORY_BYTES, CPU_S)


def _recording_or_none(asked: bytes) -> bytes | None:
    try:
        return decode_recording(asked)
    except (ValueError, RuntimeError):  # libsndfile's error is a RuntimeError
        return None


def decode_recording(data: bytes) -> bytes:
    """See the module. `ValueError`, or `RuntimeError` of libsndfile: it cannot be read, or is too long."""
    import numpy
    import soundfile

    file = io.BytesIO(ogg_of(opus_in(data)) if data.startswith(EBML) else data)
    with soundfile.SoundFile(file) as sound:
        rate_hz, most = sound.samplerate, SOUND_S * sound.samplerate
        if rate_hz not in RATES_HZ or not 1 <= sound.channels <= 2:
            raise ValueError("a rate or channels that no microphone has")
        samples = sound.read(most + 1, dtype="float32", always_2d=True)
    if not 0 < len(samples) <= most:
        raise ValueError("silence of no length, or too long")
    mono: bytes = (samples.mean(axis=1).clip(-1, 1) * 32767).astype(numpy.int16).tobytes()
    return HEAD.pack(rate_hz) + mono


if __name__ == "__main__":
    raise SystemExit(main())
