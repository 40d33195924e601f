"""ESC/POS commands: one function and one line in OBEY each.

A command receives all its bytes, with the parameters from the third on. It changes the state and returns ops, or raises
ValueError saying what it couldn't do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from sim.printer.codes import code_2d, print_bars, set_bars
from sim.printer.images import columns, graphics, large_graphics, raster
from sim.printer.lengths import DLE, ESC, FS, GS
from sim.printer.ops import Beep, Cut, Feed, Kick, Move, Op, Query
from sim.printer.state import DPI, State

Deed = Callable[[State, bytes], Sequence[Op]]
ALIGN = ("left", "center", "right")
MIN_WIDTH_DOTS = 12


def _word(command: bytes, at: int = 2) -> int:
    return command[at] | command[at + 1] << 8


def _digit(byte: int) -> int:
    """Parse a parameter that may be 0, 1, 2 or the digit's character."""
    return byte - 48 if 48 <= byte <= 57 else byte


def _style(name: str, value: Callable[[int], Any]) -> Deed:
    def apply_style(state: State, command: bytes) -> Sequence[Op]:
        state.style = replace(state.style, **{name: value(command[2])})
        return ()

    return apply_style


def _print_mode(state: State, command: bytes) -> Sequence[Op]:
    mode = command[2]
    state.style = replace(
        state.style,
        font="b" if mode & 1 else "a",
        bold=bool(mode & 8),
        high=2 if mode & 16 else 1,
        wide=2 if mode & 32 else 1,
        underline=1 if mode & 128 else 0,
    )
    return ()


def _size(state: State, command: bytes) -> Sequence[Op]:
    state.style = replace(state.style, wide=(command[2] >> 4 & 7) + 1, high=(command[2] & 7) + 1)
    return ()


def _gap(state: State, command: bytes) -> Sequence[Op]:
    state.style = replace(state.style, gap=state.dots_x(command[2]))
    return ()


def _reset(state: State, command: bytes) -> Sequence[Op]:
    state.reset()
    return ()


def _code_page(state: State, command: bytes) -> Sequence[Op]:
    state.select_page(command[2])
    return ()


def _align(state: State, command: bytes) -> Sequence[Op]:
    state.layout = replace(state.layout, align=ALIGN[min(_digit(command[2]), 2)])
    return ()


def _upside_down(state: State, command: bytes) -> Sequence[Op]:
    state.layout = replace(state.layout, upside_down=bool(command[2] & 1))
    return ()


def _line_spacing(units_an_inch: int | None) -> Deed:
    def apply_spacing(state: State, command: bytes) -> Sequence[Op]:
        dots = command[2] * DPI // units_an_inch if units_an_inch else state.dots_y(command[2])
        state.layout = replace(state.layout, line=dots)
        return ()

    return apply_spacing


def _default_spacing(state: State, command: bytes) -> Sequence[Op]:
    state.layout = replace(state.layout, line=30)
    return ()


def _left_margin(state: State, command: bytes) -> Sequence[Op]:
    left = min(state.dots_x(_word(command)), state.layout.paper - MIN_WIDTH_DOTS)
    state.layout = replace(state.layout, left=left)
    return ()


def _width(state: State, command: bytes) -> Sequence[Op]:
    width = min(max(state.dots_x(_word(command)), MIN_WIDTH_DOTS), state.layout.paper)
    state.layout = replace(state.layout, width=width)
    return ()


def _units(state: State, command: bytes) -> Sequence[Op]:
    state.unit_x = command[2] or DPI
    state.unit_y = command[3] or DPI
    return ()


def _tabs(state: State, command: bytes) -> Sequence[Op]:
    stops = [column * state.column() for column in command[2:].rstrip(b"\0")[:32]]
    state.layout = replace(state.layout, tabs=tuple(stops))
    return ()


def _move_to(state: State, command: bytes) -> Sequence[Op]:
    return [Move(state.dots_x(_word(command)), False, state.layout)]


def _move_by(state: State, command: bytes) -> Sequence[Op]:
    units = int.from_bytes(command[2:4], "little", signed=True)
    return [Move(state.dots_x(units), True, state.layout)]


def _feed_lines(state: State, command: bytes) -> Sequence[Op]:
    return [Feed(command[2] * state.layout.line, state.layout)]


def _feed_dots(state: State, command: bytes) -> Sequence[Op]:
    return [Feed(state.dots_y(command[2]), state.layout)]


def _feed_back(state: State, command: bytes) -> Sequence[Op]:
    lines = state.layout.line if command[1:2] == b"e" else 1
    return [Feed(-command[2] * lines, state.layout)]


def _cut(state: State, command: bytes) -> Sequence[Op]:
    """GS V. 97 and 98 also feed before the cut; 103 and 104 also feed back, which leaves no trace."""
    if len(command) == 3:
        return [Cut()]
    return [Cut(to_cutter=True, dots=state.dots_y(command[3]))]


def _cut_here(state: State, command: bytes) -> Sequence[Op]:
    return [Cut()]


def _kick(state: State, command: bytes) -> Sequence[Op]:
    return [Kick(5 if command[2] & 1 else 2)]


def _beep(state: State, command: bytes) -> Sequence[Op]:
    """ESC B n t: both from 1 to 9."""
    if not all(1 <= value <= 9 for value in command[2:4]):
        raise ValueError(f"sounds {command[2]} times for {command[3]}")
    return [Beep(command[2])]


def _kick_now(state: State, command: bytes) -> Sequence[Op]:
    """DLE DC4: executed on arrival (server.py), and not again in its turn."""
    if command[2] != 1:
        raise ValueError(f"function {command[2]}")
    return ()


def _asked_now(state: State, command: bytes) -> Sequence[Op]:
    """DLE EOT: answered on arrival (server.py)."""
    return ()


def _query(state: State, command: bytes) -> Sequence[Op]:
    return [Query(command)]


def _parenthesis(state: State, command: bytes) -> Sequence[Op]:
    """GS ( x: the third byte is x."""
    match command[2:3]:
        case b"L":
            return graphics(state, command[5:])
        case b"k":
            return code_2d(state, command[5:])
        case b"H":
            return [Query(command)]
        case b"A" | b"C" | b"D" | b"E" | b"K" | b"M" | b"P":  # tests, memory and settings of the printer
            return ()
    raise ValueError(f"GS ( {chr(command[2])}")


OBEY: Mapping[bytes, Deed] = {
    ESC + b"@": _reset,
    ESC + b"t": _code_page,
    ESC + b"!": _print_mode,
    ESC + b"E": _style("bold", lambda n: bool(n & 1)),
    ESC + b"G": _style("bold", lambda n: bool(n & 1)),
    ESC + b"-": _style("underline", lambda n: min(_digit(n), 2)),
    ESC + b"M": _style("font", lambda n: "b" if _digit(n) else "a"),
    ESC + b"V": _style("rotated", lambda n: bool(_digit(n))),
    ESC + b" ": _gap,
    GS + b"B": _style("invert", lambda n: bool(n & 1)),
    GS + b"!": _size,
    ESC + b"a": _align,
    ESC + b"{": _upside_down,
    ESC + b"2": _default_spacing,
    ESC + b"3": _line_spacing(None),
    ESC + b"+": _line_spacing(360),
    ESC + b"A": _line_spacing(60),
    ESC + b"D": _tabs,
    ESC + b"$": _move_to,
    ESC + b"\\": _move_by,
    GS + b"L": _left_margin,
    GS + b"W": _width,
    GS + b"P": _units,
    ESC + b"d": _feed_lines,
    ESC + b"J": _feed_dots,
    ESC + b"e": _feed_back,
    ESC + b"K": _feed_back,
    GS + b"V": _cut,
    ESC + b"i": _cut_here,
    ESC + b"m": _cut_here,
    ESC + b"p": _kick,
    ESC + b"B": _beep,
    DLE + b"\x14": _kick_now,
    ESC + b"*": columns,
    GS + b"v": raster,
    GS + b"8": large_graphics,
    GS + b"(": _parenthesis,
    GS + b"h": set_bars("height", lambda n: max(n, 1)),
    GS + b"w": set_bars("module", lambda n: min(max(n, 1), 8)),
    GS + b"H": set_bars("label", lambda n: ("none", "above", "below", "both")[min(_digit(n), 3)]),
    GS + b"f": set_bars("label_font", lambda n: "b" if _digit(n) else "a"),
    GS + b"k": print_bars,
    DLE + b"\x04": _asked_now,
    GS + b"r": _query,
    GS + b"I": _query,
    GS + b"a": _query,
    ESC + b"u": _query,
    ESC + b"v": _query,
}

# Commands that print nothing: device selection, sensors, buttons, speed,
# density, smoothing, colour (there's only one), national characters, kanji, standard mode.
IGNORED = frozenset(
    [ESC + bytes((char,)) for char in b"%=?RSUcr("]
    + [FS + bytes((char,)) for char in b"!&-.CSW("]
    + [GS + bytes((char,)) for char in b"bj|"]
    + [DLE + b"\x05"]
)
