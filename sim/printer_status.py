"""What the printer answers when the host asks how it is.

Source: Epson, ESC/POS Command Reference, "Status". All is well here, always; a printer
that has troubles, or lies about them, begins with this file.
"""

from __future__ import annotations

from collections.abc import Mapping

WELL = b"\x12"  # DLE EOT 1 to 4: the two bits that are always set, and no other
AUTOMATIC = b"\x10\x00\x00\x00"  # GS a: four bytes of which only the fixed bit is set
NAMES: Mapping[int, bytes] = {65: b"1.00", 66: b"SIM", 67: b"SIM-80", 68: b"00000001", 69: b""}


def answer(command: bytes) -> bytes:
    """The answer to a command that asks (see printer_ops.Query); empty where none is due."""
    match command[:2]:
        case b"\x10\x04":  # DLE EOT n
            return WELL
        case b"\x1dr" | b"\x1bu" | b"\x1bv":  # GS r, ESC u, ESC v: paper and drawer
            return b"\x00"
        case b"\x1da":  # GS a n
            return AUTOMATIC if command[2] else b""
        case b"\x1dI":  # GS I n
            name = NAMES.get(command[2])
            return b"\x01" if name is None else b"_" + name + b"\x00"
        case b"\x1d(" if command[5:7] == b"00":  # GS ( H fn 48: says so when everything before it is printed
            return b"\x37\x22" + command[7:11] + b"\x00"
    return b""
