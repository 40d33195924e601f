"""Decide whether a sentence reports an event, or is a question, plan, denial or hearsay. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from edge.conversation.understanding.lexicon import Phrase, Vocabulary, in_any_language, vocabulary
from edge.conversation.understanding.numerals import read_number
from edge.conversation.understanding.reading.linking import CatalogueLinker
from edge.conversation.understanding.reading.name_forms import bare_forms
from edge.conversation.understanding.reading.sizes import UNITS, figure_of
from edge.conversation.understanding.reading.statement_words import length_at, statement_words
from edge.conversation.understanding.reading.words import own_words
from edge.conversation.understanding.sentence import asks_first
from edge.conversation.understanding.sentence_parts import STOPS
from edge.conversation.understanding.tokens import all_tokens

SET_TO = 2
NAME_DIGITS = 3
"""A longer number may be a name ("1664")."""
NAMED = "\ua78f"
"""Replaces a name's word: a letter that no vocabulary has."""
_AND_MORE = re.compile(r"[0-9]\s?\+(?!\s?[0-9])")
_PERCENT = re.compile(r"([0-9]+(?:[.,][0-9]+)?)\s?%")
_NUMBER = re.compile(r"[0-9]+(?:[.,][0-9]+)?")
_TIMES = frozenset({"x", "×"})


def without_politeness(words: Sequence[str], language: str) -> list[str] | None:
    """The words after a polite request to record something; None if it's only a question."""
    said = statement_words(language)
    kept, asks = list(words), words[-1] == "?"
    while kept and kept[0] in (*STOPS, "&"):
        kept = kept[1:]
    if len(kept) > 2 and vocabulary(language).replies.get((kept[0],)) == "wait" and kept[1] in STOPS:
        kept = kept[2:]  # "wait, I took three"
    at, known = 0, vocabulary(language)
    while at < len(kept):
        little = max(length_at(said.little, kept, at), known.match(known.fillers, kept, at))
        if length := length_at(said.polite, kept, at):
            kept, asks, at = kept[at + length :], asks and length < 2, 0
        elif length := int(kept[at] in STOPS) or little:
            at += length  # "hi there, just to let you know"
        else:
            break
    if kept[:1] == ["ש"]:
        kept = kept[1:]
    if len(kept) > SET_TO and kept[-2] == "ל" and read_number(vocabulary(language), kept, len(kept) - 1):
        kept = list(words)  # "update the rolls to 30" states the stock level
    return None if asks or not kept else [one for one in kept if one != "?"]


def without_request(words: Sequence[str], language: str) -> tuple[list[str], bool]:
    """Return the words after "can you" if an act is requested ("can you take out two"), and whether one was."""
    said, known = statement_words(language), vocabulary(language)
    begin = next((at for at, word in enumerate(words) if not known.match(known.fillers, [word], 0)), 0)
    at = next((one for one in (0, begin) if length_at(said.request, words, one)), -1)
    if at < 0:
        return list(words), False
    behind = at + length_at(said.request, words, at)
    while behind < len(words) and length_at(said.little, words, behind):
        behind += length_at(said.little, words, behind)
    return (list(words[behind:]), True) if length_at(said.acts, words, behind) else (list(words), False)


def without_names(words: Sequence[str], linker: CatalogueLinker) -> list[str]:
    """Return the words with product names replaced by `NAMED`, as a name doesn't show whether an event happened.

    Examples are "old recipe lemonade" and "vin rouge réserve". A single word only counts as a name after a count.
    """
    found, at = list(words), 0
    known, said = vocabulary(linker.language), statement_words(linker.language)

    def denies(one: int) -> int:
        return max(known.match(known.hold, words, one), length_at(said.wants, words, one))

    may_deny = any(map(denies, range(len(words))))
    while may_deny and at < len(words):
        named = [] if words[at] in STOPS else list(linker.naming(words[at]))
        length = linker.run_at(words, at, named) if named else 0
        if not length and named and at and denies(at) == 1 and _counts(words, at - 1, known):
            length = 1
        found[at : at + length] = [NAMED] * length
        at += length or 1
    return found


def _counts(words: Sequence[str], at: int, known: Vocabulary) -> bool:
    """Whether a number or counting word is here, or the "of" after one."""
    if at and words[at] in in_any_language("of"):
        at -= 1
    return _is_number(words[at], known) or (words[at],) in known.counted


def does_not_tell(words: Sequence[str], language: str) -> bool:
    """Whether a sentence is a denial, plan, request or hearsay."""
    known, said = vocabulary(language), statement_words(language)
    if words and (words[-1],) in said.without:
        return True
    only = language == "fr" and any(word in ("que", "qu") for word in words) and "pas" not in words
    covered = 0
    for at, word in enumerate(words):
        covered = max(covered, at + length_at(said.acts, words, at))
        if at and at < covered and not length_at(said.acts, words, at):
            continue  # "j'ai eu besoin de" reports a use, not a need
        if only and word in ("ne", "n"):
            continue  # "il ne reste que 9"
        if word in ("n", "no") and at + 1 < len(words) and words[at + 1].isdigit():
            continue  # the number of a document: "no 12"
        if word in said.few and at and length_at(said.acts, words, at - 1):
            continue  # "threw away a few"
        if at and (word,) in said.storage and any(length_at(said.before, words, max(0, at - n)) for n in (1, 2)):
            continue  # "dans la réserve"
        if (
            words[at + 1 : at + 2]
            and words[at + 1].isdigit()
            and any((bare,) in said.numbered for bare in bare_forms(word))
        ):
            continue  # "for order 5582"
        if (word,) in said.relative and any(length_at(said.existence, words, one) for one in range(at)):
            continue  # "there's a guest who took two"
        length = max(known.match(known.hold, words, at), length_at(said.wants, words, at))
        act = length_at(said.acts, words, at)
        if length and length >= act:
            return True
    signs = (at for at, word in enumerate(words[:-1]) if at and said.signs.get((word,)) == "out")
    minus = any(_is_number(words[at + 1], known) for at in signs)  # "took minus four"
    if minus and any(length_at(said.acts, words, at) and (words[at],) not in said.signs for at in range(len(words))):
        return True
    return asks_first(words, known)


def waits_for_a_yes(words: Sequence[str], language: str) -> bool:
    """Whether a sentence needs confirmation: an earlier day, a round number, "each", or a mere observation."""
    said = statement_words(language)
    return any(
        length_at(said.shown_first | said.sights, words, at) and not (at and (words[at - 1],) in said.money)
        for at in range(len(words))
    )


def says_need(words: Sequence[str], language: str) -> bool:
    """Whether a need or intention is stated: "thought I'd need 5 kilos, but used 3"."""
    needed = statement_words(language).needed
    return any(length_at(needed, words, at) for at in range(len(words)))


def stated_consequence(words: Sequence[str], language: str, linker: CatalogueLinker) -> list[str] | None:
    """The action after a stated need: "he wanted gin, so I gave him two bottles"; None if there is none."""
    said, known = statement_words(language), vocabulary(language)
    for at in range(len(words) - 1, 0, -1):
        head, tail = words[:at], words[at + 1 :]
        bounds = words[at] in STOPS or (words[at],) in said.therefore
        while head and (head[-1],) in said.therefore:
            head = head[:-1]
        if not bounds or not tail or not any(length_at(said.acts, tail, one) for one in range(len(tail))):
            continue
        needed = next((one for one in range(len(head)) if length_at(said.needed, head, one)), -1)
        if needed < 0 or does_not_tell(tail, language):
            continue
        rest = [*head[:needed], *head[needed + length_at(said.needed, head, needed) :]]
        if does_not_tell(rest, language):
            return None
        named = (word for word in tail if word.isalpha() and word not in own_words(language))
        if any(map(linker.naming, named)):
            return list(tail)
        if any(_is_number(word, known) for word in tail):
            return _with_number_of(rest, tail, known)
        planned = any(length_at(said.acts, rest, one) for one in range(len(rest)))
        return None if planned else [*rest, *tail]  # "we were to receive ten and the van broke down"
    return None


def _with_number_of(head: Sequence[str], tail: Sequence[str], known: Vocabulary) -> list[str]:
    """Return the need without its number, then the action with that number's unit.

    An example is "5 kilos of oranges, used 3".
    """
    kept, unit = list[str](), list[str]()
    for at, word in enumerate(head):
        length = known.match(known.counted, head, at)
        if length == 1 and at and _is_number(head[at - 1], known):
            unit = [word]
        elif not _is_number(word, known):
            kept.append(word)
    for at, word in enumerate(tail):
        number = read_number(known, tail, at) if _is_number(word, known) else None
        if number is not None:
            behind = at + number.length
            counted = known.match(known.counted, tail, behind)
            return [*kept, *tail[:behind], *([] if counted else unit), *tail[behind:]]
    return [*kept, *tail]


def _is_number(word: str, known: Vocabulary) -> bool:
    return word[0].isdigit() or word in known.numbers


def is_inexact(text: str, language: str, names: Sequence[str] = ()) -> bool:
    """Whether a number isn't an exact count: "about five", "3 of the 5", "2 x 6", "5+". `names`: product names in the
    text; "cups" is no measure where cups are sold.

    >>> is_inexact("took about five bagels", "en"), is_inexact("took 5 bagels for about 20 guests", "en")
    (True, False)
    >>> is_inexact("took a bag about quarter past 7", "en"), is_inexact("2 x 1 kg flour", "en", ["1 kg flour"])
    (False, False)
    """
    known, said = vocabulary(language), statement_words(language)
    words = [part for token in known.written_out(all_tokens(text)) for part in _apart(token, language)]
    if _AND_MORE.search(text):
        return True
    if _is_said_again(words, known):
        return False
    weighed = 0
    called = {pair for name in names for pair in pairwise(one for one in name.split() if one != "%")}
    for at in range(len(words)):
        number = read_number(known, words, at)
        if number is None or (words[at].isdigit() and len(words[at]) > NAME_DIGITS):
            continue
        behind = at + number.length
        clock = length_at(said.numbered, words, at) > number.length  # "quarter past 7"
        if clock or length_at(said.measured, words, behind) or (at and length_at(said.numbered, words, at - 1)):
            continue
        form = known.counted.get(tuple(words[behind : behind + 1]))
        measure = form is not None and form.unit in UNITS
        is_size = behind < len(words) and words[behind] == "%"  # "12 of the 5 % yoghurts"
        is_size |= (figure_of(number.value), *words[behind : behind + 1]) in called  # "3 of the 38 cream"
        is_size |= measure and not weighed  # "3 of the 2 litre bottles", but not "3 kg of the 5 kg"
        weighed += measure
        knocked = any(length_at(said.acts, words, one) == at - one > 1 for one in range(max(0, at - 3), at))
        if not (knocked or is_size) and any(
            _is_one_of(words[max(0, at - length) : at], said.inexact, known) for length in (1, 2, 3)
        ):
            return True
        if at and (words[at - 1],) in said.spans and known.match(known.joiners, words, behind):
            return True  # "between 3 and 5", but not French "entré 3"
        if at > 1 and (words[at - 2],) in said.inexact and known.match(known.fillers, words, at - 1):
            return True
        if behind < len(words) - 1 and words[behind] == "%" and known.match(known.counted, words, behind + 1):
            return True
        dated = (
            language == "fr"
            and at > 1
            and words[at - 1] == "le"
            and words[at - 2] not in STOPS
            and behind == len(words)
        )
        if dated and words[at].isdigit() and not any(read_number(known, words, one) for one in range(at)):
            return True  # "des bagels le 12"
        times = behind < len(words) - 1 and words[behind] in _TIMES and read_number(known, words, behind + 1)
        # "6 x 1 kg flour" is exact if "1 kg flour" is the name
        sized = any(one and words[behind + 1 : behind + 1 + len(one)] == one for one in map(str.split, names))
        named = any(one and words[behind : behind + len(one)] == one for one in map(str.split, names))
        if (times and not sized) or (length_at(said.inexact_behind, words, behind) and not named):
            return True
    return False


def _is_said_again(words: Sequence[str], known: Vocabulary) -> bool:
    """Whether a number is repeated after "yes": "like four, yes four"."""
    said = [(at, one) for at in range(len(words)) if (one := read_number(known, words, at)) is not None]
    return any(
        first.value == second.value and known.replies.get((words[other - 1],)) == "yes"
        for (_, first), (other, second) in pairwise(said)
    )


def percents_in(text: str) -> frozenset[int]:
    """Return the numbers that occur only before a percent sign, in thousandths. These belong to names."""
    written = " ".join(all_tokens(text))
    said = [Decimal(one.replace(",", ".")) * 1000 for one in _PERCENT.findall(written)]
    others = {Decimal(one.replace(",", ".")) * 1000 for one in _NUMBER.findall(_PERCENT.sub(" ", written))}
    return frozenset(int(one) for one in said if one not in others)


def _is_one_of(words: Sequence[str], phrases: frozenset[Phrase], known: Vocabulary) -> bool:
    """Whether these words are one of the phrases, in Hebrew also with an attached prefix."""
    return bool(words) and any((bare, *words[1:]) in phrases for bare in known.bare(words[0]))


def _apart(token: str, language: str) -> tuple[str, ...]:
    """A word; in Hebrew, a prefix attached to a number is split off: "מ-5", "מחמש"."""
    known = vocabulary(language)
    if language == "he" and len(token) > 2 and token[0] in "הלבמכ" and token[1:] in known.numbers:
        return token[0], token[1:]
    return (token,)
