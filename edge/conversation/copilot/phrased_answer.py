"""Rephrase an answer in sentences with a language model, if one runs.

The sentence must contain all words and numbers of the answer, in order and with their signs, joined by words without
content. So no figure moves to another name, none is lost, and no direction changes. Otherwise the answer stays as it
is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Annotated

import msgspec

from edge.conversation.understanding.language_models import answer_of
from edge.conversation.understanding.understood import understood_language
from edge.goods.search.query.text import words_of
from edge.lib.i18n.languages import read_file

TOKENS = 160
_NUMBER = re.compile(r"-?[0-9]+(?:[.,\u00a0\u202f][0-9]+)*")
MOST_LINES, MOST_CHARS = 6, 600
"""Maximum lines and characters; a longer answer is a list and isn't rephrased."""
SAID = (
    "Join the lines of this answer to a shop manager into one or two short sentences, in its language. Keep all of its "
    "words and numbers as they are written, in the same order; put only little words (and, of, there are) between. "
    "Add nothing else: no opinion, advice, comparison or reason."
)


class PhrasedAnswer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An answer in sentences."""

    text: Annotated[str, msgspec.Meta(min_length=1, max_length=MOST_CHARS)]


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    plain: tuple[str, ...]


async def phrase_answer(models: object, lines: Sequence[str], language: str) -> str:
    """The lines of an answer in sentences, within three seconds; "" if no model returns a faithful text."""
    told = "\n".join(lines)
    if not 0 < len(lines) <= MOST_LINES or len(told) > MOST_CHARS:
        return ""
    answer = await answer_of(models, PhrasedAnswer, SAID, told, TOKENS)
    return answer.text if answer and is_faithful(answer.text, told, language) else ""


def is_faithful(text: str, told: str, language: str) -> bool:
    """Whether a text states the whole answer and nothing else.

    >>> told = "Bagel: 12 pcs\\nBaguette: -9 pcs"
    >>> is_faithful("Of Bagel there were 12 pcs, and of Baguette -9 pcs.", told, "en")
    True
    >>> is_faithful("Bagel 12 pcs, Baguette 9 pcs", told, "en"), is_faithful("Baguette -9 pcs", told, "en")
    (False, False)
    """
    return _content_words(text, language) == _content_words(told, language) and _numbers(text) == _numbers(told)


def _content_words(text: str, language: str) -> list[str]:
    plain = _plain(language)
    return [word for word in words_of(text) if word not in plain]


def _numbers(text: str) -> list[str]:
    return _NUMBER.findall(text.replace("\u2212", "-"))


@cache
def _plain(language: str) -> frozenset[str]:
    file = read_file("edge.conversation.copilot", "plain_words", understood_language(language))
    said = msgspec.toml.decode(file, type=_File)
    return frozenset(word for one in said.plain for word in words_of(one))
