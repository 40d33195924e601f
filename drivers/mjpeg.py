"""Split a stream of pictures (multipart/x-mixed-replace, as sent by network cameras). Pure.

Cameras differ in boundaries. A part's Content-Length gives its picture's length; without one, JPEG markers do (ITU-T
T.81, annex B). If no picture ends at the stated length, the length is wrong, and the picture ends before the next
boundary (RFC 2046, 5.1.1). So a wrong length loses no picture.
"""

from __future__ import annotations

import re

BEGIN, END = b"\xff\xd8\xff", b"\xff\xd9"
HEAD_BYTES = 4096
"""Maximum bytes searched for a length before a picture."""
_OWN_END = re.compile(rb"\xff\xd9(?=[\r\n\0]{0,64}--)")
_NEXT_PART = re.compile(rb"\r?\n--[^\r\n]{1,70}\r?\n(?:[!-9;-~]{1,64}:[^\r\n]{0,200}\r?\n){0,16}\r?\n(?=\xff\xd8\xff)")
"""A boundary, the part's header, and the following picture."""
_LENGTH = re.compile(rb"content-length:\s*(\d{1,9})\s*\r?\n", re.IGNORECASE)


class PictureSplitter:
    """Splits a stream in chunks of any size into pictures. Those above `max_bytes` are dropped and counted."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._held = bytearray()
        self._length: int | None = None
        self._searched = 0
        self.dropped = 0

    def feed(self, data: bytes) -> list[bytes]:
        """The pictures completed by `data`, in order."""
        self._held += data
        pictures = []
        while (picture := self._next()) is not None:
            if picture:
                pictures.append(picture)
        if len(self._held) > self._max_bytes + HEAD_BYTES:
            self._forget(len(self._held))
            self.dropped += 1
        return pictures

    def _next(self) -> bytes | None:
        """A picture, or None if more bytes are needed."""
        if self._held[: len(BEGIN)] != BEGIN and not self._find_begin():
            return None
        if self._length is not None:
            return self._by_length(self._length)
        at = self._held.find(END, max(self._searched, len(BEGIN)))
        following = _NEXT_PART.search(self._held, max(self._searched - HEAD_BYTES, len(BEGIN)))
        self._searched = max(len(BEGIN), len(self._held) - 1)
        if following and (at < 0 or following.start() < at):
            return self._cut(following.start())
        return None if at < 0 else self._cut(at + len(END))

    def _by_length(self, length: int) -> bytes | None:
        """Return a picture of the stated length, without padding.

        If the length is wrong, cut the picture at its end marker or at the next part, whichever comes first.
        """
        if len(self._held) < length:
            return None
        if self._held[length - len(END) : length] == END:
            return self._cut(length)
        own, following = (one.search(self._held, len(BEGIN)) for one in (_OWN_END, _NEXT_PART))
        if following and (own is None or following.start() < own.start()):
            return self._cut(following.start())
        if own:
            return self._cut(own.end())
        return self._cut(length) if len(self._held) >= length + HEAD_BYTES else None

    def _find_begin(self) -> bool:
        at = self._held.find(BEGIN)
        if at < 0:
            if len(self._held) > HEAD_BYTES:
                del self._held[:-HEAD_BYTES]
            return False
        lengths = _LENGTH.findall(self._held, max(0, at - HEAD_BYTES), at)
        length = int(lengths[-1]) if lengths else 0
        self._length = length if len(BEGIN) < length <= self._max_bytes else None
        del self._held[:at]
        self._searched = 0
        return True

    def _cut(self, size: int) -> bytes:
        picture = bytes(self._held[:size])
        self._forget(size)
        if len(picture) > self._max_bytes:
            self.dropped += 1
            return b""
        return picture

    def _forget(self, size: int) -> None:
        del self._held[:size]
        self._length = None
        self._searched = 0
