"""Retries of a failing page request."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from edge.runtime.outgoing.faults import MaybeSent, Undelivered

TRIES = 5
FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 60.0
Pause = Callable[[float], Awaitable[None]]


async def is_worth_again(error: Undelivered | MaybeSent, tried: int, pause: Pause, luck: Callable[[], float]) -> bool:
    """Wait before retrying a call that failed `tried` times, and return whether to retry. The wait is the server's
    Retry-After, otherwise up to 0.5 s, doubled with each failure. If the server demands more than a minute, the call is
    left for another run."""
    after_s = error.after_s if isinstance(error, Undelivered) else None
    if isinstance(error, Undelivered) and (error.permanent or not error.tried):
        return False
    if tried >= TRIES or (after_s or 0.0) > LONGEST_WAIT_S:
        return False
    wait_s = min(FIRST_WAIT_S * 2 ** (tried - 1), LONGEST_WAIT_S) * (0.5 + luck() / 2)
    await pause(wait_s if after_s is None else after_s)
    return True
