"""Which tools a manager's question wants, and how sure its answer is. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import msgspec

from edge.lib.i18n import LANGUAGES
from edge.shop.assistant.lexicon import Vocabulary, vocabulary
from edge.shop.assistant.sentence import clean, understand
from edge.shop.search.query.text import words_of

TOOLS_MOST = 3
OF_A_PRODUCT = frozenset({"stock", "price", "movements", "risk"})
"""Topics that are about a product."""
FOUND, CONTEXT, FRESH = 0.5, 0.3, 0.2
UNKNOWN, FAILED = 0.2, 0.8
"""The most that an answer is sure of where no tool answered, and where any part failed."""


class Remembered(msgspec.Struct, frozen=True):
    """What a conversation was about last, so that "and on the rooftop?" is a question."""

    topics: tuple[str, ...] = ()
    product: str = ""
    place: str = ""
    period: str = ""
    chat: str = ""


class QueryPlan(msgspec.Struct, frozen=True):
    """What is asked: topics, likeliest first; the `text` that may name a product; a place, a period.

    `destroys`: it wants something gone.
    """

    language: str
    topics: tuple[str, ...]
    text: str
    place: str = ""
    period: str = ""
    destroys: bool = False


def plan(query: str, language: str, places: Mapping[str, str]) -> QueryPlan:
    """What a question wants, by the words of `language` or of another that has some. `places`: ids by name."""
    words = words_of(clean(query))
    order = (language, *(one for one in LANGUAGES if one != language))
    plans = [_plan(known.written_out(words), known, places) for known in map(vocabulary, order)]
    return next((one for one in plans if one.topics or one.destroys), plans[0])


def is_wish(text: str, language: str) -> bool:
    """Whether a sentence wants something done, rather than known."""
    said = understand(text, language)
    return said.kind == "act" or (said.kind == "held" and not plan(text, language, {}).topics)


def _plan(words: Sequence[str], known: Vocabulary, places: Mapping[str, str]) -> QueryPlan:
    topics: dict[str, None] = {}
    kept: list[str] = []
    period = place = ""
    destroys = False
    named = {tuple(words_of(name)): id for name, id in places.items()}
    at = 0
    while at < len(words):
        taken = 0
        for bare in known.bare(words[at]):
            rest = [bare, *words[at + 1 :]]
            if length := max((len(name) for name in named if tuple(rest[: len(name)]) == name), default=0):
                place, taken = named[tuple(rest[:length])], max(taken, length)
            if length := known.match(known.periods, rest, 0):
                period, taken = known.periods[tuple(rest[:length])], max(taken, length)
        if length := known.match(known.topics, words, at):
            topics[known.topics[tuple(words[at : at + length])]] = None
            taken = max(taken, length)
        elif topic := next((known.topics[(bare,)] for bare in known.bare(words[at]) if (bare,) in known.topics), ""):
            topics[topic] = None
            taken = max(taken, 1)
        if length := known.match(known.destroy, words, at):
            destroys, taken = True, max(taken, length)
        taken = taken or max(known.match(said, words, at) for said in (known.fillers, known.joiners, known.asking))
        if not taken:
            kept.append(words[at])
        at += taken or 1
    return QueryPlan(known.language, _ordered(topics), " ".join(kept), place, period, destroys)


def _ordered(topics: Collection[str]) -> tuple[str, ...]:
    """The narrower topic first: "how many ... are low" is about what is low."""
    found = [topic for topic in topics if topic != "stock"]
    if "best" in found and "sales" in found:
        found.remove("sales")
    if "low" in found and "risk" in found:
        found.remove("low")
    if "price" in found and "sales" in found:
        found.remove("sales")  # what it is sold for is its price
    if "price" in found and "held" in found:
        found.remove("price")
    return tuple([*found, "stock"] if "stock" in topics and not found else found)


def followed(asked: QueryPlan, before: Remembered, product: str) -> tuple[QueryPlan, str]:
    """The question with what the one before it left unsaid, and the product it is about."""
    topics = asked.topics
    if not topics and (asked.place or asked.period or product):
        topics = before.topics or (("stock",) if product else ())
    about = product or (before.product if OF_A_PRODUCT & set(topics) and not asked.text else "")
    place = asked.place or ("" if asked.topics else before.place)
    if asked.period:
        return msgspec.structs.replace(asked, topics=topics, place=place), about
    period = "" if asked.topics else before.period
    return msgspec.structs.replace(asked, topics=topics, place=place, period=period), about


def confidence(
    asked: QueryPlan, product: str, answered: int, tools: int, context: float, fresh: bool, failed: bool
) -> float:
    """How sure an answer is, from 0 to 1: what was understood and answered, how complete the rest is, how fresh."""
    needs = bool(OF_A_PRODUCT & set(asked.topics))
    found = (1.0 if product or not needs else 0.5) if asked.topics else (0.5 if product else 0.0)
    share = answered / tools if tools else 0.0
    sure = FOUND * found * share + CONTEXT * context + FRESH * (1.0 if fresh else 0.5)
    if failed:
        sure = min(sure, FAILED)
    return round(sure if answered else min(sure, UNKNOWN), 2)
