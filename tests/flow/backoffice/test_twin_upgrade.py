"""Two boxes come to the next version one after the other, while the shop sells: the one that follows is upgraded and
takes over, then the other one."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import pytest

from edge.core.storage.migrate import newest
from tests.flow.backoffice.test_twin_processes import sells
from tests.http_client import PIN, when
from tests.next_version import next_version
from tests.stack import edge
from tests.twin_boxes import Box, twin_boxes

AWAY_S = 120.0


def _spawn(box: Box, environment: dict[str, str]) -> None:
    box.process.spawn([sys.executable, "-m", "edge", "--config", str(box.path), "run"], environment)


async def _state(box: Box) -> dict[str, Any]:
    _, found = await box.api.get("/api/v1/twin")
    return dict(found["twin"])


async def _hand_over(box: Box) -> None:
    grant = await box.api.grant()
    status, answer = await box.api.post("/api/v1/twin/hand-over", {}, Grant=grant, Surface="panel")
    assert status == 200, answer


@pytest.mark.slow
def test_both_come_to_the_next_version_one_after_the_other_and_the_shop_sells_on(tmp_path: Path) -> None:
    later = next_version(tmp_path / "later")

    async def scenario() -> None:
        async with twin_boxes(tmp_path) as shop:
            await shop.start()
            assert (await shop.a.api.post("/api/v1/pin", {"pin": PIN}))[0] == 200
            numbers = [await sells(shop)]
            tried = await edge("--config", shop.b.path, "upgrade", "--rehearse", env=later)
            assert (tried.status, tried.err) == (0, ""), tried
            assert f"upgraded to schema {newest() + 1}" in tried.out and "receipts" in tried.out
            assert "tills wait" in tried.out, "it says how long, beforehand"
            numbers.append(await sells(shop))
            done = await edge("--config", shop.b.path, "upgrade", env=later)
            assert done.status == 0 and "Restart the shop" in done.out, done
            await shop.b.stop()
            numbers.append(await sells(shop))
            _spawn(shop.b, later)
            await shop.paired(shop.a)
            await _hand_over(shop.a)
            numbers.append(await sells(shop))

            async def lacks() -> str:
                return str((await _state(shop.b))["lacks"])

            await when(lacks, lambda what: what == "version", "the older box follows, and is no heir", AWAY_S)
            numbers.append(await sells(shop))
            await shop.a.stop()
            _spawn(shop.a, later)
            await shop.paired(shop.b)
            await _hand_over(shop.b)
            numbers.append(await sells(shop))
            assert numbers == [*range(1, len(numbers) + 1)], "no number is skipped, none is given twice"
            ended = await edge("--config", shop.a.path, "verify", env=later)
            assert ended.status == 0, ended.out

    asyncio.run(scenario())
