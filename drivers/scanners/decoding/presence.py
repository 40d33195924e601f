"""Detect codes entering the picture: a code seen repeatedly is one scan until it leaves. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from drivers.scanners.decoded import DecodedScan

MAX_IN_VIEW = 64
"""Codes tracked at a time; more are ignored."""
LEAST_MISSED = 2
"""Minimum pictures without a code before it counts as gone, as a stream may pause between two."""


class _Seen:
    def __init__(self, now_ms: int) -> None:
        self.times = 0
        self.missed = 0
        self.last_ms = now_ms
        self.told = False


class Presence:
    """A code is new after `confirm` consecutive pictures, and gone after `gone_after_ms` without it."""

    def __init__(self, confirm: int, gone_after_ms: int) -> None:
        self._confirm = confirm
        self._gone_after_ms = gone_after_ms
        self._seen: dict[DecodedScan, _Seen] = {}

    def look(self, codes: Iterable[DecodedScan], now_ms: int) -> list[DecodedScan]:
        """Add the codes of one more picture; return those that have just come into view."""
        here = set(codes)
        for code, seen in list(self._seen.items()):
            if code not in here:
                seen.missed += 1
                gone = now_ms - seen.last_ms >= self._gone_after_ms and seen.missed >= LEAST_MISSED
                if gone or not seen.told:
                    del self._seen[code]
        new = []
        for code in dict.fromkeys(code for code in codes if code.data):
            if code not in self._seen and len(self._seen) >= MAX_IN_VIEW:
                continue
            seen = self._seen.setdefault(code, _Seen(now_ms))
            seen.times += 1
            seen.missed = 0
            seen.last_ms = now_ms
            if seen.times >= self._confirm and not seen.told:
                seen.told = True
                new.append(code)
        return new
