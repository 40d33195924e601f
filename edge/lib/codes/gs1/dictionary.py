"""The parsed GS1 Barcode Syntax Dictionary: formats of application identifiers (AI). Pure.

The dictionary's own header explains the syntax of its rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import product
from types import MappingProxyType

import msgspec

from edge.lib.codes.gs1.checks import CHECKS, Check, is_padded_base64
from edge.lib.codes.gs1.table import ROWS

_PART = re.compile(r"(?P<optional>\[)?(?P<set>[NXYZ])(?P<least>\.\.)?(?P<most>\d+)\]?(?P<checks>(?:,\w+)*)")
_SETS = {"N": "[0-9]", "X": """[!"%-?A-Z_a-z]""", "Y": "[-#/0-9A-Z]", "Z": "[-0-9A-Z_a-z=]"}
# Value lengths of AIs missing from the dictionary, by their first digits (General Specifications, 7.8.5)
_FIXED = {"41": 13, **dict.fromkeys(("31", "32", "33", "34", "35", "36"), 6)}

Group = tuple[frozenset[str], ...]
"""AIs that are required together. Each may be one of several (`31nn`)."""


class ElementPart(msgspec.Struct, frozen=True):
    """Part of a value: `least` to `most` characters of a set, or no characters if `optional`."""

    characters: str
    least: int
    most: int
    optional: bool = False
    checks: tuple[Check, ...] = ()

    @property
    def pattern(self) -> str:
        return f"({self.characters}{{{self.least},{self.most}}}){'?' if self.optional else ''}"


class DictionaryEntry(msgspec.Struct, frozen=True):
    """An application identifier (AI). `fixed`: of predefined length, so that no FNC1 follows.

    `shape` combines the characters and lengths of `parts`; `checks` are those of the parts, with the part number from
    1. The code must contain one group from each of `needs`, and none of `excludes`. `paths` (for Digital Link keys):
    valid qualifiers in order. `attribute`: allowed as a Digital Link query parameter.
    """

    ai: str
    fixed: bool
    parts: tuple[ElementPart, ...]
    shape: re.Pattern[str]
    checks: tuple[tuple[int, Check], ...] = ()
    needs: tuple[tuple[Group, ...], ...] = ()
    excludes: frozenset[str] = frozenset()
    paths: tuple[tuple[str, ...], ...] | None = None
    attribute: bool = False

    @property
    def least(self) -> int:
        return sum(part.least for part in self.parts if not part.optional)

    @property
    def most(self) -> int:
        return sum(part.most for part in self.parts)


class Dictionary(msgspec.Struct, frozen=True):
    """All AIs, and an AI's length by its first two digits."""

    entries: Mapping[str, DictionaryEntry]
    lengths: Mapping[str, int]

    def find(self, ai: str) -> DictionaryEntry | None:
        return self.entries.get(ai)

    def imagine(self, ai: str) -> DictionaryEntry | None:
        """Return a placeholder for an AI missing from the dictionary; None if the text can't be an AI."""
        length = self.lengths.get(ai[:2])
        if not (ai.isascii() and ai.isdigit() and 2 <= len(ai) <= 4) or length not in (None, len(ai)):
            return None
        fixed = _FIXED.get(ai[:2]) if length else None
        part = ElementPart(_SETS["X"], fixed or 1, fixed or 90)
        return DictionaryEntry(ai, fixed is not None, (part,), re.compile(part.pattern))


@cache
def dictionary() -> Dictionary:
    """The dictionary of `table.py`, parsed on first use."""
    entries = {entry.ai: entry for row in ROWS.splitlines() for entry in _entries(row.partition("#")[0])}
    return Dictionary(MappingProxyType(entries), {ai[:2]: len(ai) for ai in entries})


def _entries(row: str) -> Iterator[DictionaryEntry]:
    """Yield the AIs of a row; a range has several."""
    names, *fields = row.split()
    flags = "" if _PART.match(fields[0]) else fields.pop(0)
    parts = tuple(_part(found) for found in map(_PART.fullmatch, fields) if found)
    shape = re.compile("".join(part.pattern for part in parts))
    rules = [field.partition("=") for field in fields if not _PART.fullmatch(field)]
    needs = tuple(tuple(_group(text) for text in value.split(",")) for name, _, value in rules if name == "req")
    excludes = [text for name, _, value in rules if name == "ex" for text in value.split(",")]
    paths = [value for name, _, value in rules if name == "dlpkey"]
    first, _, last = names.partition("-")
    for number in range(int(first), int(last or first) + 1):
        ai = str(number).zfill(len(first))
        yield DictionaryEntry(
            ai=ai,
            fixed="*" in flags,
            parts=parts,
            shape=shape,
            checks=tuple((number, check) for number, part in enumerate(parts, 1) for check in part.checks),
            needs=needs,
            excludes=frozenset(other for text in excludes for other in _expand(text)) - {ai},
            paths=tuple(tuple(filter(None, way.split(","))) for way in paths[0].split("|")) if paths else None,
            attribute="?" in flags,
        )


def _part(found: re.Match[str]) -> ElementPart:
    names = [name for name in found["checks"].split(",") if name]
    if found["set"] == "N":  # digits can always begin with a company prefix
        names = [name for name in names if not name.startswith("gcppos")]
    checks = (*((is_padded_base64,) if found["set"] == "Z" else ()), *(CHECKS[name] for name in names))
    most = int(found["most"])
    return ElementPart(_SETS[found["set"]], 1 if found["least"] else most, most, bool(found["optional"]), checks)


def _group(text: str) -> Group:
    return tuple(_expand(member) for member in text.split("+"))


def _expand(text: str) -> frozenset[str]:
    """Expand `31nn` to all its AIs."""
    digits = ("0123456789" if letter == "n" else letter for letter in text)
    return frozenset(map("".join, product(*digits)))
