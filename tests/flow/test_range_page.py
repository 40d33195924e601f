"""A shop sees its range: what is in, what is out, by whose word and for which group, and what will change."""

from __future__ import annotations

from pathlib import Path

from edge.shop.assortment.commands import RangeListing, SetAssortment
from edge.shop.assortment.queries import RangeCounts, range_counts, range_words
from tests.shop_fixture import SYSTEM, done, open_shop, run
from tests.unit.test_directive_kinds import applied, taken

DAY_US = 86_400 * 1_000_000


def test_what_is_in_out_and_coming_is_told_with_whose_word_it_is(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            now_us = shop.now_us()
            all_in = range_counts(shop.reader, now_us)
            assert all_in.unlisted == all_in.coming == 0 and range_words(shop.reader, now_us) == []
            said = {"assortment": [{"sku": "milk", "listed": False, "group": "north"}]}
            await applied(shop, taken(1, "assortment", said))
            later = SetAssortment((RangeListing("beer", False, now_us + DAY_US),))
            await done(shop, later, SYSTEM)
            now_us = shop.now_us()
            beer, milk = range_words(shop.reader, now_us)
            assert (milk.listed, milk.by, milk.group, milk.next_us) == (False, "head office", "north", 0)
            assert (beer.listed, beer.by, beer.next_by, beer.next_group) == (True, "", "manager", "")
            assert range_counts(shop.reader, now_us) == RangeCounts(all_in.listed - 1, 1, 1)
            for show, found in (("in", ["beer"]), ("out", ["milk"]), ("coming", ["beer"])):
                assert [one.sku for one in range_words(shop.reader, now_us, show)] == found  # type: ignore[arg-type]
            assert [one.sku for one in range_words(shop.reader, now_us, "", "beer")] == ["milk"]
            assert [one.sku for one in range_words(shop.reader, now_us + DAY_US, "out")] == ["beer", "milk"]

    run(scenario())
