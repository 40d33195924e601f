"""Input and interface of channels."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Protocol

import msgspec

from edge.lib.i18n import direction


async def nothing_to_mark() -> None:
    """Do nothing: for senders outside the outbox."""


class ParcelFile(msgspec.Struct, frozen=True):
    """An attachment for channels that support attachments. `make` creates it in a thread. `needed`: the message isn't
    sent without it."""

    name: str
    media: str
    make: Callable[[], bytes]
    needed: bool = False


class Parcel(msgspec.Struct, frozen=True, kw_only=True):
    """A message being sent. `key` is the same for all attempts. `thread`: its alert, if only one; `answers`: thread or
    key of the first message about it, or "". `data`: machine-readable content. `token`: for delivery reports, sent to
    `reports` ("": none). `stop`: unsubscribe address for POST (RFC 8058). `life_s`: remaining lifetime, for relays.
    `html`: a full page if it has more than the paragraphs. `ending`: awaited by channels with `marks_end`; see
    `Sender`."""

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
    """A channel. `repeats`: the other side detects repeats by key, so an unanswered message may be resent. `marks_end`:
    it awaits `Parcel.ending` just before the byte after which the message may be accepted. A message interrupted
    earlier is resent."""

    @property
    def name(self) -> str: ...
    @property
    def repeats(self) -> bool: ...
    @property
    def marks_end(self) -> bool: ...

    async def send(self, parcel: Parcel, to: str) -> str:
        """Deliver a message; return the other side's id, or "". Raises `outgoing.faults.Undelivered`, `MaybeSent`."""
