"""Real baskets of a real store through the whole stack, and the books after them."""

from pathlib import Path

import pytest

from sim.postgres import Postgres
from tests.bench.day import opened, replay
from tests.books import differences
from tests.grocery import present, read_baskets
from tests.shop_fixture import run

pytestmark = pytest.mark.slow

SELLING_S = 30.0
"""For as many baskets as fit; `./run bench day` does all of them."""


@pytest.mark.skipif(not present(), reason="missing: shared/data/sales/grocery_store_356 beside the project")
def test_a_day_of_real_baskets(tmp_path: Path) -> None:
    async def scenario() -> None:
        baskets = read_baskets()
        with Postgres(durable=True) as postgres:
            async with opened(tmp_path, postgres) as (shop, office):
                replayed = await replay(shop, baskets, SELLING_S)
                print(f"{replayed.sales} of {len(baskets)} baskets in {replayed.seconds:.0f} s")
                assert replayed.sales > 50
                assert await differences(shop, office, baskets[: replayed.sales], replayed.papers) == []

    run(scenario(), 120)
