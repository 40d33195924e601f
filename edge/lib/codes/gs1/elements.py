"""GS1 element strings: parsing, and validation like GS1's Barcode Syntax Engine. Pure.

GS1 General Specifications, 7.8 (processing) and 3 (meaning of application identifiers).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from edge.lib.codes.code import ELEMENTS_LIMIT, Unreadable
from edge.lib.codes.gs1.dictionary import DictionaryEntry, dictionary
from edge.lib.codes.gtin import is_checked

FNC1 = "\x1d"
"""The character that a reader sends for FNC1 inside a code: ASCII GS."""

Element = tuple[str, str, int]
"""Application identifier, value, and the identifier's position in the scan."""


def parse_unbracketed(text: str, begin: int = 0) -> list[Element]:
    """Parse element strings in `text` from `begin`, without leading FNC1. Raises `Unreadable`."""
    if begin == len(text):
        raise Unreadable("code_half", begin)
    _only_ascii(text)
    known = dictionary()
    entries, lengths = known.entries, known.lengths
    found: list[Element] = []
    place, end = begin, len(text)
    while place < end:
        start = place + lengths.get(text[place : place + 2], 0)
        entry = entries.get(text[place:start])
        if entry is None:
            raise Unreadable("code_ai", place)
        stop = text.find(FNC1, start)
        if stop < 0:
            stop = end
        if entry.fixed and start + entry.most < stop:
            stop = start + entry.most
        value = text[start:stop]
        check_value(entry, value, start)
        found.append((entry.ai, value, place))
        if len(found) > ELEMENTS_LIMIT:
            raise Unreadable("code_too_long", place)
        place = stop + 1 if stop < end and text[stop] == FNC1 else stop
    return found


def parse_bracketed(text: str, begin: int = 0, unknown: bool = False) -> list[Element]:
    """Parse `(01)...(10)...`; a bracket in a value is escaped as `\\(`. Raises `Unreadable`.

    `unknown`: accept application identifiers missing from the dictionary.
    """
    _only_ascii(text)
    found: list[Element] = []
    for place, ai, start, value in _bracketed_elements(text, begin):
        entry = dictionary().find(ai) or (dictionary().imagine(ai) if unknown else None)
        if entry is None:
            raise Unreadable("code_ai", place)
        check_value(entry, value, start)
        found.append((ai, value, place))
        if len(found) > ELEMENTS_LIMIT:
            raise Unreadable("code_too_long", place)
    return found


def _bracketed_elements(text: str, begin: int) -> Iterator[tuple[int, str, int, str]]:
    """Yield position, identifier, start of value, and value."""
    place = begin
    while place < len(text):
        closed = text.find(")", place)
        if text[place] != "(" or closed < 0:
            raise Unreadable("code_half", place)
        start = stop = closed + 1
        while (stop := text.find("(", stop)) > 0 and text[stop - 1] == "\\":
            stop += 1
        stop = stop if stop > 0 else len(text)
        yield place, text[place + 1 : closed], start, text[start:stop].replace("\\(", "(")
        place = stop


def loosely(text: str) -> list[tuple[str, str]]:
    """Parse element strings without validating their values. Returns an empty list if an identifier is unknown or a
    value too short; elements beyond ELEMENTS_LIMIT are left out."""
    known = dictionary()
    found: list[tuple[str, str]] = []
    place = 0
    while place < len(text) and len(found) < ELEMENTS_LIMIT:
        start = place + known.lengths.get(text[place : place + 2], 0)
        entry = known.find(text[place:start])
        if entry is None:
            return []
        stop = text.find(FNC1, start)
        stop = len(text) if stop < 0 else stop
        if entry.fixed and stop < start + entry.most:
            return []
        stop = start + entry.most if entry.fixed else stop
        found.append((entry.ai, text[start:stop]))
        place = stop + text.startswith(FNC1, stop)
    return found


def check_value(entry: DictionaryEntry, value: str, at: int) -> None:
    """Validate a value, at `at` in the scan, for its AI. Raises `Unreadable`."""
    found = entry.shape.fullmatch(value)
    if found is None:
        raise _misshapen(entry, value, at)
    for number, check in entry.checks:
        if (piece := found[number]) and not check(piece):
            raise Unreadable("code_value", at + found.start(number), entry.ai)


def _misshapen(entry: DictionaryEntry, value: str, at: int) -> Unreadable:
    """Return an error with the position at which a value deviates from its AI's format."""
    done = 0
    for part in entry.parts:
        piece = value[done : done + part.most]
        right = re.match(f"{part.characters}*", piece)
        if right and right.end() < len(piece):
            return Unreadable("code_character", at + done + right.end(), entry.ai)
        done += len(piece)
    return Unreadable("code_half" if done == len(value) else "code_too_long", at + done, entry.ai)


def check_together(elements: Sequence[Element], strict: bool = False) -> dict[str, str]:
    """Return the values by AI. Raises `Unreadable` if they contradict each other or, if `strict`, a required companion
    is missing."""
    values = check_repeats(elements)
    if len(values) > 1:
        check_excluded(elements, values)
    if strict:
        check_needed(elements)
    if "8030" in values:
        check_signed(elements)
    return values


def check_repeats(elements: Sequence[Element]) -> dict[str, str]:
    """Return the values by AI. Raises `Unreadable` for duplicates with different values."""
    values: dict[str, str] = {}
    for ai, value, at in elements:
        if values.setdefault(ai, value) != value:
            raise Unreadable("code_repeats", at, ai)
    return values


def check_excluded(elements: Sequence[Element], present: Collection[str]) -> None:
    """Reject AIs that exclude each other (`ex` in the dictionary)."""
    for ai, _, at in elements:
        entry = dictionary().find(ai)
        if entry and not entry.excludes.isdisjoint(present):
            raise Unreadable("code_excludes", at, ai, min(entry.excludes.intersection(present)))


def check_needed(elements: Sequence[Element]) -> None:
    """Require companion AIs (`req` in the dictionary)."""
    present = {ai for ai, _, _ in elements}
    for ai, _, at in elements:
        entry = dictionary().find(ai)
        others = present - {ai}
        for groups in entry.needs if entry else ():
            if not any(all(not member.isdisjoint(others) for member in group) for group in groups):
                raise Unreadable("code_needs", at, ai, "+".join(min(member) for member in groups[0]))


def check_signed(elements: Sequence[Element]) -> None:
    """Require a serial number of the document, coupon or asset that a digital signature (8030) belongs to."""
    if not any(ai == "8030" for ai, _, _ in elements):
        return
    for ai, value, at in elements:
        entry = dictionary().find(ai)
        if entry and ai in ("253", "255", "8003") and len(value) == entry.least:
            raise Unreadable("code_needs", at, ai, "serial")


def begins_with_gtin(body: str) -> bool:
    """Whether these are element strings without FNC1, as on labels that need none."""
    return re.match("01[0-9]{14}", body) is not None and is_checked(body[2:16])


def _only_ascii(text: str) -> None:
    if not text.isascii():
        raise Unreadable("code_character", next(at for at, letter in enumerate(text) if not letter.isascii()))
