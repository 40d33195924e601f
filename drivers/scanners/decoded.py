"""The result common to all decoders of scans."""

from __future__ import annotations

from typing import NamedTuple


class DecodedScan(NamedTuple):
    """A decoded scan: its data, its symbology if the device gave it, and its `id` (see Scan)."""

    data: bytes
    symbology: str | None = None
    id: str = ""
