"""Decodes text of any encoding."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from typing import IO

from edge.lib.i18n.languages import record
from edge.lib.tables.decompress import BLOCK_BYTES, Content
from edge.lib.tables.table import FILE_BYTES, RECORD_CHARS, refusal

_HEBREW, _WESTERN, _CYRILLIC = "cp1255", "cp1252", "cp1251"
_HEBREW_WORD = re.compile(rb"[\xe0-\xfa]{2,}")
_CAPITAL_WORD = re.compile(rb"[\xc0-\xdf][\xe0-\xff]{2,}")
"""A Cyrillic word that begins with a capital. Hebrew has no letters of these bytes, and Western words have few in a
row."""
_ACCENTED_WORD = re.compile(rb"[A-Za-z][\xc0-\xff]|[\xc0-\xff][A-Za-z]")

CAPITALS = 10
"""Number of Cyrillic words of which at least one has a capital."""


def find_encoding(content: Content, language: str) -> str:
    """Return the Python codec name: UTF-8 (a few invalid bytes allowed), UTF-16, or the Windows code page for Hebrew,
    Western or Cyrillic languages.

    Examines the whole text; `language` (ISO 639-1) decides if that is inconclusive.
    """
    start = content.start
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if len(start) > 1 and 0 in start[:2] and start[0] != start[1]:
        return "utf-16-le" if start[1] == 0 else "utf-16-be"
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    letters = wrong = hebrew = accented = capital = 0
    for block in blocks(content):
        if block.isascii():
            continue
        text = decoder.decode(block)
        bad = max(0, text.count("\ufffd") - block.count("\ufffd".encode()))  # not counting those that the file contains
        wrong += bad
        letters += len(text) - len(text.encode("ascii", "ignore")) - bad
        if bad:
            hebrew += len(_HEBREW_WORD.findall(block))
            accented += len(_ACCENTED_WORD.findall(block))
            capital += len(_CAPITAL_WORD.findall(block))
    if wrong * 8 <= letters:
        return "utf-8-sig"
    if capital > accented and CAPITALS * capital > hebrew:
        return _CYRILLIC
    return _HEBREW if hebrew > accented or (hebrew == accented and record(language).code_page == _HEBREW) else _WESTERN


def blocks(content: Content) -> Iterator[bytes]:
    """Yield all bytes in blocks, up to the size limit."""
    size = 0
    with content.open() as data:
        while block := data.read(BLOCK_BYTES):
            size += len(block)
            if size > FILE_BYTES:
                raise refusal("large", file=content.name, limit=FILE_BYTES >> 20)
            yield block


def opened_text(content: Content, encoding: str) -> IO[str]:
    """Open as text. Invalid bytes become U+FFFD."""
    return io.TextIOWrapper(content.open(), encoding=encoding, errors="replace", newline="")


def lines_of(text: IO[str]) -> Iterator[str]:
    """Yield lines, cutting overlong ones."""
    while line := text.readline(RECORD_CHARS):
        if len(line) == RECORD_CHARS and line[-1] not in "\r\n":
            while (rest := text.readline(RECORD_CHARS)) and rest[-1] not in "\r\n":
                pass
            line += "."
        yield line
