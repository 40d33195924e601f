"""Promotions from a manager's word to the customer's paper: the till applies them, the books and refunds agree."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from edge.core.command_bus import CommandBus
from edge.core.journal.verify import verify
from edge.core.messages import Actor, Command, Refused
from edge.counter.basket.basket import Basket
from edge.counter.till.commands import (
    AbandonBasket,
    AddLine,
    LineSold,
    OverridePrice,
    Pay,
    PrintReport,
    RefundedLine,
    RefundSale,
    RefundWithoutReceipt,
    SellBasket,
    SetQuantity,
    TenderGiven,
    UsePriceList,
    VoidLastSale,
    VoidLine,
)
from edge.counter.till.events import BasketAbandoned, SaleCompleted, SaleRefunded
from edge.counter.till.queries import knows_members, read_basket
from edge.counter.till.sales import Sale
from edge.foundation.printing.layout import plain_text
from edge.foundation.printing.queries import last_print_job
from edge.goods.catalog.categories.category import Category
from edge.goods.catalog.commands import SetCategories, SetPrice, SetProducts
from edge.goods.catalog.product import Pack, Product
from edge.goods.catalog.queries import find_by_skus
from edge.goods.promotions.card_promotions import card_promotions
from edge.goods.promotions.commands import EndPromotion, SetPromotion
from edge.goods.promotions.events import PromotionSet
from edge.goods.promotions.promotion import BuyGet, FixedPrice, Goods, PercentOff, Promotion, SeveralFor, SpendAmount
from edge.goods.promotions.queries import read_promotion, read_promotions
from tests.shop_fixture import CASHIER, CONFIG, MANAGER, MILK, SYSTEM, FakeClock, done, open_shop, run

HALF = 50_000
AT_US = int(datetime(2026, 11, 20, 16, 0, tzinfo=UTC).timestamp() * 1e6)
"""A Friday, 17:00 in Paris."""
MILK_3 = Promotion(
    "milk-3", {"en": "3 milks for 3.00", "fr": "3 laits pour 3,00"}, SeveralFor(3, 300), Goods(("milk",))
)
GOODS = (
    Product("leaf", {"en": "Leaf"}, price_minor=1000, category="flower", brand="Acme"),
    Product("oil", {"en": "Oil"}, price_minor=1000, category="oils", brand="acme"),
    Product("ham", {"en": "Ham"}, ("2000050",), 1990, "reduced", "kg"),
)
TREE = (
    Category("all", {"en": "All"}),
    Category("flower", {"en": "Flower"}, "all"),
    Category("oils", {"en": "Oils"}, "all"),
)


def in_a_shop(scenario: Callable[[CommandBus, FakeClock], Awaitable[None]], folder: Path, text: str = CONFIG) -> None:
    """A scenario; behind it the ledger verifies."""

    async def main() -> None:
        clock = FakeClock(AT_US)
        async with open_shop(folder, clock, text=text) as shop:
            await done(shop, SetCategories(TREE), SYSTEM)
            await done(shop, SetProducts(GOODS), SYSTEM)
            await scenario(shop, clock)
            assert verify(shop.reader, shop.registry).faults == ()

    run(main())


async def basket(shop: CommandBus, *commands: Command, actor: Actor = MANAGER) -> Basket:
    """The basket behind some commands."""
    found = Basket("1")
    for command in commands:
        result = (await done(shop, command, actor)).result
        assert isinstance(result, Basket)
        found = result
    return found


def promote(shop: CommandBus, *promotions: Promotion) -> Awaitable[None]:
    async def all_of_them() -> None:
        for promotion in promotions:
            await done(shop, SetPromotion(promotion), SYSTEM)

    return all_of_them()


def amounts(basket: Basket) -> list[int]:
    return [line.amount_minor for line in basket.lines]


def paper(shop: CommandBus, kind: str = "receipt") -> list[str]:
    job = last_print_job(shop.reader, "1", kind)
    assert job is not None
    return [" ".join(line.split()) for line in plain_text(job.document).splitlines()]


def test_three_for_less_on_screen_on_paper_and_back_in_pieces(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, _: FakeClock) -> None:
        await promote(shop, MILK_3)
        assert amounts(await basket(shop, AddLine(MILK), SetQuantity(1, 2000))) == [240]
        full = await basket(shop, AddLine(sku="oil"), SetQuantity(1, 4000))
        assert (amounts(full), full.total_minor, full.discount_minor) == ([420, 1000], 1420, 60)
        assert full.promotions == {"milk-3": MILK_3.names}
        (sale,) = (await done(shop, Pay("cash", 2000))).events
        assert isinstance(sale, SaleCompleted)
        assert (sale.total_minor, sale.change_minor, sale.promotions) == (1420, 580, {"milk-3": MILK_3.names})
        assert sale.taxes[1].net_minor + sale.taxes[1].tax_minor == 420  # taxes are on what is paid
        assert {"3 milks for 3.00 -0.60", "You saved 0.60", "TOTAL 14.20 EUR"} <= set(paper(shop))
        back = []
        for lines in ((RefundedLine(1, 1000),), (RefundedLine(1, 2000),), ()):
            (event,) = (await done(shop, RefundSale(1, lines=lines), MANAGER)).events
            assert isinstance(event, SaleRefunded)
            back.append(event.paid_minor)
        assert back == [105, 210, 1105]
        await done(shop, PrintReport("z"), MANAGER)
        assert {"Promotions -0.60", "Refunds 3 -14.20", "TOTAL 0.00 EUR"} <= set(paper(shop, "report"))

    in_a_shop(scenario, tmp_path)


def test_categories_brands_and_exceptions(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, _: FakeClock) -> None:
        tree = Promotion(
            "tree", {"en": "T"}, PercentOff(HALF), Goods(categories=("all",)), Goods(categories=("flower",))
        )
        await promote(shop, tree)
        both = await basket(shop, AddLine(sku="leaf"), AddLine(sku="oil"), AddLine(MILK))
        assert amounts(both) == [1000, 500, 120]
        await done(shop, EndPromotion("tree"), SYSTEM)
        await promote(shop, Promotion("brand", {"en": "B"}, FixedPrice(700), Goods(brands=("ACME",)), Goods(("oil",))))
        assert amounts(await basket(shop, SetQuantity(3, 2000))) == [700, 1000, 240]
        await done(shop, EndPromotion("brand"), SYSTEM)
        everything = Promotion("all", {"en": "A"}, SpendAmount(2000, 500), but=Goods(categories=("flower",)))
        await promote(shop, everything)
        left = await basket(shop, SetQuantity(3, 1000), SetQuantity(2, 2000))
        assert (left.discount_minor, left.lines[0].discounts) == (500, ())
        gone = await basket(shop, VoidLine(2))
        assert (amounts(gone), gone.promotions) == ([1000, 0, 120], {})

    in_a_shop(scenario, tmp_path)


def test_a_price_that_is_printed_or_set_by_hand_stays(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, _: FakeClock) -> None:
        await promote(shop, Promotion("half", {"en": "Half"}, PercentOff(HALF)))
        assert amounts(await basket(shop, AddLine(sku="oil"), OverridePrice(1, 900))) == [900]
        ham = await basket(shop, AddLine(sku="ham", quantity=333))
        assert amounts(ham) == [900, 331]  # half of 6.63
        (event,) = (await done(shop, AbandonBasket())).events
        assert isinstance(event, BasketAbandoned)
        assert [line.discount_minor for line in event.lines] == [0, 332]

    in_a_shop(scenario, tmp_path)


def test_when_it_holds(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        hour = Promotion(
            "hour", {"en": "Happy hour"}, PercentOff(HALF), weekdays=(5,), from_min=17 * 60, until_min=18 * 60
        )
        later = Promotion("later", {"en": "Later"}, FixedPrice(1), from_us=AT_US + 7_200_000_000)
        await promote(shop, hour, later)
        assert amounts(await basket(shop, AddLine(sku="oil"))) == [500]
        clock.advance(3600)
        assert amounts(await basket(shop, AddLine(MILK))) == [1000, 120]
        clock.advance(3600)
        assert amounts(await basket(shop, SetQuantity(2, 2000))) == [1, 2]
        await done(shop, SetPromotion(msgspec.structs.replace(later, until_us=clock.at_us + 5_000_000)), SYSTEM)
        clock.advance(5)
        assert amounts(await basket(shop, SetQuantity(2, 1000))) == [1000, 120]

    in_a_shop(scenario, tmp_path)


def test_members_have_prices_and_promotions_of_their_own(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        assert not knows_members(shop.reader, clock.at_us)
        await done(shop, SetPrice("oil", 800, "member"), SYSTEM)
        assert knows_members(shop.reader, clock.at_us)
        await promote(shop, Promotion("m", {"en": "For members"}, BuyGet(1), Goods(("milk",)), list="member"))
        before = await basket(shop, AddLine(sku="oil"), AddLine(MILK), SetQuantity(2, 2000))
        assert amounts(before) == [1000, 240]
        member = await basket(shop, UsePriceList("member"))
        assert (amounts(member), member.price_list) == ([800, 120], "member")
        assert amounts(await basket(shop, AddLine(sku="oil"))) == [800, 120, 800]
        assert amounts(await basket(shop, UsePriceList("store"))) == [1000, 240, 1000]
        await basket(shop, UsePriceList("member"))
        paid = await done(shop, Pay("card"))
        (sale,) = (event for event in paid.events if isinstance(event, SaleCompleted))
        assert sale.price_list == "member"
        assert "Member prices" in paper(shop)
        assert read_basket(shop.reader, "1").price_list == "store"  # the next customer's
        (back,) = (await done(shop, RefundSale(1, lines=(RefundedLine(1),)), MANAGER)).events
        assert isinstance(back, SaleRefunded)
        assert (back.price_list, back.paid_minor) == ("member", 800)
        await basket(shop, AddLine(sku="oil"))
        await done(shop, Pay("card"))
        assert "Member prices" not in paper(shop)
        await basket(shop, AddLine(MILK), UsePriceList("member"), SetQuantity(1, 2000), Pay("card"))
        await done(shop, VoidLastSale(), MANAGER)
        assert "For members 1.20" in paper(shop)

    in_a_shop(scenario, tmp_path)


def test_a_member_pays_the_lower_of_their_price_and_the_stores_with_its_promotion(tmp_path: Path) -> None:
    tenth = Promotion("tenth", {"en": "A tenth off"}, PercentOff(10_000), but=Goods(("milk",)))

    async def scenario(shop: CommandBus, _: FakeClock) -> None:
        await done(shop, SetPrice("oil", 800, "member"), SYSTEM)
        await done(shop, SetPrice("leaf", 950, "member"), SYSTEM)
        await promote(shop, tenth, MILK_3)
        await done(shop, SetPrice("milk", 90, "member"), SYSTEM)
        lines = (AddLine(sku="oil"), AddLine(sku="leaf"), AddLine(MILK), SetQuantity(3, 3000))
        assert amounts(await basket(shop, *lines)) == [900, 900, 300]
        member = await basket(shop, UsePriceList("member"))
        assert (amounts(member), member.promotions) == ([800, 900, 270], {"tenth": tenth.names})
        sold = (
            await done(
                shop,
                SellBasket(
                    (LineSold(sku="oil"), LineSold(sku="leaf", quantity=2000)),
                    (TenderGiven("card"),),
                    price_list="member",
                ),
                MANAGER,
            )
        ).result
        assert isinstance(sold, Sale)
        assert (sold.total_minor, sold.lines[0].discounts) == (2600, ())
        await promote(shop, msgspec.structs.replace(tenth, list="member"))
        assert amounts(await basket(shop, SetQuantity(3, 2000))) == [720, 855, 180]  # on top: it says so

    in_a_shop(scenario, tmp_path)


def test_a_case_costs_a_member_the_lower_of_both_and_a_typed_price_counts_as_it_is(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, _: FakeClock) -> None:
        crate = Pack("4012345678901", 6)
        await done(shop, SetProducts((Product("cola", {"en": "Cola"}, price_minor=100, packs=(crate,)),)), SYSTEM)
        await done(shop, SetPrice("cola", 85, "member"), SYSTEM)
        await promote(shop, Promotion("tenth", {"en": "A tenth off"}, PercentOff(10_000)))
        assert amounts(await basket(shop, AddLine("4012345678901"), AddLine(sku="cola"))) == [540, 90]
        assert amounts(await basket(shop, UsePriceList("member"))) == [510, 85]
        await done(shop, SetPrice("cola", 95, "member"), SYSTEM)
        assert amounts(await basket(shop, UsePriceList("member"))) == [540, 90]

    in_a_shop(scenario, tmp_path)


def test_without_a_receipt_at_todays_promotions(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, _: FakeClock) -> None:
        await promote(shop, MILK_3)
        await basket(shop, AddLine(MILK), SetQuantity(1, 3000))
        (event,) = (await done(shop, RefundWithoutReceipt("cash", reason="a gift"), MANAGER)).events
        assert isinstance(event, SaleRefunded)
        assert (event.paid_minor, event.lines[0].amount_minor, event.lines[0].discounts) == (300, 300, ())

    in_a_shop(scenario, tmp_path, "till.refunds_without_receipt = true\n" + CONFIG)


def test_what_a_manager_may_say(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        denied = await shop.do(SetPromotion(MILK_3), CASHIER)
        assert isinstance(denied, Refused)
        assert denied.code == "right_denied"
        (first,) = (await done(shop, SetPromotion(MILK_3), SYSTEM)).events
        assert isinstance(first, PromotionSet)
        assert first.promotion.from_us == AT_US
        clock.advance(60)
        assert (await done(shop, SetPromotion(MILK_3), SYSTEM)).events == ()  # as it is
        over = msgspec.structs.replace(MILK_3, until_us=clock.at_us)
        assert await shop.do(SetPromotion(over), SYSTEM) == Refused("promotion_over", {"promotion": "milk-3"})
        await done(shop, EndPromotion("milk-3"), SYSTEM)
        assert (await done(shop, EndPromotion("milk-3"), SYSTEM)).events == ()
        assert read_promotions(shop.reader, clock.at_us) == []
        assert [one.promotion.id for one in read_promotions(shop.reader, clock.at_us, over=True)] == ["milk-3"]
        await done(shop, SetPromotion(MILK_3), SYSTEM)
        again = read_promotion(shop.reader, "milk-3")
        assert again is not None
        assert (again.from_us, again.until_us) == (clock.at_us, None)

    in_a_shop(scenario, tmp_path)


def test_a_tile_tells_what_one_costs_by_its_promotion(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, SetPromotion(Promotion("half", {"en": "Half"}, PercentOff(HALF), Goods(("leaf",)))), SYSTEM)
        await done(shop, SetPromotion(MILK_3), SYSTEM)
        goods = find_by_skus(shop.reader, ("leaf", "oil", "milk"), clock.at_us).values()
        cards = card_promotions(shop.reader, goods, clock.at_us, "Europe/Paris")
        assert {sku: card.price_minor for sku, card in cards.items()} == {"leaf": 500, "milk": None}
        held = card_promotions(shop.reader, goods, clock.at_us, "Europe/Paris", ("flower",))
        assert set(held) == {"milk"}, "nobody lowers it"

    in_a_shop(scenario, tmp_path)
