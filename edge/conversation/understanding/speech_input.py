"""Speech input: phrases for the recogniser to expect, and checks of its transcripts. Pure."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from edge.conversation.understanding.amounts import JOINED, amount_at
from edge.conversation.understanding.lexicon import in_any_language, vocabularies, vocabulary
from edge.conversation.understanding.sentence import Sentence, apart_from, understand
from edge.conversation.understanding.tokens import tokens_of
from edge.conversation.understanding.understood import LANGUAGES, understood_language
from edge.core.process.part_state import PartState
from edge.goods.search.query.text import words_of
from edge.lib.i18n import translate
from edge.lib.late_import import LateModule

if TYPE_CHECKING:
    from rapidfuzz import fuzz
else:
    fuzz = LateModule("rapidfuzz.fuzz")

SURE = 0.6
"""Recognition confidence below which the user has to confirm before anything is done."""
EXPECTED = 400
MOST_SAID = 1000
ECHO = 80
"""Minimum similarity (percent) to our last sentence for a sentence to count as our own voice."""
ECHO_WORDS = 3


def expected_phrases(language: str, options: Iterable[str]) -> tuple[str, ...]:
    """The phrases to expect: answers to the open question first, then verbs, replies, units and numbers."""
    language = understood_language(language)
    known = vocabulary(language)
    phrases = [" ".join(phrase) for table in (known.verbs, known.asks) for phrase in table]
    phrases += [word for forms in known.units.values() for word in (forms.one[0], forms.many[0]) if len(word) > 2]
    numbers = [word for word, value in known.numbers.items() if len(word) > 2 and 0 < value <= MOST_SAID]
    said = (label.lower() for label in options)
    return tuple(dict.fromkeys((*said, *known.expected, *numbers, *phrases)))[:EXPECTED]


def agree(held: str, free: str, language: str) -> bool:
    """Whether two recognitions of the same audio, with and without the catalogue's grammar, are the same request.

    Verb and amounts must be equal, and each name must share a word. So noise forced into the grammar has no effect.
    """
    first, second = _request(held, language), _request(free, language)
    same = first[:2] == second[:2] and len(first.names) == len(second.names)
    return same and all(set(one) & set(other) for one, other in zip(first.names, second.names, strict=True))


def same_request(one: str, other: str, language: str) -> bool:
    """Whether two readings mean the same: verbs, amounts, units and names.

    >>> same_request("took two milk", "Took 2 milk, please.", "en"), same_request("took milk", "took silk", "en")
    (True, False)
    """
    return _request(one, language) == _request(other, language)


class _Request(NamedTuple):
    """A recognised sentence: its kind, its verbs and amounts in order, and the names between them."""

    kind: str
    parts: tuple[object, ...]
    names: tuple[tuple[str, ...], ...]


def _request(text: str, language: str) -> _Request:
    said = understand(text, language)
    known = vocabulary(said.language)
    words = [word for word in apart_from(tokens_of(text), known) if word[0].isalnum() or word == JOINED]
    parts, names, at = list[object](), list[list[str]]([[]]), 0
    while at < len(words):
        amount = amount_at(words[at:], 0, known)
        length = known.match(known.verbs, words, at)
        if length:
            parts.append(known.verbs[tuple(words[at : at + length])])
        elif amount:
            parts.append((amount.value, amount.unit))
        joint = int(words[at] == JOINED) or known.match(known.joiners, words, at)
        if length or amount or joint:
            names.append([])
        elif not (filler := known.match(known.fillers, words, at)):
            names[-1].append(words[at])
        at += length or (amount.end if amount else 0) or joint or filler or 1
    return _Request(said.kind, tuple(parts), tuple(tuple(one) for one in names if one))


def spellings(text: str, language: str) -> tuple[str, ...]:
    """The text, and with single number words in digits, as some recognisers write them.

    >>> spellings("a twelve ounce mocha", "en"), spellings("took twenty four milk", "en")
    (('a twelve ounce mocha', 'a 12 ounce mocha'), ('took twenty four milk',))
    """
    numbers, words = vocabulary(understood_language(language)).numbers, text.split()
    alone = [word in numbers and numbers[word] > 1 for word in words]
    for at, (one, other) in enumerate(pairwise(alone)):
        if one and other:
            alone[at] = alone[at + 1] = False
    digits = (str(numbers[word]) if single else word for word, single in zip(words, alone, strict=True))
    return tuple(dict.fromkeys((text, " ".join(digits))))


def acts(text: str, language: str) -> bool:
    """Whether a sentence would change something and so needs a confident recognition."""
    return understand(text, language).kind in ("act", "correct", "cancel")


def is_stop(text: str, language: str) -> bool:
    """Whether the speaker wants to stop speech, the question or listening."""
    return understand(text, language).kind == "stop"


def wake_fault(words: str) -> str:
    """Why these wake words are unsuitable, as a key of [voice]; "" if they're fine. Common phrases wake too often, and
    words with another meaning would be misread.

    >>> wake_fault("hello little shop"), wake_fault("hello there"), wake_fault("took three")
    ('', 'wake_greeting', 'wake_meant')
    """
    said = [token for token in tokens_of(words) if token[0].isalnum()]
    if all(word in in_any_language("greetings") for word in said):
        return "wake_greeting"
    meant = any(understand(words, language).kind not in ("other", "held") for language in LANGUAGES)
    return "wake_meant" if meant else ""


def wake_state(words: str) -> PartState:
    """The state of a microphone with these wake words: fine, or unsuitable, so that only its button starts it."""
    fault = wake_fault(words) if words else ""
    if not fault:
        return PartState("", "ok")
    key, values = f"voice.{fault}", {"words": words}
    what, advice = translate("en", key, **values), translate("en", f"{key}_do", **values)
    return PartState("", "ok", what, advice, key, dict(values))


def means_something(said: Sentence, asked: bool) -> bool:
    """Whether speech was meant for the assistant: it has a verb, is a question, or answers an open question."""
    return said.kind not in ("other", "held", "empty") or (asked and said.kind != "empty")


PIN_DIGITS = range(4, 13)


def says_pin(text: str, language: str) -> bool:
    """Whether a PIN is being spoken: nothing but four or more single digits, or digits after the word PIN.

    >>> says_pin("four seven one one", "en"), says_pin("my pin is 4711", "en"), says_pin("took 4711 colas", "en")
    (True, True, False)
    """
    numbers, digits, alone, named = vocabulary(language).numbers, 0, True, False
    for word in tokens_of(text):
        if word.isdigit() or numbers.get(word, -1) in range(10):
            digits += len(word) if word.isdigit() else 1
            alone = alone and (len(word) == 1 or not word.isdigit())
        elif word[0].isalnum():
            alone, named = False, named or word in in_any_language("pin_words")
    return digits in PIN_DIGITS and (alone or named)


def is_echo(text: str, spoken: str) -> bool:
    """Whether the microphone picked up our own speech."""
    return len(text.split()) >= ECHO_WORDS and fuzz.partial_ratio(text.lower(), spoken.lower()) >= ECHO


def repeat_request(text: str) -> str:
    """How to repeat the last answer: "again", "slower", "louder"; "" if that isn't asked for.

    >>> repeat_request("Slower!"), repeat_request("again three colas")
    ('slower', '')
    """
    said = tuple(words_of(text))
    return next((how for known in vocabularies() if (how := known.repeats.get(said))), "")


def answers_only(said: Sentence) -> bool:
    """Whether a sentence only makes sense as an answer: it names no product and isn't a question."""
    return said.kind in ("yes", "no", "correct", "other") or (
        said.kind == "act" and not any(clause.text for clause in said.clauses)
    )


def louder(samples: bytes, gain: float) -> bytes:
    """16-bit samples amplified, clipped at the maximum.

    >>> louder(array("h", [1000, -30000]).tobytes(), 2.0) == array("h", [2000, -32768]).tobytes()
    True
    """
    if gain == 1.0:
        return samples
    return array("h", (max(-32768, min(32767, int(one * gain))) for one in memoryview(samples).cast("h"))).tobytes()


def is_noise(text: str) -> bool:
    """Whether it's a listener's murmur rather than "yes".

    >>> is_noise("OK."), is_noise("yes")
    (True, False)
    """
    return any(tuple(words_of(text)) in known.noises for known in vocabularies())
