"""Head office's programs: a key from the command line, the API as a process, and a key that opens nothing any more."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from sim.child import Child, accepts
from sim.ports import free_port
from sim.postgres import Postgres
from tests.stack import edge


@asynccontextmanager
async def api_process(env: dict[str, str], folder: Path) -> AsyncIterator[str]:
    """`edge hub api`; its address."""
    port = free_port()
    child = Child("api", folder / "api.log")
    child.spawn([sys.executable, "-m", "edge", "hub", "api", "--port", str(port)], {**os.environ, **env})
    try:
        await asyncio.to_thread(child.wait_until, lambda: accepts(port))
        yield f"http://127.0.0.1:{port}"
    finally:
        await asyncio.to_thread(child.stop, signal.SIGTERM)


async def status_of(address: str, secret: str) -> int:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{address}/v1/devices", headers={"Authorization": f"Bearer {secret}"}) as answer,
    ):
        return answer.status


def test_a_key_is_made_listed_used_and_revoked(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Postgres(durable=False) as server:
            env = {"EDGE_HUB_DATABASE": server.dsn, "EDGE_HUB_BROKER": "127.0.0.1:9", "EDGE_HUB_TLS": "off"}
            made = await edge("hub", "key", "add", "acme", "the books", "--may", "read", env=env)
            secret = made.out.splitlines()[-1]
            assert made.out.startswith("Key 1 of acme, for the books, valid for 90 days.") and len(secret) > 40
            async with api_process(env, tmp_path) as address:
                assert await status_of(address, secret) == 200
                listed = await edge("hub", "key", "list", env=env)
                shown = r"1: acme, the books: can read, created \S+ \S+, used \S+ \d\dh, ends \S+$"
                assert re.match(shown, listed.out.strip())
                assert secret not in listed.out
                revoked = await edge("hub", "key", "revoke", "1", env=env)
                assert revoked.out.strip() == "Key 1 was revoked."
                assert await status_of(address, secret) == 401
            again = await edge("hub", "key", "revoke", "1", env=env)
            assert (again.status, "No active key 1 found" in again.err) == (1, True)

    asyncio.run(scenario())
