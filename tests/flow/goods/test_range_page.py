"""A shop sees its range: what is in, what is out, by whose word and for which group, and what will change."""

from __future__ import annotations

from pathlib import Path

from edge.goods.assortment.commands import RangeListing, SetAssortment
from edge.goods.assortment.queries import RangeCounts, range_counts, range_words
from tests.browser.browsing import till
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.browser.web.test_axe import violations
from tests.shop_fixture import SYSTEM, FakeClock, done, open_shop, run
from tests.unit.backoffice.test_directive_kinds import applied, taken

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


def test_the_page_says_it_in_each_language(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, clock=FakeClock()) as served, till() as page, calling(served) as caller:
            await caller.set_pin()
            out = SetAssortment((RangeListing("milk", False),), "head office", "north")
            later = SetAssortment((RangeListing("beer", False, served.shop.now_us() + DAY_US),))
            for said in (out, later):
                await done(served.shop, said, SYSTEM)
            for language, of_north, word in (("en", "group north", "manager"), ("he", "north", "מנהל")):
                await page.open(served, f"register=1&lang={language}", "/manager/range")
                await page.see('[data-sku="milk"]', of_north)
                await page.see('[data-sku="beer"]', word)
                assert await violations(page.page, f"range {language}") == []
                page.complaints.clear()  # what the page's policy kept from the checker
            await page.open(served, "register=1&show=out", "/manager/range")
            await page.see('[data-sku="milk"]')
            assert await page.page.locator('[data-sku="beer"]').count() == 0 and page.complaints == []

    run(scenario())
