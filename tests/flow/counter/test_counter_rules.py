"""Rules of the counter that have no test elsewhere (docs/counter.md)."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from edge.core.command_bus import CommandBus
from edge.core.messages import Refused
from edge.counter.till.commands import (
    AddLine,
    AddLoad,
    AddOpenAmount,
    AddTip,
    DiscountBasket,
    DiscountLine,
    OverridePrice,
    Pay,
    PrintReport,
    RefundedLine,
    RefundSale,
    ReprintReceipt,
    SetBasketAside,
    SetQuantity,
    TakeBasketUp,
    VoidLastSale,
)
from edge.counter.till.events import ReportPrinted, SaleRefunded, SaleVoided
from edge.counter.till.lines.parked_baskets import read_parked
from edge.foundation.settings.commands import SetSetting
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import BundlePart, Pack, Product
from edge.goods.promotions.commands import SetPromotion
from edge.goods.promotions.promotion import PercentOff, Promotion
from edge.goods.stock.commands import RecordMovement, SetLocation
from edge.goods.stock.queries import read_item
from edge.money.gift_cards.card import card_id
from edge.money.gift_cards.commands import CloseCard
from edge.money.gift_cards.queries import find_card
from edge.money.gift_cards.watches import WATCHES
from edge.people.coupons.commands import MakeCoupons
from edge.people.coupons.queries import read_series, unused_codes
from tests.counter_shop import event_of, in_a_shop, paid, paper
from tests.shop_fixture import CASHIER, MANAGER, MILK, SYSTEM, TOMATO, FakeClock, agreed, done

CODE = "GIFT-0001-2345"
CARD = card_id("GIFT00012345")
STAFF = "staff"


async def pays_by_card(shop: CommandBus) -> None:
    """Milk is sold, and a gift card of 10.00 pays it: sale 2."""
    await done(shop, AddLoad(CODE, 1_000))
    await paid(shop)
    await done(shop, AddLine(MILK))
    await paid(shop, "gift", reference=CODE)


def printed_code(shop: CommandBus) -> str:
    return next(line for line in paper(shop) if len(line) == 16 and line.isalnum())


def test_what_a_closed_card_had_paid_is_on_a_new_one(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await pays_by_card(shop)
        await done(shop, CloseCard(CARD), SYSTEM)
        void = event_of(await done(shop, VoidLastSale(), MANAGER), SaleVoided)
        assert [(back.kind, back.amount_minor) for back in void.tenders] == [("credit", 120)]
        fresh = find_card(shop.reader, printed_code(shop))
        assert fresh is not None
        assert (fresh.kind, fresh.balance_minor) == ("credit", 120)

    in_a_shop(scenario, tmp_path)


def test_what_a_gift_card_had_paid_is_cash_below_the_shops_limit_alone(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await pays_by_card(shop)
        cash = RefundSale(2, kind="cash", reason="moves away")
        assert await shop.do(cash, MANAGER) == Refused("card_not_cash", {"below_minor": 0})
        await done(shop, SetSetting("gift_cards.cash_below", 2), SYSTEM)
        refund = event_of(await done(shop, cash, MANAGER), SaleRefunded)
        assert [(back.kind, back.amount_minor) for back in refund.tenders] == [("cash", 120)]
        await done(shop, AddLine(MILK))
        await paid(shop)
        await done(shop, RefundSale(4, kind="credit"), MANAGER)
        credit = printed_code(shop)
        await done(shop, AddLine(MILK))
        await paid(shop, "gift", reference=credit)
        refused = await shop.do(RefundSale(6, kind="cash", reason="please"), MANAGER)
        assert refused == Refused("card_not_cash", {"below_minor": 200}), "credit is never cash"

    in_a_shop(scenario, tmp_path)


def test_a_gift_card_is_not_cash_in_pieces_either(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, SetSetting("gift_cards.cash_below", 2), SYSTEM)
        await done(shop, AddLoad(CODE, 1_000))
        await paid(shop)
        await done(shop, AddLine(MILK, quantity=3_000))
        await paid(shop, "gift", reference=CODE)
        piece = RefundSale(2, lines=(RefundedLine(1, 1_000),), kind="cash", reason="moves away")
        await done(shop, piece, MANAGER)
        assert await shop.do(piece, MANAGER) == Refused("card_not_cash", {"below_minor": 200})

    in_a_shop(scenario, tmp_path)


def test_an_empty_card_one_that_was_read_and_a_code_that_exists_are_refused(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await pays_by_card(shop)
        assert await shop.do(AddLoad(CODE, 100, fresh=True), CASHIER) == Refused("card_known", {"tail": "2345"})
        await done(shop, AddLoad(CODE, 100))
        assert await shop.do(AddLoad(CODE, 100), CASHIER) == Refused("card_twice", {"tail": "2345"})
        (line,) = (await paid(shop)).lines
        assert line.quantity == 1_000
        await done(shop, AddOpenAmount("Things", "standard", 2_000))
        await done(shop, Pay("gift", reference=CODE))
        assert await shop.do(Pay("gift", reference=CODE), CASHIER) == Refused("card_twice", {"tail": "2345"})
        await done(shop, Pay("cash"))
        await done(shop, AddLine(MILK))
        empty = await shop.do(Pay("gift", reference=CODE), CASHIER)
        assert empty == Refused("card_empty", {"tail": "2345", "balance_minor": 0})
        await done(shop, CloseCard(CARD), SYSTEM)
        assert await shop.do(AddLoad(CODE, 100), CASHIER) == Refused("card_closed", {"tail": "2345"})
        assert find_card(shop.reader, CODE) is not None, "never deleted"

    in_a_shop(scenario, tmp_path)


def test_promotions_then_the_lines_then_the_baskets_discount_then_coupons(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, SetPromotion(Promotion("all", {"en": "10 %"}, PercentOff(10_000))), SYSTEM)
        await done(shop, MakeCoupons("Half", date(2027, 1, 1), date(2027, 2, 1), 1, 50_000), SYSTEM)
        (code,) = unused_codes(shop.reader, read_series(shop.reader)[0], "EUR")
        await done(shop, AddLine(MILK, quantity=10_000))
        await done(shop, AddLine(code.text))
        await done(shop, DiscountBasket(share=10_000, reason=STAFF), MANAGER)
        basket = (await done(shop, DiscountLine(1, sum_minor=80, reason="damaged"), MANAGER)).result
        (line,) = basket.lines
        parts = (line.gross_minor, line.promotion_minor, line.off_minor, line.share_minor, line.coupon_minor)
        assert parts == (1_200, 120, 80, 100, 450)
        basket = (await agreed(shop, OverridePrice(1, 100), MANAGER)).result
        assert basket.lines[0].promotion_minor == 0, "a typed price ends promotions"
        basket = (await done(shop, DiscountBasket(share=20_000, reason=STAFF), MANAGER)).result
        assert basket.discount.share == 20_000, "the second takes the place of the first"

    in_a_shop(scenario, tmp_path)


def test_a_discount_of_nothing_below_or_beyond_all_is_refused(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, AddLine(MILK))
        for wrong in (DiscountLine(1, share=0, reason=STAFF), DiscountLine(1, sum_minor=121, reason=STAFF)):
            outcome = await shop.do(wrong, MANAGER)
            assert isinstance(outcome, Refused) and outcome.code == "discount_range", wrong
        outcome = await shop.do(DiscountBasket(share=100_001, reason=STAFF), MANAGER)
        assert isinstance(outcome, Refused) and outcome.code == "discount_range"
        await done(shop, AddTip(100))
        outcome = await shop.do(DiscountLine(2, share=10_000, reason=STAFF), MANAGER)
        assert isinstance(outcome, Refused) and outcome.code == "discount_never"

    in_a_shop(scenario, tmp_path)


def test_a_sum_off_is_the_lines_whatever_its_quantity_and_a_percent_is_of_its_amount(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, AddLine(MILK, quantity=3_000))
        await done(shop, DiscountLine(1, sum_minor=150, reason=STAFF), MANAGER)
        assert (await done(shop, SetQuantity(1, 2_000))).result.lines[0].off_minor == 150
        assert (await done(shop, SetQuantity(1, 1_000))).result.lines[0].off_minor == 120, "cut to what is there"
        assert (await done(shop, SetQuantity(1, 3_000))).result.lines[0].off_minor == 150
        await done(shop, AddLine(TOMATO, quantity=333))
        line = (await done(shop, DiscountLine(2, share=50_000, reason=STAFF), MANAGER)).result.lines[1]
        assert (line.gross_minor, line.off_minor) == (133, 67), "not half a price a kg"

    in_a_shop(scenario, tmp_path)


def test_goods_of_a_basket_set_aside_are_promised_to_it(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, RecordMovement("milk", "in", units=5_000), SYSTEM)

        def available() -> int:
            item = read_item(shop.reader, "milk")
            assert item is not None
            return item.available

        await done(shop, AddLine(MILK, quantity=4_000))
        await done(shop, SetBasketAside("T1"))
        assert available() == 1_000
        await done(shop, AddLine(MILK, quantity=3_000))
        await done(shop, AddOpenAmount("Things", "standard", 100))
        await done(shop, SetBasketAside("T2"))
        assert available() == 0, "what is not there cannot be promised, and stops nobody"
        for parked in read_parked(shop.reader):
            await done(shop, TakeBasketUp(parked.number))
            await paid(shop)
        item = read_item(shop.reader, "milk")
        assert item is not None
        assert (item.on_hand, item.reserved) == (-2_000, 0)

    in_a_shop(scenario, tmp_path)


def test_what_lies_elsewhere_is_not_promised_and_the_rest_of_the_basket_is(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, SetLocation("cellar", {"en": "Cellar"}), SYSTEM)
        await done(shop, RecordMovement("milk", "in", units=5_000, location="cellar"), SYSTEM)
        await done(shop, RecordMovement("tomato", "in", units=5_000), SYSTEM)
        await done(shop, AddLine(MILK, quantity=2_000))
        await done(shop, AddLine(TOMATO, quantity=1_000))
        await done(shop, SetBasketAside("T1"))
        items = [read_item(shop.reader, sku) for sku in ("milk", "tomato")]
        assert [item.reserved for item in items if item] == [0, 1_000]

    in_a_shop(scenario, tmp_path)


def test_papers_share_a_row_of_numbers_and_reports_have_their_own(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, AddLine(MILK))
        await done(shop, SetBasketAside())
        await done(shop, TakeBasketUp(1))
        assert (await paid(shop)).number == 1
        assert event_of(await done(shop, PrintReport("x"), MANAGER), ReportPrinted).number == 0
        assert event_of(await done(shop, PrintReport("z"), MANAGER), ReportPrinted).number == 1
        assert event_of(await done(shop, RefundSale(1), MANAGER), SaleRefunded).number == 2
        assert event_of(await done(shop, VoidLastSale(), MANAGER), SaleVoided).number == 3
        await done(shop, ReprintReceipt(1))
        assert "COPY 1" in paper(shop)
        await done(shop, AddLine(MILK))
        assert (await paid(shop)).number == 4
        report = event_of(await done(shop, PrintReport("z"), MANAGER), ReportPrinted)
        assert (report.number, report.sums.copies) == (2, 1)
        assert event_of(await done(shop, PrintReport("z"), MANAGER), ReportPrinted).number == 3, "an empty one, too"

    in_a_shop(scenario, tmp_path)


def test_of_a_bundle_or_a_case_only_whole_ones_come_back(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        gift, case = "4006381333948", "4006381333955"
        products = (
            Product("gift", {"en": "Gift set"}, (gift,), 900, parts=(BundlePart("milk", 2_000),)),
            Product("milk", packs=(Pack(case, 12, 1_200),)),
        )
        await done(shop, SetProducts(products), SYSTEM)
        await done(shop, AddLine(gift))
        await done(shop, AddLine(case))
        await paid(shop)
        for line in (1, 2):
            outcome = await shop.do(RefundSale(1, lines=(RefundedLine(line, 500),)), MANAGER)
            assert isinstance(outcome, Refused) and outcome.code == "whole_pieces_only"
        refund = event_of(await done(shop, RefundSale(1), MANAGER), SaleRefunded)
        assert refund.total_minor == 2_100

    in_a_shop(scenario, tmp_path)


def test_money_goes_back_by_the_kinds_of_the_sale_and_the_drawer_stays_shut_for_cards(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        def opened() -> int:
            return int(shop.reader.execute("SELECT count(*) FROM print_job WHERE kind = 'drawer'").fetchone()[0])

        await done(shop, AddLine(MILK))
        await paid(shop, "card")
        refused = await shop.do(RefundSale(1, kind="gift"), MANAGER)
        assert isinstance(refused, Refused)
        await done(shop, RefundSale(1), MANAGER)
        assert opened() == 0

    in_a_shop(scenario, tmp_path)


def test_cards_that_end_soon_are_told_of_in_one(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, SetSetting("gift_cards.valid_months", 2), SYSTEM)
        await pays_by_card(shop)
        (soon,) = (watch for watch in WATCHES if watch.kind == "gift_cards_expire")
        assert list(soon.read(shop.reader, clock.at_us, "2027-02-01")) == []
        (told,) = soon.read(shop.reader, clock.at_us, "2027-03-01")
        assert dict(told.values) == {"cards": 1, "sum_minor": 880, "days": 30}
        assert list(soon.read(shop.reader, clock.at_us, "2027-03-16")) == []

    in_a_shop(scenario, tmp_path)
