"""When to ask a device for rows that are missing: not at once, not often, and not for ever.

A gap is mostly a message that another worker has not committed yet; so it may close itself.
What is asked in vain is left to the device's own hello.
"""

from __future__ import annotations

import msgspec

from sync import limits
from sync.wire import ResendRequest


class Asking(msgspec.Struct, frozen=True):
    """What was asked of one device. `next_at` is when to look again (None: nothing is missing)."""

    from_seq: int = 0
    times: int = 0
    next_at: float | None = None


def ask(asking: Asking, epoch: int, gap: tuple[int, int] | None, now: float) -> tuple[Asking, ResendRequest | None]:
    """The rows `gap` (first, last) are missing, or nothing is: whether to ask for them now."""
    if gap is None:
        return Asking(), None
    first, last = gap
    if first != asking.from_seq:  # another gap, or the old one is partly filled
        return Asking(first, 0, now + limits.WANT_S), None
    if asking.next_at is None or now < asking.next_at:
        return asking, None
    times = asking.times + 1
    again_at = now + limits.WANT_S * 2.0**times if times < limits.WANTS else None
    return Asking(first, times, again_at), ResendRequest(epoch, first, last)
