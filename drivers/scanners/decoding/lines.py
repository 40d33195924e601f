"""Scans as lines of bytes: their beginning and end. Shared by all connections with plain bytes."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from drivers.scanners.decoded import DecodedScan
from drivers.scanners.decoding.framing import Framer

ENDS = {"line": b"\r\n", "etx": b"\x03", "tab": b"\t", "none": b""}


class LineOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Options of every scanner that sends lines."""

    prefix: Annotated[
        str, Meta(max_length=16, description="prefix the scanner sends before each code; scans without it are dropped")
    ] = ""
    suffix: Annotated[
        Literal["line", "etx", "tab", "none"],
        Meta(description="end of a scan: CR, LF or both, ETX, a tab, or only a pause"),
    ] = "line"
    idle_gap_ms: Annotated[
        int,
        Meta(
            ge=1,
            le=10_000,
            description="pause that ends a scan; with a suffix set, an unfinished scan is dropped",
        ),
    ] = 500
    max_bytes: Annotated[int, Meta(ge=1, le=65_536, description="longer scans are dropped")] = 512


class LineDecoder:
    """A `drivers.scanners.stream.Decoder` of lines."""

    def __init__(self, options: LineOptions) -> None:
        self._framer = Framer(ENDS[options.suffix], options.max_bytes)
        self._prefix = options.prefix.encode()
        self._pause_ends = options.suffix == "none"
        self._without_prefix = 0

    @property
    def dropped(self) -> int:
        """The number of lines too long, incomplete, or without the prefix."""
        return self._framer.dropped + self._without_prefix

    @property
    def pending(self) -> bool:
        return self._framer.pending

    def feed(self, data: bytes) -> list[DecodedScan]:
        return self._codes(self._framer.feed(data))

    def pause(self) -> list[DecodedScan]:
        if not self._pause_ends:
            self._framer.discard()
            return []
        frame = self._framer.flush()
        return self._codes([frame] if frame else [])

    def reset(self) -> None:
        self._framer.discard()

    def forget(self) -> None:
        """Discard the incomplete line without counting it."""
        self._framer.forget()

    def _codes(self, frames: list[bytes]) -> list[DecodedScan]:
        codes = [DecodedScan(frame[len(self._prefix) :]) for frame in frames if frame.startswith(self._prefix)]
        self._without_prefix += len(frames) - len(codes)
        return [code for code in codes if code.data]
