"""Determine the act for each item of a statement, and the direction of goods if the words leave it open. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from edge.conversation.understanding.reading.model import SaidAct
from edge.conversation.understanding.reading.name_forms import bare_forms, has_any
from edge.conversation.understanding.reading.pieces import Cut
from edge.conversation.understanding.reading.statement_words import length_at, statement_words
from edge.conversation.understanding.reading.ways import goes_to_supplier, is_given


def acts_of_things(
    begins: Sequence[int], acts: Sequence[SaidAct], of_them: bool = False, breaks: Sequence[int] = ()
) -> tuple[str, ...] | None:
    """Return the act of each item, by position; None if an item has two acts.

    It's the act before the item, or after it if the sentence begins with an item ("20 received, 2 of them broken").
    `of_them`: the last item is part of an earlier one, with its own act. `breaks`: positions of "and" and punctuation,
    after which an act belongs to the next item.
    """
    kinds = {one.kind for one in acts}
    if len(kinds) < 2:
        return (next(iter(kinds), ""),) * len(begins)
    if len(begins) == 1:
        return ("waste",) if kinds in ({"waste", "out"}, {"waste", "adjust"}) else None  # "found 3 rotten ones"
    first = acts[0].source.begin < begins[0]
    spans = _spans(begins, acts) if first else [*zip(begins, (*begins[1:], len(acts) + 10**6), strict=True)]
    found = [{one.kind for one in acts if begin <= one.source.begin < end} for begin, end in spans]
    if not first and not of_them and any(len(one) > 1 for one in found):
        found = _apart(begins, acts, breaks)  # "12 baguettes came in and I binned 2 bagels"
    if not first and of_them and not found[-1] and len(acts) == len(begins):
        found = [{one.kind} for one in acts]  # "30 bagels arrived and the baker took 5 back"
    order = range(len(found)) if first else range(len(found) - 1, -1, -1)
    last: set[str] = set()
    for at in order:  # an item without its own act takes its neighbour's
        last = found[at] = found[at] or last
    behind = {one.kind for one in acts if one.source.begin > begins[-1]} if first else set()
    if behind and of_them:
        found[-1] = behind
    elif not _agrees(found, behind):
        return None
    said = [one if len(one) == 1 else {"waste"} if one == {"waste", "out"} else set() for one in found]
    return tuple(next(iter(one)) for one in said) if all(said) else None


def _apart(begins: Sequence[int], acts: Sequence[SaidAct], breaks: Sequence[int]) -> list[set[str]]:
    """The acts of each item, divided at the last break before the next item."""
    ends = [max((at for at in breaks if begin < at < behind), default=behind) for begin, behind in pairwise(begins)]
    spans = zip((0, *ends), (*ends, 10**6), strict=True)
    return [{one.kind for one in acts if begin <= one.source.begin < end} for begin, end in spans]


def _spans(begins: Sequence[int], acts: Sequence[SaidAct]) -> list[tuple[int, int]]:
    return [(before, begin) for before, begin in zip((0, *begins), begins, strict=False)]


def _agrees(found: list[set[str]], behind: set[str]) -> bool:
    """Whether an act after all items agrees with those before: "took two, three to the bin"."""
    if not behind or behind == found[-1]:
        return True
    if behind == {"waste"} and all(one == {"out"} for one in found):
        found[:] = [{"waste"}] * len(found)
        return True
    return False


def implied_way(cut: Cut) -> str:
    """Return the direction of goods named without a verb: in if a supplier or document is named, else out.

    "" if an unknown word may be the verb, or a storage place suggests a count.
    """
    said, words = statement_words(cut.language), cut.words
    if goes_to_supplier(cut):
        return "" if has_strange_words(cut) else "out"
    begins = [words[one.begin : one.end] for one in cut.pieces if one.kind == "context"]
    coming = any(length_at(said.coming, part, at) for part in begins for at in range(len(part)))
    giving = [bool(length_at(said.giving, part, 0)) or is_given(part[0], said) for part in begins]
    said_of = said.occasions | said.served
    giving.append(has_any(words, said_of))
    if coming or (not any(giving) and _is_brought(cut)):
        return "in"
    if has_strange_words(cut) and not any(giving):
        return ""
    stored = not any(giving) and any((bare,) in said.storage for word in words for bare in (word, *bare_forms(word)))
    return "" if stored else "out"


def has_strange_words(cut: Cut) -> bool:
    """Whether unknown words are in the same part as an item.

    In other parts they are mere comments ("pears, 2 kilos, poached").
    """
    parts: list[set[str]] = [set()]
    for piece in cut.pieces:
        if piece.kind == "stop":
            parts.append(set())
        else:
            parts[-1].add(piece.kind)
    return any("word" in one and one & {"amount", "goods", "unit"} for one in parts)


def _is_brought(cut: Cut) -> bool:
    """Whether a supplier or a place of purchase is named."""
    said = statement_words(cut.language)
    return has_any(cut.words, said.suppliers)
