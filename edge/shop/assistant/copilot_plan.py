"""Which tools a manager's question wants, and how sure its answer is. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta

import msgspec

from edge.lib.i18n import LANGUAGES
from edge.shop.assistant.lexicon import Vocabulary, vocabulary
from edge.shop.assistant.sentence import understand
from edge.shop.assistant.tokens import clean
from edge.shop.search.query.text import words_of

TOOLS_MOST = 3
OF_A_PRODUCT = frozenset({"stock", "price", "movements", "risk", "suppliers"})
"""Topics that are about a product."""
OF_A_PERIOD = frozenset({"sales", "best", "forecast", "kpi"})
"""Topics of days that were, or are to come."""
AHEAD = frozenset({"ahead", "tomorrow"})
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
    found = _ordered(topics, period)
    if found and not OF_A_PERIOD & set(found) and period in {"this_week", "this_month", *AHEAD}:
        period = ""  # "what expires this week" is of today
    return QueryPlan(known.language, found, " ".join(kept), place, period, destroys)


def days_of(period: str, today: str) -> tuple[str, str]:
    """The first and the last day that a period means on a day (ISO 8601); of one that runs, until now.

    >>> days_of("week", "2027-01-15"), days_of("this_month", "2027-01-15"), days_of("month", "2027-01-15")
    (('2027-01-04', '2027-01-10'), ('2027-01-01', '2027-01-15'), ('2026-12-01', '2026-12-31'))
    """
    day = date.fromisoformat(today)
    monday, first = day - timedelta(days=day.weekday()), day.replace(day=1)
    month_end = first - timedelta(days=1)
    spans = {
        "yesterday": (day - timedelta(days=1), day - timedelta(days=1)),
        "tomorrow": (day + timedelta(days=1), day + timedelta(days=1)),
        "ahead": (day + timedelta(days=1), day + timedelta(days=7)),
        "week_ago": (day - timedelta(days=7), day - timedelta(days=7)),
        "week": (monday - timedelta(days=7), monday - timedelta(days=1)),
        "this_week": (monday, day),
        "month": (month_end.replace(day=1), month_end),
        "this_month": (first, day),
    }
    begins, ends = spans.get(period, (day, day))
    return begins.isoformat(), ends.isoformat()


def _ordered(topics: Collection[str], period: str = "") -> tuple[str, ...]:
    """The narrower topic first: "how many ... are low" is about what is low; sales to come are a forecast."""
    found = [topic for topic in topics if topic != "stock"]
    if period in AHEAD and "sales" in found:
        found = list(dict.fromkeys("forecast" if topic == "sales" else topic for topic in found))
    if "forecast" in found and "sales" in found:
        found.remove("sales")
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
    if asked.period in AHEAD and not asked.topics and "sales" in topics:
        topics = ("forecast",)  # "and tomorrow?"
    if not topics:
        return msgspec.structs.replace(asked, topics=(), place=place, period=""), about
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
