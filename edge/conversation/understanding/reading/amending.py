"""Apply corrections within a sentence: "took three, no, four bagels" counts four."""

from __future__ import annotations

from collections.abc import Sequence

from edge.conversation.understanding.amounts import JOINED, SpokenAmount, amount_at, amounts_in
from edge.conversation.understanding.lexicon import Vocabulary, vocabulary
from edge.conversation.understanding.reading.linking import CatalogueLinker
from edge.conversation.understanding.reading.statement_words import StatementWords, length_at, statement_words
from edge.conversation.understanding.reading.words import own_words
from edge.conversation.understanding.sentence_parts import STOPS

NAME_WORDS = 4
"""Maximum words of a corrected product's name."""
UNMARKED = 2
"""Maximum number of withdrawing words that need no comma before them."""


def amend_number(words: Sequence[str], language: str) -> list[str]:
    """The words with a corrected number in place of the first."""
    said, known, kept = statement_words(language), vocabulary(language), list(words)
    for at in range(1, len(kept)):
        length = _cue(kept, at, language, said)
        begin = at + length
        cue = tuple(one for one in kept[at:begin] if one not in STOPS and one != JOINED)
        denies = bool(length) and kept[begin - 1] not in STOPS and cue in (said.not_so | said.may_deny)
        while length and not denies and (little := _little_before_amount(kept, begin, known, said)):
            begin += little
        behind = kept[begin:]
        new = amount_at(behind, 0, known) if length and behind else None
        old = _last_amount(kept, at, language) if new else None
        if new is None or old is None or new.value is None or new.doubt or old.doubt:
            continue
        if denies:
            return _without_denied(kept, at, begin + new.end) if cue in said.not_so else kept
        number = kept[begin : begin + new.end]
        if old.unit and not new.unit:
            number = [*number, *kept[old.number_end : old.end]]
        between = kept[old.end : at]
        rest = [one for one in kept[begin + new.end :] if (one,) not in said.corrects]  # "no, three rather"
        named = [one for one in between if one not in STOPS]
        goods = [one for one in rest if one not in STOPS]
        begins = next((one for one, word in enumerate(rest) if word not in STOPS), 0)
        if named and goods and length_at(said.before, rest, begins):
            return [*kept[: old.at], *number, *between, *rest]  # "80 g of cheese, sorry, 180, on the salads"
        if named and goods and not set(goods) <= set(named):
            return kept  # "2 milks, no, 3 rice": it's unclear which counts
        return [*kept[: old.at], *number, *(between if named else ()), *(rest if not named else ())]
    return kept


def _little_before_amount(words: Sequence[str], at: int, known: Vocabulary, said: StatementWords) -> int:
    """Return the length of words before a corrected amount: "no, just the one"; 0 if the amount begins here."""
    counts = at < len(words) and amount_at(list(words[at:]), 0, known)
    return 0 if counts else length_at(said.plainly, words, at)


def with_name_corrected(words: Sequence[str], linker: CatalogueLinker, language: str) -> list[str] | None:
    """Return the words with a corrected product in place of the first: "took 3 whisky, wait, vodka" means vodka.

    None if no product is corrected, or the sentence continues about the second one.
    """
    said, known = statement_words(language), vocabulary(language)
    for at in range(1, len(words)):
        length = _cue(words, at, language, said)
        behind = [one for one in words[at + length :] if one not in STOPS]
        while behind and (more := max(length_at(said.little, behind, 0), length_at(said.articles, behind, 0))):
            behind = behind[more:]
        if renamed := _with_both_corrected(words, at, behind, linker, language):
            return renamed
        counts = any(amount_at(behind, one, known) for one in range(len(behind)))
        denies = any((one,) in known.hold for one in words[at : at + length])  # "3 milks, not the rice"
        if not length or not 0 < len(behind) <= NAME_WORDS or counts or denies:
            continue
        head = list(words[:at])
        end = next((one + 1 for one in reversed(range(at)) if _is_named(head[one], linker, language)), 0)
        begin = end
        while begin and _is_named(head[begin - 1], linker, language):
            begin -= 1
        meant, before = (linker.link(one).skus for one in (behind, head[begin:end]))
        if meant and before and meant != before:
            return [*head[:begin], *behind, *head[end:]]
    return None


def _with_both_corrected(
    words: Sequence[str], at: int, behind: list[str], linker: CatalogueLinker, language: str
) -> list[str] | None:
    """Return the words with another number and product in place of the last ones.

    An example is "took three naan, no sorry, three bagels". A mere "no" or "not" may deny the second ones instead.
    """
    said, known = statement_words(language), vocabulary(language)
    cue = [one for one in words[at : at + _cue(words, at, language, said)] if one not in STOPS and one != JOINED]
    sorry = any(length_at(said.sorry, cue, one) and (cue[one],) not in known.hold for one in range(len(cue)))
    new = amount_at(behind, 0, known) if behind and (sorry and len(cue) >= UNMARKED) else None
    old = _last_amount(words, at, language) if new else None
    if not new or not old or new.value is None or new.doubt or old.doubt:
        return None
    was, now = [one for one in words[old.end : at] if one not in STOPS], behind[new.end :]
    named = [[one for one in part if _is_named(one, linker, language)] for part in (was, now)]
    meant, before = (linker.link(one).skus if one else () for one in reversed(named))
    little = known.fillers | said.little
    rest = [one for one in (*was, *now) if one not in named[0] and one not in named[1] and (one,) not in little]
    plain = len(now) <= NAME_WORDS and not rest
    return [*words[: old.at], *behind] if plain and meant and before and meant != before else None


def _is_named(word: str, linker: CatalogueLinker, language: str) -> bool:
    return word.isalpha() and word not in own_words(language) and bool(linker.naming(word))


def without_recorded(words: Sequence[str], language: str) -> list[str]:
    """The words without the recorded number if the real one follows: "the system says 18 rolls but there are 16"."""
    said, known = statement_words(language), vocabulary(language)
    for at in range(len(words)):
        length = length_at(said.recorded, words, at)
        found = amounts_in(list(words), known) if length else []
        numbers = [one for one in found if one.at >= at + length and one.value is not None]
        if len(numbers) != 2:
            continue
        booked, real = numbers
        between = range(booked.end, real.at)
        told = any(length_at(said.but, words, one) or length_at(said.really, words, one) for one in between)
        if told and booked.at - at - length <= UNMARKED:
            end = booked.end if real.unit else booked.number_end
            return [*words[:at], *words[at + length : booked.at], *words[end:]]
    return list(words)


def _without_denied(words: list[str], at: int, end: int) -> list[str]:
    """The words without a final denied number: "took 2 bagels, not 3"."""
    return words if any(one not in STOPS for one in words[end:]) else [*words[:at], *words[end:]]


def _cue(words: Sequence[str], at: int, language: str, said: StatementWords) -> int:
    """The length of a correction phrase here, including punctuation and filler."""
    known = vocabulary(language)
    length = end = 0
    while at + end < len(words):
        more = max(known.match(known.negations, words, at + end), length_at(said.corrects, words, at + end))
        more = max(more, _wait(words, at + end, known))  # "non attendez, six"
        if not more and words[at + end] not in (*STOPS, JOINED):
            break
        length = end = end + (more or 1)
    said_words = [word for word in words[at : at + length] if word not in STOPS and word != JOINED]
    if _sorry(words, at, length, said_words, language, said) or _no_between(words, at, said_words, known):
        return length
    if words[at - 1] not in STOPS and (len(said_words) < UNMARKED or words[at] in STOPS):
        return 0  # dictation has no commas, but "took one no wait two" has two such words
    return length if said_words else 0


def _wait(words: Sequence[str], at: int, known: Vocabulary) -> int:
    length = known.match(known.replies, words, at)
    return length if known.replies.get(tuple(words[at : at + length])) == "wait" else 0


def _no_between(words: Sequence[str], at: int, said_words: Sequence[str], known: Vocabulary) -> bool:
    """Whether a bare "no" between two numbers corrects the first: "took three no four".

    If it may also mean "not", as in Hebrew, it's unclear which number counts.
    """
    word = tuple(said_words)
    if known.replies.get(word) != "no" or word in known.hold:
        return False
    return all(words[one][0].isdigit() or words[one] in known.numbers for one in (at - 1, at + 1) if one < len(words))


def _sorry(
    words: Sequence[str], at: int, length: int, said_words: Sequence[str], language: str, said: StatementWords
) -> bool:
    """Whether a single word corrects a number.

    The other number has the same unit ("two kilos sorry three kilos"), or is bare and ends the sentence ("three milks
    sorry four"). A "no" before a bare number may also deny it.
    """
    behind, word = list(words[at + length :]), tuple(said_words)
    new = amount_at(behind, 0, vocabulary(language)) if behind and word in said.sorry else None
    old = _last_amount(words, at, language) if new else None
    if new is None or old is None or new.doubt or old.doubt:
        return False
    if new.unit:
        return new.unit == old.unit
    is_last = new.value is not None and new.end == len(behind)
    return is_last and vocabulary(language).replies.get(word) != "no"


def _last_amount(words: Sequence[str], before: int, language: str) -> SpokenAmount | None:
    found = amounts_in(list(words[:before]), vocabulary(language))
    return next((one for one in reversed(found) if one.value is not None), None)
