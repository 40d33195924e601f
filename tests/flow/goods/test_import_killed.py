"""A shop whose power goes in the middle of an import: it goes on where it was, and sells meanwhile."""

import signal
from pathlib import Path
from typing import Any

import pytest

from edge.core.storage.database import open_reader
from edge.goods.ingest.import_folders import bring
from tests.http_client import when
from tests.importing import many
from tests.shop_fixture import run
from tests.stack import MILK, PRODUCTS, Store, store

pytestmark = pytest.mark.slow

ROWS = 8_000


async def at(shop: Store, job: int, cursor: int) -> dict[str, Any]:
    """The job once it is behind a row, or has ended."""

    async def look() -> dict[str, Any]:
        found: dict[str, Any] = await shop.api.query("job", job=job)
        return found

    def there(seen: dict[str, Any]) -> bool:
        return seen["cursor"] >= cursor or seen["state"] not in ("queued", "running")

    return await when(look, there, f"row {cursor}", 90.0, 0.02)


def test_a_killed_appliance_goes_on_where_it_was_and_sells_meanwhile(tmp_path: Path) -> None:
    path = many(tmp_path, ROWS, wrong=range(0, ROWS, 400))

    async def scenario() -> None:
        async with store(tmp_path) as shop:
            await shop.start(PRODUCTS)
            job = await shop.api.do("ImportCatalog", shop.api.token, path=str(bring(shop.config.folder, path)))
            for stop in (500, 3_000):
                seen = await at(shop, job, stop)
                assert seen["state"] == "running", seen
                assert await shop.sell(MILK) > 0
                await shop.stop(signal.SIGKILL)
                await shop.start()
            done = await at(shop, job, ROWS + 1)  # it ends a moment after its last row
            assert (done["state"], done["cursor"], done["refused"]) == ("done", ROWS, ROWS // 400)
            await shop.stop()
            assert (await shop.edge("verify")).status == 0
            db = open_reader(shop.config.ledger)
            try:
                taken = db.execute("SELECT count(*) FROM journal WHERE type = 'ProductSet'").fetchone()[0]
                notes = db.execute("SELECT line FROM job_note WHERE job = ? ORDER BY line", (job,)).fetchall()
            finally:
                db.close()
            assert taken == ROWS - ROWS // 400 + len(PRODUCTS), "no row lost, none taken twice"
            assert [line for (line,) in notes] == [row + 2 for row in range(0, ROWS, 400)]

    run(scenario(), limit_s=180)
