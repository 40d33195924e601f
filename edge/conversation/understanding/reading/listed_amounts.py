"""Read lists without commas, each name followed by its number: "vodka two gin one"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from edge.conversation.understanding.lexicon import vocabulary
from edge.conversation.understanding.numerals import read_number
from edge.conversation.understanding.reading.linking import CatalogueLinker
from edge.conversation.understanding.reading.piece_words import Piece
from edge.conversation.understanding.reading.pieces import Cutter
from edge.conversation.understanding.reading.statement_words import languages_first

LEAST = 2
"""Minimum length of a list; in a shorter one, a number after a name is read as usual."""


class _Listed(NamedTuple):
    """The end of a name with its amount; `one` if that is a "one" which may also be an article."""

    end: int
    one: int = -1


def with_stops_behind_amounts(words: Sequence[str], linker: CatalogueLinker, language: str) -> list[str]:
    """Return the words with punctuation inserted after each amount of a list without commas.

    They're unchanged if a name lacks a number or a number lacks a name, because the pairing is then unclear.
    """
    if sum(_is_number(words, at, language) for at in range(len(words))) < LEAST:
        return list(words)
    listed = _read_list(Cutter(words, linker, language).cut().pieces, words, linker, language)
    stops = {one.end for one in listed[:-1]}
    counted = {one.one for one in listed if one.one >= 0}
    found: list[str] = []
    for at, word in enumerate(words):
        found += [","] if at in stops else []
        found.append("1" if at in counted else word)
    return found


def _read_list(
    pieces: Sequence[Piece], words: Sequence[str], linker: CatalogueLinker, language: str
) -> tuple[_Listed, ...]:
    """Return the ends of names with their amounts; () unless names and amounts alternate."""
    first = next((at for at, one in enumerate(pieces) if one.kind in ("goods", "amount")), len(pieces))
    told = pieces[first : _last(pieces, words, language) + 1]
    if not told or told[0].kind != "goods":
        return ()
    found: list[_Listed] = []
    name: list[str] = []
    for place, piece in enumerate(told):
        one = piece.kind in ("filler", "amount") and _is_one(words, piece, language)
        if piece.kind == "goods":
            name += words[piece.begin : piece.end]
        elif name and (one or piece.kind == "amount"):
            said = words[piece.begin : piece.end]
            counts_next = place + 1 < len(told) and told[place + 1].kind == "amount"
            if counts_next and linker.link((*name, *said)).skus:  # "coffee beans 250 g two"
                name += said
                continue
            if not linker.link(name).skus:
                return ()
            end = piece.amount.number_end if piece.amount and counts_next else piece.end  # "napkins seven cups three"
            found.append(_Listed(end, piece.begin if one else -1))
            name = list(words[end : piece.end])
        elif found and not name and piece.kind in ("unit", "stop"):
            found[-1] = found[-1]._replace(end=piece.end)
        elif piece.kind != "filler":
            return ()
    return tuple(found) if len(found) >= LEAST and not name else ()


def _last(pieces: Sequence[Piece], words: Sequence[str], language: str) -> int:
    """The position of the last name or amount."""
    told = (
        at
        for at, one in enumerate(pieces)
        if one.kind in ("goods", "amount", "unit") or (one.kind == "filler" and _is_one(words, one, language))
    )
    return max(told, default=-1)


def _is_one(words: Sequence[str], piece: Piece, language: str) -> bool:
    alone = piece.end == piece.begin + 1
    return alone and any(vocabulary(one).numbers.get(words[piece.begin]) == 1 for one in languages_first(language)[:1])


def _is_number(words: Sequence[str], at: int, language: str) -> bool:
    return read_number(vocabulary(language), words, at) is not None
