"""What a language model may say of a sentence: quotes, and what each is for. Values come from our own parsers.

A quote is words of the sentence as they stand there, and each word is in one at most; what is no such words ends the
reading. What no quote has stays a word that nobody owns, and is shown. So a model neither adds anything nor drops it;
what comes of its reading waits for a yes.
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
"""A single word is no sentence that a model should be asked about."""
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
    """One thing that happened, in words of the sentence."""

    kind: Literal["out", "in", "waste", "adjust"]
    act: Annotated[str, msgspec.Meta(max_length=80)]
    amount: Annotated[str, msgspec.Meta(max_length=40)]
    unit: Annotated[str, msgspec.Meta(max_length=40)]
    goods: Annotated[str, msgspec.Meta(max_length=120)]


class QuotedSentence(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A sentence, as a model quotes it."""

    happened: bool
    things: Annotated[tuple[QuotedThing, ...], msgspec.Meta(max_length=ITEMS)]
    whom: Annotated[str, msgspec.Meta(max_length=120)]


async def model_quotes(models: object, text: str, said: OpenWords) -> tuple[QuotedSpan, ...] | None:
    """What a language model says of a sentence, as spans of its words; None where there is no model, no word of it in
    time, or what it says is not there."""
    if len(said.words) < FEWEST_WORDS:
        return None
    quoted = await answer_of(models, QuotedSentence, SAID, text, TOKENS)
    return spans_by_quotes(said.words, said.language, quoted) if quoted is not None else None


def spans_by_quotes(words: Sequence[str], language: str, quoted: QuotedSentence) -> tuple[QuotedSpan, ...] | None:
    """Where what is quoted stands; None where it tells of nothing, or a quote is no words of the sentence that are
    free."""
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
    """What is quoted, in the order in which it is looked for; an act that several things share is quoted once."""
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
    """Where the words of a quote stand and are free."""
    wanted = vocabulary(language).written_out(all_tokens(clean(quote)))
    for looked_for in (wanted, [wanted[0].removeprefix(AND), *wanted[1:]] if wanted else []):
        size = len(looked_for)
        for at in range(len(words) - size + 1 if size else 0):
            if list(words[at : at + size]) == looked_for and taken.isdisjoint(range(at, at + size)):
                return at, at + size
    return None
