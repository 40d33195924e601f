"""Ways around the counter's limits that are none: what a till does not take, and what it makes of it instead."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from edge.core.command_bus import CommandBus
from edge.core.messages import Refused
from edge.counter.till.commands import (
    AbandonBasket,
    AddLine,
    AddLoad,
    AddOpenAmount,
    AddReturn,
    AddTip,
    DropCoupon,
    LineSold,
    OverridePrice,
    Pay,
    RefundSale,
    RefundWithoutReceipt,
    SellBasket,
    SetBasketAside,
    SetQuantity,
    TakeBasketUp,
    TenderGiven,
    VoidLastSale,
)
from edge.counter.till.events import SaleCompleted
from edge.counter.till.lines.parked_baskets import read_parked
from edge.counter.till.queries import read_basket
from edge.goods.catalog.categories.category import Category
from edge.goods.catalog.commands import SetCategories, SetProducts
from edge.goods.catalog.product import Product
from edge.goods.promotions.commands import SetPromotion
from edge.goods.promotions.promotion import PercentOff, Promotion
from edge.money.gift_cards.queries import find_card
from edge.ordering.orders.commands import AddToCart, OpenCart
from edge.people.coupons.commands import MakeCoupons
from edge.people.coupons.queries import read_series, unused_codes
from tests.counter_shop import SECOND, event_of, in_a_shop, paid, paper
from tests.ordering import KIOSK
from tests.shop_fixture import CASHIER, CONFIG, MANAGER, MILK, SYSTEM, FakeClock, answered, done

CODE, BOOK = "GIFT-0001-2345", "4006381333986"


async def refused(shop: CommandBus, command: object, code: str, actor: object = CASHIER) -> None:
    outcome = await answered(shop, command, actor)  # type: ignore[arg-type]
    assert isinstance(outcome, Refused), command
    assert outcome.code == code, outcome


def test_an_open_amount_does_not_grow_over_the_limit_by_its_quantity_or_price(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, AddOpenAmount("Vase", "standard", 1_000))
        assert (await done(shop, SetQuantity(1, 5_000))).result.total_minor == 5_000
        await refused(shop, SetQuantity(1, 6_000), "open_amount_most")
        await refused(shop, OverridePrice(1, 1_001), "open_amount_most", MANAGER)
        assert read_basket(shop.reader, "1").total_minor == 5_000, "it stays as it was"

    in_a_shop(scenario, tmp_path, CONFIG + "[till]\nopen_amount_most = 50\n")


def test_without_a_receipt_goods_of_the_catalogue_come_back_and_nothing_else(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, AddLoad(CODE, 1_000))
        await paid(shop)
        for other in (AddOpenAmount("Vase", "standard", 90_000), AddTip(500), AddLoad(CODE, 700)):
            await done(shop, AddLine(MILK))
            await done(shop, other, MANAGER)
            cash = RefundWithoutReceipt("cash", reason="please")
            await refused(shop, cash, "receipt_for_that", MANAGER)
            await done(shop, AbandonBasket())
        card = find_card(shop.reader, CODE)
        assert card and card.balance_minor == 1_000, "no card becomes cash"

    in_a_shop(scenario, tmp_path, "till.refunds_without_receipt = true\n" + CONFIG)


def test_what_is_left_of_an_exchange_by_a_gift_receipt_is_store_credit(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, AddOpenAmount("Vase", "standard", 1_000))
        await paid(shop, "card")
        await done(shop, AddLine(MILK))
        await done(shop, AddReturn(1, gift=True), MANAGER)
        sale = await paid(shop)
        assert [(one.kind, one.amount_minor) for one in sale.back] == [("credit", 880)], "the card is the buyer's"
        assert "STORE CREDIT 8.80" in paper(shop)

    in_a_shop(scenario, tmp_path)


def test_goods_that_a_card_had_paid_buy_no_gift_card(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, AddLoad(CODE, 1_000))
        await paid(shop)
        for kind, reference, gift, good in (
            ("gift", CODE, False, False),
            ("card", "", True, False),
            ("card", "", False, True),
        ):
            await done(shop, AddOpenAmount("Vase", "standard", 1_000))
            number = (await paid(shop, kind, reference=reference)).number
            await done(shop, AddLoad(f"GIFT-0002-1{number}", 1_000))
            await done(shop, AddReturn(number, gift=gift), MANAGER)
            if good:
                assert (await paid(shop)).total_minor == 0, "money had paid, and pays again"
                continue
            await refused(shop, Pay("cash"), "card_for_card")
            await done(shop, AbandonBasket())

    in_a_shop(scenario, tmp_path)


def test_a_price_that_the_law_holds_is_nobodys_to_lower(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, SetCategories((Category("books", {"en": "Books"}),)), SYSTEM)
        book = Product("book", {"en": "Book", "he": "ספר"}, (BOOK,), 1_500, category="books")
        await done(shop, SetProducts((book,)), SYSTEM)
        await done(shop, SetPromotion(Promotion("all", {"en": "10 %"}, PercentOff(10_000))), SYSTEM)
        await done(shop, AddLine(MILK))
        lines = (await done(shop, AddLine(BOOK))).result.lines
        assert [line.discount_minor for line in lines] == [12, 0], "a promotion is no exception"
        await refused(shop, OverridePrice(2, 1_499), "discount_never", MANAGER)
        assert (await done(shop, OverridePrice(2, 1_600), MANAGER)).result.lines[1].amount_minor == 1_600
        cheaper = SellBasket((LineSold(BOOK, price_minor=1_400),), (TenderGiven("cash"),))
        await refused(shop, cheaper, "discount_never", MANAGER)
        sold = SellBasket((LineSold(MILK), LineSold(BOOK)), (TenderGiven("card"),))
        assert (await done(shop, sold)).result.total_minor == 1_608
        cart = (await done(shop, OpenCart("kiosk"), KIOSK)).result
        for sku in ("milk", "book"):
            cart = (await done(shop, AddToCart(cart.id, sku=sku), KIOSK)).result
        assert [line.discount_minor for line in cart.basket.lines] == [12, 0], "nor in an order"

    in_a_shop(scenario, tmp_path, CONFIG + '[till]\nundiscounted = ["books"]\n')


def test_a_coupon_that_was_set_aside_with_its_basket_is_not_taken_behind_its_last_day(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, MakeCoupons("Half", date(2027, 1, 1), date(2027, 1, 15), 1, 50_000), SYSTEM)
        (code,) = unused_codes(shop.reader, read_series(shop.reader)[0], "EUR")
        await done(shop, AddLine(MILK))
        await done(shop, AddLine(code.text))
        await done(shop, SetBasketAside("Table 4"))
        clock.advance(86_400)
        await done(shop, TakeBasketUp(read_parked(shop.reader)[0].number))
        await refused(shop, Pay("cash"), "coupon_over")
        await done(shop, DropCoupon(code.id))
        assert (await paid(shop)).total_minor == 120

    in_a_shop(scenario, tmp_path)


def test_a_basket_is_set_aside_without_what_was_held_on_a_card(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, AddLoad(CODE, 1_000))
        await paid(shop)
        await done(shop, AddOpenAmount("Vase", "standard", 3_000))
        await done(shop, Pay("gift", reference=CODE))
        await done(shop, SetBasketAside("Table 4"))
        await done(shop, AddOpenAmount("Bowl", "standard", 1_000), SECOND)
        assert event_of(await done(shop, Pay("gift", reference=CODE), SECOND), SaleCompleted).total_minor == 1_000
        await done(shop, TakeBasketUp(read_parked(shop.reader)[0].number))
        await refused(shop, Pay("gift", reference=CODE), "card_empty")
        assert [one.kind for one in (await paid(shop)).tenders] == ["cash"]
        await done(shop, AddOpenAmount("Vase", "standard", 3_000))
        await done(shop, Pay("cash", 1_000))
        await refused(shop, SetBasketAside("Table 4"), "already_paying")

    in_a_shop(scenario, tmp_path)


def test_a_refund_whose_store_credit_was_spent_is_not_undone(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, AddOpenAmount("Vase", "standard", 1_000))
        await paid(shop, "card")
        await done(shop, RefundSale(1, kind="credit"), MANAGER)
        code = next(line for line in paper(shop) if len(line) == 16 and line.isalnum())
        await done(shop, AddLine(MILK), SECOND)
        await done(shop, Pay("gift", reference=code), SECOND)
        spent = {"tail": code[-4:], "balance_minor": 880}
        assert await shop.do(VoidLastSale(), MANAGER) == Refused("card_spent", spent)
        await done(shop, VoidLastSale(), SECOND.with_rights(*MANAGER.rights))
        await done(shop, VoidLastSale(), MANAGER)
        card = find_card(shop.reader, code)
        assert card and card.balance_minor == 0

    in_a_shop(scenario, tmp_path)
