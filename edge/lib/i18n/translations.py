"""Translated texts: one TOML file per language, with the same keys.

A capability's texts are in its `words/`, shared ones next to this file. Texts with plural forms are tables
(`plurals.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

import msgspec

from edge.lib.floors import capability_files
from edge.lib.i18n.languages import ENGLISH, LANGUAGES
from edge.lib.i18n.plurals import OTHER, Plural, read_plural
from edge.lib.prepared_files import bytecode_folder, digest_of, read_prepared, write_prepared


def name_in(names: Mapping[str, str], language: str) -> str:
    """Return a name in a language, or in its first language."""
    return names.get(language) or next(iter(names.values()), "")


def name_values(names: Mapping[str, str]) -> dict[str, str | int]:
    """Return placeholder values for a name in a refusal: `name`, and `name_fr` etc. for other languages."""
    first, *others = names.items() or [("", "")]
    return {"name": first[1], **{f"name_{language}": name for language, name in others}}


@cache
def words(language: str) -> dict[str, str]:
    """Return all texts of a language by "section.key", plural ones in their general form. Texts missing in the
    language, or all texts of an unknown one, are in English."""
    return {
        key: said.forms[OTHER] if isinstance(said, Plural) else said for key, said in _with_english(language).items()
    }


@cache
def plurals(language: str) -> dict[str, Plural]:
    """Texts with plural forms."""
    return {key: said for key, said in _with_english(language).items() if isinstance(said, Plural)}


_BESIDE: dict[str, dict[str, dict[str, str | Plural]]] = {}
"""Texts of extension packages, by package and language."""


def add_package_words(package: str, folder: Path) -> None:
    """Add texts of a third-party package from its `folder`; existing texts take precedence. Raises the errors of
    unreadable files."""
    _BESIDE[package] = {
        language: dict(_sentences(path.read_bytes()))
        for language in LANGUAGES
        if (path := folder / f"{language}.toml").is_file()
    }
    words.cache_clear()
    plurals.cache_clear()
    page_text.cache_clear()


@cache
def own_sentences(language: str) -> dict[str, str | Plural]:
    """Return the texts of a language's files by "section.key", from the prepared cache, because parsing TOML takes 90
    ms per language."""
    files = {path: path.read_bytes() for path in sources(language)}
    prepared, digest = bytecode_folder(__file__) / f"words.{language}.msgpack", digest_of(files.values())
    if (known := read_prepared(prepared, digest)) is not None:
        return msgspec.msgpack.decode(known, type=dict[str, str | Plural])
    found: dict[str, str | Plural] = {}
    for path, content in files.items():
        for key, said in _sentences(content):
            if key in found:
                raise ValueError(f"{path}: {key} is already in another file")
            found[key] = said
    write_prepared(prepared, digest + msgspec.msgpack.encode(found))
    return found


def sources(language: str) -> list[Path]:
    """Files of a language: shared first, then the capabilities'."""
    here = Path(__file__).parent
    found = [here / f"{language}.toml", *capability_files(f"words/{language}.toml")]
    found.append(here / "languages" / language / "words.toml")
    return [path for path in found if path.exists()]


def _with_english(language: str) -> dict[str, str | Plural]:
    own = own_sentences(language) if language in LANGUAGES else {}
    said = own if language == ENGLISH else own_sentences(ENGLISH) | own
    for package in _BESIDE.values():
        said = package.get(ENGLISH, {}) | package.get(language, {}) | said
    return said


def _sentences(content: bytes) -> Iterator[tuple[str, str | Plural]]:
    sections = msgspec.toml.decode(content, type=dict[str, dict[str, str | dict[str, str]]])
    for section, table in sections.items():
        for key, said in table.items():
            yield f"{section}.{key}", said if isinstance(said, str) else read_plural(said)


def translate(language: str, key: str, /, **values: object) -> str:
    """Translate a text and fill its placeholders, in the plural form for its count (`count=3`, or its own placeholder).
    If the key is missing, the key itself is returned; a test ensures that none is."""
    text = sentence(language, key, values)
    if text is None:
        return f"{key} {values}" if values else key
    return fill(language, text, values)


def fill(language: str, text: str, values: Mapping[str, object]) -> str:
    """Fill the placeholders of a text. A placeholder may name the key prefix of its codes' translations:
    `{state:payments.state_}` is "taken" for the code `captured`."""
    return _sentence_of(language).vformat(text, (), values) if code_gaps(text) else text.format_map(values)


def tie_marks(language: str, text: str) -> str:
    """Attach separated punctuation to its word with no-break spaces, for pages.

    >>> tie_marks("fr", "Qu'a-t-on jeté ?") == "Qu'a-t-on jeté\\u00a0?", tie_marks("en", "What is it ?")
    (True, 'What is it ?')
    >>> tie_marks("fr", "« Oui »") == "«\\u00a0Oui\\u00a0»"
    True
    """
    for mark in LANGUAGES[language].tied:
        text = text.replace(f" {mark}", f"\u00a0{mark}")
    for mark in LANGUAGES[language].opens:
        text = text.replace(f"{mark} ", f"{mark}\u00a0")
    return text


@cache
def page_text(language: str, key: str) -> str:
    """Translate a text without placeholders for a page, keeping punctuation attached to its word."""
    return tie_marks(language, translate(language, key))


def called_by(language: str, form: str, codes: object) -> str:
    """Translate one or more codes separated by commas. Unknown codes are unchanged."""
    return ", ".join(word_for(language, form, code) for code in str(codes).split(", "))


def word_for(language: str, form: str, code: str) -> str:
    """Translate a code. Devices named by kind ("receipt printer", "scale 2") are translated by kind. Unknown codes are
    unchanged.

    >>> word_for("fr", "part_name.", "receipt printer 2"), word_for("fr", "part_name.", "Epson")
    ('Imprimante de tickets 2', 'Epson')
    """
    known = words(language)
    if (exact := known.get(form + code)) is not None:
        return exact
    kind, _, number = code.rpartition(" ")
    if not number.isdigit():
        kind, number = code, ""
    word = known.get(form + kind.lower().replace(" ", "_"))
    return f"{word} {number}".strip() if word else code


@cache
def code_gaps(text: str) -> Mapping[str, str]:
    """Placeholders filled by codes, with their key prefixes."""
    return {name: form for _, name, form, _ in Formatter().parse(text) if name and form}


class _Sentence(Formatter):
    def __init__(self, language: str) -> None:
        self._language = language

    def format_field(self, value: Any, form: str) -> str:
        return called_by(self._language, form, value) if form else str(value)


@cache
def _sentence_of(language: str) -> _Sentence:
    return _Sentence(language)


def tax_name(language: str, name: str) -> str:
    """Translate a tax name: VAT is TVA in French. The shop's own tax names are unchanged."""
    return words(language).get(f"tax_name.{name}", name)


def tax_class_name(language: str, id: str) -> str:
    """Translate a tax class. The shop's own classes appear as their id."""
    return words(language).get(f"tax_class_name.{id}", id)


def in_all_languages(key: str, /, **values: object) -> dict[str, str]:
    """A text in every language, for use as a name."""
    return {language: translate(language, key, **values) for language in LANGUAGES}


def sentence(language: str, key: str, values: Mapping[str, object]) -> str | None:
    """Return the text of `translate` with its placeholders unfilled, or None. A key missing from its section
    (`order.save`) falls back to the common one (`common.save`)."""
    plural, known = plurals(language).get(key), words(language)
    return plural.of(language, values) if plural else known.get(key) or known.get(f"common.{key.partition('.')[2]}")
