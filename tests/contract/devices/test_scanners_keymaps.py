"""The tables of keyboard layouts, compared with those of this machine (libxkbcommon, xkeyboard-config)."""

from __future__ import annotations

import ctypes
import ctypes.util
import tomllib
from pathlib import Path
from typing import Any

import pytest

from drivers.scanners.decoding.keyboard import ROWS, keymap

TABLES = tomllib.loads((Path(__file__).parents[3] / "drivers" / "scanners" / "decoding" / "keymaps.toml").read_text())
XKB_NAMES = {"he": "il"}
EVDEV_OFFSET = 8  # X key codes are the kernel's plus this
CODES_ARE_MADE_OF = set("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")


class RuleNames(ctypes.Structure):
    _fields_ = [(name, ctypes.c_char_p) for name in ("rules", "model", "layout", "variant", "options")]


@pytest.fixture(scope="module")
def xkb() -> Any:
    name = ctypes.util.find_library("xkbcommon")
    if name is None or not Path("/usr/share/X11/xkb").is_dir():
        pytest.skip("missing: libxkbcommon0, xkb-data")
    library = ctypes.CDLL(name)
    for function in ("xkb_context_new", "xkb_keymap_new_from_names", "xkb_state_new"):
        getattr(library, function).restype = ctypes.c_void_p
    return library


@pytest.mark.parametrize("layout", sorted(TABLES))
def test_digits_and_letters_are_where_the_desktop_has_them(xkb: Any, layout: str) -> None:
    names = RuleNames(b"evdev", b"pc105", XKB_NAMES.get(layout, layout).encode(), b"", b"")
    context = ctypes.c_void_p(xkb.xkb_context_new(0))
    theirs = ctypes.c_void_p(xkb.xkb_keymap_new_from_names(context, ctypes.byref(names), 0))
    assert theirs.value, "the machine does not know this layout"
    state = ctypes.c_void_p(xkb.xkb_state_new(theirs))
    shift = 1 << xkb.xkb_keymap_mod_get_index(theirs, b"Shift")
    ours = keymap(layout)  # type: ignore[arg-type]
    for level, modifiers in ((0, 0), (1, shift)):
        xkb.xkb_state_update_mask(state, modifiers, 0, 0, 0, 0, 0)
        for key in (key for row in ROWS for key in row):
            symbol = xkb.xkb_state_key_get_one_sym(state, key + EVDEV_OFFSET)
            char = chr(xkb.xkb_keysym_to_utf32(symbol))
            if char in CODES_ARE_MADE_OF or ours.levels[level].get(key) in CODES_ARE_MADE_OF:
                assert ours.levels[level].get(key) == char, key
    for free, thing in ((xkb.xkb_state_unref, state), (xkb.xkb_keymap_unref, theirs), (xkb.xkb_context_unref, context)):
        free(thing)


def test_every_level_has_a_place_for_every_key() -> None:
    for name, table in TABLES.items():
        for level in ("plain", "shift", "altgr"):
            assert [len(row) for row in table[level]] == [len(row) for row in ROWS], (name, level)
