"""Ask a language model which measure an expression means, if the grammar understands all other words.

The model quotes the expression, which is replaced by the vocabulary's name of the measure. The grammar then reads the
question again: days, places, people and products stay as stated, and unknown words still stop the answer.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from typing import Annotated, Literal, NamedTuple

import msgspec

from edge.conversation.copilot.meaning.model import MEASURES, UnderstoodQuestion
from edge.conversation.copilot.meaning.vocabulary import measure_called
from edge.conversation.understanding.language_models import answer_of
from edge.conversation.understanding.tokens import clean
from edge.goods.search.query.text import words_of

TOKENS = 60
QUOTE_WORDS = 6
Measure = Literal[(*MEASURES, "none")]  # type: ignore[valid-type]
SAID = (
    "The manager of a shop asks one question about its figures. Which figure is asked for, and by which words? "
    "words: copied from the question exactly as they stand there, as few as say it. "
    'measure: "none" where it asks for no figure of the list, or for something that nobody can know.'
)


class QuotedMeasure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The measure a question asks for, and the words that express it."""

    measure: Measure
    words: Annotated[str, msgspec.Meta(max_length=80)]


class QuotedQuestion(NamedTuple):
    """A reworded question and the measure that was inserted."""

    text: str
    measure: str


def asks_model(understood: Sequence[UnderstoodQuestion]) -> bool:
    """Whether a model may help: a single question with some words understood and some unknown."""
    only = understood[0]
    return len(understood) == 1 and not (only.destroys or only.several) and bool(only.meaning.unknown)


async def reword_question(models: object, text: str, understood: Sequence[UnderstoodQuestion]) -> QuotedQuestion | None:
    """The question in words the grammar knows; None if no model gives any, or it quotes words already understood."""
    quoted = await answer_of(models, QuotedMeasure, SAID, text, TOKENS)
    if quoted is None or quoted.measure == "none":
        return None
    only = understood[0]
    unknown = {word for one in only.meaning.unknown for word in words_of(one)}
    called = measure_called(quoted.measure, only.language)
    again = _replace_quote(words_of(clean(text)), words_of(clean(quoted.words)), unknown, called)
    return QuotedQuestion(again, quoted.measure) if again else None


def is_so(quoted: QuotedQuestion, before: Sequence[UnderstoodQuestion], found: Sequence[UnderstoodQuestion]) -> bool:
    """Whether the second reading is complete, has the quoted measure, and keeps the parts understood before."""
    asked, known = [one.meaning.measure for one in found], before[0].meaning.measure
    return asked == [quoted.measure] and found[0].complete and known in ("", quoted.measure)


def _replace_quote(words: Sequence[str], quote: Sequence[str], unknown: Set[str], called: str) -> str:
    size = len(quote)
    if not 0 < size <= QUOTE_WORDS or not unknown & set(quote):
        return ""
    for at in range(len(words) - size + 1):
        if list(words[at : at + size]) == list(quote):
            return " ".join((*words[:at], called, *words[at + size :]))
    return ""
