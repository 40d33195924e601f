"""Results of fetching a provider's batches."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Literal, Protocol

import msgspec

from edge.accounting.settlements.batch import Batch

PayoutFault = Literal["", "offline", "key", "bad_answer", "batch_unknown", "batch_long", "refused"]
"""Why fetching stopped: unreachable, unknown key, invalid answer, a batch with unknown types or too many lines, or
refused by the ledger."""


class PayoutsStopped(Exception):
    """Fetching from a provider stopped. `fault`: the reason; `batch`: the batch at which it stopped ("": none)."""

    def __init__(self, fault: PayoutFault, batch: str = "") -> None:
        super().__init__(fault)
        self.fault, self.batch = fault, batch


class FetchedPayout(msgspec.Struct, frozen=True):
    """A batch, and the cursor after it. `batch` is None if it has no payments of ours."""

    cursor: str
    batch: Batch | None


class PayoutApi(Protocol):
    """Client that yields a provider's batches after a cursor ("": from the start), oldest first.

    Raises `PayoutsStopped` if it can't continue. A batch that `is_known` by its id isn't read again, so uploading the
    file of an unreadable batch lets later ones through.
    """

    def since(self, cursor: str, is_known: Callable[[str], bool]) -> AsyncIterator[FetchedPayout]: ...
