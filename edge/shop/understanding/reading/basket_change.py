"""How a customer changes a basket without saying all of it again: "one less", "drop one", "remove both", "swap them for
baguettes". Each word has an owner, or the sentence is none of that."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Literal, NamedTuple

import msgspec

from edge.core.storage.database import Connection
from edge.lib.units.quantity import THOUSANDTHS
from edge.shop.search.queries import Search
from edge.shop.search.query.text import words_of
from edge.shop.understanding.amounts import JOINED
from edge.shop.understanding.lexicon import Phrase, vocabulary
from edge.shop.understanding.numerals import read_number
from edge.shop.understanding.reading.linking import CatalogueLinker
from edge.shop.understanding.reading.model import BasketChange
from edge.shop.understanding.reading.statement_words import languages_first, length_at
from edge.shop.understanding.reading.words import split_words
from edge.shop.understanding.sentence_parts import STOPS, between_stops
from edge.shop.understanding.tokens import clean

MOST_WORDS = 16
SKUS_MOST = 24
Role = Literal[
    "both",
    "less",
    "second",
    "only",
    "drop",
    "carry",
    "away",
    "behind",
    "swap",
    "by",
    "instead",
    "whom",
    "them",
    "number",
    "little",
    "unit",
    "name",
]
ROLES: tuple[Role, ...] = (
    *("both", "less", "second", "only", "instead", "swap", "drop", "carry", "away", "behind", "by", "whom"),
    *("them", "little"),
)
"""Of phrases that are as long, the first one counts."""


class _Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    less: tuple[str, ...]
    drop: tuple[str, ...]
    carry: tuple[str, ...]
    away: tuple[str, ...]
    behind: tuple[str, ...]
    second: tuple[str, ...]
    only: tuple[str, ...]
    whom: tuple[str, ...]
    both: tuple[str, ...]
    them: tuple[str, ...]
    swap: tuple[str, ...]
    by: tuple[str, ...]
    instead: tuple[str, ...]
    little: tuple[str, ...]


class _Part(NamedTuple):
    role: Role
    words: tuple[str, ...]
    value: int = 0


@cache
def _basket_words(language: str) -> dict[str, frozenset[Phrase]]:
    path = resources.files("edge.shop.understanding").joinpath("vocabulary", "basket", f"{language}.toml")
    file = msgspec.toml.decode(path.read_bytes(), type=_Words)
    return {name: frozenset(tuple(words_of(text)) for text in getattr(file, name)) for name in _Words.__struct_fields__}


def read_basket_change(db: Connection, search: Search, text: str, language: str) -> BasketChange | None:
    """What a sentence changes of a basket; None where it is nothing of that, or has a word that nothing owns."""
    linker = CatalogueLinker(db, search, language)
    words = split_words(clean(text), linker, language)
    if not words or len(words) > MOST_WORDS or words[-1] == "?":
        return None
    for one in languages_first(language):
        linker.language = one
        said = [word for word in words if word not in STOPS and word != JOINED]
        if found := _read(_parts(said, one), linker):
            return found
        told = _without_comments(words, linker)
        if told and (found := _read(_parts(told, one), linker)) and found.change != "more":
            return found
    return None


def _without_comments(words: Sequence[str], linker: CatalogueLinker) -> list[str]:
    """The words without parts of which none is of goods, a number or of what is done: "just two, we are only few";
    [] where there are none."""
    kept: list[str] = []
    dropped = False
    for part in between_stops(words):
        said = _parts(part, linker.language)
        names = [word for one in said if one.role == "name" for word in one.words]
        plain = {one.role for one in said} <= {"name", "little", "them", "whom", "by", "carry", "away", "only"}
        if plain and names and not any(map(linker.naming, names)):
            dropped = True
        else:
            kept += [word for word in part if word != JOINED]
    return kept if dropped else []


def _parts(words: Sequence[str], language: str) -> list[_Part]:
    known, said = _basket_words(language), vocabulary(language)
    found: list[_Part] = []
    left = list(words)
    while left:
        lengths = {role: length_at(known[role], left, 0) for role in ROLES}
        role: Role = max(ROLES, key=lambda one: lengths[one])
        number = read_number(said, left, 0)
        phrase = max(lengths["little"], lengths["second"])
        counted = said.match(said.counted, left, 0) if found and found[-1].role == "number" else 0
        if number is not None and lengths["both"] < max(2, number.length) and phrase < 2:
            found.append(_Part("number", tuple(left[: number.length]), number.value))
            left = left[number.length :]
        elif counted:
            found.append(_Part("unit", tuple(left[:counted])))
            left = left[counted:]
        elif lengths[role]:
            found.append(_Part(role, tuple(left[: lengths[role]])))
            left = left[lengths[role] :]
        elif _written_on(left[0], found, known["by"], bool(said.attached_places)):
            found.append(_Part("by", (left[0][0],)))
            left[0] = left[0][1:]
        else:
            found.append(_Part("name", (left[0],)))
            left = left[1:]
    return found


def _written_on(word: str, before: Sequence[_Part], by: frozenset[Phrase], attached: bool) -> bool:
    """Whether Hebrew's "for" of a swap is written onto a name."""
    swaps = any(one.role == "swap" for one in before) and not any(one.role == "by" for one in before)
    return attached and swaps and len(word) > 2 and (word[0],) in by


def _read(parts: Sequence[_Part], linker: CatalogueLinker) -> BasketChange | None:
    roles = [one.role for one in parts]
    if "instead" in roles or "swap" in roles:
        return _swapped([one._replace(role="by") if one.role == "whom" else one for one in parts], linker)
    kept = _without_whom(parts, linker)
    if len(kept) < len(parts) and {one.role for one in kept} <= {"number", "little", "unit"}:
        kept = [_Part("second", ()), *kept]  # "and one for my sister"
    parts = _without_rest(kept, linker)
    roles = [one.role for one in parts]
    if ("only" in roles or "second" in roles) and (found := _count_change(parts, linker)):
        return found
    names = [word for one in parts if one.role == "name" for word in one.words]
    of = linker.link(names).skus[:SKUS_MOST] if names else ()
    if names and not of:
        return None
    numbers = [one.value for one in parts if one.role == "number"]
    drops = "drop" in roles or ("carry" in roles and "away" in roles)
    if ("carry" in roles or "away" in roles) and not drops:
        return None
    if "both" in roles and drops and not names and not numbers:
        return BasketChange("both", linker.language)
    if drops and "them" in roles and not (names or numbers or "less" in roles):
        return BasketChange("less", linker.language)
    known = vocabulary(linker.language).shopping
    otherwise = any(one.role == "drop" and one.words not in known for one in parts)  # "don't want the gouda any more"
    otherwise |= "carry" in roles and "away" in roles  # "take the bagels out again"
    if otherwise and names and not numbers and "both" not in roles:
        return BasketChange("less", linker.language, None, True, of)
    if len(numbers) != 1 or numbers[0] % THOUSANDTHS or "both" in roles:
        return None
    if "less" in roles or (drops and not names):
        return BasketChange("less", linker.language, numbers[0], bool(names), of)
    return None


def _without_whom(parts: Sequence[_Part], linker: CatalogueLinker) -> list[_Part]:
    """The parts before "for my mother", which says nothing of what is wanted."""
    at = next((place for place, one in enumerate(parts) if place and one.role == "whom"), len(parts))
    names = [word for one in parts[at:] if one.role == "name" for word in one.words]
    counts = any(one.role not in ("name", "little", "whom") for one in parts[at:])
    return [*parts] if counts or any(map(linker.naming, names)) else [*parts[:at]]


def _without_rest(parts: Sequence[_Part], linker: CatalogueLinker) -> list[_Part]:
    """The parts before words behind a number that are of no goods: "make it 2 I'm being good"."""
    number = next((at for at, one in enumerate(parts) if one.role == "number"), len(parts))
    at = next((place for place, one in enumerate(parts) if place > number and one.role == "name"), len(parts))
    names = [word for one in parts[at:] if one.role == "name" for word in one.words]
    plain = {one.role for one in parts[at:]} <= {"name", "little", "them", "whom"}
    return [*parts[:at]] if plain and not any(map(linker.naming, names)) else [*parts]


def _count_change(parts: Sequence[_Part], linker: CatalogueLinker) -> BasketChange | None:
    """ "Just two", "one will do": so many of what was spoken of last, or is named before ("the lettuce just one"); "and
    a second one": one more."""
    roles = [one.role for one in parts]
    numbers = [one.value for one in parts if one.role == "number"]
    known = {"only", "second", "number", "little", "unit", "them", "behind", "name"}
    if not set(roles) <= known or len(numbers) > 1 or any(one % THOUSANDTHS for one in numbers):
        return None
    names = [word for one in parts if one.role == "name" for word in one.words]
    of = linker.link(names).skus[:SKUS_MOST] if names else ()
    if "second" in roles:
        return None if names else BasketChange("more", linker.language, numbers[0] if numbers else THOUSANDTHS)
    if not numbers or (names and not (of and roles.index("name") < roles.index("number"))):
        return None
    return BasketChange("set", linker.language, numbers[0], bool(names), of)


def _swapped(parts: Sequence[_Part], linker: CatalogueLinker) -> BasketChange | None:
    """ "Swap the croissants for two baguettes", "a baguette instead of the croissants"."""
    roles = [one.role for one in parts]
    if not {"less", "both", "drop", "carry", "away"}.isdisjoint(roles):
        return None
    if "swap" in roles:
        at, by = roles.index("swap"), next((place for place, role in enumerate(roles) if role == "by"), 0)
        if by <= at:
            return None
        old, new = parts[at + 1 : by], [*parts[by + 1 :]]
    else:
        at = roles.index("instead")
        behind, before = parts[at + 1 :], parts[:at]
        named = any(one.role == "name" for one in before)
        old, new = (behind, [*before]) if named else _apart(behind)
    into, number = _goods(new, linker)
    of, _ = _goods(old, linker)
    named = any(one.role == "name" for one in old)
    pointed = any(one.role == "them" for one in old) or not old
    if not into or (named and not of) or not (named or pointed):
        return None
    if number is not None and (number <= 0 or number % THOUSANDTHS):
        return None
    return BasketChange("swap", linker.language, number, named, of[:SKUS_MOST], into[:SKUS_MOST])


def _apart(parts: Sequence[_Part]) -> tuple[Sequence[_Part], list[_Part]]:
    """ "Instead of the croissants two baguettes": what is before the number, or behind "them", is the other."""
    for at in range(len(parts)):
        if parts[at].role == "number" or (at and parts[at - 1].role == "them"):
            return parts[:at], [*parts[at:]]
    return parts, []


def _goods(parts: Sequence[_Part], linker: CatalogueLinker) -> tuple[tuple[str, ...], int | None]:
    """The goods that these words name, and the number beside them."""
    names = [word for one in parts if one.role == "name" for word in one.words]
    numbers = [one.value for one in parts if one.role == "number"]
    if len(numbers) > 1:
        return (), None
    return linker.link(names).skus if names else (), numbers[0] if numbers else None
