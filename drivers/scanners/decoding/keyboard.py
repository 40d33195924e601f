"""Decode key presses of scanners that act as keyboards. Pure.

Events are the kernel's `struct input_event` (input(7), linux/input-event-codes.h), from /dev/input/event*.
"""

from __future__ import annotations

import struct
import tomllib
from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec

from drivers.scanners.decoded import DecodedScan
from drivers.scanners.decoding.lines import LineDecoder, LineOptions

EVENT = struct.Struct("llHHi")
"""Seconds, microseconds, type, code, value: 24 bytes on a 64-bit machine."""

Layout = Literal["us", "gb", "fr", "be", "ch", "de", "es", "it", "pt", "se", "dk", "cz", "tr", "he"]
FunctionKey = Literal["", "F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8", "F9", "F10", "F11", "F12"]

EV_SYN, EV_KEY = 0, 1
SYN_REPORT, SYN_DROPPED = 0, 3
RELEASED, PRESSED = 0, 1  # 2 is the kernel's autorepeat of a stuck key: ignored

TAB, ENTER, KEYPAD_ENTER, SPACE, CAPS_LOCK, LEFT_ALT = 15, 28, 96, 57, 58, 56
SHIFTS, CTRLS, RIGHT_ALT = (42, 54), (29, 97), 100
MODIFIERS = frozenset({*SHIFTS, *CTRLS, LEFT_ALT, RIGHT_ALT})
KEYPAD = dict(zip((82, 79, 80, 81, 75, 76, 77, 71, 72, 73, 83, 78, 74, 55, 98, 117), "0123456789.+-*/=", strict=True))
ROWS = ((41, *range(2, 14)), tuple(range(16, 28)), (*range(30, 41), 43), (86, *range(44, 54)))
FUNCTION_KEYS = {f"F{number}": code for number, code in enumerate((*range(59, 69), 87, 88), 1)}
GS = b"\x1d"
ALT_DIGITS = 7
"""Maximum digits of a character typed by its number."""


class Keymap(msgspec.Struct, frozen=True):
    """Characters by level (plain, shift, altgr) and key code; and dead keys."""

    levels: tuple[dict[int, str], dict[int, str], dict[int, str]]
    dead: str


@cache
def keymap(layout: Layout) -> Keymap:
    """A layout's table from keymaps.toml."""
    text = files("drivers.scanners.decoding").joinpath("keymaps.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)[layout]
    plain, shift, altgr = (_level(table[name]) for name in ("plain", "shift", "altgr"))
    return Keymap((plain, shift, altgr), table["dead"])


def _level(rows: list[str]) -> dict[int, str]:
    keys = (pair for codes, row in zip(ROWS, rows, strict=True) for pair in zip(codes, row, strict=True))
    return {code: char for code, char in keys if char != " "}


class KeyboardDecoder:
    """A `drivers.scanners.stream.Decoder` of input events.

    A scan with a key that has no character is dropped and counted. Besides the layout, it supports two ways in which
    scanners type independently of it: characters by number on the keypad (Alt+0029), and control characters as on a US
    keyboard (Ctrl+]).
    """

    def __init__(self, options: LineOptions, layout: Layout, gs_key: FunctionKey = "") -> None:
        self._lines = LineDecoder(options)
        self._map = keymap(layout)
        self._gs_key = FUNCTION_KEYS.get(gs_key)
        self._cut = b""
        self._spoiled_scans = 0
        self.reset()

    @property
    def dropped(self) -> int:
        return self._lines.dropped + self._spoiled_scans

    @property
    def pending(self) -> bool:
        return self._lines.pending or self._spoiled

    def feed(self, data: bytes) -> list[DecodedScan]:
        data = self._cut + data
        whole = len(data) - len(data) % EVENT.size
        self._cut = data[whole:]
        codes: list[DecodedScan] = []
        for _, _, kind, code, value in EVENT.iter_unpack(data[:whole]):
            if kind == EV_SYN:
                self._on_sync(code)
            elif kind == EV_KEY and not self._deaf:
                codes += self._on_key(code, value)
        return codes

    def pause(self) -> list[DecodedScan]:
        if self._spoiled:
            self._drop()
            return []
        return self._lines.pause()

    def reset(self) -> None:
        self._lines.reset()
        self._cut = b""
        self._held: set[int] = set()
        self._caps = False
        self._spoiled = False
        self._deaf = False
        self._after_dead = False
        self._number = ""

    def _on_sync(self, code: int) -> None:
        """Handle lost events: the state is unknown until the next report."""
        if code == SYN_DROPPED:
            if self.pending:
                self._drop()
            self.reset()
            self._deaf = True
        elif code == SYN_REPORT:
            self._deaf = False

    def _on_key(self, key: int, value: int) -> list[DecodedScan]:
        if key in MODIFIERS:
            return self._on_modifier(key, value)
        if value != PRESSED:
            return []
        if key == CAPS_LOCK:
            self._caps = not self._caps
            return []
        if LEFT_ALT in self._held and key in KEYPAD and KEYPAD[key].isdigit():
            self._number = (self._number + KEYPAD[key])[: ALT_DIGITS + 1]
            return []
        return self._type(self._key_bytes(key))

    def _on_modifier(self, key: int, value: int) -> list[DecodedScan]:
        if value == PRESSED:
            self._held.add(key)
        elif value == RELEASED:
            self._held.discard(key)
            if key == LEFT_ALT and self._number:
                number, self._number = self._number, ""
                return self._type(_by_number(number))
        return []

    def _key_bytes(self, key: int) -> bytes | None:
        """The bytes typed by a key; empty for non-text keys, None for a text key without a character."""
        if key == self._gs_key:
            return GS
        plain, shifted, third = self._map.levels
        char = {ENTER: "\r", KEYPAD_ENTER: "\r", TAB: "\t"}.get(key) or KEYPAD.get(key)
        after_dead, self._after_dead = self._after_dead, False
        if char:
            return char.encode()
        if key == SPACE:
            return b"" if after_dead else b" "
        if key not in keymap("us").levels[0]:
            return b""
        held = self._held
        ctrl = not held.isdisjoint(CTRLS)
        if RIGHT_ALT in held or (ctrl and LEFT_ALT in held):
            char = third.get(key)
        elif ctrl:
            return _control(key)
        else:
            shift = not held.isdisjoint(SHIFTS)
            if self._caps and plain.get(key, "").isalpha():
                shift = not shift
            char = (shifted if shift else plain).get(key)
        if char is None:
            return None
        self._after_dead = char in self._map.dead
        return char.encode()

    def _type(self, typed: bytes | None) -> list[DecodedScan]:
        if typed is None:
            self._spoiled = True
            return []
        if self._spoiled and typed in (b"\r", b"\t"):
            self._drop()
            return []
        return self._lines.feed(typed)

    def _drop(self) -> None:
        self._lines.forget()
        self._spoiled = False
        self._spoiled_scans += 1


def _control(key: int) -> bytes | None:
    """Return a control character, by the key's position on a US keyboard: Ctrl+] is GS in any layout."""
    char = keymap("us").levels[0].get(key, "").upper()
    return bytes([ord(char) & 0x1F]) if "A" <= char <= "_" else None


def _by_number(number: str) -> bytes | None:
    """Return the character with this number: Unicode with a leading 0 or above 255, otherwise from code page 437."""
    if len(number) > ALT_DIGITS:
        return None
    value = int(number)
    if number[0] != "0" and value < 256:
        return bytes([value]).decode("cp437").encode() if value else None
    try:
        return chr(value).encode() if value else None
    except (ValueError, OverflowError):  # beyond Unicode, or a surrogate
        return None
