"""A catalogue of strains that a mapping reads is cleaned as one that an authority publishes."""

from __future__ import annotations

from pathlib import Path

from edge.goods.catalog.queries import find_by_sku
from tests.importing import csv_file, import_file
from tests.shop_fixture import FakeClock, open_shop, run

MAPPING = """[columns]
number = "sku"
label = "name.en"
maker = "brand"
size = "size"
plant = "attribute.strain type"
strength = "attribute.THC"
cost = "price"
"""
ROWS = """number,label,maker,size,plant,strength,cost
A1,"PINK KUSH 3.5G - INDICA DOMINANT ®",Leaf,3.5 g,Indica Dominant,THC 20%,30.00
A2,PRE-ROLLS OG,Leaf,5 x 0.5g,,20% THC,20.00
A3,Green Oil,Leaf,1/8 oz,Pure CBD oil,18.567%,20.00
A4,Blue Dream,Leaf,2 lb,Hybrid,-5%,20.00
A5,Red Dream,Leaf,1 oz,Hybrid,21-15%,20.00
A6,White Dream,Leaf,3.5 g,Sativa,1200 mg/g,20.00
"""


def test_names_weights_kinds_and_percents_of_a_mapped_catalogue(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock(), stocked=False) as shop:
            (mapping := tmp_path / "map.toml").write_text(MAPPING)
            job, notes = await import_file(shop, csv_file(tmp_path, ROWS), mapping)
            assert job.counts == {"new": 6}
            found = {sku: find_by_sku(shop.reader, sku) for sku in ("A1", "A2", "A3", "A4", "A5", "A6")}
            goods = [one for one in found.values() if one is not None]
            assert [one.names["en"] for one in goods if one.names] == [
                *("Pink Kush", "Pre-Rolls OG"),
                *("Green Oil", "Blue Dream", "Red Dream", "White Dream"),
            ]
            assert [one.size.amount for one in goods if one.size] == [3_500, 2_500, 3_500, 907_180, 28_000, 3_500]
            said = [one.attributes for one in goods]
            assert [one["strain type"].text for one in said if "strain type" in one] == [
                *("indica", "cbd", "hybrid", "hybrid", "sativa"),
            ]
            assert (said[0]["dominance"].text, said[1]["pieces"].low) == ("indica", 5_000)
            strengths = [(one["THC"].low, one["THC"].high, one["THC"].unit) for one in said]
            nothing = (None, None, "")
            assert strengths == [
                *((20_000, 20_000, "%"), (20_000, 20_000, "%"), (18_570, 18_570, "%")),
                *(nothing, nothing, nothing),
            ]
            assert [(one.line, one.value, one.reason) for one in notes] == [
                *((5, "-5%", "percent_range"), (6, "21-15%", "percent_range"), (7, "1200 mg/g", "percent_range")),
            ]

    run(scenario())


def test_a_shops_own_list_keeps_its_names(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock(), stocked=False) as shop:
            text = "sku,name.en,size,price,attribute.THC\nA1,PINK KUSH 3.5G,3.5 g,30.00,20%\n"
            await import_file(shop, csv_file(tmp_path, text))
            product = find_by_sku(shop.reader, "A1")
            assert product is not None and product.names == {"en": "PINK KUSH 3.5G"}

    run(scenario())
