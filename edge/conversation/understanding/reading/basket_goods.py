"""The products named in the parts of a customer's sentence about the basket."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import takewhile
from typing import NamedTuple

from edge.conversation.understanding.lexicon import Phrase
from edge.conversation.understanding.reading.basket_words import BasketPart, basket_words
from edge.conversation.understanding.reading.linking import CatalogueLinker
from edge.conversation.understanding.reading.sizes import UNITS, figure_of

COUNTS = {"number", "unit", "little"}
SKUS_MOST = 24
"""Products that one name may mean, the limit of a basket change."""
POINTS = {"them", "behind", "little"}
TIMES = {"half": 500, "double": 2000}
"""Multiples of a quantity, in thousandths."""


class NamedGoods(NamedTuple):
    """The products that some words name, whether there were such words, and the number with them."""

    skus: tuple[str, ...]
    text: str
    number: BasketPart | None = None
    numbers: int = 0

    @property
    def is_named(self) -> bool:
        return bool(self.text)


def without_stops(parts: Sequence[BasketPart]) -> list[BasketPart]:
    return [one for one in parts if one.role != "stop"]


def segments(parts: Sequence[BasketPart], begins: Collection[Phrase] = ()) -> list[list[BasketPart]]:
    """The parts between punctuation; a word in `begins` that follows others also starts a segment."""
    found: list[list[BasketPart]] = [[]]
    for part in parts:
        if part.role == "stop" or (part.words in begins and found[-1]):
            found.append([])
        if part.role != "stop":
            found[-1].append(part)
    return found


def names_of(parts: Sequence[BasketPart]) -> list[str]:
    return [word for one in parts if one.role == "name" for word in one.words]


def says_something(parts: Sequence[BasketPart]) -> bool:
    return any(one.role in ("name", "number") for one in parts)


def goods_of(parts: Sequence[BasketPart], linker: CatalogueLinker) -> NamedGoods:
    parts = with_own_numbers(parts, linker)
    names = names_of(parts)
    numbers = [one for one in parts if one.role == "number"]
    skus = linker.link(names).skus[:SKUS_MOST] if names else ()
    return NamedGoods(skus, " ".join(names), numbers[0] if len(numbers) == 1 else None, len(numbers))


def with_own_numbers(parts: Sequence[BasketPart], linker: CatalogueLinker) -> Sequence[BasketPart]:
    """Return the parts with a number merged into a name that it belongs to: "a twelve grain bread", "7 g"."""
    names = names_of(parts)
    found: list[BasketPart] = []
    for at, one in enumerate(parts):
        behind = parts[at + 1].role if at + 1 < len(parts) else ""
        spelt = one.words[-1:]
        own = one.role == "number" and behind == "name" and spelt[0].isalpha()
        of_name = own and one.value // 1000 in linker.numbers_in(names) and linker.link((*spelt, *names)).skus
        size = (figure_of(one.value), UNITS.get(one.unit, ""))
        if one.role == "number" and size[1] and names and linker.link((*names, *size)).skus:
            found.append(BasketPart("name", size))  # "the 7 g one"
        else:
            found.append(BasketPart("name", spelt) if of_name or _begins_name(parts, at, linker) else one)
    return found


def _begins_name(parts: Sequence[BasketPart], at: int, linker: CatalogueLinker) -> bool:
    """Whether a number is the first word of the name after it ("7 up") and not a count."""
    one, name = parts[at], [*takewhile(lambda part: part.role == "name", parts[at + 1 :])]
    if one.role != "number" or not one.words or not one.words[-1].isdigit() or not name:
        return False
    words = (one.words[-1], *names_of(name))
    return linker.run_at(words, 0, linker.link(words).products) > 1


def is_definite(parts: Sequence[BasketPart], linker: CatalogueLinker) -> bool:
    """Whether products are named as already mentioned: "the carrots"."""
    words = basket_words(linker.language)["definite"]
    for at, one in enumerate(parts):
        if one.role == "name":
            written = linker.language == "he" and one.words[0][0] == "ה" and not linker.has_word(one.words[0])
            return written or bool(at and any(parts[at - 1].words[-len(phrase) :] == phrase for phrase in words))
    return False


def is_definite_before_number(parts: Sequence[BasketPart], linker: CatalogueLinker) -> bool:
    """Whether products are named as already mentioned before a number: "the carrots two kilos"."""
    roles = [one.role for one in parts]
    return (
        "number" in roles
        and "name" in roles
        and roles.index("name") < roles.index("number")
        and is_definite(parts, linker)
    )
