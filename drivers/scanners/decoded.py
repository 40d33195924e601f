"""What every decoder of scans makes."""

from __future__ import annotations

from typing import NamedTuple


class DecodedScan(NamedTuple):
    """What a decoder found: the data, and of which kind it is where the device told it; and its `id` (see Scan)."""

    data: bytes
    symbology: str | None = None
    id: str = ""
