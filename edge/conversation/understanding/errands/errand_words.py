"""Vocabulary and parts of errands: find a supplier, number, quantity and product words in a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import cast

import msgspec

from edge.conversation.understanding.amounts import amount_at
from edge.conversation.understanding.clause import Clause
from edge.conversation.understanding.lexicon import Phrase, spell_phrases, vocabulary
from edge.conversation.understanding.numerals import read_number
from edge.conversation.understanding.reading.statement_words import length_at, statement_words
from edge.core.storage.database import Connection
from edge.goods.purchasing.queries import read_suppliers
from edge.goods.search.query.text import words_of
from edge.lib.i18n.languages import read_file

THOUSAND = 1000


class _Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    figures_asked: tuple[str, ...]
    figures_of: tuple[str, ...]
    price: tuple[str, ...]
    order: tuple[str, ...]
    order_puts: tuple[str, ...]
    order_behind: tuple[str, ...]
    order_needs: tuple[str, ...]
    order_then: tuple[str, ...]
    order_more: tuple[str, ...]
    label: tuple[str, ...]
    acknowledge: tuple[str, ...]
    receipt: tuple[str, ...]
    where: tuple[str, ...]
    minimum: tuple[str, ...]
    sold_out: tuple[str, ...]
    sold_out_behind: tuple[str, ...]
    back: tuple[str, ...]
    back_behind: tuple[str, ...]
    placed: tuple[str, ...]
    polite: tuple[str, ...]
    requests: tuple[str, ...]
    little: tuple[str, ...]
    money: tuple[str, ...]
    supplier: tuple[str, ...]
    because: tuple[str, ...]
    sale_last: tuple[str, ...]
    sale_numbered: tuple[str, ...]
    commands: dict[str, tuple[str, ...]]


@cache
def errand_words(language: str) -> dict[str, frozenset[Phrase]]:
    """A language's phrases by purpose."""
    said = read_file("edge.conversation.understanding", "vocabulary/errands", language)
    file = msgspec.toml.decode(said, type=_Words)
    return {
        name: spell_phrases(cast("tuple[str, ...]", getattr(file, name)))
        for name in _Words.__struct_fields__
        if name != "commands"
    }


def ends_in(phrases: frozenset[Phrase], words: Sequence[str]) -> int:
    """The length of the longest of these phrases at the end of a sentence: "take salmon off the menu"."""
    return max((len(one) for one in phrases if tuple(words[-len(one) :]) == one), default=0)


def supplier_in(db: Connection, words: list[str], before: frozenset[Phrase]) -> tuple[list[str], str]:
    """The words without "from NAME" of a supplier, and the supplier's id."""
    names = [(words_of(name), one.id) for one in read_suppliers(db) for name in one.names.values()]
    for name, id in sorted(names, key=lambda one: -len(one[0])):
        for at in range(len(words)):
            attached = [words[at][1:], *words[at + 1 : at + len(name)]] if (words[at][:1],) in before else []
            if name and attached == name:
                return words[:at] + words[at + len(name) :], id
            if name and words[at : at + len(name)] == name and at and (words[at - 1],) in before:
                return words[: at - 1] + words[at + len(name) :], id
    return words, ""


def number_in(words: list[str], language: str, counts: bool = False) -> tuple[int | None, list[str]]:
    """The last number, in thousandths, and the words without it and its currency. `counts`: also without its counting
    word ("6 bottles")."""
    known, counted = errand_words(language), vocabulary(language)
    for at in range(len(words) - 1, -1, -1):
        attached = (words[at][:1],) in known["little"] and words[at][1:2].isdigit()  # Hebrew attaches "to" to numbers
        bare = words[at][1:] if attached else words[at]
        said = [*words[:at], bare, *words[at + 1 :]]
        number = read_number(vocabulary(language), said, at)
        if number is None or (at and read_number(vocabulary(language), said, at - 1)):
            continue
        if number.grouped:  # "1.400" is ambiguous, and a price must be clear
            return None, words
        behind = at + number.length
        behind += length_at(known["money"], words, behind) if behind < len(words) and not counts else 0
        if counts and (length := counted.match(counted.counted, words, behind)):
            behind += length if counted.counted[tuple(words[behind : behind + length])].unit == "unit" else 0
        return (number.value, words[:at]) if behind == len(words) else (None, words)
    return None, words


def amount_in(words: list[str], language: str) -> tuple[Clause, list[str]]:
    """The quantity ordered, and the words without it."""
    for at in range(len(words)):
        amount = amount_at(words[at:], 0, vocabulary(language))
        if amount is None or amount.value is None or amount.doubt or amount.grouped:
            continue
        counted_as = words[at + amount.end - 1] if amount.unit else ""
        said = Clause("", amount.value, amount.unit, amount.container, numbered=True, counted_as=counted_as)
        return said, [*words[:at], *words[at + amount.end :]]
    return Clause(), words


def names_in(words: Sequence[str], language: str, sets: Sequence[str]) -> list[str]:
    """The product words: those in none of these `sets` of function words."""
    known, said = errand_words(language), statement_words(language)
    kept: list[str] = []
    at = 0
    while at < len(words):
        length = (
            max(length_at(known[one], words, at) for one in sets)
            or length_at(said.articles, words, at)
            or vocabulary(language).match(vocabulary(language).fillers, words, at)
        )
        kept += [] if length else [words[at]]
        at += length or 1
    return kept
