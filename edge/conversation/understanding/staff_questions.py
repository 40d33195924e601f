"""Find staff sentences with customers' questions: prices, product facts, offers, hours, orders. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from edge.conversation.understanding.lexicon import Vocabulary, vocabulary
from edge.conversation.understanding.sentence import Sentence, asks_first
from edge.conversation.understanding.shopping import OF_SHOP, RANKED, hear
from edge.conversation.understanding.tokens import tokens_of
from edge.conversation.understanding.whereabouts import PlacedSentence, Whereabouts, understand_placed

HOURS_WORDS = 4
"""Maximum words of a sentence in which an ambiguous word asks for opening hours."""
FACTS = frozenset(
    {"price", "in_stock", "details", "compare", "reviews", "promotions", "hours", "order_status", "recommend", *RANKED}
)


def hear_staff(text: str, language: str, places: Mapping[str, Mapping[str, str]], today: str = "") -> PlacedSentence:
    """Read a staff sentence: about stock, or `fact` with the question as its verb."""
    placed = understand_placed(text, language, places, today)
    if placed.said.kind not in ("other", "held", "stock"):
        return placed
    asked = hear(text, language, placed.said if placed.text == text else None)
    if asked.kind != "act" or asked.clauses[0].verb not in FACTS or _only_mentions_hours(asked, text):
        return placed
    of_shop = asked.clauses[0].verb in OF_SHOP and not asked.clauses[0].text
    if placed.said.kind == "stock" and not (of_shop or _is_price(asked, text)):
        return placed
    return PlacedSentence(msgspec.structs.replace(asked, kind="fact"), text, Whereabouts(), placed.kind)


def asks_fact(text: str, language: str) -> bool:
    """Whether a staff sentence asks a customer's question."""
    return hear_staff(text, language, {}).said.kind == "fact"


def _only_mentions_hours(asked: Sentence, text: str) -> bool:
    """Whether an hours word is in a longer sentence that asks nothing: "what a day, long live closing time"."""
    known, words = vocabulary(asked.language), tokens_of(text)
    if asked.clauses[0].verb != "hours" or words[-1] == "?" or len(words) <= HOURS_WORDS or asks_first(words, known):
        return False
    lengths = ((at, known.match(known.shopping, words, at)) for at in range(len(words)))
    said = [tuple(words[at : at + length]) for at, length in lengths if length]
    return all(one in known.ambiguous for one in said if known.shopping[one] == "hours")


def _is_price(asked: Sentence, text: str) -> bool:
    """Whether "how much is" asks for a price: "the milk" does; "left" and "there" don't."""
    known = vocabulary(asked.language)
    rest: list[str] = []
    words, at = known.written_out([word for word in tokens_of(text) if word[0].isalnum()]), 0
    while at < len(words):
        length = known.match(known.shopping, words, at)
        priced = bool(length) and known.shopping[tuple(words[at : at + length])] == "price"
        rest += [] if priced else [words[at]]
        at += length if priced else 1
    stocked = any(known.match(known.asks, rest, place) for place in range(len(rest)))
    stocked |= any(
        known.verbs.get(tuple(rest[place : place + n])) == "adjust" for place in range(len(rest)) for n in (1, 2)
    )
    stocked |= any(_is_there(known, rest, place) for place in range(len(rest)))
    stocked |= "left" in rest
    return asked.clauses[0].verb == "price" and not stocked


def _is_there(known: Vocabulary, words: Sequence[str], at: int) -> bool:
    length = known.match(known.shopping, words, at)
    return bool(length) and known.shopping[tuple(words[at : at + length])] == "in_stock"
