"""Split a customer's sentence about the basket into parts: remove, swap, count, refer, name. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Literal, NamedTuple

import msgspec

from edge.conversation.understanding.amounts import JOINED, amount_at
from edge.conversation.understanding.lexicon import Phrase, Phrases, Vocabulary, ordinals, spell_phrases, vocabulary
from edge.conversation.understanding.numerals import read_number
from edge.conversation.understanding.reading.statement_words import length_at, statement_words
from edge.conversation.understanding.sentence_parts import STOPS
from edge.lib.i18n.languages import read_file

Role = Literal[
    "both",
    "less",
    "more",
    "second",
    "again",
    "half",
    "double",
    "each",
    "only",
    "turn",
    "rather",
    "denied",
    "excepted",
    "drop",
    "carry",
    "away",
    "behind",
    "swap",
    "by",
    "instead",
    "whom",
    "guests",
    "kept",
    "restored",
    "all",
    "place",
    "same",
    "them",
    "number",
    "little",
    "unit",
    "name",
    "stop",
]
ROLES: tuple[Role, ...] = (
    *("both", "less", "more", "second", "again", "half", "double", "each", "guests", "turn", "denied", "excepted"),
    *("kept", "restored", "all", "same"),
    *("only", "rather", "instead", "swap", "drop", "carry", "away", "behind", "by", "whom", "them", "little"),
)
"""In order of precedence among phrases of equal length."""
BEFORE_NUMBERS: tuple[Role, ...] = ("second", "half", "double", "each", "little")
"""Roles of phrases that begin like numbers and aren't: "half of that", "another one"."""
MEASURED = frozenset({"kg", "g", "livre", "litre"})
NAMED_MOST = 6
"""Words between the two parts of a phrase."""
SHORTEST = 2
"""Minimum letters of a Hebrew word with an attached one."""


class _Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    less: tuple[str, ...]
    more: tuple[str, ...]
    half: tuple[str, ...]
    double: tuple[str, ...]
    each: tuple[str, ...]
    drop: tuple[str, ...]
    carry: tuple[str, ...]
    away: tuple[str, ...]
    inside: tuple[str, ...]
    behind: tuple[str, ...]
    second: tuple[str, ...]
    again: tuple[str, ...]
    only: tuple[str, ...]
    enough: tuple[str, ...]
    turn: tuple[str, ...]
    denied: tuple[str, ...]
    excepted: tuple[str, ...]
    excepting: tuple[str, ...]
    rather: tuple[str, ...]
    whom: tuple[str, ...]
    guests: tuple[str, ...]
    kept: tuple[str, ...]
    restored: tuple[str, ...]
    all: tuple[str, ...]
    reasons: tuple[str, ...]
    telling: tuple[str, ...]
    made: tuple[str, ...]
    same: tuple[str, ...]
    has: tuple[str, ...]
    both: tuple[str, ...]
    them: tuple[str, ...]
    swap: tuple[str, ...]
    by: tuple[str, ...]
    instead: tuple[str, ...]
    definite: tuple[str, ...]
    joints: tuple[str, ...]
    little: tuple[str, ...]


class BasketPart(NamedTuple):
    """Words of one role. `value`: of a number in thousandths, with its measure as `unit` ("" for a count); of a
    position, which line (-1: the last)."""

    role: Role
    words: tuple[str, ...]
    value: int = 0
    unit: str = ""


@cache
def basket_words(language: str) -> dict[str, frozenset[Phrase]]:
    """The phrases of each role, and the `definite` words before products mentioned earlier."""
    file = msgspec.toml.decode(read_file("edge.conversation.understanding", "vocabulary/basket", language), type=_Words)
    said: dict[str, frozenset[Phrase]] = {name: spell_phrases(getattr(file, name)) for name in _Words.__struct_fields__}
    replies, undoing = vocabulary(language).replies, statement_words(language).undoing
    undone = {one for one in undoing if "cancel" in (replies.get(one), replies.get(one[:1]))}
    return said | {"only": Phrases(said["only"] | said["enough"]), "undone": Phrases(undone)}


def says_total(words: Sequence[str], language: str) -> bool:
    """Whether the number is a total: "just two", "one will do"."""
    return _stands(words, language, "enough") and not says_more(words, language)


def says_more(words: Sequence[str], language: str) -> bool:
    """Whether the words ask for an addition: "another", "two more"."""
    return any(_stands(words, language, role) for role in ("more", "second", "again"))


def _stands(words: Sequence[str], language: str, role: str) -> bool:
    said = basket_words(language)[role]
    return any(length_at(said, words, at) for at in range(len(words)))


def with_turns_together(words: Sequence[str], language: str) -> list[str]:
    """The words with a split verb rejoined: "bring down to the bagels one" for "bring the bagels down to one"."""
    said, known = basket_words(language), vocabulary(language)
    for phrase in sorted(said["turn"], key=len, reverse=True):
        pointed = length_at(said["them"], phrase, 1)
        ends = phrase[1 + pointed :]
        for at in range(len(words)) if ends else ():
            for to in range(at + 2, min(len(words), at + NAMED_MOST)) if words[at] == phrase[0] else ():
                if words[to - 1] in STOPS:
                    break
                behind = _behind(words, to, ends, bool(known.attached_places))
                if behind and read_number(known, behind, 0):
                    return [*words[:at], *phrase, *words[at + 1 : to], *behind]
    return list(words)


def _behind(words: Sequence[str], at: int, ends: Phrase, attached: bool) -> list[str]:
    """The words after the end of a phrase, which Hebrew attaches to the next word; [] if it doesn't match."""
    if tuple(words[at : at + len(ends)]) == ends:
        return list(words[at + len(ends) :])
    written = attached and ends == ("ל",) and words[at][0] == "ל" and len(words[at]) > SHORTEST
    return [words[at][1:], *words[at + 1 :]] if written else []


def parts_in(words: Sequence[str], language: str, is_name: Callable[[str], bool]) -> list[BasketPart]:
    """The words with their roles, including punctuation. `is_name`: whether a word occurs in product names."""
    said, known = basket_words(language), vocabulary(language)
    found: list[BasketPart] = []
    left = [word for at, word in enumerate(words) if word != JOINED or _joins_a_part(words, at, known)]
    while left:
        left = _detach(left, said["drop"], known)
        one = _numbered_name(left, is_name) or _number(left, said, known, found)
        one = one or _phrase(left, said, known, found, is_name)
        if one.role == "by" and one.words[0] != left[0]:
            left[0] = left[0][len(one.words[0]) :]
        else:
            left = left[len(one.words) :]
        found.append(one)
    return found


def _detach(left: list[str], phrases: frozenset[Phrase], known: Vocabulary) -> list[str]:
    """Split off a Hebrew phrase's one-letter last word from the word to which it is prefixed ("forget
    about-the-bagels"). Other words are returned unchanged."""
    for phrase in phrases if known.attached_places and len(left) > 1 else ():
        last = left[len(phrase) - 1] if SHORTEST <= len(phrase) <= len(left) else ""
        attached = len(phrase[-1]) == 1 and len(last) > SHORTEST and last[0] == phrase[-1]
        if attached and tuple(left[: len(phrase) - 1]) == phrase[:-1]:
            return [*phrase, last[1:], *left[len(phrase) :]]
    return left


def _joins_a_part(words: Sequence[str], at: int, known: Vocabulary) -> bool:
    """Whether "and" precedes a fraction of the measure before it: "a kilo and a half", as spelt in Hebrew."""
    measure = known.counted.get((words[at - 1],)) if at else None
    return (
        measure is not None
        and measure.unit in MEASURED
        and words[at + 1 : at + 2] != []
        and words[at + 1] in known.fractions
    )


def _numbered_name(left: Sequence[str], is_name: Callable[[str], bool]) -> BasketPart | None:
    """A percentage that is part of product names: "the 0 % one"."""
    named = left[1:2] == ["%"] and left[0].isdigit() and is_name(left[0])
    return BasketPart("name", tuple(left[:2])) if named else None


def _number(
    left: list[str], said: dict[str, frozenset[Phrase]], known: Vocabulary, before: Sequence[BasketPart]
) -> BasketPart | None:
    """The amount that begins here, with its measure ("a kilo and a half"); a phrase may precede the number."""
    phrase = max(length_at(said[role], left, 0) for role in BEFORE_NUMBERS)
    set_to = before[-1:] and before[-1].role in ("turn", "only")
    if set_to and known.attached_places and left[0][0] == "ל" and len(left[0]) > SHORTEST:
        left = [left[0][1:], *left[1:]]  # Hebrew attaches the "to" of "raise it to a kilo"
        if not (read_number(known, left, 0) or known.match(known.counted, left, 0)):
            return None
    amount = amount_at(left, 0, known) if left[0] not in STOPS else None
    measured = amount is not None and amount.unit in MEASURED and amount.value is not None and not amount.doubt
    if amount is not None and measured and phrase < SHORTEST:
        return BasketPart("number", tuple(left[: amount.end]), amount.value or 0, amount.unit)
    number = read_number(known, left, 0)
    if number is None or length_at(said["both"], left, 0) >= max(2, number.length) or phrase >= SHORTEST:
        return None
    return BasketPart("number", tuple(left[: number.length]), number.value)


def _phrase(
    left: Sequence[str],
    said: dict[str, frozenset[Phrase]],
    known: Vocabulary,
    before: Sequence[BasketPart],
    is_name: Callable[[str], bool],
) -> BasketPart:
    """The longest phrase that begins here; other words are name words."""
    if left[0] in STOPS:
        return BasketPart("stop", (left[0],))
    counted = known.match(known.counted, left, 0) if before and before[-1].role == "number" else 0
    if counted:
        return BasketPart("unit", tuple(left[:counted]))
    lengths = {role: length_at(said[role], left, 0) for role in ROLES}
    undone = length_at(said["undone"], left, 0)
    if undone and any(map(is_name, left[undone:])) and not length_at(said["them"], left, undone):
        lengths["drop"] = max(undone, lengths["drop"])  # "never mind the bagels"; "undo that" undoes the last turn
    role: Role = max(ROLES, key=lambda one: lengths[one])
    if place := _place(left, known, lengths[role]):
        return place
    if lengths[role] and not (role == "whom" and lengths[role] == 1 and is_name(left[0])):  # "white" or "for a son"
        return BasketPart(role, tuple(left[: lengths[role]]))
    if _written_on(left[0], before, said["by"], bool(known.attached_places)) and not is_name(left[0]):
        return BasketPart("by", (left[0][0],))
    return BasketPart("name", (left[0],))


def _place(left: Sequence[str], known: Vocabulary, least: int) -> BasketPart | None:
    """ "The second one" of the basket, if no longer phrase begins here; "a second one" means another."""
    length = length_at(ordinals().keys(), left, 0)
    definite = length > 1 or (length and known.attached_places)
    phrase = tuple(left[:length])
    return BasketPart("place", phrase, ordinals()[phrase]) if definite and length >= least else None


def _written_on(word: str, before: Sequence[BasketPart], by: frozenset[Phrase], attached: bool) -> bool:
    """Whether Hebrew "for" of a swap is attached to a name."""
    swaps = any(one.role == "swap" for one in before) and not any(one.role == "by" for one in before)
    return attached and swaps and len(word) > SHORTEST and (word[0],) in by


def behind_questions(words: Sequence[str], language: str) -> tuple[list[str], list[str]]:
    """Split off a question before the request: "how many are in it? two packs then".

    Returns ([], []) if everything is a question. A polite request isn't one.
    """
    known = vocabulary(language)
    marks = [at for at, word in enumerate(words) if word == "?"]
    if not marks:
        return [*words], []
    begin = next((at for at, word in enumerate(words) if not known.match(known.fillers, words, at)), 0)
    if known.match(known.polite, words, begin) or known.match(known.polite, words, 0):
        return [word if word != "?" else "," for word in words], []
    if marks[-1] == len(words) - 1:
        return [], []
    return [*words[marks[-1] + 1 :]], [*words[: marks[-1]]]
