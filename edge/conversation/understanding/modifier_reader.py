"""Read modifiers in a sentence by the names in the shop's groups: "a latte with oat milk, no sugar"."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import NamedTuple

import msgspec

from edge.conversation.understanding.amounts import JOINED
from edge.conversation.understanding.lexicon import vocabulary
from edge.conversation.understanding.said_modifier import CANDIDATES_LIMIT, MODIFIERS_LIMIT, SaidModifier, SaidModifiers
from edge.conversation.understanding.tokens import tokens_of
from edge.conversation.understanding.understood import LANGUAGES
from edge.goods.modifiers.modifier import ModifierGroup, ref
from edge.lib.i18n.languages import read_file

NAME_WORDS = 6
"""Maximum words of a modifier's name in speech."""
SHORTEST = 3
"""Minimum letters of a word that may abbreviate a longer name ("oat" for oat milk)."""
STRANGE_WORDS = 3
"""Maximum words after "with" or "without" that are reported as an unknown modifier."""
Phrases = frozenset[tuple[str, ...]]


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    with_: tuple[str, ...] = msgspec.field(name="with")
    without: tuple[str, ...]
    articles: tuple[str, ...]
    nothing: tuple[str, ...]


class _Words(NamedTuple):
    """How modifiers are expressed in all languages; `ends`: words that follow a name without belonging to it."""

    joins: Phrases
    without: Phrases
    articles: Phrases
    nothing: Phrases
    ends: Phrases
    also: Phrases


class _Name(NamedTuple):
    """A modifier's name in words. For one that leaves out an ingredient, also the words for that ingredient."""

    ref: str
    words: tuple[str, ...]
    leaves_out: bool


class _Hit(NamedTuple):
    """A match of some words with modifiers, and those that themselves leave something out."""

    length: int
    refs: tuple[str, ...]
    leaving: tuple[str, ...]


@cache
def _said_words() -> _Words:
    read = [_read(language) for language in LANGUAGES]
    known = [vocabulary(language) for language in LANGUAGES]
    return _Words(
        _phrases(text for one in read for text in one.with_),
        _phrases(text for one in read for text in one.without),
        _phrases(text for one in read for text in one.articles),
        _phrases(text for one in read for text in one.nothing),
        frozenset(phrase for one in known for phrase in one.fillers),
        frozenset(phrase for one in known for phrase in one.joiners) | {(JOINED,), (",",)},
    )


def _read(language: str) -> _File:
    return msgspec.toml.decode(read_file("edge.conversation.assistant", "vocabulary/modifiers", language), type=_File)


def _phrases(texts: Iterable[str]) -> Phrases:
    return frozenset(tuple(tokens_of(text)) for text in texts)


def _length(phrases: Phrases, words: Sequence[str], at: int) -> int:
    """The length of the longest phrase at a position."""
    return next((n for n in range(min(4, len(words) - at), 0, -1) if tuple(words[at : at + n]) in phrases), 0)


def read_modifiers(
    groups: Sequence[ModifierGroup], text: str, plain: bool = True, unknown: bool = False
) -> SaidModifiers | None:
    """The modifiers of these groups in a sentence, and its rest; None if there are none. Without `plain`, only after
    "with" or "without"; `unknown`: also report words that match no modifier."""
    words, known = tokens_of(text), _said_words()
    names = _names(groups, known)
    rest: list[str] = []
    said: list[SaidModifier] = []
    at = 0
    while at < len(words):
        found, at_end = _from(words, at, names, known, len(rest)) if len(said) < MODIFIERS_LIMIT else ([], at)
        if not found and plain and (hit := _exact(words, at, names, False)):
            found, at_end = [_modifier(words, at, hit, False, len(rest), plain=True)], at + hit.length
        if not found and unknown and (strange := _strange(words, at, known, len(rest))):
            found, at_end = [strange], at + len(strange.text.split()) + _connector(words, at, known)
        if found:
            said += found[: MODIFIERS_LIMIT - len(said)]
            at = at_end
            if rest and rest[-1] in (",", JOINED):
                rest.pop()
        else:
            rest.append(words[at])
            at += 1
    return SaidModifiers(" ".join(rest), tuple(said)) if said else None


def chooses_nothing(text: str) -> bool:
    """Whether an answer declines all options."""
    known = _said_words()
    words = tuple(word for word in tokens_of(text) if word[0].isalnum())
    while words and (length := _length(known.ends, words, len(words) - 1)):
        if words in known.nothing:
            break
        words = words[:-length]
    return words in known.nothing


def chosen_in(group: ModifierGroup, text: str) -> tuple[str, ...]:
    """The modifiers of a group that an answer names, by full name or by words no other has."""
    known, words = _said_words(), tokens_of(text)
    names = _names([group], known)
    refs: list[str] = []
    at = 0
    while at < len(words):
        without = _length(known.without, words, at)
        at += without or _length(known.joins, words, at) or 0
        hit = _match_name(words, at, names, bool(without)) or (
            _match_name(words, at, names, True) if not without else None
        )
        if hit and (len(hit.refs) == 1 or not refs):
            refs += [one for one in hit.refs if one not in refs]
            at += hit.length
        else:
            at += 1
    return tuple(refs)


def _from(
    words: Sequence[str], at: int, names: Sequence[_Name], known: _Words, before: int
) -> tuple[list[SaidModifier], int]:
    """The modifiers after a "with" or "without" at this position, and where they end."""
    without = _length(known.without, words, at)
    length = without or _length(known.joins, words, at)
    if not length:
        return [], at
    found: list[SaidModifier] = []
    at += length
    while at < len(words):
        start = at + (_length(known.also, words, at) if found else 0)
        attached = bool(found) and start == at
        place = start if _exact(words, start, names, bool(without)) else start + _length(known.articles, words, start)
        hit = _exact(_open(words, place, attached), place, names, bool(without)) if found else None
        hit = hit or (_match_name(words, place, names, bool(without)) if not found else None)
        if hit is None or (found and not _ends(words, place + hit.length, known)):
            break
        found.append(_modifier(words, place, hit, bool(without), before))
        at = place + hit.length
    return found, at


def _connector(words: Sequence[str], at: int, known: _Words) -> int:
    """The length of a "with" or "without" here, with its article."""
    length = _length(known.without, words, at) or _length(known.joins, words, at)
    return length + _length(known.articles, words, at + length) if length else 0


def _strange(words: Sequence[str], at: int, known: _Words, before: int) -> SaidModifier | None:
    """The words after a "with" or "without" that match no modifier of the shop."""
    length = _connector(words, at, known)
    end = start = at + length
    while length and end < len(words) and end - start < STRANGE_WORDS and not _ends(words, end, known):
        end += 1
    named = words[start:end]
    if not named or any(not word[0].isalpha() for word in named):
        return None
    return SaidModifier(" ".join(named), (), bool(_length(known.without, words, at)), (), before)


def _open(words: Sequence[str], at: int, attached: bool) -> Sequence[str]:
    """The words without an attached Hebrew "and" here. A word that directly follows a modifier isn't one."""
    if not attached:
        return words
    if at < len(words) and words[at][0] == "ו" and len(words[at]) > SHORTEST:
        return [*words[:at], words[at][1:], *words[at + 1 :]]
    return []


def _ends(words: Sequence[str], at: int, known: _Words) -> bool:
    """Whether a name ends here: nothing follows, or a word outside names."""
    phrases = (known.ends, known.also, known.joins, known.without)
    return at >= len(words) or not words[at][0].isalnum() or any(_length(one, words, at) for one in phrases)


def _modifier(
    words: Sequence[str], at: int, hit: _Hit, without: bool, before: int, plain: bool = False
) -> SaidModifier:
    text, leaving = " ".join(words[at : at + hit.length]), hit.leaving[:CANDIDATES_LIMIT]
    return SaidModifier(text, hit.refs[:CANDIDATES_LIMIT], without, leaving, before, plain)


def _names(groups: Sequence[ModifierGroup], known: _Words) -> list[_Name]:
    names: list[_Name] = []
    for group in groups:
        for one in group.modifiers:
            for name in set(one.names.values()):
                words = tokens_of(name)
                length = _length(known.without, words, 0)
                core = tuple(words[length:]) or tuple(words)
                names.append(_Name(ref(group, one), core, bool(length) and len(words) > length))
    return names


def _exact(words: Sequence[str], at: int, names: Sequence[_Name], without: bool) -> _Hit | None:
    """A full modifier name at this position. One that leaves something out is only matched after "without"."""
    for length in range(min(NAME_WORDS, len(words) - at), 0, -1):
        said = tuple(words[at : at + length])
        if refs := _refs(one for one in names if one.words == said and (without or not one.leaves_out)):
            return _Hit(length, *refs)
    return None


def _match_name(words: Sequence[str], at: int, names: Sequence[_Name], without: bool) -> _Hit | None:
    """Match a modifier by its name or an unambiguous part of it ("oat" for oat milk)."""
    if whole := _exact(words, at, names, without):
        return whole
    for length in range(min(NAME_WORDS, len(words) - at), 0, -1):
        said = words[at : at + length]
        if any(len(word) < SHORTEST or not word[0].isalpha() for word in said):
            continue
        if refs := _refs(one for one in names if set(said) <= set(one.words) and (without or not one.leaves_out)):
            return _Hit(length, *refs)
    return None


def _refs(names: Iterable[_Name]) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    found = dict.fromkeys(names)
    refs = tuple(dict.fromkeys(one.ref for one in found))
    return (refs, tuple(dict.fromkeys(one.ref for one in found if one.leaves_out))) if refs else None
