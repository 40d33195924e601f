"""The pictures in a stream of them (multipart/x-mixed-replace, as network cameras send it). Pure.

Cameras disagree about boundaries: a part's Content-Length says how long its picture is, and where it has none, the
markers of JPEG say it (ITU-T T.81, annex B). A length at which no picture ends is wrong: then the picture's own end in
front of the next boundary says it (RFC 2046, 5.1.1), so that a wrong length costs no picture.
"""

from __future__ import annotations

import re

BEGIN, END = b"\xff\xd8\xff", b"\xff\xd9"
HEAD_BYTES = 4096
"""Looked at for a length in front of a picture."""
_OWN_END = re.compile(rb"\xff\xd9(?=[\r\n\0]{0,64}--)")
_NEXT_PART = re.compile(rb"\r?\n--[^\r\n]{1,70}\r?\n(?:[!-9;-~]{1,64}:[^\r\n]{0,200}\r?\n){0,16}\r?\n(?=\xff\xd8\xff)")
"""A boundary, the part's head, and the picture behind it."""
_LENGTH = re.compile(rb"content-length:\s*(\d{1,9})\s*\r?\n", re.IGNORECASE)


class PictureSplitter:
    """Cuts a stream into pictures, however it was chunked. One of more than `max_bytes` is dropped and counted."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._held = bytearray()
        self._length: int | None = None
        self._searched = 0
        self.dropped = 0

    def feed(self, data: bytes) -> list[bytes]:
        """The pictures that `data` completes, in order."""
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
        """A picture; None when more bytes are needed."""
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
        """A picture of a length that was said; where that is wrong, up to its own end. Padded ones end as was said."""
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
