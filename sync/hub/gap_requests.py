"""Decide when to request missing rows from a device: with a delay, rarely, and not forever.

A gap is usually a message that another worker hasn't committed yet, so it may close without a request. After
unsuccessful requests, the device's own hello resolves it.
"""

from __future__ import annotations

import msgspec

from sync import limits
from sync.wire import ResendRequest


class Asking(msgspec.Struct, frozen=True):
    """The request state of a device. `next_at`: when to check again (None: nothing missing)."""

    from_seq: int = 0
    times: int = 0
    next_at: float | None = None


def ask(asking: Asking, epoch: int, gap: tuple[int, int] | None, now: float) -> tuple[Asking, ResendRequest | None]:
    """Decide whether to request the rows of `gap` (first, last; None: no gap) now.

    Returns the new request state, and the request if it is due.
    """
    if gap is None:
        return Asking(), None
    first, last = gap
    if first != asking.from_seq:  # another gap, or this one was partly filled
        return Asking(first, 0, now + limits.WANT_S), None
    if asking.next_at is None or now < asking.next_at:
        return asking, None
    times = asking.times + 1
    again_at = now + limits.WANT_S * 2.0**times if times < limits.WANTS else None
    return Asking(first, times, again_at), ResendRequest(epoch, first, last)
