"""A hub worker as a process of its own, for tests that kill it: `python -m tests.hub_worker DSN PORT`."""

from __future__ import annotations

import asyncio
import sys

from sync.hub.store import open_store
from sync.hub.worker import Worker
from sync.mqtt import BrokerConfig


async def main(dsn: str, port: int) -> None:
    async with open_store(dsn) as store:
        await Worker(store, BrokerConfig(port=port)).run()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
