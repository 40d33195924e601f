"""Remarks with a "not" that doesn't deny the event, which are left out before reading.

The reading then needs confirmation.

They exclude goods ("the rum, not the gin") or give a reason ("they never opened them").
"""

from __future__ import annotations

from collections.abc import Sequence

from edge.conversation.understanding.amounts import JOINED
from edge.conversation.understanding.lexicon import vocabulary
from edge.conversation.understanding.numerals import read_number
from edge.conversation.understanding.reading.linking import CatalogueLinker
from edge.conversation.understanding.reading.modality import does_not_tell
from edge.conversation.understanding.reading.name_forms import bare_forms
from edge.conversation.understanding.reading.statement_words import StatementWords, length_at, statement_words
from edge.conversation.understanding.reading.words import own_words
from edge.conversation.understanding.sentence_parts import STOPS

LEAST = 3
"""Minimum words of a reason; a denial may be shorter ("no I didn't")."""


def without_asides(words: Sequence[str], linker: CatalogueLinker, language: str) -> tuple[list[str], bool]:
    """Return the words without these remarks, and whether there were any."""
    kept = _without_left(list(words), linker, language)
    parts = _parts(kept, language)
    told = [_acts_in(part, language) if _names(part, linker, language) else set() for part in parts]
    for at, part in enumerate(parts):
        before = set().union(*told[:at], *told[at + 1 :])
        if before and _explains(part, before, linker, language):
            parts[at] = [","]
    kept = [word for part in parts for word in part]
    return (kept, True) if kept != list(words) else (kept, False)


def _without_left(words: list[str], linker: CatalogueLinker, language: str) -> list[str]:
    """Return the words without goods that aren't meant: "the rum, not the gin"."""
    said = statement_words(language)
    for at in range(len(words)):
        length = length_at(said.left_out, words, at)
        end = _end_of_name(words, at + length, linker, language) if length else 0
        rest = [*words[:at], *words[end:]]
        if end and _names(rest, linker, language) and _acts_in(rest, language):
            return [*words[:at], ",", *words[end:]]
    return words


def _end_of_name(words: Sequence[str], at: int, linker: CatalogueLinker, language: str) -> int:
    """The end of an uncounted product name here, with its part of the sentence; 0 if there is none."""
    known, said = vocabulary(language), statement_words(language)
    named = False
    while at < len(words) and words[at] not in STOPS and words[at] != JOINED:
        unknown = words[at].isalpha() and words[at] not in own_words(language)
        if _is_goods(words[at], linker, language) or (unknown and not length_at(said.unsaid, words, at)):
            named, at = True, at + 1
            continue
        little = max(length_at(said.little, words, at), length_at(said.articles, words, at))
        little = max(little, known.match(known.fillers, words, at), length_at(said.plainly, words, at))
        if counted := length_at(known.counted, words, at):  # "not the whole box"
            named, at = True, at + counted
            continue
        if read_number(known, words, at) and not little:
            return 0
        if not little:
            break
        at += little
    ends = at >= len(words) or words[at] in STOPS or bool(length_at(said.before, words, at))
    return at if named and ends else 0


def _explains(part: Sequence[str], told: set[str], linker: CatalogueLinker, language: str) -> bool:
    """Whether a part only gives a reason: "the guests didn't drink them"."""
    known, said = vocabulary(language), statement_words(language)
    bare = [word for word in part if word not in STOPS]
    reasoned = any(known.match(known.reasons, bare, at) for at in range(min(2, len(bare))))
    meanwhile = bool(bare) and _is_meanwhile(bare, 0, language) and "waste" in _acts_in(bare, language)
    if "?" in part or not (meanwhile or (len(bare) >= LEAST and does_not_tell(bare, language))):
        return False
    if _names(bare, linker, language) or any(_counts(bare, at, language) for at in range(len(bare))):
        return False
    if reasoned or meanwhile:
        return True
    if any(length_at(said.unsaid, bare, at) for at in range(len(bare))) or _acts_in(bare, language) & told:
        return False
    without = [
        word
        for at, word in enumerate(bare)
        if not any(at - n < length_at(said.denying, bare, n) for n in range(at + 1))
    ]
    if without == bare or (without and does_not_tell(without, language)):
        return False  # it's a plan or a question
    of_them = any(length_at(said.them, bare, at) or (bare[at],) in said.objects for at in range(len(bare)))
    others = said.people | said.served | said.occasions | said.suppliers
    by_others = any((form,) in others for word in bare for form in bare_forms(word))
    return of_them or by_others or any(length_at(said.numbered, bare, at) for at in range(len(bare)))


def _counts(words: Sequence[str], at: int, language: str) -> bool:
    known, said = vocabulary(language), statement_words(language)
    if at and (length_at(said.numbered, words, at - 1) or words[at - 1] in ("la", "le")):
        return False  # "table 9", "la 9"
    return bool(read_number(known, words, at)) and known.numbers.get(words[at]) != 1


def _parts(words: Sequence[str], language: str) -> list[list[str]]:
    """The words split at punctuation and before reasons."""
    known = vocabulary(language)
    so = {
        one for one in statement_words(language).therefore - statement_words(language).but if one not in known.joiners
    }
    parts: list[list[str]] = [[]]
    for at, word in enumerate(words):
        reason = known.match(known.reasons, words, at) or (word,) in so or _is_meanwhile(words, at, language)
        if parts[-1] and (word in STOPS or (at and reason)):
            parts.append([])
        parts[-1].append(word)
    return parts


def _is_meanwhile(words: Sequence[str], at: int, language: str) -> bool:
    """Whether words for a simultaneous event begin here. Hebrew attaches "when" to the first one."""
    attached = language == "he" and len(words[at]) > LEAST and words[at].startswith("כש")
    return attached or bool(length_at(statement_words(language).meanwhile, words, at))


def _names(words: Sequence[str], linker: CatalogueLinker, language: str) -> bool:
    return any(_is_goods(word, linker, language) for word in words)


def _is_goods(word: str, linker: CatalogueLinker, language: str) -> bool:
    return word.isalnum() and word not in own_words(language) and bool(linker.naming(word))


def _acts_in(words: Sequence[str], language: str) -> set[str]:
    said: StatementWords = statement_words(language)
    found = (length_at(said.acts, words, at) for at in range(len(words)))
    kinds = {said.acts[tuple(words[at : at + length])] for at, length in enumerate(found) if length}
    carried = any(length_at(said.carried, words, at) for at in range(len(words)))
    return kinds | ({"carried"} if carried else set())
