"""Process that decodes an audio recording: `python -m edge.core.process.recording_reader`.

Reads an audio file from standard input and writes its rate in Hz (four bytes, little-endian) and 16-bit mono samples.
libsndfile decodes WAV, AIFF, FLAC, MP3, Opus or Vorbis in Ogg, and Opus in WebM. FFmpeg, if installed (`av`), decodes
what phones and Safari record: MP4 and 3GP, AAC, AMR and CAF. A crafted file may crash either, but not the till.
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
FFMPEG_HZ = 16_000
_FFMPEG = (
    (4, (b"ftyp",), "mp4"),  # ISO/IEC 14496-12; 3GP too
    (0, (b"caff",), "caf"),
    (0, (b"#!AMR\n", b"#!AMR-WB\n"), "amr"),  # RFC 4867, section 5
    (0, (b"\xff\xf1", b"\xff\xf9"), "aac"),  # ADTS: ISO/IEC 13818-7
)
"""Signatures: their offset, their bytes and FFmpeg's name of the format. Only these formats are opened, because others
may read further files.
"""


def main() -> int:
    """Handle one request. An unreadable file gets no answer."""
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

    if name := next((name for at, starts, name in _FFMPEG if data.startswith(starts, at)), ""):
        return HEAD.pack(FFMPEG_HZ) + _decode_by_ffmpeg(data, name)
    file = io.BytesIO(ogg_of(opus_in(data)) if data.startswith(EBML) else data)
    with soundfile.SoundFile(file) as sound:
        rate_hz, most = sound.samplerate, SOUND_S * sound.samplerate
        if rate_hz not in RATES_HZ or not 1 <= sound.channels <= 2:
            raise ValueError("unsupported sample rate or channels")
        samples = sound.read(most + 1, dtype="float32", always_2d=True)
    if not 0 < len(samples) <= most:
        raise ValueError("no samples, or too long")
    mono: bytes = (samples.mean(axis=1).clip(-1, 1) * 32767).astype(numpy.int16).tobytes()
    return HEAD.pack(rate_hz) + mono


def _decode_by_ffmpeg(data: bytes, name: str) -> bytes:
    """Return samples at FFMPEG_HZ of a file's first audio stream. Raises `ValueError`; see `decode_recording`."""
    try:
        import av
    except ImportError as error:
        raise ValueError("FFmpeg isn't installed") from error
    most, made = 2 * SOUND_S * FFMPEG_HZ, bytearray()
    resampler = av.AudioResampler(format="s16", layout="mono", rate=FFMPEG_HZ)
    try:
        with av.open(io.BytesIO(data), mode="r", format=name) as file:
            for frame in file.decode(audio=0):
                made += b"".join(bytes(part.to_ndarray().tobytes()) for part in resampler.resample(frame))
                if len(made) > most:
                    raise ValueError("too long")
        made += b"".join(bytes(part.to_ndarray().tobytes()) for part in resampler.resample(None))
    except (av.FFmpegError, IndexError) as error:
        raise ValueError(f"FFmpeg can't decode it: {error}") from error
    if not made:
        raise ValueError("no samples")
    return bytes(made)


if __name__ == "__main__":
    raise SystemExit(main())
