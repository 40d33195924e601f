"""Polite phrases: greetings, thanks, goodbyes, "how are you", "who are you", "that's all". Pure.

Every word must belong to such a phrase or to a form of address. Small talk has no effect on stock, basket or open
questions.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Literal, get_args

import msgspec

from edge.conversation.assistant.commands import TakeTurn
from edge.conversation.understanding.lexicon import vocabulary
from edge.conversation.understanding.reading.statement_words import statement_words
from edge.conversation.understanding.tokens import all_tokens, clean
from edge.conversation.understanding.understood import LANGUAGES
from edge.lib.i18n.languages import read_file

SmallTalk = Literal["who", "how", "bye", "done", "thanks", "greet"]
"""Small talk in order of precedence: "hi, who are you" is answered as `who`."""
MOST_WORDS = 10


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    addressed: tuple[str, ...]
    who: tuple[str, ...]
    how: tuple[str, ...]
    bye: tuple[str, ...]
    done: tuple[str, ...]
    thanks: tuple[str, ...]
    greet: tuple[str, ...]


def polite_turn(command: TakeTurn, language: str) -> SmallTalk | None:
    """Return the small talk in a turn of nothing but small talk.

    Tapped options never are, and products of such a name take precedence, unless the other words are small talk by
    themselves: "thanks a lot", where batteries are called a lot.
    """
    said = None if command.option else small_talk(command.text, language)
    named = {word for one in command.found if one.kind == "all" for word in one.text.lstrip("=~").split()}
    if said is None or not named:
        return said
    numbers = {word for one in LANGUAGES for word in vocabulary(one).numbers}
    rest = [word for word in all_tokens(clean(command.text)) if word not in named and word not in numbers]
    return small_talk(" ".join(rest), language)


def small_talk(text: str, language: str) -> SmallTalk | None:
    """The small talk in a text that is nothing else, tried in its own language first.

    >>> small_talk("Hi there, how are you?", "en"), small_talk("thanks, 3 colas", "en"), small_talk("merci !", "en")
    ('how', None, 'thanks')
    """
    for one in (language, *(other for other in LANGUAGES if other != language)):
        words = [word for word in vocabulary(one).written_out(all_tokens(clean(text))) if word[0].isalnum()]
        if 0 < len(words) <= MOST_WORDS and (kinds := _kinds(words, one)):
            return next(kind for kind in get_args(SmallTalk) if kind in kinds)
    return None


def load_words() -> None:
    """Load the vocabulary of each language now, so that no command has to wait for it."""
    for language in LANGUAGES:
        _phrases(language)
        statement_words(language)


def _kinds(words: Sequence[str], language: str) -> set[str]:
    """The kinds of phrases in a text; empty if a word belongs to none, or all are forms of address."""
    phrases, longest = _phrases(language)
    found, at = set[str](), 0
    while at < len(words):
        lengths = range(min(longest, len(words) - at), 0, -1)
        length = next((size for size in lengths if tuple(words[at : at + size]) in phrases), 0)
        if not length:
            return set()
        found.add(phrases[tuple(words[at : at + length])])
        at += length
    return found - {"addressed"}


@cache
def _phrases(language: str) -> tuple[dict[tuple[str, ...], str], int]:
    """The kind of each phrase, and the length of the longest in words."""
    read = msgspec.toml.decode(
        read_file("edge.conversation.understanding", "vocabulary/small_talk", language), type=_File
    )
    found = {
        tuple(vocabulary(language).written_out(all_tokens(phrase))): kind
        for kind in _File.__struct_fields__
        for phrase in getattr(read, kind)
    }
    return found, max(map(len, found))
