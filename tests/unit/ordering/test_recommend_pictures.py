"""Products alike by their pictures: which are compared, and that no two models are."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import pytest

from edge.core.command_bus import CommandBus
from edge.goods.catalog.commands import RetireProducts, SetProducts
from edge.goods.catalog.product import Product
from edge.ordering.recommend.similar import picture_vectors
from edge.ordering.recommend.similar.kept_pictures import forget, keep, list_pending, list_unused
from edge.ordering.recommend.similar.likeness import Parts
from edge.ordering.recommend.similar.picture_vectors import (
    DIMENSIONS,
    Floats,
    PictureRows,
    PictureVector,
    shorten,
)
from edge.ordering.recommend.similar.product_index import ProductIndex
from tests.shop_fixture import SYSTEM, done, open_shop, run

RED, PINK, GREEN = ((1.0, 0.0, 0.1), (0.9, 0.1, 0.1), (0.0, 1.0, 0.0))


def _vector(*values: float) -> Floats:
    return shorten(np.array(values * 20, np.float32))


def test_a_shortened_vector_keeps_who_is_like_whom() -> None:
    chance = np.random.default_rng(3)
    many = chance.standard_normal((60, 900)).astype(np.float32)
    near = many[:-1] + 0.5 * many[1:]
    for one, other in zip(many[:-1], near, strict=True):
        cosine = float(one @ other / np.linalg.norm(one) / np.linalg.norm(other))
        assert shorten(one) @ shorten(other) == pytest.approx(cosine, abs=0.25)
    assert shorten(many[0]) @ shorten(many[0]) == pytest.approx(1, abs=1e-5)
    assert not shorten(np.zeros(5, np.float32)).any(), "one that sees nothing is like nothing"


def test_a_picture_counts_where_both_have_one() -> None:
    assert Parts(text=0.5, picture=1.0).score == pytest.approx((0.5 * 0.5 + 0.2) / 0.7)
    assert Parts(text=0.5).score == 0.5 and Parts(picture=0.5).score == 0.5


async def _stocked(shop: CommandBus) -> None:
    named = {"cup": "Cup", "mug": "Large mug", "pot": "Tea pot", "hose": "Garden hose", "tap": "Brass tap"}
    pictured = {"cup": ("red.webp",), "mug": ("pink.webp", "green.webp"), "pot": ("green.webp",), "hose": ("odd.webp",)}
    products = (Product(sku, {"en": name}, price_minor=300, pictures=pictured.get(sku)) for sku, name in named.items())
    await done(shop, SetProducts(tuple(products)), SYSTEM)


LOOKS = {"red.webp": _vector(*RED), "pink.webp": _vector(*PINK), "green.webp": _vector(*GREEN), "odd.webp": None}


def test_the_first_pictures_of_one_model_are_compared(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await _stocked(shop)
            index = ProductIndex()

            def alike(sku: str) -> dict[str, float | None]:
                return {one.sku: one.parts.picture for one in index.like(shop.reader, sku)}

            assert set(alike("cup").values()) <= {None}, "nothing was looked at yet"
            todo = list_pending(shop.reader, "m1", 0, 9)
            assert sorted(one.name for one in todo) == ["green.webp", "odd.webp", "pink.webp", "red.webp"]
            await shop.maintain(partial(keep, model="m1", looks=LOOKS))
            assert list_pending(shop.reader, "m1", 0, 9) == [], "what cannot be looked at is not asked about again"
            found = alike("cup")
            assert (found["mug"] or 0) > 0.9, "the first picture of a mug is pink, as a cup is red"
            by_red = index.like_picture(shop.reader, PictureVector("m1", _vector(*RED)))
            assert [one.sku for one in by_red] == ["cup", "mug"] and by_red[0].score == pytest.approx(1, abs=1e-2)
            assert index.like_picture(shop.reader, PictureVector("m2", _vector(*RED))) == [], "another model's"

            mug = Product("mug", {"en": "Large mug"}, price_minor=300, pictures=("green.webp",))
            await done(shop, SetProducts((mug,)), SYSTEM)
            assert [one.sku for one in index.like_picture(shop.reader, PictureVector("m1", _vector(*RED)))] == ["cup"]
            await done(shop, RetireProducts(("pot",)), SYSTEM)
            green = PictureVector("m1", _vector(*GREEN))
            assert [one.sku for one in index.like_picture(shop.reader, green)] == ["mug"]

            assert len(list_pending(shop.reader, "m2", 0, 9)) == 3, "another model has all before it"
            await shop.maintain(partial(keep, model="m2", looks={"red.webp": _vector(*GREEN)}))
            assert [one.sku for one in index.like_picture(shop.reader, PictureVector("m2", _vector(*GREEN)))] == ["cup"]
            assert index.like_picture(shop.reader, green) == []

    run(scenario())


def test_pictures_that_no_product_has_any_more_go(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await _stocked(shop)
            await shop.maintain(partial(keep, model="m1", looks={"gone.webp": _vector(*RED), **LOOKS}))
            assert list_unused(shop.reader, 9) == ["gone.webp"]
            await shop.maintain(partial(forget, names=["gone.webp"]))
            kept = shop.reader.execute("SELECT name FROM recommend_picture ORDER BY name").fetchall()
            assert [name for (name,) in kept] == ["green.webp", "odd.webp", "pink.webp", "red.webp"]

    run(scenario())


def test_about_their_mean_pictures_of_many_tell_more(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A white ground that all have in common makes nothing alike."""

    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            products = tuple(
                Product(f"p{n}", {"en": f"Thing {n}"}, price_minor=300, pictures=(f"p{n}.webp",)) for n in range(24)
            )
            await done(shop, SetProducts(products), SYSTEM)
            chance = np.random.default_rng(5)
            own = [np.float32(chance.standard_normal(DIMENSIONS)) for _ in range(12)]
            white = np.float32(4 * chance.standard_normal(DIMENSIONS))
            looks = {f"p{n}.webp": shorten(white + own[n // 2] + 0.1 * own[n % 12]) for n in range(24)}
            await shop.maintain(partial(keep, model="m1", looks=looks))

            def pictures() -> dict[str, float]:
                found = ProductIndex().like(shop.reader, "p0")
                return {one.sku: one.parts.picture for one in found if one.parts.picture is not None}

            told = pictures()
            assert told["p1"] > 0.8 > 0.5 > max(part for sku, part in told.items() if sku != "p1")
            monkeypatch.setattr(picture_vectors, "CENTRED", 99)
            assert min(pictures().values()) > 0.8, "all are alike by what they have in common"

    run(scenario())


def test_many_pictures_are_compared_by_their_directions_and_the_first_ones_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chance = np.random.default_rng(3)
    kinds = chance.normal(size=(24, DIMENSIONS))
    values = (chance.normal(size=(500, 24)) @ kinds + chance.normal(size=(500, DIMENSIONS))).astype(np.float32)
    monkeypatch.setattr(picture_vectors, "SKETCHES_LEAST", 400)
    rows = PictureRows()
    rows._values, rows._known, rows._stale = values, np.ones(500, dtype=bool), True
    rows._settle()
    own = rows.of(7)
    assert own is not None
    whole, nearly = rows.like(own, slice(None)), rows.like(own, slice(None), sketched=True)
    first = set(np.argsort(-whole)[:10])
    assert first <= set(np.argsort(-nearly)[:40]), "what is likest is among those that are looked at whole"
    assert np.abs(whole - nearly).max() < 0.4 and whole[7] == pytest.approx(1.0)
