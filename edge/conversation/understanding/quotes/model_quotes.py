"""Let a language model quote parts of a sentence by role; our own parsers read the values.

A quote consists of consecutive words of the sentence, each in at most one quote; anything else is rejected. Words
outside quotes have no role and are shown. So a model can neither add nor drop a word, and its reading always needs
confirmation.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

import msgspec

from edge.conversation.understanding.language_models import answer_of
from edge.conversation.understanding.lexicon import vocabulary
from edge.conversation.understanding.quotes.quoted_lines import QuotedSpan, QuoteKind
from edge.conversation.understanding.quotes.quoted_reading import OpenWords
from edge.conversation.understanding.tokens import all_tokens, clean

TOKENS = 400
ITEMS = 8
FEWEST_WORDS = 2
"""Minimum words of a sentence that is passed to a model."""
AND = "ו"
SAID = (
    "A person who works in a shop says one sentence about goods in stock. Say what of it tells that something "
    "happened. happened: whether it says that goods were taken, came, were thrown away or were counted; "
    "no where it asks, plans, denies or is about anything else. "
    "things: for each thing that happened, kind (out: goods were taken, sold, used; in: goods came; waste: goods were "
    "thrown away, broken or spoilt; adjust: goods were counted) and words copied from the sentence exactly as they "
    'stand there: act (what says that it happened), amount (the number), unit, goods (their name); "" for what is not '
    "said. "
    "whom: words that say for whom or for what it was. Never write a word that is not in the sentence."
)


class QuotedThing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One event, in words of the sentence."""

    kind: Literal["out", "in", "waste", "adjust"]
    act: Annotated[str, msgspec.Meta(max_length=80)]
    amount: Annotated[str, msgspec.Meta(max_length=40)]
    unit: Annotated[str, msgspec.Meta(max_length=40)]
    goods: Annotated[str, msgspec.Meta(max_length=120)]


class QuotedSentence(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A sentence as quoted by a model."""

    happened: bool
    things: Annotated[tuple[QuotedThing, ...], msgspec.Meta(max_length=ITEMS)]
    whom: Annotated[str, msgspec.Meta(max_length=120)]


async def model_quotes(models: object, text: str, said: OpenWords) -> tuple[QuotedSpan, ...] | None:
    """Return a language model's quotes of a sentence, as word spans.

    None if the sentence is too short, there is no model, it's late, or a quote isn't in the sentence.
    """
    if len(said.words) < FEWEST_WORDS:
        return None
    quoted = await answer_of(models, QuotedSentence, SAID, text, TOKENS)
    return spans_by_quotes(said.words, said.language, quoted) if quoted is not None else None


def spans_by_quotes(words: Sequence[str], language: str, quoted: QuotedSentence) -> tuple[QuotedSpan, ...] | None:
    """The positions of the quotes; None if nothing happened, or a quote isn't made of free words of the sentence."""
    if not quoted.happened or not quoted.things:
        return None
    spans, taken = list[QuotedSpan](), set[int]()
    for kind, quote in _quotes(quoted):
        found = _span(words, language, quote, taken)
        if found is None:
            return None
        spans.append(QuotedSpan(kind, *found))
        taken.update(range(*found))
    return tuple(spans)


def _quotes(quoted: QuotedSentence) -> Iterator[tuple[QuoteKind, str]]:
    """The quotes in search order; an act shared by several items appears once."""
    acts: set[str] = set()
    for thing in quoted.things:
        if thing.act not in acts:
            acts.add(thing.act)
            yield "", thing.act
        if thing.goods:
            yield thing.kind, thing.goods
        if thing.amount:
            yield "number", thing.amount
        if thing.unit and thing.unit not in thing.amount:
            yield "unit", thing.unit
    if quoted.whom:
        yield "", quoted.whom


def _span(words: Sequence[str], language: str, quote: str, taken: set[int]) -> tuple[int, int] | None:
    """The free position of a quote's words."""
    wanted = vocabulary(language).written_out(all_tokens(clean(quote)))
    for looked_for in (wanted, [wanted[0].removeprefix(AND), *wanted[1:]] if wanted else []):
        size = len(looked_for)
        for at in range(len(words) - size + 1 if size else 0):
            if list(words[at : at + size]) == looked_for and taken.isdisjoint(range(at, at + size)):
                return at, at + size
    return None
