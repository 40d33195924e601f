"""Detect a serial line's speed from received data. Pure.

At a wrong speed, bits are sampled at wrong moments, so the result isn't text or doesn't end like a scan. Each
unreadable scan therefore switches to the next usual speed.
"""

from __future__ import annotations

from drivers.scanners.decoded import DecodedScan

USUAL = (9600, 115_200, 38_400, 19_200, 57_600, 4800, 2400, 1200)
"""Bits per second, the most likely first: scanners' defaults and usual settings."""

_TEXT = frozenset(range(0x20, 0x7F)) | {0x09, 0x1D, 0x1E, 0x04}  # printable, tab, and the separators of GS1 and 15434


class BaudFinder:
    """Tries `first`, then the usual speeds in turn, until a scan is text."""

    def __init__(self, first: int) -> None:
        self._speeds = (first, *(speed for speed in USUAL if speed != first))
        self._at = 0
        self.found = False

    @property
    def baud(self) -> int:
        """The speed to try, in bits per second."""
        return self._speeds[self._at % len(self._speeds)]

    def judge(self, codes: list[DecodedScan], broke_off: bool) -> None:
        """Evaluate the data between two pauses. Unless it's complete text, `baud` switches to the next speed."""
        self.found = bool(codes) and not broke_off and all(_is_text(code.data) for code in codes)
        self._at += not self.found


def _is_text(data: bytes) -> bool:
    return len(data) > 2 and _TEXT.issuperset(data)
