"""What every channel sends, and what it is asked."""

from __future__ import annotations

from typing import Any, Protocol

import msgspec

from edge.lib.i18n import direction
from edge.shop.insight.report_pdf import ReportSheet


class Parcel(msgspec.Struct, frozen=True, kw_only=True):
    """A message on its way. `key` stays the same however often it is tried. `thread`: the alert it is about, where
    it is one alone, and `first`: whether nothing was sent about that before. `data`: the same for programs. `token`: by
    which the other side may say later what became of it, and `reports`: where, "" where nobody hears that. `stop`:
    where a POST ends such messages (RFC 8058).
    `sheet`: a report that goes along as a PDF, where a channel takes files."""

    key: str
    title: str
    paragraphs: tuple[str, ...]
    severity: str
    what: str
    language: str
    link: str = ""
    thread: str = ""
    first: bool = True
    data: dict[str, Any] = {}
    token: str = ""
    reports: str = ""
    stop: str = ""
    sheet: ReportSheet | None = None

    @property
    def direction(self) -> str:
        return direction(self.language)

    @property
    def text(self) -> str:
        return "\n".join((*self.paragraphs, *((self.link,) if self.link else ())))


class Sender(Protocol):
    """A channel. `repeats`: whether the other side knows a repeat by its key, so that one whose answer was lost may go
    again."""

    @property
    def name(self) -> str: ...
    @property
    def repeats(self) -> bool: ...

    async def send(self, parcel: Parcel, to: str) -> str:
        """Deliver it: what the other side calls it, or "". Raises `outgoing.faults.Undelivered`, `MaybeSent`."""
