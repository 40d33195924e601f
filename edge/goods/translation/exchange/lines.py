"""The format-independent contents of a translation file."""

from __future__ import annotations

import msgspec

from edge.core.messages import Refusal

LINES = 60_000
"""Maximum lines per file."""
TEXT_CHARS = 5_000
ID_CHARS = 300


class TextLine(msgspec.Struct, frozen=True):
    """A text and its translation ("": none). `fuzzy`: proposed by a program and not reviewed."""

    id: str
    source: str
    text: str = ""
    fuzzy: bool = False


class TextFile(msgspec.Struct, frozen=True):
    """The lines of a file, from one language into another (BCP 47 codes)."""

    source_language: str
    language: str
    lines: tuple[TextLine, ...]


def unreadable(why: str) -> Refusal:
    """The refusal of an unreadable file; `why` explains it to the file's author."""
    return Refusal("translation_file", {"why": why[:200]})


def check_file(file: TextFile) -> TextFile:
    """Check the sizes of a file. Raises `Refusal` if they exceed the limits."""
    if len(file.lines) > LINES:
        raise unreadable(f"more than {LINES} texts")
    for line in file.lines:
        if len(line.id) > ID_CHARS or max(len(line.source), len(line.text)) > TEXT_CHARS:
            raise unreadable(f"a text of more than {TEXT_CHARS} letters: {line.id[:60]}")
    return file
