"""The sentences people read, in their language: one TOML file a language, the same keys in each."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import msgspec

LANGUAGES = ("en", "fr", "he")
RIGHT_TO_LEFT = frozenset({"he"})
COMMA = frozenset({"fr"})
"""Languages that write a comma in front of a fraction."""


@cache
def words(language: str) -> dict[str, str]:
    """All sentences of a language by "section.key"; English for a language that is not there."""
    if language not in LANGUAGES:
        language = LANGUAGES[0]
    tables = msgspec.toml.decode(
        files("edge.lib.i18n").joinpath(f"{language}.toml").read_bytes(), type=dict[str, dict[str, str]]
    )
    return {f"{section}.{key}": text for section, table in tables.items() for key, text in table.items()}


def translate(language: str, key: str, **values: object) -> str:
    """A sentence with its gaps filled. A key that is missing shows itself: a test sees to it that none is."""
    text = words(language).get(key)
    if text is None:
        return f"{key} {values}" if values else key
    return text.format(**values)


def number(plain: str, language: str) -> str:
    """Digits with a point, such as "12.50", as the language writes them."""
    return plain.replace(".", ",") if language in COMMA else plain


def direction(language: str) -> str:
    """`rtl` or `ltr`, as HTML's dir attribute wants it."""
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"
