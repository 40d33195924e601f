"""A year of a customer: an account by phone, a wish, purchases, a review, an order, what suits them, all read and
forgotten byte by byte; and shops in Quebec, Ontario and Illinois that each refuse what their law forbids."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from edge.core.journal.verify import verify
from edge.core.people.sealing import Keyring
from edge.counter.till.commands import LineSold, SellBasket
from edge.goods.catalog.categories import presets
from edge.goods.catalog.categories.category import Category
from edge.goods.catalog.commands import SetCategories, SetProducts
from edge.goods.catalog.product import MANAGER, Product, Source, Value
from edge.lib.i18n import LANGUAGES, translate
from edge.lib.regions.place import Jurisdiction
from edge.ordering.customer_accounts import commands as me
from edge.ordering.orders.commands import HandOverOrder, MoveOrder, PlaceOrder
from edge.ordering.orders.customers.customer_orders import read_customer_orders
from edge.ordering.recommend.settings import RecommendSettings
from edge.ordering.recommend.suggester import Suggester
from edge.ordering.recommend.suggestion import SuggestionRequest
from edge.ordering.reviews.commands import AnswerReview, PublishReview
from edge.ordering.reviews.queries import ToldReviews, read_customer_reviews, read_reviews
from edge.people.customers.commands import GiveConsent, SetCustomer
from edge.people.customers.consents import consents_to
from edge.people.customers.queries import read_customer, wished_skus
from tests.flow.accounting.test_accounts import ASKING, TEXT, code_of, whose
from tests.ordering import CARD, STAFF, do, milk_cart, refused
from tests.shop_fixture import CASHIER, CONFIG, SYSTEM, FakeClock, open_shop, run

NAME, WISH, WORDS = "Zipporah Quartermain", "for Ezekiel", "as my aunt Theodora makes it"
MONTH_S = 30 * 86_400


def test_a_year_from_the_first_code_to_the_last_byte(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, text=TEXT) as shop:
            await do(shop, me.AskAccountCode(ASKING, "06 87 65 43 21"))
            new = me.SignInAccount(ASKING, code_of(shop, ASKING), name=NAME, consents=("profile", "recommendations"))
            secret = await do(shop, new)
            customer = whose(shop, secret)
            await do(shop, me.AddOwnWish(secret, "milk", WISH))
            review = ""
            for _ in range(11):
                clock.advance(MONTH_S - 86_400)
                await do(shop, SellBasket((LineSold(sku="milk"),), CARD, customer=customer), CASHIER)
                if not review:
                    review = await do(shop, me.WriteOwnReview(secret, "milk", 5, WORDS))
                    await do(shop, PublishReview(review), SYSTEM)
                    await do(shop, AnswerReview(review, f"Thank you, {NAME}"), SYSTEM)
                clock.advance(86_400)
                if not whose(shop, secret):  # half a year is the most that a session lasts
                    asking = ASKING[:-1] + str(_ % 10)
                    await do(shop, me.AskAccountCode(asking, "06 87 65 43 21"))
                    secret = await do(shop, me.SignInAccount(asking, code_of(shop, asking)))
                await do(shop, me.RemoveOwnWish(secret, "beer"))
            cart = await do(shop, me.UseOwnCart(secret, (await milk_cart(shop, channel="phone")).id))
            order = await do(shop, PlaceOrder(cart.id, cart.total_minor))
            assert [one.said for one in read_customer_orders(shop.reader, customer)] == [order.said]
            for state in ("accepted", "preparing", "ready"):
                await do(shop, MoveOrder(order.id, state), STAFF)
            await do(shop, HandOverOrder(order.id, CARD), STAFF)
            suggester = Suggester(RecommendSettings(place=Jurisdiction("FR")))
            today = date.fromtimestamp(clock.at_us / 1e6).isoformat()
            asked = SuggestionRequest("phone", clock.at_us, today, customer=customer)
            assert [one.sku for one in suggester.suggest(shop.reader, asked).again] == ["milk"]
            (mine,) = read_customer_reviews(shop.reader, customer)
            assert (mine.verified, mine.text, mine.answer) == (True, WORDS, f"Thank you, {NAME}")
            assert consents_to(shop.reader, customer, "profile", clock.at_us)
            clock.advance(301)
            assert (await refused(shop, me.ForgetOwn(secret))).code == "account_code_first"
            await do(shop, me.AskOwnCode(secret))
            await do(shop, me.ConfirmOwnCode(secret, code_of(shop, secret)))
            assert await do(shop, me.ExportOwn(secret)) == customer
            await do(shop, me.ForgetOwn(secret))
            assert read_customer(shop.reader, customer, clock.at_us) is None
            assert suggester.suggest(shop.reader, asked).again == []
            assert (wished_skus(shop.reader, customer), Keyring(shop.reader).key(customer)) == ([], None)
            left = "SELECT count(*) FROM {} WHERE customer = ?"
            for table in ("account_way", "account_session", "account_code", "account_undo", "account_passkey"):
                assert shop.reader.execute(left.format(table), (customer,)).fetchone() == (0,), table
            assert [(one.rating, one.text, one.answer) for one in read_reviews(shop.reader, "published")] == [
                (5, "", "")
            ]
            assert not verify(shop.reader, shop.registry).faults

    run(scenario())
    held = b"".join(one.read_bytes() for one in tmp_path.rglob("*") if one.is_file())
    for text in (NAME, "Quartermain", WISH, WORDS, "687654321"):
        assert text.encode() not in held, text


GOODS = (
    Product(
        "flower",
        {"en": "Flower"},
        (),
        3500,
        category="cannabis-pre-rolls",
        attributes={"dried equivalent": Value("1 g", 1000, 1000, "g")},
    ),
    Product(
        "brick",
        {"en": "Brick"},
        (),
        9000,
        category="cannabis-pre-rolls",
        attributes={"dried equivalent": Value("about a handful")},
    ),
    Product("gin", {"en": "Gin"}, (), 2500, category="spirits"),
)
KINDS = (*presets.load("cannabis"), Category("spirits", {"en": "Spirits"}, regulated="alcohol"))
QUEBEC, ONTARIO, ILLINOIS = ("CA", "QC"), ("CA", "ON"), ("US", "IL")


def shop_in(place: tuple[str, str]) -> str:
    country, province = place
    return CONFIG.replace("[tax]", f'country = "{country}"\nprovince = "{province}"\n[tax]')


@pytest.mark.parametrize(
    ("place", "ages"),
    [(QUEBEC, {"flower": 21, "gin": 18}), (ONTARIO, {"flower": 19, "gin": 19}), (ILLINOIS, {"flower": 21, "gin": 21})],
)
def test_each_shop_refuses_what_its_law_forbids_in_words(
    tmp_path: Path, place: tuple[str, str], ages: dict[str, int]
) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, text=shop_in(place)) as shop:
            await do(shop, SetCategories(KINDS, Source(MANAGER)), SYSTEM)
            await do(shop, SetProducts(GOODS, Source(MANAGER)), SYSTEM)
            for sku, age in ages.items():
                young: Any = SellBasket((LineSold(sku=sku),), CARD, age_checked=age - 1)
                no = await refused(shop, young, CASHIER)
                assert (no.code, no.values["age"]) == ("age_not_checked", age)
                for language in LANGUAGES:
                    assert str(age) in translate(language, f"refused.{no.code}", **no.values)
            much = SellBasket((LineSold(sku="flower", quantity=31_000),), CARD, age_checked=99)
            if place[0] == "CA":  # 30 g a hand-over; a text is no number
                vague = SellBasket((LineSold(sku="brick"),), CARD, age_checked=99)
                assert (await refused(shop, vague, CASHIER)).code == "limit_unknown"
                no = await refused(shop, much, CASHIER)
                assert "limit" in no.code or "most" in no.code, no
            child = await do(shop, SetCustomer(name="Kim", born="2014-06-01"), SYSTEM)
            alone = GiveConsent(child, "profile", "fr")
            if place == QUEBEC:  # under 14 a parent says yes (P-39.1, s. 4.1 and 14)
                no = await refused(shop, alone, SYSTEM)
                assert (no.code, no.values["age"]) == ("consent_parent", 14)
                assert not consents_to(shop.reader, child, "profile", shop.now_us())
                alone = GiveConsent(child, "profile", "fr", how="parent")
            await do(shop, alone, SYSTEM)
            assert consents_to(shop.reader, child, "profile", shop.now_us())
            told = ToldReviews(Jurisdiction(*place))
            await do(shop, SellBasket((LineSold(sku="flower"),), CARD, age_checked=99), CASHIER)
            assert told.rating(shop.reader, "flower").count == 0

    run(scenario())
