"""Of cannabis in Canada no customer reads a review; and no one is asked for a consent that nothing reads."""

from __future__ import annotations

import re
from pathlib import Path

from edge.goods.catalog.categories.category import Category
from edge.goods.catalog.commands import SetCategories, SetProducts
from edge.goods.catalog.product import Product
from edge.goods.search.index import ratings
from edge.lib.regions.ages import may_be_praised
from edge.lib.regions.place import Jurisdiction
from edge.ordering.reviews.commands import PublishReview, WriteReview
from edge.ordering.reviews.queries import ToldReviews, read_reviews
from edge.people.customers.customer import ASKED_FOR, PURPOSES
from tests.customers import known
from tests.shop_fixture import SYSTEM, done, open_shop, run
from tests.tidy.tree import ROOT


def test_stars_and_words_of_cannabis_reach_no_customer_in_canada(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            kind = Category("flower", {"en": "Flower"}, regulated="cannabis")
            await done(shop, SetCategories((kind,)), SYSTEM)
            await done(
                shop, SetProducts((Product("kush", {"en": "Kush"}, price_minor=900, category="flower"),)), SYSTEM
            )
            dana = await known(shop)
            for sku in ("kush", "milk"):
                review = (await done(shop, WriteReview(dana, sku, 5, "Works wonders"), SYSTEM)).result
                await done(shop, PublishReview(review), SYSTEM)
            for country, told in (("CA", 0), ("", 0), ("US", 1)):
                read = ToldReviews(Jurisdiction(country, "ON" if country == "CA" else ""))
                assert read.rating(shop.reader, "kush").count == told
                assert len(read.reviews(shop.reader, "kush").reviews) == told
                assert read.rating(shop.reader, "milk").count == 1, "other goods are as before"
            assert len(read_reviews(shop.reader, "published")) == 2, "the shop reads all of it"
            ids = dict(shop.reader.execute("SELECT sku, id FROM product").fetchall())
            assert set(ratings(shop.reader, ids.values())) == {ids["milk"]}, "nothing is sorted by it"
            assert may_be_praised(["alcohol"], Jurisdiction("CA", "ON"))

    run(scenario())


def test_every_purpose_that_is_asked_for_is_read_by_code() -> None:
    reader = re.compile(r'PURPOSE = "(\w+)"|consents_to\([^)]*"(\w+)"|for purpose in \(([^)]*)\)')
    read: set[str] = set()
    for path in (ROOT / "edge").rglob("*.py"):
        if "customers" in path.parts:
            continue
        for one, other, several in reader.findall(path.read_text(encoding="utf-8")):
            read |= {one, other, *re.findall(r'"(\w+)"', several)}
    assert set(ASKED_FOR) == read & set(PURPOSES)
