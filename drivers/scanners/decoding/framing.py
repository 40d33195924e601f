"""Split a byte stream into scans: a pure codec, shared by all byte-wise scanners."""

from __future__ import annotations

import re

STX = b"\x02"
ETX = b"\x03"


class Framer:
    """Splits a byte stream in chunks of any size into frames.

    Any byte of `ends` ends a frame; without ends only `flush` does. One leading STX and one trailing ETX are stripped,
    and empty frames are ignored (so CR LF ends one frame, not two). A frame longer than `max_bytes` is dropped and
    counted in `dropped`; at most `max_bytes` + 2 bytes are buffered.
    """

    def __init__(self, ends: bytes, max_bytes: int) -> None:
        self._split = re.compile(b"[" + re.escape(ends) + b"]").split if ends else None
        self._most = max_bytes
        self._held = bytearray()
        self._too_long = False
        self.dropped = 0

    @property
    def pending(self) -> bool:
        """Whether a frame is incomplete."""
        return bool(self._held) or self._too_long

    def feed(self, data: bytes) -> list[bytes]:
        """The frames completed by `data`, in order."""
        pieces = self._split(data) if self._split else [data]
        frames = []
        for piece in pieces[:-1]:
            self._hold(piece)
            frame = self.flush()
            if frame:
                frames.append(frame)
        self._hold(pieces[-1])
        return frames

    def flush(self) -> bytes | None:
        """End the current frame; None if it's empty or too long."""
        frame = bytes(self._held).removeprefix(STX).removesuffix(ETX)
        too_long = self._too_long or len(frame) > self._most
        self.forget()
        if too_long:
            self.dropped += 1
            return None
        return frame or None

    def discard(self) -> None:
        """Discard and count the incomplete frame, as the rest won't arrive."""
        self.dropped += self.pending
        self.forget()

    def forget(self) -> None:
        """Discard the incomplete frame."""
        self._held.clear()
        self._too_long = False

    def _hold(self, piece: bytes) -> None:
        if self._too_long or len(self._held) + len(piece) > self._most + len(STX) + len(ETX):
            self._too_long = True
            self._held.clear()
        else:
            self._held += piece
