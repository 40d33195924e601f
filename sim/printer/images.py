"""Pictures in ESC/POS: raster, columns and graphics."""

from __future__ import annotations

from collections.abc import Sequence

from sim.printer.ops import Bitmap, Op, Picture, Strip
from sim.printer.state import State


def _word(data: bytes, at: int) -> int:
    return data[at] | data[at + 1] << 8


def raster(state: State, command: bytes) -> Sequence[Op]:
    """GS v 0 m xL xH yL yH d: x bytes a row, y rows; m doubles the width (1) or the height (2)."""
    mode = command[3] & 3
    image = Bitmap(
        data=command[8:],
        width=_word(command, 4) * 8,
        height=_word(command, 6),
        zoom_x=1 + (mode & 1),
        zoom_y=1 + (mode >> 1),
    )
    return [Picture(image, state.layout)]


def columns(state: State, command: bytes) -> Sequence[Op]:
    """ESC * m nL nH d: n columns of 8 dots (m 0, 1) or 24 dots (m 32, 33).

    8-dot columns are stretched to 24 dots; m 0 and 32 double the width.
    """
    mode = command[2]
    if mode not in (0, 1, 32, 33):
        raise ValueError(f"mode {mode}")
    tall = mode >= 32
    image = Bitmap(
        data=command[5:],
        width=_word(command, 3),
        height=24 if tall else 8,
        by_columns=True,
        zoom_x=1 if mode & 1 else 2,
        zoom_y=1 if tall else 3,
    )
    return [Strip(image, state.layout)]


def large_graphics(state: State, command: bytes) -> Sequence[Op]:
    """GS 8 L: GS ( L with four bytes of length."""
    if command[2:3] != b"L":
        raise ValueError(f"GS 8 {chr(command[2])}")
    return graphics(state, command[7:])


def graphics(state: State, data: bytes) -> Sequence[Op]:
    """GS ( L m fn ...: fn 112 and 113 store a picture by rows or by columns, fn 2 or 50 prints it."""
    function = data[1] if len(data) > 1 else -1
    if function in (112, 113) and len(data) >= 10:
        state.image = Bitmap(
            data=data[10:],
            width=_word(data, 6),
            height=_word(data, 8),
            by_columns=function == 113,
            zoom_x=data[3],
            zoom_y=data[4],
        )
        return ()
    if function in (2, 50):
        image, state.image = state.image, None
        return [Picture(image, state.layout)] if image else ()
    raise ValueError(f"GS ( L function {function}")
