"""`edge catalog import`, into a shop that runs and into one that does not."""

from pathlib import Path

from tests.http_client import Ended
from tests.shop_fixture import run
from tests.stack import Store, store

CSV = """\
sku,barcode,name,price
milk,4006381333931,Milk,1.20
bread,3017620422003,Bread,3.45
bad,4006381333932,Wrong check digit,1.00
"""


def test_with_and_without_a_running_appliance(tmp_path: Path) -> None:
    async def scenario() -> None:
        file = tmp_path / "goods.csv"
        file.write_text(CSV)
        async with store(tmp_path) as shop:
            _right(await shop.edge("catalog", "import", file))
            await shop.start()
            assert await _prices(shop) == [120, 345]
            head = shop.head()
            _right(await shop.edge("catalog", "import", file))
            assert shop.head() == head, "the same file again changes nothing"
            file.write_text(CSV.replace("1.20", "1.25"))
            _right(await shop.edge("catalog", "import", file))
            assert await _prices(shop) == [125, 345]
            assert shop.head() == head + 1

    run(scenario())


def test_a_file_that_cannot_be_taken(tmp_path: Path) -> None:
    async def scenario() -> None:
        file = tmp_path / "goods.csv"
        async with store(tmp_path) as shop:
            await shop.start()
            missing = await shop.edge("catalog", "import", file)
            assert missing.status == 1 and "File" in missing.err
            file.write_text("colour,weight\nred,1\n")
            for _ in ("running", "not running"):
                said = await shop.edge("catalog", "import", file)
                assert said.status == 1
                assert "failed" in said.out and "colour" in said.out, said
                await shop.stop()

    run(scenario())


def _right(said: Ended) -> None:
    assert said.status == 0, said
    assert said.out.startswith("3 rows read, 1 problem")
    assert "line 4" in said.out and "check digit" in said.out


async def _prices(shop: Store) -> list[int]:
    found = [await shop.api.query("product", sku=sku) for sku in ("milk", "bread")]
    return [product["price_minor"] for product in found]
