"""The sentences people read, in their language: one TOML file a language, the same keys in each.

Those of a capability lie in its folder's `words/`; those of all of them beside this file. A sentence that counts is a
table of its forms (`plurals.py`).
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


def name_in(names: dict[str, str], language: str) -> str:
    """What somebody called a thing, in a language, or in the first one it has."""
    return names.get(language) or next(iter(names.values()), "")


def name_values(names: Mapping[str, str]) -> dict[str, str | int]:
    """A thing in a refusal: its `name`, and `name_fr` and the like for whoever reads it in another language."""
    first, *others = names.items() or [("", "")]
    return {"name": first[1], **{f"name_{language}": name for language, name in others}}


@cache
def words(language: str) -> dict[str, str]:
    """All sentences of a language by "section.key", those that count in their form for several; in English what it
    has no words for, or all of it for a language that is not there."""
    return {
        key: said.forms[OTHER] if isinstance(said, Plural) else said for key, said in _with_english(language).items()
    }


@cache
def plurals(language: str) -> dict[str, Plural]:
    """Those sentences that count."""
    return {key: said for key, said in _with_english(language).items() if isinstance(said, Plural)}


_BESIDE: dict[str, dict[str, dict[str, str | Plural]]] = {}
"""What packages of other publishers say: by package and language."""


def use_words_beside(package: str, folder: Path) -> None:
    """Let a package of another publisher bring sentences, in the files of its `folder`; those that are said here
    already stay as they are. Raises what a file that can't be read raises."""
    _BESIDE[package] = {
        language: dict(_sentences(path.read_bytes()))
        for language in LANGUAGES
        if (path := folder / f"{language}.toml").is_file()
    }
    words.cache_clear()
    plurals.cache_clear()


@cache
def own_sentences(language: str) -> dict[str, str | Plural]:
    """What the files of a language say, by "section.key": as set-up has read them, as TOML takes 90 ms a language."""
    files = {path: path.read_bytes() for path in sources(language)}
    prepared, digest = bytecode_folder(__file__) / f"words.{language}.msgpack", digest_of(files.values())
    if (known := read_prepared(prepared, digest)) is not None:
        return msgspec.msgpack.decode(known, type=dict[str, str | Plural])
    found: dict[str, str | Plural] = {}
    for path, content in files.items():
        for key, said in _sentences(content):
            if key in found:
                raise ValueError(f"{path}: {key} is said in another file already")
            found[key] = said
    write_prepared(prepared, digest + msgspec.msgpack.encode(found))
    return found


def sources(language: str) -> list[Path]:
    """The files of a language: ours first, then the capabilities'."""
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
    """A sentence with its gaps filled, in the form that its number wants (`count=3`, or the gap that it names). A key
    that is missing shows itself: a test sees to it that none is."""
    text = sentence(language, key, values)
    if text is None:
        return f"{key} {values}" if values else key
    return fill(language, text, values)


def fill(language: str, text: str, values: Mapping[str, object]) -> str:
    """A sentence of these files with its gaps filled. A gap may say under which keys the codes that fill it have words:
    `{state:payments.state_}` is "taken" for the code `captured`."""
    return _sentence_of(language).vformat(text, (), values) if code_gaps(text) else text.format_map(values)


def tie_marks(language: str, text: str) -> str:
    """A sentence for a page, which breaks its lines where it likes: marks that stand apart stay with their word.

    >>> tie_marks("fr", "Qu'a-t-on jeté ?") == "Qu'a-t-on jeté\\u00a0?", tie_marks("en", "What is it ?")
    (True, 'What is it ?')
    """
    for mark in LANGUAGES[language].tied:
        text = text.replace(f" {mark}", f"\u00a0{mark}")
    return text


def called_by(language: str, form: str, codes: object) -> str:
    """What people call a code, or each of several with commas between; one that has no words under `form` stays."""
    return ", ".join(word_for(language, form, code) for code in str(codes).split(", "))


def word_for(language: str, form: str, code: str) -> str:
    """What people call a code; a device that is named by what it is ("receipt printer", "scale 2") by the word for it.
    What has no word stays.

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
    """The gaps of a sentence that are filled by codes, and how the keys of their words begin."""
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
    """A tax as a language calls it: VAT is TVA in French. A name that the shop made itself stays."""
    return words(language).get(f"tax_name.{name}", name)


def tax_class_name(language: str, id: str) -> str:
    """A class of taxes as a language calls it; one that the shop made itself by its id."""
    return words(language).get(f"tax_class_name.{id}", id)


def in_all_languages(key: str, /, **values: object) -> dict[str, str]:
    """A sentence as the name of a thing, by language."""
    return {language: translate(language, key, **values) for language in LANGUAGES}


def sentence(language: str, key: str, values: Mapping[str, object]) -> str | None:
    """The sentence that `translate` would say, with its gaps open; None: there is none. What a section does not say of
    its own (`order.save`) is said as everywhere (`common.save`)."""
    plural, known = plurals(language).get(key), words(language)
    return plural.of(language, values) if plural else known.get(key) or known.get(f"common.{key.partition('.')[2]}")
