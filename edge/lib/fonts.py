"""Which font file has a letter, for what this house draws itself: papers as dots and as PDF.

Two fonts come along as Python packages, Noto Sans Hebrew (with Latin) and Noto Sans Arabic, both under the SIL Open
Font License. For other scripts the fonts of the system are searched, once for each letter: Debian's fonts-dejavu-core
has Cyrillic and Greek, fonts-droid-fallback Chinese, Japanese and Korean, fonts-thai-tlwg Thai.
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
"""So many fonts of a system are looked at."""
CHARACTERS = 4096
"""Characters of which it is remembered where they are."""
_UNLIKE = ("bold", "italic", "oblique", "mono", "serif", "condensed", "light", "emoji")
"""Words in names of fonts that are taken only where no other has a letter."""


@cache
def packaged_fonts() -> tuple[Path, ...]:
    """The fonts that come along."""
    return tuple(
        Path(str(importlib.resources.files(package).joinpath(name)))
        for package, name in PACKAGED
        if importlib.util.find_spec(package)
    )


def main_font() -> Path | None:
    """The font that all is drawn with that it has; None: this machine has none."""
    return next(iter((*packaged_fonts(), *_system_fonts())), None)


@lru_cache(CHARACTERS)
def font_with(char: str) -> Path | None:
    """The first font that has this character; None: none has."""
    return next((path for path in (*packaged_fonts(), *_system_fonts()) if ord(char) in _characters(path)), None)


def can_draw(text: str) -> bool:
    """Whether there are fonts for all of a text that is read: its letters, digits and marks, not its emoji."""
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
    """The characters of a font that has them as outlines; nothing of one that cannot be read."""
    from fontTools.ttLib import TTFont, TTLibError

    try:
        with TTFont(path, fontNumber=0, lazy=True) as font:
            drawn = "glyf" in font or "CFF " in font
            return frozenset(font.getBestCmap() or ()) if drawn else frozenset()
    except (TTLibError, OSError, KeyError, ValueError, AssertionError) as error:
        _log.warning("a font can't be read", path=str(path), why=str(error))
        return frozenset()
