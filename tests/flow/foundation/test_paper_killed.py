"""The appliance itself is killed while its printer is busy: what may be on paper is asked about, the rest comes."""

import signal
from pathlib import Path
from typing import Any

import pytest

from tests.http_client import when
from tests.shop_fixture import run
from tests.stack import PRODUCTS, Store, store

pytestmark = pytest.mark.slow


async def doubts(shop: Store) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = await shop.api.query("doubtful_prints", register="1")
    return found


def test_the_appliance_is_killed_in_the_middle_of_a_receipt(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with store(tmp_path) as shop:
            await shop.start(PRODUCTS)
            await shop.sell()
            await shop.printer.next_receipt()
            shop.printer.paper_out(after_lines=4)
            await shop.sell()
            lost = await shop.part("printer", "lost")
            assert (lost["what"], lost["key"]) == ("The printer is out of paper.", "printer.paper_out")
            await shop.sell()
            await shop.stop(signal.SIGKILL)
            await shop.printer.recover()
            shop.spawn()
            await shop.ready()
            (doubt,) = await when(lambda: doubts(shop), lambda seen: len(seen) == 1, "one receipt is in doubt")
            assert (doubt["receipt"], doubt["problem"]) == (2, "interrupted")
            texts = [(await shop.printer.next_receipt()).text for _ in range(2)]
            assert ["1-000002" in texts[0], "1-000003" in texts[1]] == [True, True]
            await shop.api.do("ConfirmPrint", job=doubt["id"])
            assert await doubts(shop) == []
            ended = await shop.edge("verify")
            assert ended.status == 0, ended

    run(scenario())
