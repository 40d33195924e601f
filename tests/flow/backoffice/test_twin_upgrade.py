"""Two boxes come to the next version one after the other, while the shop sells: the one that follows is upgraded and
takes over, then the other one. The next version is made up: a copy of this one with a table and a projection more."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from edge.core.storage.migrate import BASELINE
from tests.flow.backoffice.test_twin_processes import sells
from tests.http_client import PIN, when
from tests.stack import edge
from tests.twin_boxes import Box, twin_boxes

ROOT = Path(__file__).parents[3]
PACKAGES = ("edge", "drivers", "sync", "twin", "models")
MARK = "CREATE TABLE next_mark (id INTEGER PRIMARY KEY) STRICT;\n"
CHANGED = {
    "edge/__init__.py": ('__version__ = "0.1.0"', '__version__ = "0.2.0"'),
    "edge/counter/till/project.py": ('name="receipts",\n    version=', 'name="receipts",\n    version=1'),
}
AWAY_S = 120.0


def _release_next(place: Path) -> dict[str, str]:
    """The next version in a folder of its own; the environment in which it runs."""
    for name in PACKAGES:
        shutil.copytree(ROOT / name, place / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name, (before, after) in CHANGED.items():
        text = (place / name).read_text()
        assert before in text, name
        (place / name).write_text(text.replace(before, after))
    (place / f"edge/core/migrations/{BASELINE + 1:04d}_next.sql").write_text(MARK)
    with (place / "edge/foundation/printing/tables.sql").open("a") as tables:
        tables.write(MARK)
    return {**os.environ, "PYTHONPATH": str(place), "PYTHONSAFEPATH": "1"}  # not what lies where the tests run


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
    later = _release_next(tmp_path / "later")

    async def scenario() -> None:
        async with twin_boxes(tmp_path) as shop:
            await shop.start()
            assert (await shop.a.api.post("/api/v1/pin", {"pin": PIN}))[0] == 200
            numbers = [await sells(shop)]
            tried = await edge("--config", shop.b.path, "upgrade", "--rehearse", env=later)
            assert (tried.status, tried.err) == (0, ""), tried
            assert f"upgraded to schema {BASELINE + 1}" in tried.out and "receipts" in tried.out
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
