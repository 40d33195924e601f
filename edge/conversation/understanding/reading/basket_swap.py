"""Replacements in a basket: "swap them for baguettes", "a baguette instead", "do it in white", "pineapple for one of
them"."""

from __future__ import annotations

from collections.abc import Sequence

from edge.conversation.understanding.reading.basket_goods import (
    POINTS,
    NamedGoods,
    goods_of,
    is_definite_before_number,
    names_of,
    says_something,
    with_own_numbers,
    without_stops,
)
from edge.conversation.understanding.reading.basket_words import BasketPart, basket_words
from edge.conversation.understanding.reading.linking import CatalogueLinker
from edge.conversation.understanding.reading.model import BasketChange
from edge.lib.units.quantity import THOUSANDTHS


def read_swap(parts: Sequence[BasketPart], linker: CatalogueLinker, asked: Sequence[str]) -> BasketChange | None:
    """A replacement: "swap the croissants for two baguettes", "a baguette instead of the croissants", "do it in white",
    "pineapple for one of them"."""
    parts = with_own_numbers(parts, linker)
    kept = [one._replace(role="by") if one.role == "whom" else one for one in without_stops(parts)]
    kept = _as_made(kept, linker.language)
    roles = [one.role for one in kept]
    if "same" in roles and "only" in roles:  # "no, sausages, same amount"
        kept = [one._replace(role="turn") if one.role == "same" else one for one in kept]
        roles = [one.role for one in kept]
    if "swap" in roles:
        return _read_exchange(kept, linker)
    if "instead" in roles:
        return _instead(parts, linker, asked)
    if not {"less", "both", "drop", "carry", "away", "denied", "second"}.isdisjoint(roles):
        return None
    if "by" in roles[1:] and (found := _for_some(kept, linker)):
        return found
    if "behind" in roles and (found := _some_into(kept, linker)):
        return found
    turns = {"turn", "rather"} & {*roles}
    if not turns or not names_of(kept) or not {*roles} <= {*turns, "name", "number", "unit", *POINTS, "only"}:
        return None
    into = goods_of(kept, linker)
    if not into.skus or into.numbers > 1 or is_definite_before_number(kept, linker):
        return None
    return swap(linker, NamedGoods((), ""), into, None, loose=True)


def _as_made(parts: Sequence[BasketPart], language: str) -> list[BasketPart]:
    """Return the parts with "in white" or "in a bottle" before a name read as a replacement by that variant."""
    made, begins = basket_words(language)["made"], next((at for at, one in enumerate(parts) if one.role == "name"), 0)
    return [one._replace(role="turn") if one.words in made and at < begins else one for at, one in enumerate(parts)]


def _read_exchange(parts: Sequence[BasketPart], linker: CatalogueLinker) -> BasketChange | None:
    roles = [one.role for one in parts]
    if not {"less", "both", "half", "double", "each", "drop", "carry", "away"}.isdisjoint(roles):
        return None
    at, by = roles.index("swap"), next((place for place, role in enumerate(roles) if role == "by"), 0)
    if by <= at:
        return None
    old, new = parts[at + 1 : by], parts[by + 1 :]
    if any(one.role == "behind" for one in parts[:at]) and not says_something(old):
        old = parts[:at]  # "two of them, swap for baguettes"
    was = goods_of(old, linker)
    return swap(linker, was, goods_of(new, linker), was.number)


def _instead(parts: Sequence[BasketPart], linker: CatalogueLinker, asked: Sequence[str]) -> BasketChange | None:
    kept = [_as_number(one) for one in parts if one.role not in ("drop", "denied", "only", "rather")]
    roles = [one.role for one in kept]
    if not {"less", "both", "carry", "away"}.isdisjoint(roles):
        return None
    at = roles.index("instead")
    behind: Sequence[BasketPart] = kept[at + 1 :]
    before: Sequence[BasketPart] = kept[:at]
    if names_of(before) and any(one.role in ("drop", "denied") for one in parts):
        old, new = before, behind  # "drop the limoncello, instead rosé"
    else:
        old, new = (behind, before) if names_of(before) else _apart(behind)
    into = goods_of(new, linker)
    if not (names_of(kept) or into.is_named) and asked:
        number = next((one for one in kept if one.role == "number"), None)
        into = goods_of([BasketPart("name", (word,)) for word in asked if linker.naming(word)], linker)._replace(
            number=number
        )
    was = goods_of(old, linker)
    return swap(linker, was, into, was.number) if into.skus else None


def _as_number(part: BasketPart) -> BasketPart:
    """ "Another croissant" as a replacement means one."""
    return BasketPart("number", part.words, THOUSANDTHS) if part.role == "second" else part


def _apart(parts: Sequence[BasketPart]) -> tuple[Sequence[BasketPart], Sequence[BasketPart]]:
    """Split a replacement into the old and new goods: "instead of the croissants two baguettes", "more baguettes".

    The old goods precede the number, "more" or punctuation; if there are none, "them" is meant.
    """
    counted = (
        at for at in range(len(parts)) if parts[at].role in ("number", "more") or (at and parts[at].role == "stop")
    )
    pointed = (at for at in range(1, len(parts)) if parts[at - 1].role == "them")
    found = next((at for at in (*counted, *pointed) if says_something(parts[at:])), len(parts))
    return parts[:found], parts[found:]


def _for_some(parts: Sequence[BasketPart], linker: CatalogueLinker) -> BasketChange | None:
    """Read "pineapple for one of them": replace the same number."""
    by = next(at for at, one in enumerate(parts) if at and one.role == "by")
    behind = parts[by + 1 :]
    number = next((one for one in behind if one.role == "number"), None)
    into = goods_of(parts[:by], linker)
    if number is None or names_of(behind) or not {"behind", "them"} & {one.role for one in behind} or not into.skus:
        return None
    return swap(linker, NamedGoods((), ""), into if into.number else into._replace(number=number), number)


def _some_into(parts: Sequence[BasketPart], linker: CatalogueLinker) -> BasketChange | None:
    """Read "two of those should be tonic" or "tonic, one of them": replace that number."""
    roles = [one.role for one in parts]
    numbers = [one for one in parts if one.role == "number"]
    plain = {*roles} <= {"number", "unit", "name", "turn", "rather", "only", *POINTS}
    turns = {"turn", "rather"} & {*roles}
    if not 1 <= len(numbers) <= (2 if turns else 1) or not plain or "name" not in roles:
        return None
    if not turns and roles.index("name") > roles.index("number"):
        return None  # "two of those baguettes"
    into = goods_of([one for one in parts if one.role == "name"], linker)
    number = numbers[-1]
    return swap(linker, NamedGoods((), ""), into._replace(number=number), numbers[0], loose=True) if into.skus else None


def swap(
    linker: CatalogueLinker, was: NamedGoods, into: NamedGoods, out: BasketPart | None, loose: bool = False
) -> BasketChange | None:
    """Replace the named products, or `out` of them, with one product. Of several candidates, the basket decides."""
    if not into.skus or (was.is_named and not was.skus) or into.numbers > 1 or was.numbers > 1:
        return None
    number = into.number
    whole = all(one is None or one.unit or (one.value > 0 and one.value % THOUSANDTHS == 0) for one in (number, out))
    if not whole:
        return None
    return BasketChange(
        "swap",
        linker.language,
        number.value if number else None,
        was.text,
        was.skus,
        into.skus,
        number.unit if number else "",
        out.value if out else None,
        loose,
    )
