"""What the vocabularies know of each word of a sentence, a letter for each thing: the tagger sees it beside the word.

o i w a: a word of what happened (out, in, waste, adjust); n number; u word of counting; c begins a context; q is
counted in no goods ("table", "guests"); r whom or what goods are for; h wants, plans, denies; t what was named before;
j joins; f says nothing; k takes back; s stop; g a word of a name in the catalogue.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from edge.shop.understanding.amounts import JOINED
from edge.shop.understanding.lexicon import vocabulary
from edge.shop.understanding.reading.piece_words import STOPS
from edge.shop.understanding.reading.statement_words import languages_first, length_at, statement_words
from edge.shop.understanding.reading.words import own_words

_ACTS = {"out": "o", "in": "i", "waste": "w", "adjust": "a"}
GOODS = "g"


def marks_of(words: Sequence[str], language: str, is_goods: Callable[[str], bool]) -> tuple[str, ...]:
    """A word that the sentence's own language knows is no word of another's."""
    found: list[set[str]] = [{GOODS} if word.isalnum() and is_goods(word) else set() for word in words]
    for one in languages_first(language):
        for at, word in enumerate(words):
            if one == language or word not in own_words(language):
                _mark(words, at, one, found)
    return tuple("".join(sorted(one)) for one in found)


def _mark(words: Sequence[str], at: int, language: str, found: list[set[str]]) -> None:
    known, said = vocabulary(language), statement_words(language)
    word = words[at]
    if word in STOPS:
        found[at].add("s")
        return
    if word[0].isdigit() or word in known.numbers or word in known.dozens or word in known.fractions:
        found[at].add("n")
    for phrases, letter in (
        (said.before, "c"),
        (said.numbered, "q"),
        (said.measured, "q"),
        (said.occasions, "r"),
        (said.served, "r"),
        (said.suppliers, "r"),
        (said.storage, "r"),
        (said.wants, "h"),
        (said.them, "t"),
        (said.little, "f"),
        (said.corrects, "k"),
        (known.hold, "h"),
        (known.fillers, "f"),
        (known.negations, "k"),
        (known.counted, "u"),
        (known.joiners, "j"),
    ):
        for place in range(at, at + length_at(phrases, words, at)):
            found[place].add(letter)
    if word == JOINED:
        found[at].add("j")
    length = length_at(said.acts, words, at)
    if length:
        kind = said.acts[tuple(words[at : at + length])]
        for place in range(at, at + length):
            found[place].add(_ACTS[kind])
