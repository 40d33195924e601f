"""Split a sentence into parts that each say one thing. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from edge.conversation.understanding.amounts import JOINED, correcting, corrects
from edge.conversation.understanding.lexicon import Vocabulary
from edge.conversation.understanding.numerals import grams_behind, read_number

STOPS = frozenset(",;.\n!?")


def between_stops(words: Sequence[str]) -> list[list[str]]:
    """The words between punctuation; a single part if there is none.

    >>> between_stops(["two", ",", "please", "?"])
    [['two'], ['please'], []]
    """
    parts: list[list[str]] = [[]]
    for word in words:
        if word in STOPS:
            parts.append([])
        else:
            parts[-1].append(word)
    return parts


def parts_of(words: list[str], known: Vocabulary) -> list[list[str]]:
    """Split at punctuation, and at "and" before a number, verb or article. Around a certain correction, unambiguous
    correction words are inserted."""
    parts: list[list[str]] = [[]]
    at = 0
    while at < len(words):
        length = 1 if words[at] == JOINED else known.match(known.joiners, words, at)
        behind = at + length
        if words[at] in STOPS:
            parts.append([])
            at += 1
            if any(parts) and (length_of := corrects(words[at:], 0, known)):
                parts[-1] += correcting(known)
                at += length_of
            continue
        if parts[-1] and (length_of := corrects(words, at, known)):
            between = words[at - 1][0].isdigit() or words[at - 1] in known.numbers  # "three no four"
            parts.append([*correcting(known)] if between else words[at : at + length_of])
            at += length_of
            continue
        begins = length and behind < len(words) and _begins(words, behind, known)
        if begins and not (_goes_on(words, at, behind, known) or _weighs_on(parts[-1], words, at, known)):
            parts.append([])
            at = behind
            continue
        parts[-1].append(words[at])
        at += 1
    found: list[list[str]] = []
    for part in parts:
        if found and known.match(known.negations, found[-1], 0) == len(found[-1]):
            found[-1] = [*correcting(known), *part]  # "no, four": set apart, even a word for "not" corrects
        elif any(word != JOINED and (word,) not in known.hurried for word in part):
            found.append(part)
    return found


def _begins(words: list[str], at: int, known: Vocabulary) -> bool:
    word = words[at]
    counts = word[0].isdigit() or word in known.numbers or word in known.dozens or word in known.fractions
    return counts or bool(known.match(known.verbs, words, at)) or bool(known.match(known.counted, words, at))


def _weighs_on(part: list[str], words: list[str], at: int, known: Vocabulary) -> bool:
    """Whether the words after a kilo and "and" are part of its weight ("a kilo and two hundred") and not of a product
    named next."""
    length = known.match(known.counted, words, at - 1) if at else 0
    if length != 1 or known.counted[words[at - 1],].unit != "kg":
        return False
    _, more = grams_behind(known, words, at)
    behind = words[at + more : at + more + 1]
    return bool(more) and (not behind or behind[0] in STOPS or not _names(part, known))


def _names(part: list[str], known: Vocabulary) -> bool:
    """Whether some words neither act nor count."""
    at = 0
    while at < len(part):
        number = read_number(known, part, at)
        kinds = (known.verbs, known.fillers, known.counted)
        length = number.length if number else max(known.match(kind, part, at) for kind in kinds)
        if not length:
            return True
        at += length
    return False


def _goes_on(words: list[str], at: int, behind: int, known: Vocabulary) -> bool:
    """Whether the words around "and" form one number: "twenty and three", "a kilo and a half"."""
    half = next((n for n in (behind, behind + 1) if n < len(words) and words[n] in known.fractions), 0)
    if half and (half == behind or known.numbers.get(words[behind]) == 1):
        if words[at - 1][0].isdigit() or words[at - 1] in known.numbers:
            return True  # "two and a half kilos"
        after = words[half + 1 : half + 3]
        return not after or not (known.match(known.counted, words, half + 1) or after[:1] == ["a"])
    before, next_one = known.numbers.get(words[at - 1]) if at else None, known.numbers.get(words[behind])
    if before is None or next_one is None or not before > next_one:
        return False
    return before >= 100 or (before >= 20 and next_one < 20)
