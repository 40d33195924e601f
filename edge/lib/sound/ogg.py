"""Opus packets as an Ogg file (RFC 3533, RFC 7845)."""

from __future__ import annotations

import struct

from edge.lib.sound.webm import OpusStream

_SERIAL = 1
_FIRST, _LAST = 0x02, 0x04
_SEGMENT_BYTES, _SEGMENTS = 255, 255
_TAGS = b"OpusTags" + struct.pack("<II", 0, 0)
RATE_HZ = 48_000
"""Opus in Ogg counts time in samples of this rate, regardless of the recording's rate."""


def _crc_table() -> tuple[int, ...]:
    table = []
    for value in range(256):
        crc = value << 24
        for _ in range(8):
            crc = (crc << 1 ^ (0x04C11DB7 if crc & 0x80000000 else 0)) & 0xFFFFFFFF
        table.append(crc)
    return tuple(table)


_CRC = _crc_table()


def ogg_of(stream: OpusStream) -> bytes:
    """Build the file. Raises `ValueError` for an invalid or oversized packet."""
    pages = [_page(0, 0, _FIRST, stream.head), _page(1, 0, 0, _TAGS)]
    samples, last = 0, len(stream.packets) - 1
    for number, packet in enumerate(stream.packets):
        samples += samples_in(packet)
        pages.append(_page(number + 2, samples, _LAST if number == last else 0, packet))
    return b"".join(pages)


def samples_in(packet: bytes) -> int:
    """Duration of a packet in samples at 48 kHz (RFC 6716, section 3.1). Raises `ValueError`.

    >>> samples_in(bytes([0b01111000])), samples_in(bytes([0b01111011, 3]))
    (960, 2880)
    """
    if not packet:
        raise ValueError("an empty packet")
    config, code = packet[0] >> 3, packet[0] & 3
    if code == 3 and len(packet) < 2:
        raise ValueError("a packet without its number of frames")
    frames = packet[1] & 0x3F if code == 3 else 1 if code == 0 else 2
    return frames * int(_ms(config) * RATE_HZ // 1000)


def _ms(config: int) -> float:
    """Frame duration: SILK has four lengths in each of 3 bands, hybrid two in each of 2, CELT four in 4."""
    if config < 12:
        return (10, 20, 40, 60)[config % 4]
    if config < 16:
        return (10, 20)[config % 2]
    return (2.5, 5, 10, 20)[config % 4]


def _page(number: int, samples: int, flags: int, packet: bytes) -> bytes:
    whole, rest = divmod(len(packet), _SEGMENT_BYTES)
    sizes = bytes([_SEGMENT_BYTES] * whole + [rest])
    if len(sizes) > _SEGMENTS:
        raise ValueError("a packet of more than a page")
    head = struct.pack("<4sBBqIII", b"OggS", 0, flags, samples, _SERIAL, number, 0) + bytes([len(sizes)]) + sizes
    page = bytearray(head + packet)
    crc = 0
    for byte in page:
        crc = (crc << 8 & 0xFFFFFFFF) ^ _CRC[crc >> 24 ^ byte]
    page[22:26] = struct.pack("<I", crc)
    return bytes(page)
