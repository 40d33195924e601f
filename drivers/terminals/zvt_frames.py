"""ZVT over TCP: parses APDUs, their data fields (BMPs) and TLV containers. Pure: bytes in, values out.

Source: ZVT protocol (PA00P015, 13.13) and its data objects (PA00P016), after public implementations (Portalum.Zvt,
MIT). Card numbers, tracks and check values are dropped here, before anything else sees them.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from drivers.terminals.link import BadMessage

LONG = 0xFF
"""Length byte meaning that two more follow, little-endian."""
MAX_NESTING = 8

_FIXED = {
    **dict.fromkeys((0x01, 0x02, 0x03, 0x05, 0x19, 0x27, 0x8A, 0x8C, 0xA0, 0xD0, 0xD2, 0xD3), 1),
    **dict.fromkeys((0xE0, 0xE9, 0xEA, 0xF0, 0xF9, 0xFA, 0xFB, 0xFC, 0xFD, 0x72, 0x73, 0x74, 0x75), 1),
    **dict.fromkeys((0x0D, 0x0E, 0x17, 0x3A, 0x49, 0x87), 2),
    **dict.fromkeys((0x0B, 0x0C, 0x37, 0x3D, 0x88, 0xAA), 3),
    **dict.fromkeys((0x29, 0x70, 0x71), 4),
    **{0x04: 6, 0xBA: 5, 0x3B: 8, 0xEB: 8, 0x2A: 15},
}
"""Sizes in bytes of the fields with a fixed length."""
_LENGTH_DIGITS = {
    **dict.fromkeys((0x22, 0x23, 0x2D, 0x2E, 0x8B, 0xA7, 0xD1, *range(0xE1, 0xE9), *range(0xF1, 0xF9)), 2),
    **dict.fromkeys((0x24, 0x3C, 0x60, 0x9A, 0xAF), 3),
}
"""Length digits in front of the other fields (LLVAR, LLLVAR): one byte Fx each."""
TLV = 0x06
PAN = 0x22
DROPPED = frozenset((0x23, 0x24, 0x2D, 0x2E, 0x3A, 0xA7, 0xAF, 0xD1))
"""Tracks, chip data, check values: skipped, never kept."""
TEXT_TAG = 0x07
_KEPT_TAGS = frozenset((TEXT_TAG, 0x43, 0x44, 0x1F07, 0x1F10, 0x1F12, 0x1F2B))
"""The tags kept of TLV containers: text, AID, application, kind of slip, cardholder verification, reader, trace."""
_CLASSES = frozenset((0x04, 0x06, 0x80, 0x84))
"""First bytes of a terminal's messages."""


class Apdu(msgspec.Struct, frozen=True):
    """A message: class and instruction as a number such as 0x040F, and its data."""

    command: int
    data: bytes = b""

    def __repr__(self) -> str:
        return f"Apdu({self.command:04X}, {len(self.data)} bytes)"


class Fields(msgspec.Struct, frozen=True):
    """A message's data fields by id, and the tags of its TLV container.
    `damaged`: the rest was unreadable. Only `last4` is kept of a card number; `whole_number`: more of it was sent."""

    values: dict[int, bytes]
    tags: dict[int, bytes]
    last4: str = ""
    whole_number: bool = False
    damaged: bool = False


def take(held: bytes) -> tuple[Apdu, int] | None:
    """The first APDU received, and its size; None while incomplete. Raises BadMessage."""
    if held[:1] and held[0] not in _CLASSES:
        raise BadMessage
    if len(held) < 3:
        return None
    start, size = 3, held[2]
    if size == LONG:
        if len(held) < 5:
            return None
        start, size = 5, int.from_bytes(held[3:5], "little")
    if len(held) < start + size:
        return None
    return Apdu(int.from_bytes(held[:2], "big"), held[start : start + size]), start + size


def apdu(command: int, data: bytes = b"") -> bytes:
    """A message as sent."""
    size = bytes((len(data),)) if len(data) < LONG else bytes((LONG,)) + len(data).to_bytes(2, "little")
    return command.to_bytes(2, "big") + size + data


def fields_of(data: bytes) -> Fields:
    """The fields of a message, up to its end or the first unreadable one."""
    values: dict[int, bytes] = {}
    tags: dict[int, bytes] = {}
    last4, whole = "", False
    try:
        for field, value in _fields(data):
            if field == PAN:
                last4, whole = _last4(value)
            elif field == TLV:
                tags.update(tags_of(value))
            elif field not in DROPPED:
                values[field] = value
    except BadMessage:
        return Fields(values, tags, last4, whole, damaged=True)
    return Fields(values, tags, last4, whole)


def _fields(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(data):
        field, at = data[at], at + 1
        if field == TLV:
            size, at = _tlv_length(data, at)
        elif (digits := _LENGTH_DIGITS.get(field)) is not None:
            size, at = decimal(data[at : at + digits], digits), at + digits
        elif (fixed := _FIXED.get(field)) is not None:
            size = fixed
        else:
            raise BadMessage
        if at + size > len(data):
            raise BadMessage
        yield field, data[at : at + size]
        at += size


def tags_of(data: bytes, nesting: int = 0) -> dict[int, bytes]:
    """The kept tags of a TLV container, including nested ones.
    Of a repeated tag the last, but all lines of text (joined by line feeds). Raises BadMessage."""
    found: dict[int, bytes] = {}
    if nesting > MAX_NESTING:
        raise BadMessage
    for tag, value in _tags(data):
        if _is_container(tag):
            for inner, text in tags_of(value, nesting + 1).items():
                _keep(found, inner, text)
        elif tag in _KEPT_TAGS:
            _keep(found, tag, value)
    return found


def _keep(found: dict[int, bytes], tag: int, value: bytes) -> None:
    found[tag] = found[tag] + b"\n" + value if tag == TEXT_TAG and tag in found else value


def _tags(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(data):
        start, at = at, at + 1
        if data[start] & 0x1F == 0x1F:
            while at < len(data) and data[at] & 0x80:
                at += 1
            at += 1
        tag = int.from_bytes(data[start:at], "big")
        size, at = _tlv_length(data, at)
        if at + size > len(data):
            raise BadMessage
        yield tag, data[at : at + size]
        at += size


def _is_container(tag: int) -> bool:
    first = tag
    while first > 0xFF:
        first >>= 8
    return bool(first & 0x20)


def _tlv_length(data: bytes, at: int) -> tuple[int, int]:
    if at >= len(data):
        raise BadMessage
    first = data[at]
    if first < 0x80:
        return first, at + 1
    more = first & 0x7F
    if more not in (1, 2) or at + 1 + more > len(data):
        raise BadMessage
    return int.from_bytes(data[at + 1 : at + 1 + more], "big"), at + 1 + more


def decimal(data: bytes, digits: int) -> int:
    """A length in this many bytes Fx. Raises BadMessage."""
    if len(data) < digits or any(byte & 0xF0 != 0xF0 or byte & 0x0F > 9 for byte in data):
        raise BadMessage
    return int("".join(str(byte & 0x0F) for byte in data))


def from_bcd(data: bytes) -> int:
    """A number from binary-coded decimals. Raises BadMessage."""
    digits = data.hex()
    if not digits.isdecimal():
        raise BadMessage
    return int(digits)


def to_bcd(number: int, size: int) -> bytes:
    """A number as `size` bytes of binary-coded decimals. Raises ValueError if it doesn't fit."""
    digits = f"{number:0{2 * size}d}"
    if number < 0 or len(digits) > 2 * size:
        raise ValueError("This number has too many digits for the terminal.")
    return bytes.fromhex(digits)


def _last4(value: bytes) -> tuple[str, bool]:
    digits = value.hex().rstrip("f")
    last4 = digits[-4:]
    return (last4 if last4.isdecimal() else ""), "e" not in digits and len(digits) > 4
