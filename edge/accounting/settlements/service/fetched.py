"""What asking a provider for its batches comes to."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Literal, Protocol

import msgspec

from edge.accounting.settlements.batch import Batch

PayoutFault = Literal["", "offline", "key", "bad_answer", "batch_unknown", "batch_long", "refused"]
"""Why it went no further: it cannot be asked, it knows no such key, what it says is no answer, a batch has what nobody
knows how to count or too many lines, or the ledger refused it."""


class PayoutsStopped(Exception):
    """A provider could not be asked further; `fault` says why, `batch` at which batch ("": at none)."""

    def __init__(self, fault: PayoutFault, batch: str = "") -> None:
        super().__init__(fault)
        self.fault, self.batch = fault, batch


class FetchedPayout(msgspec.Struct, frozen=True):
    """A batch, and how far it was got with it. `batch` None: one that pays for nothing here."""

    cursor: str
    batch: Batch | None


class PayoutApi(Protocol):
    """Gives the batches of a provider behind a cursor ("": from the beginning), the oldest first; of those before
    which it stops `PayoutsStopped`."""

    def since(self, cursor: str) -> AsyncIterator[FetchedPayout]: ...
