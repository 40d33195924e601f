"""The lengths of ESC/POS commands.

Source: Epson, ESC/POS Command Reference for TM printers. Knowing an undrawn command's length keeps its parameters from
being printed as text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

ESC, FS, GS, DLE = b"\x1b", b"\x1c", b"\x1d", b"\x10"
PREFIXES = ESC + FS + GS + DLE
MAX_LIST_BYTES = 255  # of lists that end with NUL

# the number of parameters after a command's two bytes
_FIXED: Mapping[bytes, Mapping[int, str]] = {
    ESC: {0: "2<@LSimv\x0c", 1: " !%+-3=?AEGJKMRTUV adertu{", 2: "$B\\cf", 3: "p", 8: "W"},
    FS: {0: "&.", 1: "!-CW", 2: "Sp", 74: "2"},
    GS: {0: ":\x05c", 1: "!/BEHITabfhjrw|", 2: "$LPW\\", 3: "^z"},
    DLE: {1: "\x05"},
}


def _word(data: bytes, at: int) -> int:
    return data[at] | data[at + 1] << 8


def _counted_length(data: bytes) -> int:
    """ESC ( x, FS ( x, GS ( x: two bytes of length follow the third byte."""
    return 5 + _word(data, 3)


def _list_end(data: bytes, start: int) -> int:
    """A list terminated by NUL; raises IndexError until that arrives."""
    end = data.find(0, start, start + MAX_LIST_BYTES + 1)
    if end < 0 and len(data) <= start + MAX_LIST_BYTES:
        raise IndexError
    return end + 1 if end >= 0 else start + MAX_LIST_BYTES


def _columns(data: bytes) -> int:
    return 5 + _word(data, 3) * (3 if data[2] in (32, 33) else 1)


def _glyphs(data: bytes) -> int:
    """ESC &: y c1 c2, then for each character its width x and x * y bytes."""
    at = 5
    for _ in range(data[3], data[4] + 1):
        at += 1 + data[at] * data[2]
    return at


def _stored_logos(data: bytes) -> int:
    """FS q: n, then for each picture its size in bytes, xL xH yL yH, and 8 * x * y bytes."""
    at = 3
    for _ in range(data[2]):
        at += 4 + 8 * _word(data, at) * _word(data, at + 2)
    return at


def _barcode(data: bytes) -> int:
    return 4 + data[3] if data[2] >= 65 else _list_end(data, 3)


def _counter(data: bytes) -> int:
    """Return the length of GS C.

    Functions 0 and 1 (by number) and 2 are measured; the forms with texts separated by ";" aren't.
    """
    return {0: 5, 48: 5, 1: 9, 49: 9, 2: 5, 50: 5}.get(data[2], 3)


_MEASURED: Mapping[bytes, Callable[[bytes], int]] = {
    ESC + b"&": _glyphs,
    ESC + b"(": _counted_length,
    ESC + b"*": _columns,
    ESC + b"D": lambda data: _list_end(data, 2),
    FS + b"(": _counted_length,
    FS + b"g": lambda data: 9 + (_word(data, 7) if data[2] in (1, 49) else 0),
    FS + b"q": _stored_logos,
    GS + b"(": _counted_length,
    GS + b"*": lambda data: 4 + 8 * data[2] * data[3],
    GS + b"8": lambda data: 7 + (_word(data, 3) | _word(data, 5) << 16),
    GS + b"C": _counter,
    GS + b"Q": lambda data: 8 + _word(data, 4) * _word(data, 6),
    GS + b"V": lambda data: 4 if data[2] in (65, 66, 97, 98, 103, 104) else 3,
    GS + b"g": lambda data: 6,
    GS + b"k": _barcode,
    GS + b"v": lambda data: 8 + _word(data, 4) * _word(data, 6),
    DLE + b"\x04": lambda data: 4 if data[2] in (7, 8, 18) else 3,
    DLE + b"\x14": lambda data: {1: 5, 2: 5, 3: 8, 7: 4, 8: 10}.get(data[2], 3),
}

_LENGTHS: Mapping[bytes, int] = {
    prefix + char.encode(): 2 + count
    for prefix, counts in _FIXED.items()
    for count, chars in counts.items()
    for char in chars
}


def length(data: bytes) -> int | None:
    """Length of the command at the start of `data`, which may exceed the bytes received so far. None if more bytes are
    needed to know it. `data` begins with one of PREFIXES. An unknown command counts as two bytes."""
    try:
        key = bytes(data[:1]) + bytes((data[1],))
        measure = _MEASURED.get(key)
        return measure(data) if measure else _LENGTHS.get(key, 2)
    except IndexError:
        return None
