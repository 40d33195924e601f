"""Reproducible ZIP archives: the same files give the same bytes, with names in order and one fixed time."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Mapping
from typing import BinaryIO

MOMENT = (1980, 1, 1, 0, 0, 0)
"""The earliest time that the format can represent."""
_UNIX = 3


def write_zip(target: BinaryIO, files: Mapping[str, Iterable[bytes]]) -> None:
    """Write each file by its chunks, deflated, without keeping any file in memory. The bytes are the same for the same
    zlib."""
    with zipfile.ZipFile(target, "w") as archive:
        for name in sorted(files):
            info = zipfile.ZipInfo(name, MOMENT)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = _UNIX
            info.external_attr = 0o644 << 16
            with archive.open(info, "w", force_zip64=True) as written:
                for chunk in files[name]:
                    written.write(chunk)
