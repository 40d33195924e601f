"""Values of a command that need no catalogue: a number or sum at the start, and verbatim text. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from edge.conversation.understanding.amounts import JOINED
from edge.conversation.understanding.errands.model import MOST_TEXT
from edge.conversation.understanding.lexicon import Phrase, vocabulary
from edge.conversation.understanding.numerals import read_number
from edge.conversation.understanding.reading.statement_words import length_at
from edge.conversation.understanding.tokens import all_tokens
from edge.lib.mail_address import FORM
from edge.lib.units.quantity import THOUSANDTHS

_MARKS = ",;:.!?\"'()"


def without_first(words: Sequence[str], sets: Sequence[frozenset[Phrase]]) -> list[str]:
    """The words after leading function words."""
    at = 0
    while at < len(words) and (length := max(length_at(one, words, at) for one in sets)):
        at += length
    return [*words[at:]]


def first_number(
    words: Sequence[str], language: str, little: frozenset[Phrase], money: frozenset[Phrase]
) -> tuple[int | None, list[str]]:
    """Return the number that the words begin with, in thousandths, and the words after it and its currency.

    None if there is no number or it's ambiguous ("1.400").
    """
    said = without_first(words, (little, money))
    number = read_number(vocabulary(language), said, 0) if said else None
    if number is None or number.grouped:
        return None, [*words]
    return number.value, without_first(said[number.length :], (money,))


def sale_in(
    words: Sequence[str], language: str, known: Mapping[str, frozenset[Phrase]]
) -> tuple[int | None, list[str]]:
    """The receipt number named (0: the last sale), and the words without it; None if none is named.

    >>> from edge.conversation.understanding.errands.errand_words import errand_words
    >>> sale_in(["2", "bagels", "of", "receipt", "41"], "en", errand_words("en"))
    (41, ['2', 'bagels'])
    """
    for at in range(len(words)):
        if length := length_at(known["sale_last"], words, at):
            return 0, [*words[:at], *words[at + length :]]
        length = length_at(known["sale_numbered"], words, at)
        number = read_number(vocabulary(language), [*words], at + length) if length else None
        if number is not None and not number.grouped and number.value > 0 and number.value % THOUSANDTHS == 0:
            return number.value // THOUSANDTHS, [*words[:at], *words[at + length + number.length :]]
    return None, [*words]


def as_written(text: str, words: Sequence[str]) -> str:
    """The last part of a text that reads as these words, verbatim; "" if there is none or it's too long.

    >>> as_written("Reject invoice 7: Wrong prices, please", ["wrong", "prices"])
    'Wrong prices'
    """
    parts, wanted = text.split(), _letters(words)
    read = [_letters(all_tokens(part)) for part in parts]
    for begin in range(len(parts) - 1, -1, -1):
        said = ""
        for end in range(begin, len(parts)):
            said += read[end]
            if not wanted.startswith(said):
                break
            if said == wanted:
                part = " ".join(parts[begin : end + 1]).strip(_MARKS)
                return part if wanted and len(part) <= MOST_TEXT else ""
    return ""


def first_code(text: str, words: Sequence[str]) -> tuple[str, list[str]]:
    """The code the words begin with, verbatim up to the next space, and the words after it; "" if there is none.

    >>> first_code("recall lot L-7/b of milk", ["l", "7", "b", "of", "milk"])
    ('L-7/b', ['of', 'milk'])
    """
    for part in text.split():
        wanted, said = _letters(all_tokens(part)), ""
        for at, word in enumerate(words, 1):
            said += _letters([word])
            if said == wanted:
                return part.strip(_MARKS), [*words[at:]]
            if not wanted.startswith(said):
                break
    return "", [*words]


def first_address(text: str, words: Sequence[str]) -> tuple[str, list[str]]:
    """The email address the words begin with, and the words after it; "" if there is none.

    >>> first_address("mail it to Ann.b@example.com", ["ann", "b", "example", "com"])
    ('Ann.b@example.com', [])
    """
    code, left = first_code(text, words)
    return (code, left) if re.fullmatch(FORM, code) else ("", [*words])


def _letters(words: Sequence[str]) -> str:
    """The letters of words without separators; the joining mark becomes Hebrew "and"."""
    said = "".join("\u05d5" if word == JOINED else word for word in words)
    return "".join(letter for letter in said if letter.isalnum())
