"""What a shop notices of production."""

from __future__ import annotations

from pathlib import Path

from edge.core.journal.verify import verify
from edge.core.messages import Refused
from edge.shop.production.commands import SetProductionEntry
from edge.shop.production.events import ProductionEntrySet
from edge.shop.production.queries import ProductionEntry, production_entries, production_entry
from edge.shop.production.rules import VALUE_LIMIT
from tests.shop_fixture import SYSTEM, done, open_shop, run


def test_an_entry_is_as_it_was_set_last(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await done(shop, SetProductionEntry("a", 1), SYSTEM)
            set_again = await done(shop, SetProductionEntry("a", 2), SYSTEM)
            assert set_again.events == (ProductionEntrySet("a", 2),)
            assert production_entry(shop.reader, "a") == ProductionEntry("a", 2)
            assert production_entries(shop.reader) == [ProductionEntry("a", 2)]
            assert (await done(shop, SetProductionEntry("a", 2), SYSTEM)).events == ()
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_a_value_beyond_the_limit_is_refused(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            outcome = await shop.do(SetProductionEntry("a", VALUE_LIMIT + 1), SYSTEM)
            assert outcome == Refused("production_beyond", {"limit": VALUE_LIMIT})
            assert production_entry(shop.reader, "a") is None

    run(scenario())
