"""The machine has no memory left: a PIN can't be looked at, and is in no log for that."""

from __future__ import annotations

import re
import resource
from pathlib import Path

import pytest

from tests.http_client import PIN
from tests.shop_fixture import run
from tests.stack import MILK, PRODUCTS, Store, store
from tests.sync_doubles import until

ROOM = 9 * 1024 * 1024
"""What may still be taken: half of what Argon2 needs for one PIN."""
NEW_PIN = "7351984"


def take_the_memory(shop: Store) -> None:
    """From now on the appliance gets ROOM more, as on a box where something else has taken all (prlimit(2))."""
    assert shop.process.pid
    used = re.search(r"VmSize:\s+(\d+) kB", Path(f"/proc/{shop.process.pid}/status").read_text())
    assert used
    limit = int(used[1]) * 1024 + ROOM
    resource.prlimit(shop.process.pid, resource.RLIMIT_AS, (limit, resource.RLIM_INFINITY))


def draws(shop: Store) -> bool:
    """Whether pictures can be drawn: the last that a start loads, behind the till."""
    return "_imaging" in Path(f"/proc/{shop.process.pid}/maps").read_text()


def test_a_pin_is_neither_wrong_nor_logged_where_there_is_no_memory_to_look_at_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # No thread has a heap with room that counts as taken, and what one look at a PIN took goes back (mallopt(3)).
    for name, value in (("MALLOC_ARENA_MAX", "1"), ("MALLOC_MMAP_THRESHOLD_", "1048576")):
        monkeypatch.setenv(name, value)

    async def scenario() -> None:
        async with store(tmp_path) as shop:
            await shop.start(PRODUCTS)
            assert (await shop.edge("pin", stdin=PIN + "\n")).status == 0
            status, answer = await shop.api.post("/api/v1/sign-in", {"pin": "0000"})
            assert answer["refused"]["code"] == "pin_wrong"
            grant = await shop.api.grant()
            await until(lambda: draws(shop), "the printer has loaded what it draws with")
            take_the_memory(shop)
            body = {"name": "Dana", "role": "cashier", "pin": NEW_PIN, "id": ""}
            approval = {"pin": PIN, "command": "OverridePrice"}
            for path, sent in (("users", body), ("sign-in", {"pin": NEW_PIN}), ("grants", approval)) * 4:
                status, answer = await shop.api.post(f"/api/v1/{path}", sent, Grant=grant)
                assert status == 503, (path, status, answer)
                assert answer["error"]["code"] == "no_memory", (path, answer)
            assert NEW_PIN not in shop.log and PIN not in shop.log
            assert "Traceback" not in shop.log
            await shop.api.do("AddLine", code=MILK)
            resource.prlimit(shop.process.pid, resource.RLIMIT_AS, (resource.RLIM_INFINITY,) * 2)
            await shop.api.grant()

    run(scenario())
