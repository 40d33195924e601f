"""Recordings for tests: Opus in Ogg as WhatsApp sends it, and in WebM as Chrome's `MediaRecorder` writes it."""

from __future__ import annotations

import io
import struct

import numpy as np
import soundfile

RATE_HZ = 24_000
UNKNOWN = b"\x01" + b"\xff" * 7
"""A size of eight bytes that no one knows (RFC 8794, section 6.2), as a recorder writes it that still records."""


def opus_of(samples: bytes, rate_hz: int) -> bytes:
    """Samples of 16 bits, mono, as an Ogg file of Opus."""
    sound = np.frombuffer(samples, np.int16) / 32768
    at = np.arange(0, len(sound), rate_hz / RATE_HZ)
    file = io.BytesIO()
    soundfile.write(file, np.interp(at, np.arange(len(sound)), sound), RATE_HZ, format="OGG", subtype="OPUS")
    return file.getvalue()


def webm_of(ogg: bytes) -> bytes:
    """An Ogg file of Opus as WebM."""
    head, _, *packets = packets_of(ogg)
    return webm(packets, head)


def packets_of(ogg: bytes) -> list[bytes]:
    """The packets of an Ogg file, by RFC 3533."""
    found, at, packet = [], 0, b""
    while at < len(ogg):
        sizes = ogg[at + 27 : at + 27 + ogg[at + 26]]
        at += 27 + len(sizes)
        for size in sizes:
            packet += ogg[at : at + size]
            at += size
            if size < 255:
                found.append(packet)
                packet = b""
    return found


def element(id: str, body: bytes, size: bytes | None = None) -> bytes:
    return bytes.fromhex(id) + (struct.pack(">Q", len(body) | 1 << 56) if size is None else size) + body


def webm(packets: list[bytes], head: bytes, flags: int = 0x80, track: int = 1) -> bytes:
    """As Chrome records: sizes of the segment and of its clusters unknown, a block a packet."""
    entry = element("D7", bytes([track])) + element("86", b"A_OPUS") + element("63A2", head)
    tracks = element("1654AE6B", element("AE", entry))
    blocks = [element("A3", b"\x81" + struct.pack(">hB", 0, flags) + packet) for packet in packets]
    half = len(blocks) // 2
    clusters = [
        element("1F43B675", element("E7", b"\0") + b"".join(some), UNKNOWN) for some in (blocks[:half], blocks[half:])
    ]
    return element("1A45DFA3", element("4282", b"webm")) + element("18538067", tracks + b"".join(clusters), UNKNOWN)
