"""Interface and registration of letter kinds.

A capability declares its kinds in `service/letters.py` as `LETTERS`, each with a factory for its writer.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

import msgspec

from edge.core.command_bus import CommandBus
from edge.core.messages import Actor, Command
from edge.core.storage.database import Connection
from edge.foundation.outbox.messages import SEVERITY_OF_LETTERS, LetterKind, Message
from edge.foundation.outbox.service.channels.sender import Parcel
from edge.lib.floors import capability_files, capability_module
from edge.runtime.config import Config


class WrittenLetter(msgspec.Struct, frozen=True):
    """A letter ready to send, and its address."""

    to: str
    parcel: Parcel


def in_a_line(row: Message, to: str, language: str, text: str) -> WrittenLetter:
    """Letter with a single sentence."""
    parcel = Parcel(
        key=row.key,
        title=text,
        paragraphs=(text,),
        severity=SEVERITY_OF_LETTERS,
        what=row.what,
        language=language,
    )
    return WrittenLetter(to, parcel)


def no_way(db: Connection, row: Message, channels: Collection[str]) -> str:
    """Return "": its channel was chosen when queued."""
    return ""


def nothing_follows(row: Message) -> None:
    """Do nothing after a letter was accepted."""


class LetterWriter(msgspec.Struct, frozen=True):
    """A kind of letter. `write` creates it, or returns the reason why it must not be sent (a key of [undelivered]).
    `way` returns a channel for a letter without one ("": none). `taken` returns a command to send after acceptance,
    before the result is saved; an interruption in between is reported as unknown."""

    write: Callable[[Connection, Message], WrittenLetter | str]
    way: Callable[[Connection, Message, Collection[str]], str] = no_way
    taken: Callable[[Message], tuple[Command, Actor] | None] = nothing_follows


LetterSource = Callable[[Config, CommandBus], LetterWriter]
"""Creates a shop's writer for a kind of letter."""


def declared_letters() -> dict[LetterKind, LetterSource]:
    """Kinds of letters that capabilities declare."""
    sources: dict[LetterKind, LetterSource] = {}
    for path in capability_files("service/letters.py"):
        sources |= capability_module(path).LETTERS
    return sources
