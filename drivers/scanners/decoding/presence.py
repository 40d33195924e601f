"""Which codes came into the picture: the same one seen again is one scan until it has left. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from drivers.scanners.decoded import DecodedScan

MAX_IN_VIEW = 64
"""Codes that are followed at a time; what is beyond is not seen."""
LEAST_MISSED = 2
"""Pictures without a code before it can be gone: between two, a stream may have stood still for long."""


class _Seen:
    def __init__(self, now_ms: int) -> None:
        self.times = 0
        self.missed = 0
        self.last_ms = now_ms
        self.told = False


class Presence:
    """A code is new when it is in `confirm` pictures one after another, and gone when it is not for `gone_after_ms`."""

    def __init__(self, confirm: int, gone_after_ms: int) -> None:
        self._confirm = confirm
        self._gone_after_ms = gone_after_ms
        self._seen: dict[DecodedScan, _Seen] = {}

    def look(self, codes: Iterable[DecodedScan], now_ms: int) -> list[DecodedScan]:
        """The codes of one more picture; those that are new."""
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
