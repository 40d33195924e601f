"""Container names for counted goods: "3 cans", in every language, from `containers_words/`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from importlib import resources

import msgspec

from edge.lib.i18n.folding import without_marks
from edge.lib.i18n.languages import LANGUAGES, read_file
from edge.lib.i18n.plurals import category

_WORD = re.compile(r"[^\W_]+")
_FOLDER = resources.files("edge.lib.units")


class Forms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Singular and plural names; the first of each is used in answers."""

    one: tuple[str, ...]
    many: tuple[str, ...]

    def of(self, thousandths: int, language: str) -> str:
        """Name for a quantity."""
        single = category(language, Decimal(thousandths).scaleb(-3).normalize()) == "one"
        return self.one[0] if single else self.many[0]


@cache
def container_signs() -> Mapping[str, str]:
    """Button symbol of each container, in display order."""
    return msgspec.toml.decode(_FOLDER.joinpath("containers.toml").read_bytes(), type=dict[str, str])


@cache
def container_forms(language: str) -> Mapping[str, Forms]:
    """Return container names in a language, or in English if missing."""
    return msgspec.toml.decode(read_file("edge.lib.units", "containers_words", language), type=dict[str, Forms])


@cache
def _ids() -> dict[str, str]:
    found = {id: id for id in container_signs()}
    for language in LANGUAGES:
        for id, forms in container_forms(language).items():
            found |= {_plain(text): id for text in (*forms.one, *forms.many)}
    return found


def _plain(text: str) -> str:
    return " ".join(_WORD.findall(without_marks(text.casefold())))


def container_of(text: str) -> str:
    """Return the container for a catalogue's word in any language; "" if unknown.

    >>> container_of("Cannette"), container_of("box"), container_of("amphora")
    ('can', 'carton', '')
    """
    return _ids().get(_plain(text), "") if text else ""


def container_word(container: str, thousandths: int, language: str) -> str:
    """Return the name of a container for a quantity; "" if unknown.

    >>> container_word("can", 3_000, "en"), container_word("can", 1_000, "fr"), container_word("פחית", 2_000, "he")
    ('cans', 'canette', 'פחיות')
    """
    forms = container_forms(language).get(container_of(container))
    return forms.of(thousandths, language) if forms else ""
