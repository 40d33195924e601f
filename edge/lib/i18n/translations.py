"""The sentences people read, in their language: one TOML file a language, the same keys in each.

Those of a capability lie in its folder's `words/`; those of all of them beside this file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import msgspec

LANGUAGES = ("en", "fr", "he")
RIGHT_TO_LEFT = frozenset({"he"})
COMMA = frozenset({"fr"})
"""Languages that write a comma in front of a fraction."""
COUNTED = (
    *("n", "count", "number", "rows", "lag", "lines", "items", "faults", "papers", "cards", "packs", "left"),
    *("times", "days", "hours", "minutes"),
)
"""Gaps whose value may make a sentence speak of one thing: see `translate`."""


def name_in(names: dict[str, str], language: str) -> str:
    """What somebody called a thing, in a language, or in the first one it has."""
    return names.get(language) or next(iter(names.values()), "")


@cache
def words(language: str) -> dict[str, str]:
    """All sentences of a language by "section.key"; English for a language that is not there."""
    if language not in LANGUAGES:
        language = LANGUAGES[0]
    found: dict[str, str] = {}
    for path in sources(language):
        for key, text in _sentences(path):
            if key in found:
                raise ValueError(f"{path}: {key} is said in another file already")
            found[key] = text
    return found


def sources(language: str) -> list[Path]:
    """The files of a language: ours first, then the capabilities'."""
    here = Path(__file__).parent
    return [here / f"{language}.toml", *sorted(here.parents[1].glob(f"shop/*/words/{language}.toml"))]


def _sentences(path: Path) -> Iterator[tuple[str, str]]:
    for section, table in msgspec.toml.decode(path.read_bytes(), type=dict[str, dict[str, str]]).items():
        for key, text in table.items():
            yield f"{section}.{key}", text


def translate(language: str, key: str, **values: object) -> str:
    """A sentence with its gaps filled. A key that is missing shows itself: a test sees to it that none is.

    Where it counts one (in French also none), its twin KEY_one is said, if there is one. The gap that counts is the
    first of `COUNTED` that there is.
    """
    text = sentence(language, key, values)
    if text is None:
        return f"{key} {values}" if values else key
    return text.format(**values)


def sentence(language: str, key: str, values: Mapping[str, object]) -> str | None:
    """The sentence that `translate` would say, with its gaps open; None: there is none."""
    known = words(language)
    return (known.get(f"{key}_one") if _counts_one(language, values) else None) or known.get(key)


def _counts_one(language: str, values: Mapping[str, object]) -> bool:
    counted = next((values[gap] for gap in COUNTED if gap in values), None)
    return str(counted) in (("0", "1") if language == "fr" else ("1",))


def number(plain: str, language: str) -> str:
    """Digits with a point, such as "12.50", as the language writes them."""
    return plain.replace(".", ",") if language in COMMA else plain


def direction(language: str) -> str:
    """`rtl` or `ltr`, as HTML's dir attribute wants it."""
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"
