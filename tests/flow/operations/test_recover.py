"""A box burns down: the next one rebuilds the shop from head office and sells; the old one is fenced."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.postgres import Postgres
from tests.shop_fixture import run
from tests.stack import BREAD, MILK, PRODUCTS, cloud, store


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with Postgres(durable=False) as server:
        yield server


def use_currency(config: Path, before: str, after: str) -> None:
    text = config.read_text()
    assert f'currency = "{before}"' in text
    config.write_text(text.replace(f'currency = "{before}"', f'currency = "{after}"'))


def test_an_empty_box_becomes_the_shop_and_the_old_one_is_fenced(tmp_path: Path, postgres: Postgres) -> None:
    new = tmp_path / "new"
    new.mkdir()

    async def scenario() -> None:
        async with cloud(postgres, "recovered", tmp_path) as office, store(tmp_path, office) as old:
            await old.start(PRODUCTS)
            for code in (MILK, BREAD, MILK):
                await old.sell(code)
            held = await office.holds(old)

            async with store(new, office) as box:
                use_currency(Path(box.path), "EUR", "USD")
                wrong = await box.edge("recover")
                assert wrong.status == 1 and "sells in EUR, but the configuration says USD" in wrong.err
                assert not box.config.ledger.exists()
                use_currency(Path(box.path), "USD", "EUR")
                done = await box.edge("recover")
                assert (done.status, done.err) == (0, ""), done
                assert f"Entries #1 to #{len(held)} were recovered" in done.out
                assert "Register 1: receipts 4 to 103 are skipped" in done.out
                assert box.rows()[: len(held)] == held
                assert not (box.config.folder / "recovering").exists()
                verified = await box.edge("verify")
                assert verified.status == 0, verified.out
                await box.start()
                assert await box.sell(BREAD) == 104, "what was not sent yet may have had the next ones"
                assert (await box.api.query("product", sku="beer"))["min_age"] == 18
                assert await office.holds(box) == box.rows()

                await old.sell()  # it goes on selling, and nothing of it becomes history
                lost = await old.part("hub", "lost")
                assert "has replaced epoch" in lost["advice"]
                assert await office.holds(box) == box.rows()
                again = await box.edge("recover")
                assert again.status == 1 and "Stop it first" in again.err

                # It was the right one after all: a person says so, and it goes on above all that head office knows.
                await old.stop()
                gone_on = await old.edge("restore", "--as-is")
                assert (gone_on.status, gone_on.err) == (0, ""), gone_on
                assert "couldn't be asked" not in gone_on.out
                await old.start()
                assert await old.sell() == 205, "the other box's numbers are not used either"
                assert await office.holds(old) == old.rows()
                await box.sell()
                assert "has replaced epoch" in (await box.part("hub", "lost"))["advice"]

    run(scenario(), 120)


def test_what_cannot_be_recovered_is_said(tmp_path: Path, postgres: Postgres) -> None:
    async def scenario() -> None:
        async with cloud(postgres, "nothing_there", tmp_path) as office, store(tmp_path, office) as box:
            said = await box.edge("recover")
            assert said.status == 1
            assert "The hub has no data of demo/corner/box1." in said.err
            assert not box.config.ledger.exists()
        async with store(tmp_path) as alone:
            said = await alone.edge("recover")
            assert said.status == 1 and "The section [sync] is missing" in said.err

    run(scenario(), 120)
