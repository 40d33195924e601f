"""Text in ISO-8859-8, one byte per character in logical order: character set 1 of the uniform structure. Pure."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

ENCODING = "iso8859_8"
_SPELLED = str.maketrans(
    {
        "₪": 'ש"ח',
        "€": "EUR",
        "׳": "'",
        "״": '"',
        "־": "-",
        **dict.fromkeys("‘’‚‛′", "'"),
        **dict.fromkeys("“”„‟″", '"'),
        **dict.fromkeys("‐‑‒–—―−", "-"),
    }
)
"""Characters that the character set lacks, in ASCII: the shekel sign, curly quotes, geresh, gershayim, maqaf,
dashes."""
_INVISIBLE = frozenset("\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
"""Direction marks and joiners, which can be dropped because the text is in logical order."""


@lru_cache(maxsize=16_384)
def plain_hebrew(text: str) -> tuple[str, int]:
    """Return the text in single-byte characters, and how many characters were replaced by `?`.

    >>> plain_hebrew("שָׁלוֹם – ₪5 日")
    ('שלום - ש"ח5 ?', 1)
    """
    if text.isascii() and text.isprintable():
        return text, 0
    found, lost = [], 0
    for char in unicodedata.normalize("NFC", text).translate(_SPELLED):
        category = unicodedata.category(char)
        if char in _INVISIBLE or (category == "Mn" and "\u0591" <= char <= "\u05c7"):
            continue
        if category in ("Cc", "Zl", "Zp"):
            found.append(" ")
        elif _has_a_byte(char):
            found.append(char)
        else:
            found.append("?")
            lost += 1
    return "".join(found), lost


def _has_a_byte(char: str) -> bool:
    try:
        char.encode(ENCODING)
    except UnicodeEncodeError:
        return False
    return True
