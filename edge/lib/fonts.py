"""Finds a font file for each character, for receipts and PDFs that we render.

Two fonts are included as Python packages, Noto Sans Hebrew (with Latin) and Noto Sans Arabic, both under the SIL Open
Font License. For other scripts the system's fonts are searched, once per character: Debian's fonts-dejavu-core has
Cyrillic and Greek, fonts-droid-fallback Chinese, Japanese and Korean, fonts-thai-tlwg Thai.
"""

from __future__ import annotations

import importlib.resources
import importlib.util
import unicodedata
from functools import cache, lru_cache
from pathlib import Path

import structlog

_log = structlog.get_logger(__name__)

PACKAGED = (
    ("pylopdf_fonts_he", "NotoSansHebrew-Variable.ttf"),
    ("pylopdf_fonts_ar", "NotoSansArabic-Variable.ttf"),
)
SYSTEM = (Path("/usr/share/fonts"), Path("/usr/share/fonts-droid-fallback"), Path("/usr/local/share/fonts"))
FILES = 500
"""Most system fonts to inspect."""
CHARACTERS = 4096
"""Number of characters whose font is cached."""
_UNLIKE = ("bold", "italic", "oblique", "mono", "serif", "condensed", "light", "emoji")
"""Words in the names of fonts that are used only if no other font has the character."""


@cache
def packaged_fonts() -> tuple[Path, ...]:
    """Included fonts."""
    return tuple(
        Path(str(importlib.resources.files(package).joinpath(name)))
        for package, name in PACKAGED
        if importlib.util.find_spec(package)
    )


def main_font() -> Path | None:
    """Return the default font; None if this machine has no fonts."""
    return next(iter((*packaged_fonts(), *_system_fonts())), None)


@lru_cache(CHARACTERS)
def font_with(char: str) -> Path | None:
    """Return the first font with this character, or None."""
    return next((path for path in (*packaged_fonts(), *_system_fonts()) if ord(char) in _characters(path)), None)


def can_draw(text: str) -> bool:
    """Whether fonts cover all letters and numbers of a text. Marks, symbols and emoji aren't checked."""
    return text.isascii() or all(
        font_with(char) is not None for char in text if not char.isascii() and unicodedata.category(char)[0] in "LN"
    )


@cache
def _system_fonts() -> tuple[Path, ...]:
    found = [
        path
        for folder in SYSTEM
        if folder.is_dir()
        for path in folder.rglob("*")
        if path.suffix.lower() in (".ttf", ".otf", ".ttc")
    ]
    return tuple(sorted(found, key=lambda path: (_unlike(path), path.name))[:FILES])


def _unlike(path: Path) -> int:
    name = path.name.lower()
    return sum(word in name for word in _UNLIKE) + (not name.startswith("dejavusans."))


@cache
def _characters(path: Path) -> frozenset[int]:
    """Return the characters of a font with outlines; empty if the font can't be read."""
    from fontTools.ttLib import TTFont, TTLibError

    try:
        with TTFont(path, fontNumber=0, lazy=True) as font:
            drawn = "glyf" in font or "CFF " in font
            return frozenset(font.getBestCmap() or ()) if drawn else frozenset()
    except (TTLibError, OSError, KeyError, ValueError, AssertionError) as error:
        _log.warning("a font can't be read", path=str(path), why=str(error))
        return frozenset()
