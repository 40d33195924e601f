"""Which sentences of staff ask what customers ask: prices, what is known of goods, offers, hours, orders. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from edge.conversation.understanding.lexicon import Vocabulary, vocabulary
from edge.conversation.understanding.sentence import Sentence, asks_first
from edge.conversation.understanding.shopping import OF_SHOP, RANKED, hear
from edge.conversation.understanding.tokens import tokens_of
from edge.conversation.understanding.whereabouts import PlacedSentence, Whereabouts, understand_placed

HOURS_WORDS = 4
"""So short a sentence asks for opening hours by a word that may say something else."""
FACTS = frozenset(
    {"price", "in_stock", "details", "compare", "reviews", "promotions", "hours", "order_status", "recommend", *RANKED}
)


def hear_staff(text: str, language: str, places: Mapping[str, Mapping[str, str]], today: str = "") -> PlacedSentence:
    """A sentence of the staff's: about the stock, or `fact` with what is asked as its clauses' verb."""
    placed = understand_placed(text, language, places, today)
    if placed.said.kind not in ("other", "held", "stock"):
        return placed
    asked = hear(text, language)
    if asked.kind != "act" or asked.clauses[0].verb not in FACTS or _only_mentions_hours(asked, text):
        return placed
    of_shop = asked.clauses[0].verb in OF_SHOP and not asked.clauses[0].text
    if placed.said.kind == "stock" and not (of_shop or _is_price(asked, text)):
        return placed
    return PlacedSentence(msgspec.structs.replace(asked, kind="fact"), text, Whereabouts())


def asks_fact(text: str, language: str) -> bool:
    """Whether a sentence of the staff's asks what a customer might."""
    return hear_staff(text, language, {}).said.kind == "fact"


def _only_mentions_hours(asked: Sentence, text: str) -> bool:
    """Whether a word that may be of opening hours stands in a longer sentence that asks nothing: "what a day, long
    live closing time"."""
    known, words = vocabulary(asked.language), tokens_of(text)
    if asked.clauses[0].verb != "hours" or words[-1] == "?" or len(words) <= HOURS_WORDS or asks_first(words, known):
        return False
    lengths = ((at, known.match(known.shopping, words, at)) for at in range(len(words)))
    said = [tuple(words[at : at + length]) for at, length in lengths if length]
    return all(one in known.ambiguous for one in said if known.shopping[one] == "hours")


def _is_price(asked: Sentence, text: str) -> bool:
    """Whether "how much is the milk" asks for its price; "how much is left" and "how much is there" do not."""
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
