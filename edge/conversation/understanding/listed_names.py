"""Names containing "and": several products ("bread and milk") or one ("salt and vinegar chips"). Only the catalogue can
tell. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from edge.conversation.understanding.amounts import JOINED, without_fillers
from edge.conversation.understanding.clause import Clause, clause_of
from edge.conversation.understanding.found_products import FoundProducts
from edge.conversation.understanding.lexicon import Phrase, Vocabulary

SHORTEST = 3
"""Minimum letters of a Hebrew word that may have an attached "and"."""
MOST = 4


def names_listed(words: Sequence[str], known: Vocabulary, between: frozenset[Phrase]) -> tuple[Clause, ...]:
    """The items of a list ("bread, milk and eggs"), split at these phrases; () if it isn't one."""
    parts: list[list[str]] = [[]]
    at = 0
    while at < len(words):
        length = 1 if words[at] in (JOINED, ",") else known.match(between, words, at)
        attached = known.language == "he" and len(words[at]) > SHORTEST and words[at][0] == "ו" and bool(parts[-1])
        if length or attached:
            parts.append([words[at][1:]] if attached and not length else [])
        else:
            parts[-1].append(words[at])
        at += length or 1
    found = [clause_of(part, known, "") for part in parts if part]
    named = all(without_fillers(one.text.split(), known) for one in found)
    return tuple(found) if 1 < len(found) <= MOST and named else ()


def each_of(clause: Clause, found: Callable[[str], FoundProducts]) -> tuple[Clause, ...]:
    """Return the items of a clause: several if the catalogue has each one but not the whole as one product.

    An ambiguous number then applies to none of them.
    """
    things = clause.listed
    if not things or found(clause.text).kind == "all" or any(found(one.text).kind != "all" for one in things):
        return (clause,)
    first = msgspec.structs.replace(things[0], doubt=clause.doubt or things[0].doubt)
    shared = {"verb": clause.verb, "cause": clause.cause, "whole": ""}
    return tuple(msgspec.structs.replace(one, **shared) for one in (first, *things[1:]))
