"""The interface to a provider of payment pages."""

from __future__ import annotations

from typing import Protocol

import msgspec

from drivers.terminal_outcomes import ListedRefund, NotStarted, TerminalOutcome, TerminalRequest


class MadePage(msgspec.Struct, frozen=True):
    """A payment page: its id at the provider, and its address."""

    id: str
    url: str


class PayPageApi(Protocol):
    """Creates payment pages, looks them up, expires them, and refunds payments.

    However a request ends, the answer is one of the five outcomes.
    """

    def fits(self, mode: str) -> bool: ...
    async def make(self, request: TerminalRequest, now_s: int) -> MadePage | NotStarted: ...
    async def look(self, session: str, request: TerminalRequest) -> TerminalOutcome: ...
    async def end(self, session: str) -> None: ...
    async def refund(self, request: TerminalRequest) -> TerminalOutcome: ...
    async def find_refund(self, request: TerminalRequest) -> TerminalOutcome: ...
    async def refunds(self, reference: str) -> tuple[ListedRefund, ...]: ...
