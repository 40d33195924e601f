"""Read reports that nothing is left: "no lettuce left", "plus aucun croissant", "out of milk". They're counts of zero
and need confirmation."""

from __future__ import annotations

from collections.abc import Sequence

from edge.conversation.understanding.clause import Clause
from edge.conversation.understanding.lexicon import vocabulary
from edge.conversation.understanding.numerals import read_number
from edge.conversation.understanding.reading.linking import CatalogueLinker
from edge.conversation.understanding.reading.model import Owner, Reading
from edge.conversation.understanding.reading.statement_words import length_at, statement_words
from edge.conversation.understanding.reading.words import own_words
from edge.conversation.understanding.sentence_parts import STOPS


def read_none_left(words: Sequence[str], linker: CatalogueLinker, language: str) -> Reading | None:
    """A count of zero; None if the sentence says something else or names nothing the shop has."""
    said, known = statement_words(language), vocabulary(language)
    if words[-1] == "?" or not any(length_at(said.no_more, words, at) for at in range(len(words))):
        return None
    owners: list[Owner] = [""] * len(words)
    names: list[str] = []
    none, at = False, 0
    while at < len(words):
        if length := length_at(said.none_left, words, at):
            none, owner = True, "act"
        elif length := max(length_at(said.no_more, words, at), _counts(words, at, language)):
            owner = "act"
        elif (words[at],) in said.storage:
            owner, length = "context", 1
        elif (words[at],) not in said.them and linker.naming(words[at]):
            length, owner = 1, "product"
            names.append(words[at])
        elif length := known.match(known.counted, words, at):
            owner = "unit"
        elif words[at] in STOPS or length_at(said.little, words, at) or known.match(known.fillers, words, at):
            length = max(1, length_at(said.little, words, at), known.match(known.fillers, words, at))
            owner = "filler"
        elif none and names and _is_aside(words, at, linker, language):
            break
        else:
            return None
        owners[at : at + length] = [owner] * length  # type: ignore[list-item]
        at += length
    skus = linker.link(names).skus if names and none else ()
    if len(skus) != 1:
        return None
    clause = Clause("adjust", 0, "unit", text=" ".join(names), numbered=True)
    return Reading(language, (clause,), {clause.text: skus}, tuple(owners), told=True)


def _is_aside(words: Sequence[str], at: int, linker: CatalogueLinker, language: str) -> bool:
    """Whether the words after punctuation neither count nor name: "no lettuce left, checked twice"."""
    rest, own = words[at:], own_words(language)
    stopped = any(word in STOPS for word in words[:at])
    said = statement_words(language)
    acts = (said.acts[tuple(rest[n : n + k])] for n in range(len(rest)) if (k := length_at(said.acts, rest, n)))
    another = any(length_at(said.another, rest, n) for n in range(len(rest)))
    if another or any(one in ("out", "in") for one in acts):
        return False  # "no gin left, opening another bottle"
    counted = any(word[0].isdigit() for word in rest)
    return stopped and not counted and not any(word not in own and linker.naming(word) for word in rest)


def _counts(words: Sequence[str], at: int, language: str) -> int:
    """Return the length of words that state a count, or that there wasn't a single one: "not one"."""
    said = statement_words(language)
    act = length_at(said.acts, words, at)
    if act and said.acts[tuple(words[at : at + act])] == "adjust":
        return act
    number = read_number(vocabulary(language), words, at)
    return number.length if number and number.value == 0 else 0
