"""Reviews are looked at before anyone reads them; ratings are of published ones; words go with who wrote them."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.core.journal.rows import read_rows
from edge.core.journal.verify import verify
from edge.counter.till.commands import AddLine, Pay, RefundSale, UseCustomer, VoidLastSale
from edge.foundation.settings.commands import SetSetting
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.search.queries import Search
from edge.ordering.reviews.commands import PublishReview, RejectReview, WithdrawReview, WriteReview
from edge.ordering.reviews.queries import read_customer_reviews, read_product_reviews, read_rating, read_reviews
from edge.ordering.reviews.rules import A_DAY_MOST, rating_of
from edge.ordering.reviews.watches import WATCHES
from edge.people.customers.commands import ForgetCustomer, MergeCustomers
from tests.catch_up import catch_up
from tests.customers import known, refused
from tests.shop_fixture import CASHIER, MANAGER, MILK, SYSTEM, FakeClock, done, open_shop, run


@pytest.mark.parametrize(
    ("counts", "tenths"),
    [({}, None), ({5: 1}, 50), ({4: 1, 5: 1}, 45), ({4: 3, 5: 1}, 43), ({1: 1, 2: 2}, 17), ({5: 19, 4: 1}, 50)],
)
def test_the_average_has_one_decimal_half_up(counts: dict[int, int], tenths: int | None) -> None:
    rating = rating_of(counts)
    assert (rating.tenths, rating.count) == (tenths, sum(counts.values()))


def test_one_waits_is_published_replaced_and_withdrawn(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            dana, bo = await known(shop), await known(shop, name="Bo")
            first = (await done(shop, WriteReview(dana, "milk", 3, "So-so <b>"), SYSTEM)).result
            assert read_rating(shop.reader, "milk").count == 0, "nobody reads it yet"
            await done(shop, PublishReview(first), SYSTEM)
            await done(shop, PublishReview((await done(shop, WriteReview(bo, "milk", 5), SYSTEM)).result), SYSTEM)
            clock.advance(60)
            newer = (await done(shop, WriteReview(dana, "milk", 4, "Better\nnow"), SYSTEM)).result
            assert read_rating(shop.reader, "milk").tenths == 40, "the older stays until the newer is published"
            (watch,) = WATCHES
            assert list(watch.read(shop.reader, clock.at_us, "")) == []
            clock.advance(86_500)
            assert [one.values for one in watch.read(shop.reader, clock.at_us, "")] == [{"count": 1}]
            await done(shop, PublishReview(newer), SYSTEM)
            said = read_product_reviews(shop.reader, "milk")
            assert (said.rating.tenths, said.rating.counts) == (45, (0, 0, 0, 1, 1))
            assert [(one.rating, one.text, one.verified) for one in said.reviews] == [
                (4, "Better\nnow", False),
                (5, "", False),
            ]
            assert await refused(shop, PublishReview(first)) == "no_such_review"
            assert await refused(shop, RejectReview(newer, "late")) == "review_state"
            await done(shop, WithdrawReview(newer), SYSTEM)
            assert read_rating(shop.reader, "milk").tenths == 50
            third = (await done(shop, WriteReview(dana, "beer", 1, "Dana Levi hates it"), SYSTEM)).result
            assert await refused(shop, RejectReview(third, " ")) == "review_reason_wrong"
            await done(shop, RejectReview(third, "a name in it"), SYSTEM)
            assert [(one.id, one.reason) for one in read_reviews(shop.reader, "rejected")] == [(third, "a name in it")]
            bodies = b"".join(row.body for row in read_rows(shop.reader, 1, 100))
            assert b"Better" not in bodies and b"a name in it" not in bodies
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_bad_ones_are_refused(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            dana = await known(shop)
            for rating in (0, 6, -1):
                assert await refused(shop, WriteReview(dana, "milk", rating)) == "rating_wrong"
            assert await refused(shop, WriteReview(dana, "milk", 5, "x" * 2001)) == "review_text_wrong"
            assert await refused(shop, WriteReview(dana, "nothing", 5)) == "unknown_sku"
            assert await refused(shop, WriteReview("c9", "milk", 5)) == "no_such_customer"
            await done(shop, SetSetting("reviews.buyers_only", True), SYSTEM)
            assert await refused(shop, WriteReview(dana, "milk", 5)) == "review_buyers_only"
            await done(shop, SetSetting("reviews.buyers_only", False), SYSTEM)
            for number in range(A_DAY_MOST):
                last = await done(shop, WriteReview(dana, ("milk", "beer")[number % 2], 5), SYSTEM)
                await done(shop, RejectReview(last.result, "again"), SYSTEM)
            assert await refused(shop, WriteReview(dana, "milk", 5)) == "too_many"

    run(scenario())


def test_verified_is_who_bought_it_and_did_not_bring_all_of_it_back(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            dana = await known(shop)
            await done(shop, WriteReview(dana, "milk", 5), SYSTEM)

            def verified() -> bool:
                return read_customer_reviews(shop.reader, dana)[0].verified

            assert not verified()
            for command in (UseCustomer(dana), AddLine(MILK), Pay("card")):
                await done(shop, command, CASHIER)
            assert verified()
            await done(shop, RefundSale(1), MANAGER)
            assert not verified()
            for command in (UseCustomer(dana), AddLine(MILK), Pay("card")):
                await done(shop, command, CASHIER)
            assert verified()
            await done(shop, VoidLastSale(), MANAGER)
            assert not verified()

    run(scenario())


def test_stars_stay_and_words_go_with_a_forgotten_one_and_merging_keeps_the_newer(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            dana, other = await known(shop), await known(shop, name="D. Levi")
            for customer, stars in ((dana, 2), (other, 4)):
                written = await done(shop, WriteReview(customer, "milk", stars, f"{stars} stars"), SYSTEM)
                await done(shop, PublishReview(written.result), SYSTEM)
            await done(shop, WriteReview(dana, "beer", 5, "waits"), SYSTEM)
            await done(shop, MergeCustomers(dana, other), SYSTEM)
            mine = read_customer_reviews(shop.reader, other)
            assert [(one.sku, one.rating, one.text) for one in mine] == [("beer", 5, "waits"), ("milk", 4, "4 stars")]
            await done(shop, ForgetCustomer(dana), SYSTEM)
            (left,) = read_product_reviews(shop.reader, "milk").reviews
            assert (left.rating, left.text) == (4, "")
            assert read_reviews(shop.reader, "pending") == []
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


@pytest.mark.parametrize("older_waits", [True, False])
def test_of_two_who_are_one_what_waits_is_never_older_than_what_is_published(older_waits: bool, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            older, newer = await known(shop), await known(shop, name="D. Levi")
            first = (await done(shop, WriteReview(older, "milk", 1, "older"), SYSTEM)).result
            last = (await done(shop, WriteReview(newer, "milk", 5, "newer"), SYSTEM)).result
            await done(shop, PublishReview(last if older_waits else first), SYSTEM)
            await done(shop, MergeCustomers(older, newer), SYSTEM)
            mine = [(one.text, one.state) for one in read_customer_reviews(shop.reader, older)]
            both = [("newer", "pending"), ("older", "published")]
            assert mine == ([("newer", "published")] if older_waits else both), "stays until the newer is"
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_of_two_that_are_called_alike_the_search_names_the_one_that_customers_like(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            alike = tuple(Product(sku, {"en": "Oat biscuit"}, (), 100) for sku in ("a1", "a2"))
            await done(shop, SetProducts(alike), SYSTEM)
            await catch_up(shop)
            found = Search("EUR").find
            assert [one.sku for one in found(shop.reader, "oat biscuit").products] == ["a1", "a2"]
            for name in ("Dana", "Bo"):
                written = await done(shop, WriteReview(await known(shop, name=name), "a2", 5), SYSTEM)
                await done(shop, PublishReview(written.result), SYSTEM)
            assert [one.sku for one in found(shop.reader, "oat biscuit").products] == ["a2", "a1"]

    run(scenario())
