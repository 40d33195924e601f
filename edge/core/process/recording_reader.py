"""Process that decodes an audio recording: `python -m edge.core.process.recording_reader`.

Reads an audio file from standard input (WAV, FLAC, MP3, Opus or Vorbis in Ogg, Opus in WebM, AAC in MP4 from iPhones)
and writes its rate in Hz (four bytes, little-endian) and 16-bit mono samples. libsndfile decodes, and FFmpeg for MP4 if
installed (`av`). A crafted file may crash either, but not the till.
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
MP4 = b"ftyp"
"""Follows the first four bytes of an MP4 file (ISO/IEC 14496-12)."""
MP4_HZ = 16_000


def main() -> int:
    """Handle one request; an unreadable file has no answer."""
    return child.answer(_recording_or_none, MEMORY_BYTES, CPU_S)


def _recording_or_none(asked: bytes) -> bytes | None:
    try:
        return decode_recording(asked)
    except (ValueError, RuntimeError):  # libsndfile raises a RuntimeError
        return None


def decode_recording(data: bytes) -> bytes:
    """Decode a recording; see the module. Raises `ValueError`, or libsndfile's `RuntimeError`, if it is unreadable or
    too long."""
    import numpy
    import soundfile

    if data[4:8] == MP4:
        return HEAD.pack(MP4_HZ) + _decode_mp4(data)
    file = io.BytesIO(ogg_of(opus_in(data)) if data.startswith(EBML) else data)
    with soundfile.SoundFile(file) as sound:
        rate_hz, most = sound.samplerate, SOUND_S * sound.samplerate
        if rate_hz not in RATES_HZ or not 1 <= sound.channels <= 2:
            raise ValueError("unsupported sample rate or channels")
        samples = sound.read(most + 1, dtype="float32", always_2d=True)
    if not 0 < len(samples) <= most:
        raise ValueError("silence of no length, or too long")
    mono: bytes = (samples.mean(axis=1).clip(-1, 1) * 32767).astype(numpy.int16).tobytes()
    return HEAD.pack(rate_hz) + mono


def _decode_mp4(data: bytes) -> bytes:
    """Samples at MP4_HZ of an MP4 file's first audio stream. Raises `ValueError`; see `decode_recording`."""
    try:
        import av
    except ImportError as error:
        raise ValueError("FFmpeg isn't installed") from error
    most, made = 2 * SOUND_S * MP4_HZ, bytearray()
    resampler = av.AudioResampler(format="s16", layout="mono", rate=MP4_HZ)
    try:
        with av.open(io.BytesIO(data), mode="r", format="mp4") as file:
            for frame in file.decode(audio=0):
                made += b"".join(bytes(part.to_ndarray().tobytes()) for part in resampler.resample(frame))
                if len(made) > most:
                    raise ValueError("too long")
        made += b"".join(bytes(part.to_ndarray().tobytes()) for part in resampler.resample(None))
    except (av.FFmpegError, IndexError) as error:
        raise ValueError(f"no sound: {error}") from error
    if not made:
        raise ValueError("silence of no length")
    return bytes(made)


if __name__ == "__main__":
    raise SystemExit(main())
