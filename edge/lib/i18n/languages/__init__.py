"""Languages of the user interface by ISO 639-1 code; `CODE.toml` describes each.

Texts of the languages that this project maintains are in each capability. Any other language may be a folder here,
`CODE/`: its record `language.toml`, its texts `words.toml`, and other files named as in `file_of` (docs/changing.md, "A
new language")."""

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
"""The language of programs, and the fallback for missing translations."""


class LanguageRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A language: its own name, full and short, and its writing conventions.

    `decimal` is the decimal separator, `colon` follows a label, `comma` separates list items. `locale` is the CLDR
    locale for dates without a known country; `code_page` that of old programs. `letters`: rows of the on-screen
    keyboard, if any. `alike`: CLDR plural categories that the language writes like `other` after figures. `tied`:
    punctuation with a space before it that never starts a line, `opens` that with a space after it that never ends one.
    `name_columns`: suppliers' headings of the product name column.
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
    opens: str = ""
    name_columns: tuple[str, ...] = ()


RECORD = "language.toml"
"""The description of a language, in the language's own folder."""


def _read() -> Mapping[str, LanguageRecord]:
    records = {one.name.removesuffix(".toml"): one for one in files(__name__).iterdir() if one.name.endswith(".toml")}
    records |= {one.name: one / RECORD for one in files(__name__).iterdir() if (one / RECORD).is_file()}
    found = {code: msgspec.toml.decode(file.read_bytes(), type=LanguageRecord) for code, file in records.items()}
    return MappingProxyType(dict(sorted(found.items(), key=lambda one: (one[0] != ENGLISH, one[0]))))


LANGUAGES = _read()
"""Languages by code, English first. Read at import, because the types below depend on them."""

if TYPE_CHECKING:
    Language = str
    LanguageOrNone = str
else:
    Language = Literal[tuple(LANGUAGES)]
    """The code of one of `LANGUAGES`."""
    LanguageOrNone = Literal[("", *LANGUAGES)]
    """The code of one of `LANGUAGES`, or "" if none is chosen."""


def file_of(package: str, folder: str, language: str) -> Traversable | None:
    """Return a language's file of a kind: the package's `FOLDER/CODE.toml`. For a language in its own folder, it is
    `CODE/PACKAGE/FOLDER.toml` with the package's last name. None if it is missing."""
    own = files(package).joinpath(*folder.split("/"), f"{language}.toml")
    if own.is_file():
        return own
    apart = files(__name__).joinpath(language, package.rpartition(".")[2], *f"{folder}.toml".split("/"))
    return apart if apart.is_file() else None


def read_file(package: str, folder: str, language: str) -> bytes:
    """Return the contents of a language's file (`file_of`), or of the English one if it is missing."""
    found = file_of(package, folder, language) or file_of(package, folder, ENGLISH)
    if found is None:
        raise FileNotFoundError(f"{package}: {folder} has no file in English")
    return found.read_bytes()


def record(language: str) -> LanguageRecord:
    """Return the record of a language, or English if unknown."""
    return LANGUAGES.get(language) or LANGUAGES[ENGLISH]


def direction(language: str) -> Literal["ltr", "rtl"]:
    """`rtl` or `ltr`, for HTML's dir attribute."""
    return record(language).direction


def own_name(code: str) -> str:
    """Return a language's name in that language, or its code if unknown."""
    return LANGUAGES[code].name if code in LANGUAGES else code


def list_names(names: Iterable[str], language: str) -> str:
    """Join names as the language writes lists."""
    return record(language).comma.join(names)


@cache
def spoken_name(code: str, language: str) -> str:
    """Return the name of any language in one of ours (CLDR), or its code if unknown."""
    return str(Locale.parse(language if language in LANGUAGES else ENGLISH).languages.get(code, code))


def number(plain: str, language: str) -> str:
    """Convert "12.50" to the language's decimal separator."""
    return plain.replace(".", record(language).decimal)
