"""Read places, lots and expiry dates in a sentence. Pure.

They are removed before the rest is read. A place only counts with its exact name after a preposition, so "bar soap" and
"kitchen rolls" stay names.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import Literal, NamedTuple

import msgspec
from babel.dates import get_month_names

from edge.conversation.understanding.lexicon import Vocabulary, vocabulary
from edge.conversation.understanding.sentence import Kind, Sentence, understand
from edge.conversation.understanding.tokens import clean
from edge.conversation.understanding.understood import LANGUAGES
from edge.goods.search.query.text import words_of
from edge.goods.stock.location import MAIN

Role = Literal["source", "target", "at"]
LOT_CHARS = 80
YEAR_DIGITS, CENTURY = 4, 2000
_LOT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]*")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_SLASHED = re.compile(r"(\d{1,2})[./](\d{1,2})(?:[./](\d{2,4}))?")
_WORD = re.compile(r"\S+")
_STOPS = ",;.!?"


class Whereabouts(msgspec.Struct, frozen=True):
    """The places, lot and expiry date in a sentence.

    `source`, `target` and `at`: ids of places, "" if not stated. `doubt`: the statements contradict each other.
    """

    source: str = ""
    target: str = ""
    at: str = ""
    lot: str = ""
    expiry: str = ""
    doubt: bool = False

    @property
    def is_stated(self) -> bool:
        """Whether anything was stated."""
        return self != Whereabouts()

    @property
    def place(self) -> str:
        """The place that a question is about."""
        return self.at or self.source or self.target

    def fault(self, verbs: Sequence[str]) -> str:
        """Return why the places don't fit the acts, as a key of section `chat`; "" if they do."""
        if self.doubt or (self.at and self.target) or (self.lot and len(verbs) > 1):
            return "one_place"
        return "move_where" if "move" in verbs and not (self.target or self.at) else ""

    def ways(self, verb: str) -> tuple[str, str]:
        """Return the place that goods leave or are at, and the transfer target ("" if none)."""
        if verb == "move":
            return self.source or MAIN, self.target or self.at
        if verb == "out" and self.target:
            return self.source or self.at or MAIN, self.target
        if verb == "in" and self.source:
            return self.source, self.target or self.at or MAIN
        return self.place or MAIN, ""


def apart(text: str, language: str, places: Mapping[str, Mapping[str, str]], today: str) -> tuple[str, Whereabouts]:
    """Split a sentence into its text and its places, lot and expiry date. `places`: names by id."""
    found: dict[str, str] = {}
    doubt = False
    rest = clean(text)
    for known in (vocabulary(language), *(vocabulary(one) for one in LANGUAGES if one != language)):
        rest, lot = _lot_in(rest, known)
        rest, expiry = _expiry_in(rest, known, today)
        rest, named = _places_in(rest, known, places)
        for key, value in (("lot", lot), ("expiry", expiry), *named):
            doubt |= bool(value) and found.get(key, value) != value
            if value:
                found[key] = value
    return rest, Whereabouts(**found, doubt=doubt)


class PlacedSentence(NamedTuple):
    """A sentence and its places; `text`: the part that names products. `kind`: as a sentence about stock."""

    said: Sentence
    text: str
    where: Whereabouts
    kind: Kind = "other"


def understand_placed(
    text: str, language: str, places: Mapping[str, Mapping[str, str]], today: str = ""
) -> PlacedSentence:
    """Read a sentence about stock with places and lots separated; questions keep their own words."""
    rest, where = apart(text, language, places, today)
    said = understand(rest, language)
    if where.is_stated and (said.kind in ("act", "stock") or where.lot):
        return PlacedSentence(said, rest, where, said.kind)
    said = understand(text, language) if where.is_stated else said
    return PlacedSentence(said, text, Whereabouts(), said.kind)


def _cut(text: str, begin: int, end: int) -> str:
    return f"{text[:begin].rstrip(' ')} {text[end:].lstrip(' ')}".strip()


def _words(text: str) -> list[tuple[int, int, list[str]]]:
    """Each written word: start, end, and normalised words (two if hyphenated)."""
    return [(one.start(), one.end(), words_of(one.group())) for one in _WORD.finditer(text)]


def _phrase_at(
    words: Sequence[tuple[int, int, list[str]]], at: int, known: Vocabulary, phrases: frozenset[tuple[str, ...]]
) -> int:
    """The number of written words from `at` that form one of these phrases of a vocabulary; 0 if none."""
    if at < len(words) and words[at][2] and words[at][2][0] not in known.lengths:
        return 0
    for length in range(min(4, len(words) - at), 0, -1):
        said = tuple(part for _, _, plain in words[at : at + length] for part in plain)
        ends = any(words[n][1] < words[n + 1][0] - 1 for n in range(at, at + length - 1))
        if said in phrases and not ends:
            return length
    return 0


def _lot_in(text: str, known: Vocabulary) -> tuple[str, str]:
    words = _words(text)
    for at in range(len(words)):
        length = _phrase_at(words, at, known, known.lots)
        behind = at + length
        if not length or behind >= len(words):
            continue
        begin, end, _ = words[behind]
        code = text[begin:end].strip(_STOPS)
        if _LOT.fullmatch(code) and any(map(str.isdigit, code)) and len(code) <= LOT_CHARS:
            stop = end - (len(text[begin:end]) - len(text[begin:end].rstrip(_STOPS)))
            return _cut(text, words[at][0], stop), code
    return text, ""


def _expiry_in(text: str, known: Vocabulary, today: str) -> tuple[str, str]:
    words = _words(text)
    for at in range(len(words)):
        length = _phrase_at(words, at, known, known.until)
        if not length:
            continue
        for count in (3, 2, 1):
            if at + length + count > len(words):
                continue
            begin, end = words[at + length][0], words[at + length + count - 1][1]
            if day := _day(text[begin:end].strip(_STOPS), known.language, today):
                return _cut(text, words[at][0], end), day
    return text, ""


@cache
def _months(language: str) -> Mapping[str, int]:
    names = {"".join(words_of(name)): number for number, name in get_month_names("wide", locale=language).items()}
    short = get_month_names("abbreviated", locale=language)
    return {**{"".join(words_of(name)): number for number, name in short.items()}, **names}


def _day(text: str, language: str, today: str) -> str:
    """Return an expiry date, or the end of a month; "" if there is none.

    Without a year, the next such date is meant.
    """
    now = date.fromisoformat(today or "2000-01-01")
    if iso := _ISO.fullmatch(text):
        return _iso_date(int(iso[1]), int(iso[2]), int(iso[3]))
    if slashed := _SLASHED.fullmatch(text):
        return _next(now, int(slashed[2]), int(slashed[1]), slashed[3] or "")
    months, month, numbers = _months(language), 0, []
    for word in words_of(text):
        bare = word[1:] if language == "he" and word[:1] in ("ב", "ל") and word not in months else word
        if bare in months and not month:
            month = months[bare]
        elif word.isdigit():
            numbers.append(word)
        elif word.rstrip("stndrhe").isdigit():
            numbers.append(word.rstrip("stndrhe"))
        else:
            return ""
    years = [one for one in numbers if len(one) == YEAR_DIGITS]
    days = [int(one) for one in numbers if one not in years]
    if not month or len(days) > 1 or len(years) > 1:
        return ""
    return _next(now, month, days[0] if days else 0, years[0] if years else "")


def _next(now: date, month: int, day: int, year: str) -> str:
    if not 1 <= month <= 12:
        return ""
    if year:
        wanted = int(year) if len(year) == YEAR_DIGITS else CENTURY + int(year)
        return _iso_date(wanted, month, day)
    this = _iso_date(now.year, month, day)
    return this if this >= now.isoformat() else _iso_date(now.year + 1, month, day)


def _iso_date(year: int, month: int, day: int) -> str:
    try:
        return date(year, month, day or calendar.monthrange(year, month)[1]).isoformat()
    except ValueError:
        return ""


def _places_in(
    text: str, known: Vocabulary, places: Mapping[str, Mapping[str, str]]
) -> tuple[str, list[tuple[Role, str]]]:
    found: list[tuple[Role, str]] = []
    at = 0
    words = _words(text)
    while at < len(words):
        hit = _place_at(words, at, known, places)
        if hit is None:
            at += 1
            continue
        role, id, length = hit
        end = words[at + length - 1][1]
        stop = len(text[:end].rstrip(_STOPS))
        text = _cut(text, words[at][0], stop)
        found.append((role, id))
        words = _words(text)
    return text, found


def _place_at(
    words: Sequence[tuple[int, int, list[str]]], at: int, known: Vocabulary, places: Mapping[str, Mapping[str, str]]
) -> tuple[Role, str, int] | None:
    """A preposition with a place's name; in Hebrew, the two may be one word."""
    for role, phrases in known.placing.items():
        if length := _phrase_at(words, at, known, phrases):
            for id, names in places.items():
                count = max((_name_length(words, at + length, name, "") for name in (id, *names.values())), default=0)
                if count and _ends(words, at + length + count, known, places):
                    return role, id, length + count  # type: ignore[return-value]
    for prefix, role in known.attached_places:
        for id, names in places.items():
            count = max((_name_length(words, at, name, prefix) for name in names.values()), default=0)
            if count and _ends(words, at + count, known, places):
                return role, id, count  # type: ignore[return-value]
    return None


def _name_length(words: Sequence[tuple[int, int, list[str]]], at: int, name: str, prefix: str) -> int:
    """The number of written words from `at` that form a place's name, with `prefix` attached; 0 if they don't."""
    wanted = words_of(name)
    if not wanted:
        return 0
    wanted = [prefix + wanted[0], *wanted[1:]]
    said: list[str] = []
    for count, (_, _, plain) in enumerate(words[at : at + len(wanted)], 1):
        said += plain
        if said == wanted:
            return count
    return 0


def _ends(
    words: Sequence[tuple[int, int, list[str]]], at: int, known: Vocabulary, places: Mapping[str, Mapping[str, str]]
) -> bool:
    """Whether a place's name ends here and isn't part of a longer one."""
    if at >= len(words) or words[at - 1][1] < words[at][0] - 1:
        return True
    said = [part for _, _, plain in words[at:] for part in plain]
    if not said:
        return True
    tables = (known.joiners, known.reasons, known.fillers, known.verbs, known.lots, known.until, known.asking)
    placed = any(known.match(phrases, said, 0) for phrases in known.placing.values())
    placed = placed or (bool(known.attached_places) and _place_at(words, at, known, places) is not None)
    return placed or any(known.match(table, said, 0) for table in tables) or said[0][0].isdigit()
