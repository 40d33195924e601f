"""What a provider of pages is asked, whoever it is."""

from __future__ import annotations

from typing import Protocol

import msgspec

from drivers.terminal_outcomes import ListedRefund, NotStarted, TerminalOutcome, TerminalRequest


class MadePage(msgspec.Struct, frozen=True):
    """A page on which a customer pays: what its provider calls it, and its address."""

    id: str
    url: str


class PayPageApi(Protocol):
    """Makes pages, says how they stand, ends them, and gives money back. Whatever breaks off, what it says is one of
    the five ends of a request."""

    def fits(self, mode: str) -> bool: ...
    async def make(self, request: TerminalRequest, now_s: int) -> MadePage | NotStarted: ...
    async def look(self, session: str, request: TerminalRequest) -> TerminalOutcome: ...
    async def end(self, session: str) -> None: ...
    async def refund(self, request: TerminalRequest) -> TerminalOutcome: ...
    async def find_refund(self, request: TerminalRequest) -> TerminalOutcome: ...
    async def refunds(self, reference: str) -> tuple[ListedRefund, ...]: ...
