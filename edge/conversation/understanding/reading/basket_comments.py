"""Comments next to a basket change, which have no effect.

"The family is coming at 7, double that", "he says he's not hungry, so one less".
"""

from __future__ import annotations

from collections.abc import Sequence

from edge.conversation.understanding.lexicon import vocabulary
from edge.conversation.understanding.reading.basket_goods import names_of, segments
from edge.conversation.understanding.reading.basket_words import BasketPart, basket_words
from edge.conversation.understanding.reading.linking import CatalogueLinker
from edge.conversation.understanding.reading.statement_words import length_at
from edge.conversation.understanding.reading.words import own_words

_ASIDE = {"name", "little", "them", "whom", "by", "carry", "away", "only"}
"""Roles allowed in a part unrelated to the basket: "we are only few"."""
_TOLD = {*_ASIDE, "number", "denied", "behind", "guests"}
"""Roles allowed in a remark: "he's not hungry", "they're coming at 7"."""
_GOODS = {"name", "little", "them", "whom", "by"}
"""Roles allowed in a remark about goods: "the oil is for my sister"."""


def is_of_guests(parts: Sequence[BasketPart], linker: CatalogueLinker) -> bool:
    """Whether only people are counted: "we are four"."""
    roles = {one.role for one in parts}
    counted = "guests" in roles and roles <= {*_ASIDE, "guests", "number", "stop"}
    return counted and not _goods_in(parts, linker)


def without_comments(parts: Sequence[BasketPart], linker: CatalogueLinker) -> list[BasketPart]:
    """The parts without segments that only comment, split at punctuation, "so" or "because"; [] if there are none."""
    kept: list[BasketPart] = []
    dropped = False
    for segment in segments(parts, basket_words(linker.language)["reasons"]):
        if _only_tells(segment, linker):
            dropped = True
        else:
            kept += [BasketPart("stop", (",",)), *segment] if kept and segment else segment
    return kept if dropped else []


def goods_told_of(parts: Sequence[BasketPart], linker: CatalogueLinker) -> tuple[list[str], list[BasketPart]]:
    """Return the products commented on, and the remaining parts; ([], []) if there are none.

    An example is "the oil is for my sister, so take it off mine".
    """
    groups = [one for one in segments(parts, basket_words(linker.language)["reasons"]) if one]
    goods = {n: names for n, one in enumerate(groups) if (names := _goods_in(one, linker))}
    at = next(iter(goods), len(groups))
    if len(goods) != 1 or at + 1 >= len(groups):
        return [], []
    if not {one.role for one in groups[at]} <= _GOODS or not _tells(groups[at], linker.language):
        return [], []
    rest = [part for n, one in enumerate(groups) if n != at for part in (BasketPart("stop", (",",)), *one)]
    return (goods[at], rest) if any(one.role == "them" for one in rest) else ([], [])


def _goods_in(parts: Sequence[BasketPart], linker: CatalogueLinker) -> list[str]:
    """The product words, without words of sentence structure."""
    own = own_words(linker.language)
    return [word for word in names_of(parts) if word not in own and linker.naming(word)]


def _only_tells(segment: Sequence[BasketPart], linker: CatalogueLinker) -> bool:
    roles = {one.role for one in segment}
    if _goods_in(segment, linker) or not (names_of(segment) or "guests" in roles):
        return False
    if roles <= _ASIDE or ("guests" in roles and roles <= {*_ASIDE, "guests", "number"}):
        return not ("carry" in roles and "away" in roles)
    return roles <= _TOLD and _tells(segment, linker.language) and _counts_no_goods(segment)


def _tells(segment: Sequence[BasketPart], language: str) -> bool:
    """Whether a segment has a verb of narration or, in Hebrew, two content words."""
    words = [word for one in segment for word in one.words]
    if any(length_at(basket_words(language)["telling"], words, at) for at in range(len(words))):
        return True
    return bool(vocabulary(language).attached_places) and len(names_of(segment)) > 1


def _counts_no_goods(segment: Sequence[BasketPart]) -> bool:
    """Whether each number is next to a non-product word: "three kids", "at 7"."""
    for at, one in enumerate(segment):
        beside = (*segment[max(0, at - 1) : at], *segment[at + 1 : at + 2])
        if one.role == "number" and not any(other.role in ("name", "guests") for other in beside):
            return False
    return True
