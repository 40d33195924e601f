"""The grammar of speech recognition at a till: the phrases it listens for.

The phrases are product names as people say them, without printed details ("Milk 3% 1 l" is "milk"), and the words of an
order.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Annotated

import msgspec

from edge.core.storage.database import Connection
from edge.goods.search.query.sizes import is_unit
from edge.goods.search.query.text import plain
from edge.runtime.inference import PHRASES

WORDS = 5
"""Maximum words of a spoken name."""

ROWS = 12_000
"""Maximum products read for their names: several may share a name, or have no name in a language."""

Language = Annotated[str, msgspec.Meta(pattern=r"^[a-z]{2,3}$(?!\n)")]
Most = Annotated[int, msgspec.Meta(ge=1, le=PHRASES)]

_NAMES = """
    SELECT p.body ->> ('$.names.' || ?1) FROM search_sold s JOIN product p ON p.id = s.id
    WHERE p.retired_us IS NULL ORDER BY s.heat DESC LIMIT ?2
"""
_OTHERS = "SELECT body ->> ('$.names.' || ?1) FROM product WHERE retired_us IS NULL ORDER BY id DESC LIMIT ?2"
_REVISION = "SELECT coalesce(max(seq), 0) FROM product"
_BRACKETS = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_WORD = re.compile(r"[^\W_]+(?:['’`´\"״׳.,][^\W_]+)*['׳]?%?|[+,;/|]")


def phrases(db: Connection, language: Language, limit: Most = PHRASES) -> tuple[str, ...]:
    """The phrases of a language: order words, then product names, best sellers first.

    Empty for a language in which no product has a name.
    """
    around = order_words(language)[:limit]
    found = dict.fromkeys(around)
    for name in _names(db, language):
        if len(found) >= limit:
            break
        if said := as_said(name):
            found[said] = None
    return tuple(found) if len(found) > len(around) else ()


def revision(db: Connection) -> int:
    """A number that changes whenever any product changes."""
    return int(db.execute(_REVISION).fetchone()[0])


def as_said(name: str) -> str:
    """A product name as people say it: up to its first size or bracket, in lower case; "" if nothing is left.

    >>> as_said("Milk 3% 1 l"), as_said("Coca-Cola Zero 6x330ml (cans)"), as_said('יין אדום יבש 750 מ"ל')
    ('milk', 'coca cola zero', 'יין אדום יבש')
    """
    words: list[str] = []
    for word in _WORD.findall(_BRACKETS.sub(" ", name.lower().replace("&", " and "))):
        if _is_measure(word) and words:
            break
        if _is_measure(word) and not word.isalpha():
            continue
        words.append(word.replace("’", "'"))
    said = " ".join(words[:WORDS])
    return said if len(said) > 1 else ""


def _is_measure(word: str) -> bool:
    """Whether a word is a number, a size or a separator: "330ml", "6x33", "3%", ",", but not "7up"."""
    tail = word.lstrip("0123456789.,")
    if tail == word and word[0].isalnum():
        return len(word) > 1 and is_unit(plain(word))
    return not tail.isalpha() or is_unit(plain(tail)) or (word[0].isdigit() and tail == "x")


@cache
def order_words(language: str) -> tuple[str, ...]:
    """The order words of a language in `spoken.toml`; empty if the file lacks the language."""
    known = tomllib.loads(resources.files(__package__).joinpath("spoken.toml").read_text("utf-8"))
    return tuple(known.get(language, {}).get("words", ()))


def _names(db: Connection, language: str) -> Iterator[str]:
    for sql in (_NAMES, _OTHERS):
        for (name,) in db.execute(sql, (language, ROWS)):
            if name:
                yield name
