"""Reduce a sentence of several parts to those that aren't comments. The reading then needs confirmation.

An example is "delivery's in: two boxes of penne, the van is late again".
"""

from __future__ import annotations

from collections.abc import Sequence

from edge.conversation.understanding.amounts import JOINED, amount_at
from edge.conversation.understanding.lexicon import vocabulary
from edge.conversation.understanding.reading.linking import CatalogueLinker
from edge.conversation.understanding.reading.modality import does_not_tell, without_names
from edge.conversation.understanding.reading.statement_words import length_at, statement_words
from edge.conversation.understanding.reading.words import own_words
from edge.conversation.understanding.sentence_parts import STOPS


class _Part:
    """A part of a sentence: its names, counts and acts. `begins`: it starts with a word of reason ("because")."""

    def __init__(self, words: Sequence[str], begins: bool, linker: CatalogueLinker, language: str) -> None:
        known, said = vocabulary(language), statement_words(language)
        places = range(len(words))
        self.words, self.begins = list(words), begins
        self.names = any(one.isalpha() and one not in own_words(language) and linker.naming(one) for one in words)
        self.counts = any(_counts(words, at, language) for at in places)
        self.acts = any(length_at(said.acts, words, at) or length_at(said.carried, words, at) for at in places)
        self.acts |= any(known.match(known.verbs, words, at) for at in places)
        tables = (said.them, said.objects, said.pointing)
        self.refers = any(length_at(one, words, at) for one in tables for at in places)
        self.spoils = any(length_at(said.unsaid, words, at) for at in places)
        self.holds = bool(words) and does_not_tell(without_names(words, linker), language)
        told = {said.acts[tuple(words[at : at + n])] for at in places if (n := length_at(said.acts, words, at))}
        ends = any(length_at(said.none_left, words, at) or (words[at],) in said.no_more for at in places)
        self.runs_out = ends and told <= {"adjust"}
        self.denies_own = self.holds and _denies_own(words, language)


def core_of(words: Sequence[str], linker: CatalogueLinker, language: str) -> list[str] | None:
    """The words without comments and reasons; None if there are none, or if one corrects, asks or plans."""
    if "?" in words:
        return None
    parts = _parts(words, linker, language)
    told = [one for one in parts if one.names and one.counts]
    kept = [one for one in parts if not _comments(one, told)]
    dropped = [one for one in parts if one not in kept]
    if (
        not told
        or not dropped
        or any(one.spoils or (one.holds and not (one.begins or one.denies_own)) for one in dropped)
    ):
        return None
    found: list[str] = []
    for one in kept:
        joined = bool(found) and not _is_joint(one.words, 0, language)
        found += [*([","] if joined else []), *(one.words if found or joined else _bare(one.words, language))]
    return found


def _bare(words: list[str], language: str) -> list[str]:
    """The words without a leading "and"."""
    return words[1:] if _is_joint(words, 0, language) else words


def _comments(part: _Part, told: Sequence[_Part]) -> bool:
    if part in told:
        return part.begins and len(told) > 1
    acted = any(one.acts for one in told)
    elsewhere = acted and (part.runs_out or not part.refers) and not part.names
    return not part.counts and (part.begins or not part.acts or elsewhere) and (not part.names or bool(told))


def _denies_own(words: Sequence[str], language: str) -> bool:
    """Whether a part's denial or wish concerns only itself: "Momo's waiting", "they don't fit in".

    It has an unknown word, doesn't refer to anything named, and corrects nothing.
    """
    known, said, places = vocabulary(language), statement_words(language), range(len(words))
    acts = any(length_at(said.acts, words, at) or length_at(said.carried, words, at) for at in places)
    back = any(length_at(said.undoing, words, at) or known.replies.get((words[at],)) == "cancel" for at in places)
    refers = any(length_at(one, words, at) for one in (said.them, said.objects, said.pointing) for at in places)
    if acts or back or refers or all(word in own_words(language) for word in words):
        return False
    kept = [
        word
        for at, word in enumerate(words)
        if not any(at - n < length_at(said.denying, words, n) for n in range(at + 1))
    ]
    return not kept or not does_not_tell(kept, language)


def _counts(words: Sequence[str], at: int, language: str) -> bool:
    """Whether an amount begins here that isn't a table, price or time."""
    known, said = vocabulary(language), statement_words(language)
    if at and length_at(said.numbered, words, at - 1):
        return False
    amount = amount_at(list(words[at:]), 0, known)
    if amount is None or amount.at or (amount.value is None and not amount.unit):
        return False
    return not length_at(said.measured, words, at + amount.number_end)


def _parts(words: Sequence[str], linker: CatalogueLinker, language: str) -> list[_Part]:
    """The words split at punctuation, and before a reason or objection."""
    known, said = vocabulary(language), statement_words(language)
    parts: list[tuple[list[str], bool]] = [([], False)]
    for at, word in enumerate(words):
        if word in STOPS:
            parts.append(([], False))
            continue
        reason, other = known.match(known.reasons, words, at), (word,) in said.but
        begun = any(not _is_joint(parts[-1][0], one, language) for one in range(len(parts[-1][0])))
        joins = (
            begun and _is_joint(words, at, language) and (word,) not in said.no_more
        )  # "and also" begins one part, "plus" in "on en a plus" none
        if reason or other or joins:
            parts.append(([], bool(reason)))
        if not other:
            parts[-1][0].append(word)
    return [_Part(one, begins, linker, language) for one, begins in parts if one]


def _is_joint(words: Sequence[str], at: int, language: str) -> bool:
    known = vocabulary(language)
    return words[at] == JOINED or bool(known.match(known.joiners, words, at))
