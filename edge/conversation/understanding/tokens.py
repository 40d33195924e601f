"""Split a sentence into words, numbers and punctuation in normalised spelling. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from edge.conversation.understanding.amounts import MINUS
from edge.conversation.understanding.lexicon import vocabularies
from edge.goods.search.query.text import plain

TEXT_CHARS = 1000
_TOKEN = re.compile(
    r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?(?![0-9])|[0-9]{1,3}(?:\.[0-9]{3})+(?:,[0-9]+)?(?![0-9])"
    r"|[0-9]+(?:[.,][0-9]+)?|[½¼¾⅓⅔⅛⅜⅝⅞]|[^\W\d_½¼¾⅓⅔⅛⅜⅝⅞]+|(?<![^\W\d_])[-−–](?=\s?[0-9])|(?<=\s)[-−–](?=\s)|—|[,;.\n!?%]"
)
DASHES = MINUS | {"—"}
_ARABIC = str.maketrans({"٫": ".", "٬": ",", **{chr(zero + n): str(n) for zero in (0x660, 0x6F0) for n in range(10)}})
"""Arabic-Indic and Persian digits, and their separators."""
_PARTS = {
    **{"1/2": "½", "1/4": "¼", "3/4": "¾", "1/8": "⅛", "3/8": "⅜", "5/8": "⅝", "7/8": "⅞"},
    **{"1/3": "⅓", "2/3": "⅔"},
}
"""Written fractions and their signs."""
_PART = re.compile(r"(?<![\d/])(?:[13]/[248]|[57]/8|[12]/3)(?![\d/])")
_SOUNDED = re.compile(r"(?<=[a-z]e)s(?=-(?:en|y)(?![a-z]))|(?<=joute)s(?= en )|(?<=nleve)s(?= en )|(?<=donne)s(?= en )")
"""The "s" French inserts between an imperative and "en" or "y": "rajoutes-en un" is "rajoute". Some leave the hyphen
out."""
_KEYCAP = {0xFE0F: None, 0x20E3: None}
"""Characters that make a digit a keycap; the digit counts."""
_HIDDEN = frozenset("\u200b\u2060\ufeff\u180e")


def clean(text: str) -> str:
    """A text without control and invisible characters (tags, overrides, zero-width spaces). Direction marks and niqqud
    stay.

    >>> clean("co\\u200bla\\u202e")
    'cola'
    """
    return "".join(
        one
        for one in text
        if one not in _HIDDEN
        and not "\u202a" <= one <= "\u202e"
        and not "\u2066" <= one <= "\u2069"
        and not 0xE0000 <= ord(one) <= 0xE007F
        and (one in "\n\t" or unicodedata.category(one) != "Cc")
    )


def tokens_of(text: str) -> list[str]:
    """The words, numbers and punctuation of a text, normalised; a dash only before digits."""
    found = all_tokens(text)
    return [
        one for one, after in zip(found, (*found[1:], " "), strict=False) if one not in DASHES or after[0].isdigit()
    ]


def all_tokens(text: str) -> list[str]:
    """The words, numbers and punctuation of a text, normalised. Unlike `tokens_of`, it keeps dashes that are pauses.

    >>> all_tokens("rajoutes-en deux")
    ['rajoute', 'en', 'deux']
    """
    return list(_tokens(text))


@lru_cache(maxsize=16)
def _tokens(text: str) -> tuple[str, ...]:
    """The tokens of a text; those of a turn, as each reader asks for them."""
    written = _PART.sub(lambda found: _PARTS.get(found[0], found[0]), clean(text[:TEXT_CHARS]).translate(_KEYCAP))
    patterns = _patterns()
    spelt = patterns.pointed.sub("0.", patterns.pointed_apart.sub(r"\g<1>0.", _SOUNDED.sub("", _plain(written))))
    return tuple(_TOKEN.findall(patterns.zero_percent.sub("0 %", patterns.percent.sub(" %", spelt)).translate(_ARABIC)))


class _Patterns(NamedTuple):
    """Patterns made of words of all languages.

    `pointed`: a decimal sign without a figure before it, as ".5 kg" is half a kilo. A comma may be a pause, and
    always is before pieces. `pointed_apart`: the same followed by a space (". 5 kg"), unless an earlier number could
    end there.
    """

    percent: re.Pattern[str]
    zero_percent: re.Pattern[str]
    pointed: re.Pattern[str]
    pointed_apart: re.Pattern[str]


@cache
def _patterns() -> _Patterns:
    percents = _any_of(" ".join(phrase) for one in vocabularies() for phrase in one.percent)
    zeros = _any_of(word for one in vocabularies() for word, value in one.numbers.items() if value == 0)
    measures = _any_of(" ".join(phrase) for one in vocabularies() for phrase in one.measures)
    measure = rf"[0-9]+\s?{measures}(?![^\W\d_])"
    return _Patterns(
        re.compile(rf"(?<=[0-9])\s*{percents}(?![^\W\d_])"),
        re.compile(rf"(?<![^\W\d_]){zeros} {percents}(?![^\W\d_])"),
        re.compile(rf"(?<![^\s(\-−–])\.(?=[0-9])|(?<![^\s(]),(?={measure})"),
        re.compile(rf"^(\D*\s)\.\s(?={measure})"),
    )


def _any_of(words: Iterable[str]) -> str:
    """A pattern of any of these words, longest first."""
    return f"(?:{'|'.join(sorted(map(re.escape, words), key=len, reverse=True))})"


def percent_at(words: Sequence[str], at: int) -> int:
    """Return the length of "percent" in words at a position; 0 if there is none.

    >>> percent_at(["two", "per", "cent"], 1)
    2
    """
    return max((one.match(one.percent, words, at) for one in vocabularies()), default=0)


def _plain(text: str) -> str:
    """Normalised spelling; fraction signs stay."""
    return "".join(one if one in "½¼¾⅓⅔⅛⅜⅝⅞" else plain(one) for one in re.split("([½¼¾⅓⅔⅛⅜⅝⅞])", text))
