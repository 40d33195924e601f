"""What every channel sends, and what it is asked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Protocol

import msgspec

from edge.lib.i18n import direction


async def nothing_to_mark() -> None:
    """For who sends beside the outbox."""


class ParcelFile(msgspec.Struct, frozen=True):
    """A file that goes along where a channel takes files; `make` makes it, in a thread. `needed`: without it the rest
    is not sent either."""

    name: str
    media: str
    make: Callable[[], bytes]
    needed: bool = False


class Parcel(msgspec.Struct, frozen=True, kw_only=True):
    """A message on its way. `key` stays the same however often it is tried. `thread`: the alert it is about, where
    it is one alone, and `answers`: the thread or key of what was sent about that first, "" where nothing was. `data`:
    the same for programs. `token`: by which the other side may say later what became of it, and `reports`: where, ""
    where nobody hears that. `stop`: where a POST ends such messages (RFC 8058).
    `life_s`: how long it is worth sending, where somebody else does that. `html`: the same as a whole page, where it is
    more than its paragraphs. `ending`: awaited by a channel that `marks_end`, see `Sender`."""

    key: str
    title: str
    paragraphs: tuple[str, ...]
    severity: str
    what: str
    language: str
    link: str = ""
    thread: str = ""
    answers: str = ""
    data: dict[str, Any] = {}
    token: str = ""
    reports: str = ""
    stop: str = ""
    html: str = ""
    files: tuple[ParcelFile, ...] = ()
    life_s: int = 24 * 3600
    ending: Callable[[], Awaitable[None]] = nothing_to_mark

    @property
    def direction(self) -> str:
        return direction(self.language)

    @property
    def text(self) -> str:
        return "\n".join((*self.paragraphs, *((self.link,) if self.link else ())))


class Sender(Protocol):
    """A channel. `repeats`: whether the other side knows a repeat by its key, so that one whose answer was lost may go
    again. `marks_end`: it awaits `Parcel.ending` right before the byte behind which the other side may have all of it;
    what is cut off earlier did not arrive, and goes again."""

    @property
    def name(self) -> str: ...
    @property
    def repeats(self) -> bool: ...
    @property
    def marks_end(self) -> bool: ...

    async def send(self, parcel: Parcel, to: str) -> str:
        """Deliver it: what the other side calls it, or "". Raises `outgoing.faults.Undelivered`, `MaybeSent`."""
