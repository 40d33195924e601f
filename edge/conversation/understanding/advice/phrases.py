"""Split a request for advice into product names, phrases and filler. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from edge.conversation.understanding.advice.words import AdviceWords, advice_words
from edge.conversation.understanding.lexicon import Phrase, Vocabulary, vocabulary
from edge.conversation.understanding.numerals import read_number
from edge.lib.units.quantity import THOUSANDTHS

Role = Literal[
    "pair", "like", "without", "free", "fact", "claim", "has", "gift", "for", "person", "something", "drinks", "asks",
    "pronoun", "nothing", "cheap", "prices",
    "inside", "under", "money", "years", "little", "stop", "number", "name",
]  # fmt: skip
LONGEST = 9
WRITTEN_ON: tuple[Role, ...] = ("pair", "like", "for", "under")
"""Roles of phrases whose last word Hebrew attaches to the next one."""


class AdvicePiece(NamedTuple):
    """Some words of a sentence and their role; `meant`: the fact or kind of person."""

    role: Role
    words: tuple[str, ...]
    meant: str = ""


_SETS: tuple[tuple[str, Role], ...] = (
    ("pairs", "pair"), ("likes", "like"), ("replaces", "like"), ("without", "without"), ("gifts", "gift"),
    ("pronouns", "pronoun"), ("drinks", "drinks"),
    ("something", "something"), ("before", "for"), ("has", "has"), ("asks", "asks"), ("free", "free"),
    ("nothing", "nothing"), ("cheap", "cheap"), ("prices", "prices"), ("inside", "inside"),
    ("under", "under"), ("money", "money"), ("years", "years"), ("little", "little"),
)  # fmt: skip
"""Sets of phrases and their roles, in order of precedence among phrases of equal length."""


def pieces_of(words: Sequence[str], language: str) -> list[AdvicePiece]:
    """The pieces of a sentence, by one language's words."""
    known, said = advice_words(language), vocabulary(language)
    found: list[AdvicePiece] = []
    left = list(words)
    while left:
        piece, rest = _first(left, found, known, said)
        if piece.role == "nothing":  # "nothing with nuts"
            found.append(AdvicePiece("something", piece.words[:-1]))
            piece = AdvicePiece("without", piece.words[-1:])
        found.append(piece)
        left = rest
    return found


def _first(
    left: list[str], before: Sequence[AdvicePiece], known: AdviceWords, said: Vocabulary
) -> tuple[AdvicePiece, list[str]]:
    if not left[0][0].isalnum():
        return AdvicePiece("stop", (left[0],)), left[1:]
    number = read_number(said, left, 0)
    if number is not None and (left[0][0].isdigit() or number.value != THOUSANDTHS):
        return AdvicePiece("number", tuple(left[: number.length])), left[number.length :]
    tables: list[tuple[Role, Mapping[Phrase, str]]] = [
        ("claim", known.claimed), ("fact", known.named), ("person", known.persons),
    ]  # fmt: skip
    best, rest = AdvicePiece("name", (left[0],)), left[1:]
    length = 0
    for role, table in tables:
        taken, cut = _take_phrase(table, left)
        if taken > length and not (role == "person" and not _mentions_person(before, left, taken, known)):
            length, rest = taken, cut
            phrase = tuple(left[:taken])
            best = AdvicePiece(role, phrase, table.get(phrase, ""))
    for name, role in _SETS:
        taken, cut = _take_phrase(known.sets[name], left, bool(said.attached_places) and role in WRITTEN_ON)
        if role == "for" and taken == 1 and cut != left[1:] and not _take_phrase(known.persons, cut)[0]:
            continue  # a Hebrew word that merely starts with the letter for "to"
        if taken > length:
            length, best, rest = taken, AdvicePiece(role, tuple(left[:taken])), cut
    if not length and (taken := max(said.match(one, left, 0) for one in (said.fillers, said.joiners, said.between))):
        best, rest = AdvicePiece("little", tuple(left[:taken])), left[taken:]
    return best, rest


def _mentions_person(before: Sequence[AdvicePiece], left: Sequence[str], taken: int, known: AdviceWords) -> bool:
    """Whether words for a person follow "for" or a possessive ("my daughter").

    Phrases for a non-drinker need neither.
    """
    if known.persons[tuple(left[:taken])] == "sober" or (before and before[-1].words[-1:] in known.sets["owners"]):
        return True
    return any(one.role in ("for", "gift", "person") for one in before)


def _take_phrase(
    phrases: Mapping[Phrase, str] | frozenset[Phrase], words: list[str], written_on: bool = False
) -> tuple[int, list[str]]:
    """The longest of these phrases at the start: its length and the words after it. `written_on`: its last particle may
    be attached to the next word."""
    for length in range(min(LONGEST, len(words)), 0, -1):
        if tuple(words[:length]) in phrases:
            return length, words[length:]
        last = words[length - 1]
        if written_on and len(last) > 2 and (*words[: length - 1], last[0]) in phrases:
            return length, [last[1:], *words[length:]]
    return 0, words
