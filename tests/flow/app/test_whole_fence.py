"""Two boxes with one disk, and a box that is kept out: explained at both ends, nothing merged, and a way back."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.postgres import Postgres
from tests.http_client import when
from tests.shop_fixture import run
from tests.stack import BREAD, MILK, PRODUCTS, Cloud, Store, cloud, store


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with Postgres(durable=False) as server:
        yield server


async def stopped(office: Cloud) -> str:
    found = await office.fetch("SELECT stopped_text FROM device")
    return str(found[0][0] or "") if found else ""


async def told(shop: Store, words: str) -> str:
    """What a shop says of the hub, once it says these words; while it waits for an answer it says that."""

    async def look() -> str:
        return str((await shop.part("hub", "lost", 60.0))["advice"])

    return await when(look, lambda said: words in said, words, 60.0)


def test_of_two_boxes_with_one_disk_one_goes_on_and_nothing_is_merged(tmp_path: Path, postgres: Postgres) -> None:
    async def scenario() -> None:
        async with cloud(postgres, "cloned", tmp_path) as office, store(tmp_path, office) as shop:
            await shop.start(PRODUCTS)
            await shop.sell(MILK)
            await office.holds(shop)
            await shop.stop()
            (tmp_path / "clone").mkdir()
            async with store(tmp_path / "clone", office) as clone:
                shutil.copytree(shop.config.folder, clone.config.folder)
                await shop.start()
                await shop.sell(MILK, MILK)
                held = await office.holds(shop)
                await clone.start()
                await clone.sell(BREAD)
                await clone.sell(BREAD)
                said = await told(clone, "Sales continue, but nothing is sent.")
                why = await when(lambda: stopped(office), bool, "the hub says so")
                assert why in said
                assert (await office.edge("hub", "status")).out.count("STOPPED") == 1
                journal = await office.fetch("SELECT hash FROM history ORDER BY seq")
                assert [row[0] for row in journal] == [row.hash for row in held], "nothing of the clone is in it"
                assert await clone.sell(BREAD) > 0, "it sells on"
                await clone.stop()
                await shop.stop()
                await shop.start()  # else it asks again by itself, within minutes
                await shop.sell(MILK)
                held = await office.holds(shop)
                assert held == shop.rows(), "the right one goes on"
                recovered = await clone.edge("recover", "--replace")
                assert recovered.status == 0, recovered
                assert clone.rows()[: len(held)] == held, "the clone begins again from what the hub holds"

    run(scenario(), 180)


@pytest.mark.slow
def test_a_box_that_a_person_fences_is_kept_out_until_it_is_let_in_again(tmp_path: Path, postgres: Postgres) -> None:
    async def scenario() -> None:
        async with cloud(postgres, "fenced", tmp_path) as office, store(tmp_path, office) as shop:
            await shop.start(PRODUCTS)
            held = await office.holds(shop)
            assert (await office.edge("hub", "fence", "demo/corner/ghost")).status == 1
            said = await office.edge("hub", "fence", "demo/corner/box1", "--why", "it was stolen")
            assert said.status == 0, said
            assert (
                "STOPPED: Head office has fenced this box: it was stolen." in (await office.edge("hub", "status")).out
            )
            await told(shop, "Head office has fenced this box: it was stolen.")  # it had nothing to send
            assert await shop.sell(MILK) > 0, "it sells on"
            checked = (await shop.edge("check")).out
            assert "edge hub unfence" in checked and "--as-is" not in checked, "no other epoch would help"
            assert len(await office.fetch("SELECT 1 FROM history")) == len(held)
            assert (await office.edge("hub", "unfence", "demo/corner/box1")).status == 0
            assert "STOPPED" not in (await office.edge("hub", "status")).out
            assert await office.holds(shop) == shop.rows(), "it hears of that, too"

    run(scenario(), 180)
