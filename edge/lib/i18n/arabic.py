"""Joins Arabic letters into their contextual forms, for drawing without a shaping engine. Pure.

A letter's form depends on its neighbours (Unicode, chapter 9.2). Fonts have these forms as separate characters, the
presentation forms.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import cache

_FORMS = (range(0xFB50, 0xFDFC), range(0xFE80, 0xFEFD))
_LAM = "\u0644"
_LAM_ALEF = tuple(_LAM + alef for alef in "\u0622\u0623\u0625\u0627")
_STRETCH = "\u0640"
"""Tatweel, which joins on both sides and looks the same in every position."""


def join_letters(text: str) -> str:
    """Replace the Arabic letters of `text`, in reading order, with their contextual forms."""
    if text.isascii() or not any("\u0600" <= char <= "\u06ff" for char in text):
        return text
    forms, out = _forms(), []
    letters = [*_with_ligatures(text)]
    for place, letter in enumerate(letters):
        looks = forms.get(letter)
        if looks is None:
            out.append(letter)
            continue
        before = place > 0 and _joins_on(letters[place - 1]) and "<final>" in looks
        behind = place + 1 < len(letters) and _joins_back(letters[place + 1]) and "<initial>" in looks
        wanted = ("<isolated>", "<initial>", "<final>", "<medial>")[2 * before + behind]
        out.append(looks.get(wanted, letter))
    return "".join(out)


def _with_ligatures(text: str) -> list[str]:
    """Characters of a text, with lam-alef ligatures combined."""
    letters: list[str] = []
    for char in text:
        if letters and letters[-1] == _LAM and _LAM + char in _forms():
            letters[-1] += char
        else:
            letters.append(char)
    return letters


def _joins_on(letter: str) -> bool:
    """Whether a letter joins the following one."""
    return letter == _STRETCH or "<initial>" in _forms().get(letter, {})


def _joins_back(letter: str) -> bool:
    """Whether a letter joins the preceding one."""
    return letter == _STRETCH or "<final>" in _forms().get(letter, {})


@cache
def _forms() -> Mapping[str, Mapping[str, str]]:
    """Forms by position, for each letter or lam-alef ligature."""
    forms: dict[str, dict[str, str]] = {}
    for code in (code for codes in _FORMS for code in codes):
        where, *letters = unicodedata.decomposition(chr(code)).split() or [""]
        letter = "".join(chr(int(one, 16)) for one in letters)
        if where.startswith("<") and (len(letter) == 1 or letter in _LAM_ALEF):
            forms.setdefault(letter, {}).setdefault(where, chr(code))
    return forms
