"""Split a sentence into words, numbers and punctuation in normalised spelling. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from edge.conversation.understanding.amounts import MINUS
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
"""Fractions; a third isn't among them, as its decimals don't end, so the user is asked."""
_PART = re.compile(r"(?<![\d/])(?:[13]/[248]|[57]/8|[12]/3)(?![\d/])")
_PERCENT = re.compile(r"(?<=[0-9])\s*(?:percent|per cent|pourcent|pour cent|אחוזים|אחוז)(?![^\W\d_])")
_ZERO_PERCENT = re.compile(
    r"(?<![^\W\d_])(?:zero percent|zero per cent|zero pourcent|zero pour cent|אפס אחוזים|אפס אחוז)(?![^\W\d_])"
)
_MEASURE = r"[0-9]+\s?(?:kg|kgs|kilos?|g|gr|grams?|grammes?|l|litres?|liters?|קג|קילו|גרמ|גרם|ליטר)(?![^\W\d_])"
_POINTED = re.compile(rf"(?<![^\s(\-−–])\.(?=[0-9])|(?<![^\s(]),(?={_MEASURE})")
"""A decimal sign without a figure before it: ".5 kg" is half a kilo.

A comma may be a pause, and always is before pieces.
"""
_POINTED_APART = re.compile(rf"^(\D*\s)\.\s(?={_MEASURE})")
"""The same followed by a space, as in ". 5 kg", unless an earlier number could end there."""
_SOUNDED = re.compile(r"(?<=[a-z]e)s(?=-(?:en|y)(?![a-z]))|(?<=joute)s(?= en )|(?<=nleve)s(?= en )|(?<=donne)s(?= en )")
"""The "s" French inserts between an imperative and "en" or "y": "rajoutes-en un" is "rajoute". Some leave the hyphen
out."""
_PERCENTS = (("percent",), ("per", "cent"), ("pourcent",), ("pour", "cent"), ("אחוזימ",), ("אחוזים",), ("אחוז",))
_KEYCAP = {0xFE0F: None, 0x20E3: None}
"""Characters that make a digit a keycap; the digit counts."""
_HIDDEN = frozenset("\u200b\u2060\ufeff\u180e")


def clean(text: str) -> str:
    """A text without invisible characters: tags, overrides, zero-width. Direction marks and niqqud stay.

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
    """Split a text into tokens at every dash, unlike `tokens_of`.

    >>> all_tokens("rajoutes-en deux")
    ['rajoute', 'en', 'deux']
    """
    written = _PART.sub(lambda found: _PARTS.get(found[0], found[0]), clean(text[:TEXT_CHARS]).translate(_KEYCAP))
    spelt = _POINTED.sub("0.", _POINTED_APART.sub(r"\g<1>0.", _SOUNDED.sub("", _plain(written))))
    return _TOKEN.findall(_ZERO_PERCENT.sub("0 %", _PERCENT.sub(" %", spelt)).translate(_ARABIC))


def percent_at(words: Sequence[str], at: int) -> int:
    """Return the length of "percent" in words at a position; 0 if there is none.

    >>> percent_at(["two", "per", "cent"], 1)
    2
    """
    return next((len(one) for one in _PERCENTS if tuple(words[at : at + len(one)]) == one), 0)


def _plain(text: str) -> str:
    """Normalised spelling; fraction signs stay."""
    return "".join(one if one in "½¼¾⅓⅔⅛⅜⅝⅞" else plain(one) for one in re.split("([½¼¾⅓⅔⅛⅜⅝⅞])", text))
