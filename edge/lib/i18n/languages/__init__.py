"""The languages that people are spoken to in: a file here is one, `CODE.toml`, by its ISO 639-1 code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

import msgspec
from babel import Locale

ENGLISH = "en"
"""What programs say, and what is said where a language has no sentence of its own."""


class LanguageRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One language: what it is called by those who speak it, whole and where there is little room; how it writes.

    `decimal` stands in front of a fraction, `colon` behind a label, `comma` between what is listed. `locale` is that of
    CLDR by which dates are written where the country is not known; `code_page` in which old programs wrote it.
    `letters`: rows of keys on the screen; none where nobody made any. `alike`: categories of CLDR's plurals which this
    language, behind figures, writes as `other`. `tied`: marks with a space before them, which no line begins with.
    """

    name: str
    short: str
    direction: Literal["ltr", "rtl"]
    decimal: str
    colon: str
    comma: str
    locale: str
    code_page: str
    letters: tuple[str, ...] = ()
    alike: tuple[str, ...] = ()
    tied: str = ""


def _read() -> Mapping[str, LanguageRecord]:
    found = {
        file.name.removesuffix(".toml"): msgspec.toml.decode(file.read_bytes(), type=LanguageRecord)
        for file in files(__name__).iterdir()
        if file.name.endswith(".toml")
    }
    return MappingProxyType(dict(sorted(found.items(), key=lambda one: (one[0] != ENGLISH, one[0]))))


LANGUAGES = _read()
"""By code, English first. Read when imported: the types below are made of it."""

if TYPE_CHECKING:
    Language = str
    LanguageOrNone = str
else:
    Language = Literal[tuple(LANGUAGES)]
    """The code of one of them."""
    LanguageOrNone = Literal[("", *LANGUAGES)]
    """That, or "" where nobody said."""


def record(language: str) -> LanguageRecord:
    """That of a language; English for one that is not there."""
    return LANGUAGES.get(language) or LANGUAGES[ENGLISH]


def direction(language: str) -> Literal["ltr", "rtl"]:
    """`rtl` or `ltr`, as HTML's dir attribute wants it."""
    return record(language).direction


def own_name(code: str) -> str:
    """A language as those who speak it call it, which everybody finds who looks for theirs; else its code."""
    return LANGUAGES[code].name if code in LANGUAGES else code


def list_names(names: Iterable[str], language: str) -> str:
    """Several, one behind the other, as the language lists them."""
    return record(language).comma.join(names)


@cache
def spoken_name(code: str, language: str) -> str:
    """What a language, ours or any other, is called in one of ours (CLDR); its code where that has no word for it."""
    return str(Locale.parse(language if language in LANGUAGES else ENGLISH).languages.get(code, code))


def number(plain: str, language: str) -> str:
    """Digits with a point, such as "12.50", as the language writes them."""
    return plain.replace(".", record(language).decimal)
