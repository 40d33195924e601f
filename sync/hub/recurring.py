"""Repeat head office's tasks, and resume them after Postgres was unavailable.

    await repeat("tables of coming months", store.add_months, limits.MONTHS_S)     # until cancelled
    await retry(f"messages of {key}", lambda: store.look(key))                   # or raises PostgresAway

Retries wait longer each time, with jitter so that many processes don't reconnect at once. Each outage is logged once,
and so is its end.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn, TypeVar

from sync import limits
from sync.backoff import backoff_s
from sync.hub.primary import is_passing

log = logging.getLogger(__name__)
Got = TypeVar("Got")


class PostgresAway(Exception):
    """Postgres was unavailable or busy at every attempt."""


@contextmanager
def skip_if_away(what: str) -> Iterator[None]:
    """Skip minor work while Postgres is unavailable or busy, with a line in the log."""
    try:
        yield
    except Exception as error:
        if not is_passing(error):
            raise
        log.warning("hub: skipped, as Postgres is unavailable or busy (%s): %s", error, what)


class Outage:
    """An outage of Postgres for one task. It counts failures in a row, and logs its begin and end."""

    def __init__(self, what: str, most_s: float = limits.STORE_RETRY_MAX_S) -> None:
        self._what, self._most_s = what, most_s
        self._failures = 0

    async def wait(self, error: Exception) -> None:
        """Wait for the next attempt. Raises `error` if Postgres isn't its cause."""
        if not is_passing(error):
            raise error
        if not self._failures:
            log.warning("hub: Postgres is unavailable or busy (%s); waiting: %s", error, self._what)
        wait_s = backoff_s(self._failures, limits.STORE_RETRY_S, self._most_s, random.random)
        self._failures += 1
        await asyncio.sleep(wait_s)

    def end(self) -> None:
        """Note a success."""
        if self._failures:
            log.info("hub: Postgres is back after %d attempts: %s", self._failures, self._what)
        self._failures = 0


async def repeat(
    what: str, turn: Callable[[], Awaitable[object]], every_s: float, *, at_once: bool = True, drain: bool = False
) -> NoReturn:
    """Run `turn` every `every_s` until cancelled; its own errors end it.

    `what`: its name in the log. `at_once`: whether it begins without a pause. `drain`: skip the pause after a turn that
    returned a true value.
    """
    outage = Outage(what, min(every_s, limits.TURN_RETRY_MAX_S))
    if not at_once:
        await asyncio.sleep(every_s)
    while True:
        try:
            did = await turn()
        except Exception as error:  # noqa: BLE001 - `wait` raises it unless Postgres is the cause
            await outage.wait(error)
            continue
        outage.end()
        await asyncio.sleep(0 if drain and did else every_s)


async def retry(what: str, work: Callable[[], Awaitable[Got]], attempts: int = limits.STORE_RETRIES) -> Got:
    """Return the result of `work`. Raises `PostgresAway` after this many attempts, and other errors of `work`."""
    outage = Outage(what)
    for _ in range(attempts):
        try:
            got = await work()
        except Exception as error:  # noqa: BLE001 - `wait` raises it unless Postgres is the cause
            await outage.wait(error)
        else:
            outage.end()
            return got
    raise PostgresAway(what)
