"""A price that jumped waits on a page for a confirmation; what looks wrong is listed there."""

from __future__ import annotations

from pathlib import Path

from edge.core.messages import Done
from edge.foundation.access.commands import SetPin
from edge.foundation.access.credentials.pin import hash_pin
from edge.goods.catalog.categories import presets
from edge.goods.catalog.commands import SetCategories, SetProducts
from edge.goods.catalog.product import MANAGER, Product, Size, Source
from edge.goods.catalog.queries import find_by_sku
from edge.goods.quality.commands import HoldProducts
from edge.goods.quality.events import SAME_PRODUCT, GateReason
from tests.browser.browsing import till
from tests.browser.serving import serve
from tests.http_client import PIN, when
from tests.shop_fixture import CONFIG, SYSTEM, run


def test_the_manager_says_yes_and_no_and_sees_what_looks_wrong(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as page:
            assert isinstance(await served.shop.do(SetPin(hash_pin(PIN)), SYSTEM), Done)
            far = (Product("milk", {"en": "Milk"}, price_minor=1200), Product("beer", {"en": "Beer"}, price_minor=1))
            await page.open(served, path="/quality")
            await page.see("#held_prices", "Nothing to approve")
            assert isinstance(await served.shop.do(HoldProducts(far, Source("feed"), (7, 9)), SYSTEM), Done)
            await page.see("#held_prices tr", "€12.00")
            await page.see("#held_prices tr", "Milk €1.20")
            await page.page.locator("[data-held=ReleaseHeld][data-sku=milk]").click()
            await page.gone("#held_prices [data-sku=milk]")
            await page.page.locator("#toast-bar button").click()
            await page.see("#toast-bar", "Undone")
            found = find_by_sku(served.shop.reader, "milk")
            assert found is not None and found.price_minor == 120
            await page.page.locator("[data-held=ReleaseHeld][data-sku=milk]").click()
            await page.gone("#held_prices [data-sku=milk]")
            await page.page.locator("[data-held=DropHeld][data-sku=beer]").click()
            await page.see("#held_prices", "Nothing to approve")

            async def prices() -> list[int | None]:
                found = (find_by_sku(served.shop.reader, sku) for sku in ("milk", "beer"))
                return [product.price_minor if product else None for product in found]

            await when(prices, lambda seen: seen == [1200, 250], "one price taken, one left", 30.0, 0.05)
            await page.page.locator("#look").click()
            await page.see("#report", "without a price")
            await page.see("#report", "No price yet")
            await page.see("#report", "feed")
            assert page.complaints == []

    run(scenario())


def test_old_stands_beside_new_and_all_are_answered_at_once(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as page:
            assert isinstance(await served.shop.do(SetPin(hash_pin(PIN)), SYSTEM), Done)
            far = tuple(Product(sku, {"en": "Baguette"}, price_minor=5000) for sku in ("milk", "beer", "tomato"))
            assert isinstance(await served.shop.do(HoldProducts(far, Source("chain")), SYSTEM), Done)
            await page.open(served, path="/quality")
            await page.see("#held_prices tr:has([data-sku=beer]) del", "Beer")
            await page.see("#held_prices tr:has([data-sku=beer]) ins", "Baguette")
            await page.page.locator("[data-all=ReleaseHeld]").click()
            await page.see("#held_prices", "Nothing to approve")
            found = [find_by_sku(served.shop.reader, sku) for sku in ("milk", "beer", "tomato")]
            assert [product and product.price_minor for product in found] == [5000, 5000, 5000]
            assert page.complaints == []

    run(scenario())


def test_what_may_be_a_product_of_the_shop_is_asked_for_itself(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as page:
            assert isinstance(await served.shop.do(SetPin(hash_pin(PIN)), SYSTEM), Done)
            alike = tuple(Product(sku, {"en": "Milk"}, price_minor=130) for sku in ("m-1", "m-2"))
            gates = (GateReason(SAME_PRODUCT, {"sku": "milk"}),) * 2
            assert isinstance(await served.shop.do(HoldProducts(alike, Source("dairy"), (), gates), SYSTEM), Done)
            await page.open(served, path="/quality")
            await page.see("#held_prices tr:has([data-sku=m-1])", "name and size as milk")
            await page.see("#held_prices tr:has([data-sku=m-1]) del", "1.20")
            assert await page.page.locator("[data-all]").count() == 0, "nobody says to all at once that they are one"
            await page.page.locator("[data-held=ReleaseHeld][data-sku=m-1]").click()
            await page.gone("#held_prices [data-sku=m-1]")
            await page.page.locator("[data-held=DropHeld][data-sku=m-2]").click()
            await page.see("#held_prices", "Nothing to approve")
            found = [find_by_sku(served.shop.reader, sku) for sku in ("milk", "m-1", "m-2")]
            assert [one and one.price_minor for one in found] == [130, None, 130]
            assert page.complaints == []

    run(scenario())


def test_as_how_much_dried_cannabis_goods_count_is_proposed_and_approved(tmp_path: Path) -> None:
    async def scenario() -> None:
        text = CONFIG.replace('currency = "EUR"', 'currency = "EUR"\nprovince = "ON"')
        async with serve(tmp_path, text) as served, till() as page:
            assert isinstance(await served.shop.do(SetPin(hash_pin(PIN)), SYSTEM), Done)
            await served.shop.do(SetCategories(presets.load("cannabis"), Source(MANAGER)), SYSTEM)
            goods = [
                Product(sku, {"en": sku.title()}, price_minor=900, category=f"cannabis-{of}", size=Size(amount, "g"))
                for sku, of, amount in (("bud", "flower", 3_500), ("gum", "edibles", 9_000), ("vape", "vapes", 500))
            ]
            assert isinstance(await served.shop.do(SetProducts(tuple(goods), Source("feed")), SYSTEM), Done)
            await page.open(served, path="/quality")
            await page.see("#proposed_equivalents tr:has([data-equivalent=gum])", "0.6 g")
            await page.page.locator("[data-equivalent=gum]").click()
            await page.gone("[data-equivalent=gum]")
            await page.page.locator("[data-equivalents]").click()
            await page.gone("#proposed_equivalents table")
            found = [find_by_sku(served.shop.reader, sku) for sku in ("bud", "gum", "vape")]
            assert [one and one.attributes and one.attributes["dried equivalent"].low for one in found] == [
                3500,
                600,
                2000,
            ]
            assert page.complaints == []

    run(scenario())
