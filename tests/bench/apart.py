"""Head office beside a shop that is measured: in life another machine, here on a processor of its own.

A process has the processors of whoever starts it (sched_setaffinity(2)).
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path

from sim.postgres import Postgres
from tests.stack import Cloud, cloud

_ALL = os.sched_getaffinity(0)
_LAST = {max(_ALL)}


@asynccontextmanager
async def head_office(database: str, folder: Path) -> AsyncIterator[Cloud]:
    """A cloud on the last processor; this process, and what it starts from here on, has the other ones, if any."""
    async with AsyncExitStack() as running:
        with there():
            postgres = running.enter_context(Postgres(durable=False))
            office = await running.enter_async_context(cloud(postgres, database, folder))
        yield office


@contextmanager
def there() -> Iterator[None]:
    """What is started meanwhile runs where head office does."""
    os.sched_setaffinity(0, _LAST)
    try:
        yield
    finally:
        os.sched_setaffinity(0, _ALL - _LAST or _ALL)
