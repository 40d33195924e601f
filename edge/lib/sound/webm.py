"""Opus packets of a WebM file as written by `MediaRecorder`: a stream of clusters, possibly of unknown size."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

EBML = b"\x1a\x45\xdf\xa3"
"""First bytes of a WebM file."""
_SEGMENT, _CLUSTER, _TRACKS = 0x18538067, 0x1F43B675, 0x1654AE6B
_TRACK = 0xAE
_GROUP, _BLOCK, _SIMPLE = 0xA0, 0xA1, 0xA3
_WITHIN = frozenset({_SEGMENT, _CLUSTER, _TRACKS, _GROUP})
"""Elements to descend into. Their sizes, which may be unknown, aren't used."""
_LACING = 0x06
_FLAGS_AT = 2
"""Bytes between a block's track number and its flags: a timestamp."""


class _Ids:
    """Element ids of a track."""

    NUMBER, CODEC, PRIVATE = 0xD7, 0x86, 0x63A2


class OpusStream(NamedTuple):
    """`head`: the description (OpusHead, RFC 7845 section 5.1), then its packets."""

    head: bytes
    packets: tuple[bytes, ...]


class _Element(NamedTuple):
    id: int
    begin: int
    end: int


def opus_in(data: bytes) -> OpusStream:
    """First Opus track of a WebM file. Raises `ValueError`."""
    if not data.startswith(EBML):
        raise ValueError("no EBML")
    wanted, head, packets = -1, b"", []
    for one in _elements(data, 0, len(data)):
        if one.id == _TRACK and wanted < 0:
            number, codec, private = _track(data, one)
            if codec == b"A_OPUS" and private.startswith(b"OpusHead"):
                wanted, head = number, private
        elif one.id in (_BLOCK, _SIMPLE):
            track, at = _size(data, one.begin, one.end)
            if track == wanted and at + _FLAGS_AT < one.end:
                packets.append(_packet(data, at, one.end))
    if wanted < 0 or not packets:
        raise ValueError("no Opus in it")
    return OpusStream(head, tuple(packets))


def _packet(data: bytes, at: int, end: int) -> bytes:
    if data[at + _FLAGS_AT] & _LACING:
        raise ValueError("several packets in a block")  # no audio recorder does that: RFC 9559, section 10.3
    return data[at + _FLAGS_AT + 1 : end]


def _track(data: bytes, track: _Element) -> tuple[int, bytes, bytes]:
    number, codec, private = -1, b"", b""
    for one in _elements(data, track.begin, track.end):
        said = data[one.begin : one.end]
        match one.id:
            case _Ids.NUMBER:
                number = int.from_bytes(said)
            case _Ids.CODEC:
                codec = said.rstrip(b"\0")
            case _Ids.PRIVATE:
                private = said
    return number, codec, private


def _elements(data: bytes, at: int, end: int) -> Iterator[_Element]:
    """Yield elements from `at`, including those inside containers, in order. A truncated last one is left out."""
    while at < end:
        id, begin = _number(data, at, end, keeps_mark=True)
        size, begin = _size(data, begin, end)
        last = end if size is None else begin + size
        if id in _WITHIN:
            at = begin  # its children follow, whether or not its size is known
            continue
        if last > end:
            return
        yield _Element(id, begin, last)
        at = last


def _size(data: bytes, at: int, end: int) -> tuple[int | None, int]:
    """Return a variable-length size and the position after it. The size is None if unknown (all ones, RFC 8794 section
    6.2). Raises `ValueError` if it is truncated."""
    if at >= end:
        raise ValueError("cut off")
    width = 9 - data[at].bit_length()
    value, behind = _number(data, at, end, keeps_mark=False)
    return (None if value == (1 << 7 * width) - 1 else value), behind


def _number(data: bytes, at: int, end: int, keeps_mark: bool) -> tuple[int, int]:
    width = 9 - data[at].bit_length()
    if width > 8 or at + width > end:
        raise ValueError("cut off")
    value = int.from_bytes(data[at : at + width])
    return (value if keeps_mark else value & ((1 << 7 * width) - 1)), at + width
