"""What every kind of letter can be asked, and where the kinds are found.

A capability declares its kinds in its own `service/letters.py`, as `LETTERS`: each with what makes its writer.
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
    """A letter as it goes out, and where to."""

    to: str
    parcel: Parcel


def in_a_line(row: Message, to: str, language: str, text: str) -> WrittenLetter:
    """A letter that says one sentence."""
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
    """Its channel was chosen when it was queued."""
    return ""


def nothing_follows(row: Message) -> None:
    """That it was taken changes nothing else."""


class LetterWriter(msgspec.Struct, frozen=True):
    """A kind of letter: `write` makes it, or says why it is not to go out any more (a key of [undelivered]). `way`: by
    which of these channels one goes that names none; "": by none of them. `taken`: what is asked of the shop once the
    other side took it, before that is kept: cut off between the two, it is told as unknown."""

    write: Callable[[Connection, Message], WrittenLetter | str]
    way: Callable[[Connection, Message, Collection[str]], str] = no_way
    taken: Callable[[Message], tuple[Command, Actor] | None] = nothing_follows


LetterSource = Callable[[Config, CommandBus], LetterWriter]
"""Makes the writer of a kind of letter for a shop."""


def declared_letters() -> dict[LetterKind, LetterSource]:
    """The kinds of letters that capabilities declare."""
    sources: dict[LetterKind, LetterSource] = {}
    for path in capability_files("service/letters.py"):
        sources |= capability_module(path).LETTERS
    return sources
