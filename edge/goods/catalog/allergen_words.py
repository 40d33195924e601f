"""Maps words of any language to allergens: "lait" on a label is the milk that a customer avoids."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, lru_cache
from importlib.resources import files

import msgspec

from edge.lib.i18n.folding import without_marks

_NONE = ("no", "none", "free", "without", "nil", "sans", "aucun", "aucune", "ללא", "בלי", "אין")
"""Words that mark an allergen in a phrase as absent."""
_KNOWN_PHRASES = 4_096
_TEXT_CHARS = 200


class AllergenWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An allergen, its words, and phrases that contain such a word but mean something else."""

    id: str
    words: tuple[str, ...]
    but: tuple[str, ...] = ()


@cache
def allergens() -> tuple[AllergenWords, ...]:
    """Allergens regulated by law."""
    text = files("edge.goods.catalog").joinpath("allergen_words.toml").read_bytes()
    return msgspec.toml.decode(text, type=dict[str, tuple[AllergenWords, ...]])["allergen"]


def allergen_keys(phrases: Iterable[str]) -> frozenset[str]:
    """Keys of the allergens in phrases: known ids, or the phrase in lower case if unknown.

    >>> sorted(allergen_keys(["Lait", "peut contenir des noisettes", "Kiwi", "sans gluten", "coconut milk"]))
    ['coconut milk', 'kiwi', 'milk', 'nuts']
    """
    return frozenset().union(*(_keys_of(phrase[:_TEXT_CHARS]) for phrase in phrases))


@lru_cache(_KNOWN_PHRASES)
def _keys_of(phrase: str) -> frozenset[str]:
    text = _plain(phrase)
    if any(f" {word} " in text for word in _NONE):
        return frozenset()
    found = frozenset(one.id for one in allergens() if _names(text, one))
    return found or frozenset({text.strip()} - {""})


def _names(text: str, allergen: AllergenWords) -> bool:
    for phrase in allergen.but:
        text = text.replace(f" {_plain(phrase).strip()} ", " ")
    return any(_plain(word) in text for word in (allergen.id, *allergen.words))


def _plain(text: str) -> str:
    """Normalise a text: lower case, without accents, single spaces between and around words."""
    bare = without_marks(text.casefold())
    return " " + " ".join("".join(one if one.isalnum() else " " for one in bare).split()) + " "
