"""The demo's drawings: one for each of its categories, light enough for the first page of a kiosk."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

from edge.app.demo_shop import demo_catalog, demo_orders
from sim.product_pictures import KINDS, SIDE, draw_picture, put_into


def test_every_category_of_the_demo_is_drawn_and_no_two_look_the_same() -> None:
    kinds = [id for *_, id, _ in demo_orders.KINDS]
    assert set(kinds) == set(KINDS)
    drawn = [draw_picture(kind, 1) for kind in kinds]
    assert len(set(drawn)) == len(kinds)
    for data in drawn:
        assert Image.open(io.BytesIO(data)).size == (SIDE, SIDE)
        assert len(data) < 4000, "24 of them stand on the first page, which is to have 200 KB at most"


def test_each_product_has_a_file_of_its_own_colour(tmp_path: Path) -> None:
    names = put_into(tmp_path / "pictures", {"1000": "dairy", "1001": "dairy"})
    first, second = ((tmp_path / "pictures" / names[sku]).read_bytes() for sku in ("1000", "1001"))
    assert first != second


def test_goods_have_the_colour_that_people_know_them_by(tmp_path: Path) -> None:
    """Redder than green, or the other way about: of what is drawn in the middle."""

    def redder(name: str) -> bool:
        drawn = Image.open(io.BytesIO(draw_picture("produce", 3, name))).convert("RGB")
        found = drawn.getpixel((SIDE * 6 // 10, SIDE * 5 // 10))
        assert isinstance(found, tuple)
        return found[0] > found[1]

    assert [redder(name) for name in ("Tomatoes", "Cucumbers", "Onions", "Mint, bunch")] == [True, False, True, False]


def test_each_of_the_demos_goods_is_drawn_as_what_it_is_called() -> None:
    sizes = []
    for first, last, kind, _ in demo_orders.KINDS:
        goods = [one for one in demo_catalog.products() if one.sku.isdigit() and first <= int(one.sku) <= last]
        for name in ((one.names or {})["en"] for one in goods):
            drawn = draw_picture(kind, 1, name)
            assert drawn == draw_picture(kind, 2, name), f"{name} is drawn as just any of its kind"
            sizes.append(len(drawn))
    assert sum(sizes) / len(sizes) < 4000 and max(sizes) < 6000, "as light as those of categories"


def test_goods_that_are_confused_at_a_glance_are_not() -> None:
    for kind, one, other in (
        ("drinks", "Cappuccino", "Mineral water 1.5 l"),
        ("drinks", "Hot chocolate", "Cola 330 ml"),
        ("dairy", "Butter 200 g", "Whole milk 1 l"),
        ("produce", "Oranges", "Potatoes"),
        ("produce", "Aubergines", "Carrots"),
        ("snacks", "Chocolate wafers 200 g", "Milk chocolate 100 g"),
    ):
        assert draw_picture(kind, 1, one) != draw_picture(kind, 1, other), (one, other)


def test_no_two_of_a_bakers_goods_look_the_same() -> None:
    first, last = next((first, last) for first, last, id, _ in demo_orders.KINDS if id == "bakery")
    goods = [one for one in demo_catalog.products() if one.sku.isdigit() and first <= int(one.sku) <= last]
    named = [(one.names or {})["en"] for one in goods]
    assert len(named) > 10
    assert len({draw_picture("bakery", 3, name) for name in named}) == len(named)
