"""What single goods stand in, of those that shops count by: "3 cans", in every language, from `containers.toml`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib import resources

import msgspec

from edge.lib.units.quantity import THOUSANDTHS

_WORD = re.compile(r"[^\W_]+")


class Forms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one thing is called, and several of it; the first of each is what is said in answers."""

    one: tuple[str, ...]
    many: tuple[str, ...]

    def of(self, thousandths: int, language: str) -> str:
        """The word behind a number; French has the plural from two on, the others for all but one."""
        few = abs(thousandths) < 2 * THOUSANDTHS if language == "fr" else abs(thousandths) == THOUSANDTHS
        return self.one[0] if few else self.many[0]


class _Container(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    sign: str
    en: Forms
    fr: Forms
    he: Forms


@cache
def _known() -> dict[str, _Container]:
    text = resources.files("edge.lib.units").joinpath("containers.toml").read_bytes()
    return msgspec.toml.decode(text, type=dict[str, _Container])


@cache
def container_signs() -> Mapping[str, str]:
    """What each container looks like on a button, in the order in which they are offered."""
    return {id: one.sign for id, one in _known().items()}


@cache
def container_forms(language: str) -> Mapping[str, Forms]:
    """What each container is called in a language."""
    return {id: getattr(one, language) for id, one in _known().items()}


@cache
def _ids() -> dict[str, str]:
    found = {id: id for id in _known()}
    for id, one in _known().items():
        for forms in (one.en, one.fr, one.he):
            found |= {_plain(text): id for text in (*forms.one, *forms.many)}
    return found


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.casefold())
    return " ".join(_WORD.findall("".join(one for one in letters if not unicodedata.combining(one))))


def container_of(text: str) -> str:
    """The container that a catalogue's word means, in any of the languages; "" for one that is not known.

    >>> container_of("Cannette"), container_of("box"), container_of("amphora")
    ('can', 'carton', '')
    """
    return _ids().get(_plain(text), "") if text else ""


def container_word(container: str, thousandths: int, language: str) -> str:
    """What so many of what the catalogue says are called; "" where nobody knows its word.

    >>> container_word("can", 3_000, "en"), container_word("can", 1_000, "fr"), container_word("פחית", 2_000, "he")
    ('cans', 'canette', 'פחיות')
    """
    forms = container_forms(language).get(container_of(container))
    return forms.of(thousandths, language) if forms else ""
