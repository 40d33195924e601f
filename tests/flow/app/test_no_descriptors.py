"""The appliance has no file descriptors left: selling goes on, and the log says so in a line, not in megabytes."""

from __future__ import annotations

import asyncio
import resource
import socket
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.http_client import when
from tests.shop_fixture import run
from tests.stack import MILK, PRODUCTS, Store, store

SAID = "a connection couldn't be accepted"
STRANGERS = 300


def take_the_descriptors(shop: Store, left: int) -> None:
    """From now on it may open so many more (prlimit(2)), as without systemd's LimitNOFILE."""
    assert shop.process.pid
    used = max(int(fd.name) for fd in Path(f"/proc/{shop.process.pid}/fd").iterdir())
    _, hard = resource.prlimit(shop.process.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(shop.process.pid, resource.RLIMIT_NOFILE, (used + left, hard))


@pytest.mark.slow
def test_strangers_who_take_all_connections_do_not_fill_the_log(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with store(tmp_path) as shop:
            await shop.start(PRODUCTS)
            await shop.sell()
            take_the_descriptors(shop, 20)
            with ExitStack() as connected:
                for _ in range(STRANGERS):
                    stranger = connected.enter_context(socket.socket())
                    stranger.setblocking(False)
                    stranger.connect_ex(("127.0.0.1", shop.port))
                await when(lambda: asyncio.sleep(0, shop.log), lambda log: SAID in log, "said", 15.0)
                for _ in range(4):  # asyncio tries again every second, and an idle appliance answers as often
                    await shop.api.health()
                shop.scanner.type(MILK)
                await shop.basket(lines=1)
                await shop.sell()
            assert shop.log.count(SAID) == 1
            assert len(shop.log) < 20_000
            await shop.sell()

    run(scenario(), 90)
