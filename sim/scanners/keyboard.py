"""A barcode scanner in keyboard mode, simulated by a pipe of input events (linux/input.h)."""

from __future__ import annotations

import os
import struct
import time
from collections.abc import Iterable
from pathlib import Path

from sim.scanners.outbox import Outbox

MAX_PENDING_BYTES = 16 * 1024 * 1024
"""Three thousand scans: each key is six events of 24 bytes."""

EVENT = struct.Struct("llHHi")
EV_SYN, EV_KEY, EV_MSC, MSC_SCAN = 0, 1, 4, 4
SHIFT, CTRL, ALT, ALTGR, ENTER, TAB = 42, 29, 56, 100, 28, 15
KEYPAD = (82, 79, 80, 81, 75, 76, 77, 71, 72, 73)
_PLAIN = "`1234567890-=", "qwertyuiop[]", "asdfghjkl;'\\", "zxcvbnm,./"
_SHIFTED = "~!@#$%^&*()_+", "QWERTYUIOP{}", 'ASDFGHJKL:"|', "ZXCVBNM<>?"
_CODES = ((41, *range(2, 14)), tuple(range(16, 28)), (*range(30, 41), 43), tuple(range(44, 54)))
US = {
    **{char: (code,) for codes, row in zip(_CODES, _PLAIN, strict=True) for code, char in zip(codes, row, strict=True)},
    **{
        char: (SHIFT, code)
        for codes, row in zip(_CODES, _SHIFTED, strict=True)
        for code, char in zip(codes, row, strict=True)
    },
    **{" ": (57,), "\r": (ENTER,), "\t": (TAB,), "\x1d": (CTRL, 27)},
}
"""Character -> the keys pressed together for it; the last one types it."""


def events(*triples: tuple[int, int, int]) -> bytes:
    """Input events as (type, code, value) in the kernel's format, with the current time."""
    now_us = time.time_ns() // 1000
    return b"".join(EVENT.pack(now_us // 1_000_000, now_us % 1_000_000, *triple) for triple in triples)


def stroke(*keys: int) -> bytes:
    """Keys pressed together: pressed in this order, released in reverse, each in a separate report."""
    steps = [(key, 1) for key in keys] + [(key, 0) for key in reversed(keys)]
    return b"".join(
        events((EV_MSC, MSC_SCAN, 0x70000 + key), (EV_KEY, key, value), (EV_SYN, 0, 0)) for key, value in steps
    )


def alt_number(digits: str) -> bytes:
    """A character by its number: Alt held while the keypad types it, which works in any keyboard layout."""
    return (
        events((EV_KEY, ALT, 1), (EV_SYN, 0, 0))
        + b"".join(stroke(KEYPAD[int(digit)]) for digit in digits)
        + events((EV_KEY, ALT, 0), (EV_SYN, 0, 0))
    )


def us(text: str) -> bytes:
    """The keystrokes for `text` on a US keyboard."""
    return b"".join(stroke(*US[char]) for char in text)


class SimKeyboardScanner:
    """Writes keystrokes into a pipe at `path`; the appliance opens it as it would open /dev/input/event*."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._fd: int | None = None
        self._outbox: Outbox | None = None
        self.replug()

    def type(self, text: str, suffix: str = "\r") -> None:
        """Scan `text` as a scanner set to a US keyboard would type it. Raises OSError while unplugged."""
        self.send(us(text + suffix))

    def strike(self, strokes: Iterable[tuple[int, ...]]) -> None:
        """Send strokes by key code, for any other layout."""
        self.send(b"".join(stroke(*keys) for keys in strokes))

    def send(self, data: bytes) -> None:
        """Send events unchanged."""
        if self._outbox is None:
            raise OSError("the scanner is unplugged")
        self._outbox.send(data)

    def unplug(self) -> None:
        """Pull the cable: readers get an error, and the path vanishes."""
        if self._fd is None or self._outbox is None:
            return
        self._outbox.close()
        self.path.unlink(missing_ok=True)
        os.close(self._fd)
        self._fd = self._outbox = None

    def replug(self) -> None:
        """Put the cable in again: a new device at the same path."""
        if self._fd is None:
            os.mkfifo(self.path)
            # Read and write: the pipe then opens without waiting for a reader, and doesn't break without one.
            self._fd = os.open(self.path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
            self._outbox = Outbox(self._fd, MAX_PENDING_BYTES)

    def close(self) -> None:
        """Unplug permanently."""
        self.unplug()
