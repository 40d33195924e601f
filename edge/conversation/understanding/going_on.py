"""Continuations of the previous sentence: "and a cola", "no, two baguettes". Pure."""

from __future__ import annotations

from collections.abc import Collection

from edge.conversation.understanding.amounts import JOINED
from edge.conversation.understanding.clause import clause_of
from edge.conversation.understanding.lexicon import vocabulary
from edge.conversation.understanding.sentence import apart_from
from edge.conversation.understanding.shopping import SHORTEST
from edge.conversation.understanding.tokens import tokens_of
from edge.goods.search.query.text import all_forms


def named_instead(text: str, language: str) -> str:
    """The words after a correction: "no, two baguettes"; "" if there are none."""
    known = vocabulary(language)
    words = [word for word in tokens_of(text) if word[0].isalnum()]
    length = known.match(known.negations, words, 0)
    return clause_of(words[length:], known, "add").text if length else ""


def goes_on(text: str, language: str, named: Collection[str] = ()) -> bool:
    """Whether a sentence begins with "and" and asks nothing, and so continues the action before. `named`: words of
    possible product names, which tell a Hebrew "and" from a first letter.

    >>> goes_on("and a cola", "en"), goes_on("and how about a cola", "en"), goes_on("a cola and milk", "en")
    (True, False, False)
    >>> goes_on("וקולה", "he", ["קולה"]), goes_on("ויטמין", "he", ["ויטמין"])
    (True, False)
    """
    known = vocabulary(language)
    tokens = apart_from(tokens_of(text), known)
    words = [token for token in tokens if token[0].isalnum()]
    if not words or tokens[-1] == "?":
        return False
    apart = tokens[0] == JOINED
    joined = known.match(known.joiners, words, 0)
    asks = (known.asking, known.questioning, known.hold, known.negations, known.shopping)
    if any(known.match(phrases, words, at) for phrases in asks for at in range(joined, len(words))):
        return False
    return apart or bool(joined) or (language == "he" and _and_attached(words[0], named))


def _and_attached(word: str, named: Collection[str]) -> bool:
    """Whether a Hebrew word is "and" attached to a name's word, and isn't itself part of a name."""
    if len(word) <= SHORTEST or word[0] != "ו" or word[1] == "ו":
        return False
    whole = any(one[0] == "ו" and _same(one, word) for one in named)
    return not whole and any(one[0] != "ו" and _same(one, word[1:]) for one in named)


def _same(one: str, other: str) -> bool:
    return one in all_forms(other) or other in all_forms(one)
