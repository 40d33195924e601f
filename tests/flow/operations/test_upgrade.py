"""A shop of the version before, whose whole journal still waits for head office, is upgraded and loses nothing."""

from __future__ import annotations

from pathlib import Path

from sim.postgres import Postgres
from tests.migration.make import todays
from tests.migration.test_migrations import kept
from tests.shop_fixture import run
from tests.stack import CONFIG, cloud, store

TEXT = CONFIG.replace("[panel]", '[[tax.class]]\nid = "reduced"\n[panel]')


def test_a_full_queue_goes_through_an_upgrade(tmp_path: Path) -> None:
    kept(tmp_path, f"{todays()}UPDATE projection SET version = 0;")  # whose tables all were made in another way

    async def scenario() -> None:
        with Postgres(durable=False) as postgres:
            async with cloud(postgres, "upgraded", tmp_path) as office, store(tmp_path, office, TEXT) as shop:
                before = shop.rows()
                tried = await shop.edge("upgrade", "--rehearse")
                assert (tried.status, tried.err) == (0, ""), tried
                assert "The ledger itself wasn't changed." in tried.out
                done = await shop.edge("upgrade")
                assert done.status == 0 and "was upgraded in" in done.out, done
                await shop.start()
                beside = await shop.edge("upgrade")
                assert beside.status == 0 and "Restart the shop" in beside.out, beside
                await shop.api.do("AbandonBasket")
                await shop.sell()
                held = await office.holds(shop)
                assert held[: len(before)] == before
                assert held == shop.rows()
                assert (await shop.edge("verify")).status == 0

    run(scenario(), 120)


def test_a_ledger_that_was_taken_across_sells_and_goes_to_a_new_head_office(tmp_path: Path) -> None:
    path = kept(tmp_path, f"{todays()}ALTER TABLE receipt ADD COLUMN mood TEXT;")

    async def scenario() -> None:
        with Postgres(durable=False) as postgres:
            async with cloud(postgres, "taken", tmp_path) as office, store(tmp_path, office, TEXT) as shop:
                facts = len(shop.rows())
                refused = await shop.edge("verify")
                assert refused.status == 1 and "receipt" in refused.out, refused
                taken = await shop.edge("upgrade", "--from", str(path))
                assert taken.status == 0 and f"All {facts} entries" in taken.out, taken
                await shop.start()
                await shop.api.do("AbandonBasket")
                await shop.sell()
                assert await office.holds(shop) == shop.rows()
                assert len(shop.rows()) > facts + 1
                assert (await shop.edge("verify")).status == 0

    run(scenario(), 120)
