"""The languages that people are spoken to in, by their ISO 639-1 code: `CODE.toml` here is the record of one.

The sentences of those that this project writes lie with the capability that says them. Any other may lie as a whole in
a folder here, `CODE/`: its record as `language.toml`, its sentences as `words.toml`, and what else it has under the
names of `file_of` (docs/changing.md, "A new language")."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
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
    `name_columns`: what suppliers head the column of a product's name with.
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
    name_columns: tuple[str, ...] = ()


RECORD = "language.toml"
"""The record of a language that lies in a folder of its own."""


def _read() -> Mapping[str, LanguageRecord]:
    records = {one.name.removesuffix(".toml"): one for one in files(__name__).iterdir() if one.name.endswith(".toml")}
    records |= {one.name: one / RECORD for one in files(__name__).iterdir() if (one / RECORD).is_file()}
    found = {code: msgspec.toml.decode(file.read_bytes(), type=LanguageRecord) for code, file in records.items()}
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


def file_of(package: str, folder: str, language: str) -> Traversable | None:
    """What a language has of a kind of words: `FOLDER/CODE.toml` of the package, or, of one in a folder of its own,
    `CODE/PACKAGE/FOLDER.toml` with the package's last name. None: nobody wrote it."""
    own = files(package).joinpath(*folder.split("/"), f"{language}.toml")
    if own.is_file():
        return own
    apart = files(__name__).joinpath(language, package.rpartition(".")[2], *f"{folder}.toml".split("/"))
    return apart if apart.is_file() else None


def read_file(package: str, folder: str, language: str) -> bytes:
    """That; in English where nobody wrote it."""
    found = file_of(package, folder, language) or file_of(package, folder, ENGLISH)
    if found is None:
        raise FileNotFoundError(f"{package}: {folder} has no file in English")
    return found.read_bytes()


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
