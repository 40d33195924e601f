"""The printer's answers to status queries.

Source: Epson, ESC/POS Command Reference, "Status".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

NAMES: Mapping[int, bytes] = {65: b"1.00", 66: b"SIM", 67: b"SIM-80", 68: b"00000001", 69: b""}
FIXED = 0x12  # the two bits that are always set in a DLE EOT answer
AUTOMATIC = 0x10  # likewise in the first byte of an automatic status (GS a)


class Condition(msgspec.Struct):
    """The printer's condition. `drawer_open`: its line is high. `held`: it is offline, and no sensor says why."""

    cover_open: bool = False
    paper: Literal["ok", "near_end", "out"] = "ok"
    error: Literal["none", "cutter", "overheated", "broken"] = "none"
    drawer_open: bool = False
    held: bool = False

    @property
    def prints(self) -> bool:
        return not (self.cover_open or self.held) and self.paper != "out" and self.error == "none"


def realtime(condition: Condition, n: int) -> bytes:
    """The answer to DLE EOT `n`, 1 to 4."""
    bits = {
        1: 0x04 * condition.drawer_open | 0x08 * (not condition.prints),
        2: 0x04 * condition.cover_open | 0x20 * (condition.paper == "out") | 0x40 * (condition.error != "none"),
        3: _error(condition),
        4: 0x0C * (condition.paper != "ok") | 0x60 * (condition.paper == "out"),
    }
    return bytes((FIXED | bits[n],))


def automatic(condition: Condition) -> bytes:
    """The four bytes sent automatically after GS a."""
    first = 0x04 * condition.drawer_open | 0x08 * (not condition.prints) | 0x20 * condition.cover_open
    paper = 0x03 * (condition.paper != "ok") | 0x0C * (condition.paper == "out")
    return bytes((AUTOMATIC | first, _error(condition), paper, 0))


def answer(command: bytes, condition: Condition) -> bytes:
    """The answer to a command executed in its turn (see printer_ops.Query); empty if none is due."""
    match command[:2]:
        case b"\x1dr" if command[2:] in (b"\x02", b"2"):  # GS r 2: the drawer
            return bytes((condition.drawer_open,))
        case b"\x1bu":  # the drawer, by the older command
            return bytes((condition.drawer_open,))
        case b"\x1dr" | b"\x1bv":  # GS r 1, ESC v: paper
            return bytes((0x03 * (condition.paper != "ok") | 0x0C * (condition.paper == "out"),))
        case b"\x1da":  # GS a n
            return automatic(condition) if command[2] else b""
        case b"\x1dI":  # GS I n
            name = NAMES.get(command[2])
            return b"\x01" if name is None else b"_" + name + b"\x00"
        case b"\x1d(" if command[5:7] == b"00":  # GS ( H fn 48: answered once everything before it is printed
            return b"\x37\x22" + command[7:11] + b"\x00"
    return b""


def _error(condition: Condition) -> int:
    return {"none": 0, "cutter": 0x08, "broken": 0x20, "overheated": 0x40}[condition.error]
