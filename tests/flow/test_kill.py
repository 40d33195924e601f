"""Appliance, hub, broker and Postgres are killed at random moments while three tills sell: nothing lost or doubled."""

from pathlib import Path

from sim.postgres import Postgres
from tests.house import run
from tests.killing import everything, storm

KILLS = 25
SEED = 20261120


def test_nothing_is_lost_or_doubled_by_kills(tmp_path: Path) -> None:
    async def scenario() -> None:
        with Postgres(durable=True) as postgres:
            async with everything(tmp_path, postgres) as (shop, office):
                outcome = await storm(shop, office, KILLS, SEED, print)
        assert outcome.wrong == []
        assert outcome.sales >= KILLS

    run(scenario(), 180)
