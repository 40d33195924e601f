"""Bar codes and QR codes in ESC/POS: their commands."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from sim.printer.ops import Bars, Matrix, Op, Qr
from sim.printer.state import MAX_QR_BYTES, QrSetup, State

# GS k m; the first seven are also numbered 0 to 6. The names are python-escpos's.
KINDS: Mapping[int, str] = {
    65: "UPC-A",
    66: "UPC-E",
    67: "EAN13",
    68: "EAN8",
    69: "CODE39",
    70: "ITF",
    71: "CODABAR",
    72: "CODE93",
    73: "CODE128",
    74: "GS1-128",
    75: "GS1 DATABAR OMNIDIRECTIONAL",
    76: "GS1 DATABAR TRUNCATED",
    77: "GS1 DATABAR LIMITED",
    78: "GS1 DATABAR EXPANDED",
    79: "CODE128",
}
CODES_2D: Mapping[int, str] = {48: "PDF417", 50: "MaxiCode", 51: "DataBar", 53: "Aztec", 54: "DataMatrix"}
QR_LEVELS = ("L", "M", "Q", "H")


def set_bars(name: str, value: Callable[[int], Any]) -> Callable[[State, bytes], Sequence[Op]]:
    """Make a command with one parameter that sets `name` of the bar code style."""

    def apply_value(state: State, command: bytes) -> Sequence[Op]:
        state.bars = replace(state.bars, **{name: value(command[2])})
        return ()

    return apply_value


def print_bars(state: State, command: bytes) -> Sequence[Op]:
    """GS k m d... NUL, or from 65 on GS k m n d..."""
    mode = command[2]
    data = command[4:] if mode >= 65 else command[3:].rstrip(b"\0")
    kind = KINDS.get(mode if mode >= 65 else mode + 65)
    if kind is None:
        raise ValueError(f"bar code {mode}")
    return [Bars(kind, data, state.bars, state.layout)]


def code_2d(state: State, data: bytes) -> Sequence[Op]:
    """GS ( k cn fn ...: cn 49 is QR. 65 model, 67 module, 69 error correction, 80 store, 81 print.

    For other codes, only the data and the module width are used.
    """
    code, function, rest = (data[0], data[1], data[2:]) if len(data) >= 2 else (0, 0, b"")
    if code != 49:
        return _matrix(state, code, function, rest)
    if function == 67 and rest:
        state.qr = replace(state.qr, module=min(max(rest[0], 1), 16))
    elif function == 69 and rest:
        state.qr = replace(state.qr, level=QR_LEVELS[rest[0] - 48 & 3])
    elif function == 80:
        state.qr = replace(state.qr, data=rest[1 : MAX_QR_BYTES + 1])
    elif function == 81:
        setup = state.qr
        return [Qr(setup.data, setup.module, setup.level, state.layout)] if setup.data else ()
    return ()


def _matrix(state: State, code: int, function: int, rest: bytes) -> Sequence[Op]:
    if code not in CODES_2D:
        raise ValueError(f"GS ( k {code}")
    if function == 67 and rest:
        state.modules[code] = min(max(rest[0], 1), 16)
    elif function == 80:
        state.matrix[code] = rest[1 : MAX_QR_BYTES + 1]
    elif function == 81 and (data := state.matrix.get(code)):
        return [Matrix(CODES_2D[code], data, state.modules.get(code, QrSetup().module), state.layout)]
    return ()
