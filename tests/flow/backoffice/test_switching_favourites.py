"""Sales of another system that name their customers: favourites come along, and count by consent."""

from __future__ import annotations

from pathlib import Path

from edge.backoffice.switching.commands import MoveIn, TakeBackMove
from edge.backoffice.switching.moved import MovedFile
from edge.ordering.recommend.profiles.past import past_of
from edge.ordering.recommend.profiles.persons import profile_of, read_purchases
from edge.ordering.recommend.queries import repeat_purchases
from edge.people.customers.commands import GiveConsent, SetCustomer
from tests.flow.backoffice.test_switching import brought, moved
from tests.shop_fixture import SYSTEM, FakeClock, done, open_shop, run

NOW_US = 1_795_000_000_000_000
CATALOGUE = "SKU,Name,Price,Category\nTEA,Tea,2.50,Drinks\nBUN,Bun,3.00,Bakery\n"
SALES = """\
Date,Receipt number,Receipt type,SKU,Item,Quantity,Net sales,Customer name,Customer contacts,Status
2026-11-01,1,Sale,TEA,Tea,1,2.50,Dana,dana@example.org,Closed
2026-11-02,2,Sale,TEA,Tea,2,5.00,Dana,"+33 1 99 00 00 01, dana@example.org",Closed
2026-11-03,3,Sale,BUN,Bun,1,3.00,Dana,dana@example.org,Closed
2026-11-04,4,Refund,BUN,Bun,1,3.00,Dana,dana@example.org,Closed
2026-11-05,5,Sale,TEA,Tea,1,2.50,Dana,dana@example.org,Cancelled
2024-11-05,6,Sale,BUN,Bun,9,27.00,Dana,dana@example.org,Closed
2026-11-06,7,Sale,BUN,Bun,1,3.00,Somebody,somebody@example.org,Closed
2026-11-07,8,Sale,BUN,Bun,1,3.00,,,Closed
"""


def test_what_customers_bought_elsewhere_counts_once_they_agree_and_says_that_it_was_imported(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock(NOW_US)
        async with open_shop(tmp_path, clock, stocked=False) as shop:
            dana = (await done(shop, SetCustomer(name="Dana", email="dana@example.org"), SYSTEM)).result
            sales, goods = brought(shop, tmp_path, "sales.csv", SALES), brought(shop, tmp_path, "goods.csv", CATALOGUE)
            files = (MovedFile(str(sales), "sales_lines", {"buyers": "keep"}), MovedFile(str(goods), "catalogue"))
            job, _ = await moved(shop, MoveIn(files), clock)
            assert "unknown_products" not in job.counts, "products of the same job are known to its sales"
            assert (job.counts["buyers_known"], job.counts["buyers_unknown"]) == (1, 1)
            today = "2026-11-18"
            assert repeat_purchases(shop.reader, dana, NOW_US, today) == [], "nobody consented"
            for purpose in ("profile", "recommendations"):
                await done(shop, GiveConsent(dana, purpose, "en"), SYSTEM)
            bought = read_purchases(shop.reader, dana, NOW_US, today)
            assert (bought.times, bought.imported) == ({"TEA": 2}, {"TEA": 2}), (
                "the bun came back; old ones are too old"
            )
            assert repeat_purchases(shop.reader, dana, shop.now_us(), today) == ["TEA"]
            assert profile_of(shop.reader, dana, shop.now_us(), today) is None, "two purchases say too little"
            assert [one["sku"] for one in past_of(shop.reader, dana)["imported_purchases"]] == [
                "BUN",
                "BUN",
                "TEA",
                "TEA",
            ]
            await moved(shop, TakeBackMove(job.id), clock)
            assert past_of(shop.reader, dana) == {"imported_purchases": []}

    run(scenario())
