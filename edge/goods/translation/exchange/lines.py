"""What a file of texts holds, whatever its format."""

from __future__ import annotations

import msgspec

from edge.core.messages import Refusal

LINES = 60_000
"""Of one file."""
TEXT_CHARS = 5_000
ID_CHARS = 300


class TextLine(msgspec.Struct, frozen=True):
    """A text and its translation ("": there is none). `fuzzy`: a program guessed it, and nobody has looked."""

    id: str
    source: str
    text: str = ""
    fuzzy: bool = False


class TextFile(msgspec.Struct, frozen=True):
    """The lines of a file, from one language into another, by the codes of BCP 47."""

    source_language: str
    language: str
    lines: tuple[TextLine, ...]


def unreadable(why: str) -> Refusal:
    """What is said of a file that is none; `why` is for whoever made it."""
    return Refusal("translation_file", {"why": why[:200]})


def check_file(file: TextFile) -> TextFile:
    """The file, if its sizes are those of one. `Refusal`: they are not."""
    if len(file.lines) > LINES:
        raise unreadable(f"more than {LINES} texts")
    for line in file.lines:
        if len(line.id) > ID_CHARS or max(len(line.source), len(line.text)) > TEXT_CHARS:
            raise unreadable(f"a text of more than {TEXT_CHARS} letters: {line.id[:60]}")
    return file
