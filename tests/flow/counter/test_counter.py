"""The counter: what people take off, baskets set aside, goods without a code, tips, vouchers, notes, gift cards."""

from __future__ import annotations

from pathlib import Path

from edge.accounting import books
from edge.core.command_bus import CommandBus
from edge.core.journal.rows import facts
from edge.core.messages import Refused
from edge.counter.kitchen.queries import read_order
from edge.counter.shifts.commands import OpenDrawer
from edge.counter.till.commands import (
    AbandonBasket,
    AddLine,
    AddOpenAmount,
    AddReturn,
    DiscountBasket,
    DiscountLine,
    Pay,
    PrintReport,
    RefundedLine,
    RefundSale,
    SendToKitchen,
    SetBasketAside,
    SetQuantity,
    TakeBasketUp,
    VoidLastSale,
    VoidLine,
)
from edge.counter.till.events import ReportPrinted, SaleCompleted, SaleRefunded, SaleVoided
from edge.counter.till.lines.parked_baskets import read_parked, read_taken
from edge.counter.till.queries import read_basket
from edge.foundation.settings.commands import SetSetting
from edge.goods.catalog.commands import RetireProducts, SetProducts
from edge.goods.catalog.product import Product
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.counter_shop import SECOND, event_of, in_a_shop, paid, paper
from tests.shop_fixture import BAR, CASHIER, CONFIG, MANAGER, MILK, SYSTEM, FakeClock, done, run


def test_a_discount_on_a_line_and_on_all_of_it_is_on_paper_and_in_the_z(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, AddLine(MILK, quantity=10_000))
        await done(shop, AddOpenAmount("Basket", "standard", 800))
        await done(shop, DiscountLine(1, share=25_000, reason="damaged"), MANAGER)
        basket = (await done(shop, DiscountBasket(sum_minor=100, reason="staff"), MANAGER)).result
        assert [line.amount_minor for line in basket.lines] == [847, 753]  # 900 and 800, less 53 and 47
        sale = await paid(shop)
        assert sale.total_minor == 1600
        said = paper(shop)
        assert {"Discount: Damaged -3.00", "Basket discount: Staff -1.00", "You saved 4.00"} <= set(said)
        report: ReportPrinted = event_of(await done(shop, PrintReport("z"), MANAGER), ReportPrinted)
        assert report.sums is not None
        assert {reason: sum.minor for reason, sum in report.sums.given.items()} == {"damaged": 300, "staff": 100}
        said = paper(shop, "report")
        assert said.index("Discounts by reason and user") < said.index("Discount: Staff 1 -1.00")

    in_a_shop(scenario, tmp_path)


def test_a_discounted_line_is_never_widened_and_more_than_all_is_refused(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, AddLine(MILK))
        assert isinstance(await shop.do(DiscountLine(1, share=10_000, reason="damaged"), CASHIER), Refused)
        assert await shop.do(DiscountLine(1, sum_minor=121, reason="damaged"), MANAGER) == Refused(
            "discount_range", {"left_minor": 120}
        )
        for share in (101_000, 0, -5_000):
            over = await shop.do(DiscountLine(1, share=share, reason="damaged"), MANAGER)
            assert over == Refused("discount_range", {"left_minor": 120})
        assert await shop.do(DiscountLine(1, sum_minor=20, reason="just so"), MANAGER) == Refused("discount_reason")
        await done(shop, DiscountLine(1, sum_minor=20, reason="damaged"), MANAGER)
        basket = (await done(shop, AddLine(MILK))).result
        assert [line.amount_minor for line in basket.lines] == [100, 120]
        assert (await done(shop, DiscountLine(1), MANAGER)).result.total_minor == 240

    in_a_shop(scenario, tmp_path)


def test_a_refund_gives_back_what_was_paid_behind_discounts(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, AddLine(MILK, quantity=3_000))
        await done(shop, AddOpenAmount("Vase", "standard", 1000))
        await done(shop, DiscountBasket(share=10_000, reason="regular"), MANAGER)
        sale = await paid(shop, "card")
        assert sale.total_minor == 1224
        back = [RefundedLine(1, 1_000)], [RefundedLine(1)], [RefundedLine(2)]
        minors = []
        for lines in back:
            refund = event_of(await done(shop, RefundSale(1, lines=tuple(lines)), MANAGER), SaleRefunded)
            minors.append(refund.total_minor)
        assert minors == [108, 216, 900]

    in_a_shop(scenario, tmp_path)


def test_a_basket_is_set_aside_and_taken_up_at_another_register(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, AddLine(MILK))
        await done(shop, SetBasketAside("Table 4"))
        assert read_basket(shop.reader, "1").empty
        (kept,) = read_parked(shop.reader)
        assert (kept.name, kept.items, kept.total_minor) == ("Table 4", 1, 120)
        clock.advance(300)
        await done(shop, PrintReport("z"), MANAGER)
        said = paper(shop, "report")
        assert "Parked sales" in said
        assert "No. 1, for 5 min 1.20" in said, "a Z closes over it, and says no name: that may be a person's"
        await done(shop, TakeBasketUp(kept.number), SECOND)
        basket = read_basket(shop.reader, "2")
        assert (basket.register, basket.name, basket.total_minor) == ("2", "Table 4", 120)
        taken = await shop.do(TakeBasketUp(kept.number), CASHIER)
        assert isinstance(taken, Refused)
        assert (taken.code, taken.values["register"]) == ("parked_with", "2")
        assert event_of(await done(shop, Pay("cash"), SECOND), SaleCompleted).total_minor == 120
        taken = await shop.do(TakeBasketUp(kept.number), CASHIER)
        assert isinstance(taken, Refused)
        assert (taken.code, taken.values["register"]) == ("parked_taken", "2")

    in_a_shop(scenario, tmp_path)


def test_a_basket_set_aside_whose_product_is_gone_is_taken_up_at_its_price_and_paid(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, AddLine(MILK))
        await done(shop, SetBasketAside("Table 4"))
        await done(shop, SetProducts((Product("milk", price_minor=150),)), SYSTEM)
        await done(shop, RetireProducts(("milk",)), SYSTEM)
        await done(shop, TakeBasketUp(read_parked(shop.reader)[0].number), CASHIER)
        assert read_basket(shop.reader, "1").total_minor == 120, "what was shown is what is paid"
        more = await shop.do(AddLine(sku="milk"), CASHIER)
        assert isinstance(more, Refused) and more.code == "retired", "and no more of it is sold"
        raised = await shop.do(SetQuantity(1, 2_000), CASHIER)
        assert isinstance(raised, Refused) and raised.code == "retired", "nor in a greater number"
        assert event_of(await done(shop, Pay("cash")), SaleCompleted).total_minor == 120

    in_a_shop(scenario, tmp_path)


def test_an_old_basket_asks_whose_prices_hold(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        for _ in range(2):
            await done(shop, AddLine(MILK))
            await done(shop, SetBasketAside())
        clock.advance(2 * 86_400)
        await done(shop, SetProducts((Product("milk", price_minor=150),)), SYSTEM)
        first, second = (one.number for one in read_parked(shop.reader))
        old = await shop.do(TakeBasketUp(first), CASHIER)
        assert isinstance(old, Refused)
        assert old.code == "parked_old"
        await done(shop, TakeBasketUp(first, "kept"))
        assert read_basket(shop.reader, "1").total_minor == 120
        await done(shop, AbandonBasket())
        await done(shop, TakeBasketUp(second, "today"))
        assert read_basket(shop.reader, "1").total_minor == 150

    in_a_shop(scenario, tmp_path)


def test_a_refund_that_was_a_slip_is_undone_before_the_z(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, AddLine(MILK, quantity=3_000))
        await paid(shop)
        await done(shop, RefundSale(1, lines=(RefundedLine(1, 1_000),)), MANAGER)
        void = event_of(await done(shop, VoidLastSale(), MANAGER), SaleVoided)
        assert (void.sale, void.total_minor) == (2, -120)
        assert "Taken again 1.20" in paper(shop)
        whole = event_of(await done(shop, RefundSale(1), MANAGER), SaleRefunded)
        assert whole.total_minor == 360
        report = event_of(await done(shop, PrintReport("z"), MANAGER), ReportPrinted)
        assert (report.total_minor, report.sums.drawer_minor, report.sums.taxes) == (0, 0, ())

    in_a_shop(scenario, tmp_path)


def test_an_exchange_is_one_paper_and_the_rest_is_paid(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, AddLine(MILK, quantity=3_000))
        await paid(shop, "card")
        await done(shop, AddOpenAmount("Vase", "standard", 1_000))
        await done(shop, AddReturn(1, lines=(RefundedLine(1, 2_000),)), MANAGER)
        sale = await paid(shop, "cash", 1_000)
        assert (sale.number, sale.total_minor, sale.change_minor) == (2, 760, 240)
        assert {"Returned from receipt 1-000001", "Milk -2.40"} <= set(paper(shop))
        report = event_of(await done(shop, PrintReport("x"), MANAGER), ReportPrinted)
        assert (report.sales, report.refunds, report.total_minor) == (2, 1, 1_120)
        whole = await shop.do(RefundSale(1, lines=(RefundedLine(1, 2_000),)), MANAGER)
        assert isinstance(whole, Refused)
        assert whole.code == "refund_too_much"
        void = event_of(await done(shop, VoidLastSale(), MANAGER), SaleVoided)
        assert [(one.kind, one.amount_minor) for one in void.tenders] == [("cash", 760)]
        await done(shop, RefundSale(1), MANAGER)  # both halves are undone

    in_a_shop(scenario, tmp_path)


def test_an_exchange_worth_more_goes_back_to_what_had_paid(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, AddOpenAmount("Vase", "standard", 1_000))
        await paid(shop, "card")
        await done(shop, AddLine(MILK))
        await done(shop, AddReturn(1), MANAGER)
        sale = await paid(shop)
        assert (sale.total_minor, sale.tenders) == (-880, ())
        assert [(one.kind, one.amount_minor) for one in sale.back] == [("card", 880)]
        assert {(tax.rate, tax.tax_minor) for tax in sale.taxes} == {(20_000, -167), (5_500, 6)}
        refund = event_of(await done(shop, RefundSale(2), MANAGER), SaleRefunded)
        assert [(one.kind, one.amount_minor) for one in refund.tenders] == [("credit", 120)]
        assert (
            sum(
                posting.minor
                for entry in books.entries(facts(shop.reader, shop.registry, 1))
                for posting in entry.postings
            )
            == 0
        )

    in_a_shop(scenario, tmp_path)


def test_goods_of_several_receipts_come_back_on_one_paper(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, AddOpenAmount("Vase", "standard", 1_000))
        await paid(shop, "card")
        await done(shop, AddLine(MILK, quantity=5_000))
        await paid(shop)
        await done(shop, AddOpenAmount("Bowl", "standard", 700))
        await done(shop, AddReturn(1), MANAGER)
        await done(shop, AddReturn(2, lines=(RefundedLine(1, 5_000),)), MANAGER)
        basket = (await done(shop, AddReturn(2, lines=(RefundedLine(1, 2_000),)), MANAGER)).result
        assert [(goods.sale, goods.total_minor) for goods in basket.returns] == [(1, 1_000), (2, 240)]
        sale = await paid(shop)
        assert (sale.number, sale.total_minor, sale.tenders) == (3, -540, ())
        assert [(one.kind, one.amount_minor) for one in sale.back] == [("card", 540)]  # the card first, and cash last
        assert {"Returned from receipt 1-000001", "Vase -10.00", "Returned from receipt 1-000002", "Milk -2.40"} <= set(
            paper(shop)
        )
        report = event_of(await done(shop, PrintReport("x"), MANAGER), ReportPrinted)
        assert (report.sales, report.refunds, report.total_minor) == (3, 1, 1_060)
        assert {"Card 2 4.60", "Cash 1 6.00"} <= set(paper(shop, "report"))
        left = await shop.do(RefundSale(2, lines=(RefundedLine(1, 4_000),)), MANAGER)
        assert isinstance(left, Refused)
        assert left.code == "refund_too_much"
        void = event_of(await done(shop, VoidLastSale(), MANAGER), SaleVoided)
        assert [(one.sale, one.minor) for one in void.refunds] == [(1, 1_000), (2, 240)]
        assert "Taken again 5.40" in paper(shop)
        for number in (2, 1):  # both of both halves are undone
            refund = event_of(await done(shop, RefundSale(number), MANAGER), SaleRefunded)
            assert refund.total_minor == {1: 1_000, 2: 600}[number]

    in_a_shop(scenario, tmp_path)


def test_an_exchange_in_which_other_goods_had_paid_prints_the_credit(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, AddOpenAmount("Vase", "standard", 1_000))
        await paid(shop, "card")
        await done(shop, AddOpenAmount("Bowl", "standard", 800))
        await done(shop, AddReturn(1), MANAGER)
        await paid(shop)
        await done(shop, AddOpenAmount("Cup", "standard", 300))
        await done(shop, AddReturn(2), MANAGER)
        sale = await paid(shop)
        assert [(one.kind, one.amount_minor) for one in sale.back] == [("credit", 500)]
        assert "STORE CREDIT 5.00" in paper(shop)
        assert sale.returns[0].back == sale.back

    in_a_shop(scenario, tmp_path)


def test_a_shop_may_ask_a_pin_for_striking_and_clearing(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, SetSetting("till.pin_for", ("void_line", "clear_basket", "open_drawer")), SYSTEM)
        await done(shop, AddLine(MILK))
        for command in (VoidLine(1), AbandonBasket(), OpenDrawer()):
            assert await shop.do(command, CASHIER) == Refused("confirm_pin")
            await done(shop, command, MANAGER)

    in_a_shop(scenario, tmp_path)


def test_the_kitchens_order_goes_along_with_a_basket_set_aside(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, AddLine(MILK))
        await done(shop, SendToKitchen("Table 4"))
        sent = read_order(shop.reader, "1")
        await done(shop, SetBasketAside("Table 4"))
        assert not read_order(shop.reader, "1").open
        (kept,) = read_parked(shop.reader)
        await done(shop, TakeBasketUp(kept.number), SECOND)
        assert (sent.note, sent.open) == ("Table 4", True) and read_order(shop.reader, "2") == sent
        assert await shop.do(SendToKitchen(), SECOND) == Refused("nothing_to_send")  # it has all of it
        await done(shop, Pay("cash"), SECOND)
        assert not read_order(shop.reader, "2").open

    in_a_shop(scenario, tmp_path, CONFIG + BAR)


def test_a_basket_that_another_register_has_is_taken_over_with_a_yes_that_it_sees(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, AddLine(MILK))
        await done(shop, SetBasketAside("Table 4"))
        (kept,) = read_parked(shop.reader)
        await done(shop, TakeBasketUp(kept.number), SECOND)
        await done(shop, AddLine(MILK), SECOND)
        (there,) = read_taken(shop.reader)
        assert (there.name, there.register) == ("Table 4", "2")
        asked = await shop.do(TakeBasketUp(kept.number), CASHIER)
        assert isinstance(asked, Refused) and (asked.code, asked.values["register"]) == ("parked_with", "2")
        await done(shop, TakeBasketUp(kept.number, take_over=True))
        assert [read_basket(shop.reader, one).total_minor for one in ("1", "2")] == [240, 0], "one register has it"
        away = read_basket(shop.reader, "2").away
        assert away and (away.called, away.register) == ("Table 4", "1")
        assert (await done(shop, AddLine(MILK), SECOND)).result.away is None, "it was seen"
        await done(shop, AbandonBasket(), SECOND)
        await done(shop, Pay("cash", 100))
        late = await shop.do(TakeBasketUp(kept.number, take_over=True), SECOND)
        assert isinstance(late, Refused) and late.code == "paid_there"
        assert event_of(await done(shop, Pay("cash", 140)), SaleCompleted).total_minor == 240
        gone = await shop.do(TakeBasketUp(kept.number, take_over=True), SECOND)
        assert isinstance(gone, Refused) and gone.code == "parked_taken"

    in_a_shop(scenario, tmp_path)


def test_what_was_taken_up_long_ago_costs_nothing_when_the_dialog_opens(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        for _ in range(20):
            await done(shop, AddLine(MILK))
            await done(shop, SetBasketAside("Table 4"))
            (kept,) = read_parked(shop.reader)
            await done(shop, TakeBasketUp(kept.number), SECOND)
            await done(shop, Pay("card"), SECOND)
        await done(shop, AddLine(MILK))
        await done(shop, SetBasketAside("Table 5"))
        (kept,) = read_parked(shop.reader)
        await done(shop, TakeBasketUp(kept.number), SECOND)
        asked: list[str] = []
        shop.reader.set_trace_callback(asked.append)
        (there,) = read_taken(shop.reader)
        shop.reader.set_trace_callback(None)
        assert (there.name, there.register) == ("Table 5", "2")
        looks = [query for query in asked if "_basket" in query]
        assert len(looks) < 8, "a look at each register, not at each basket of the day"

    in_a_shop(scenario, tmp_path)


def test_the_dialog_names_what_lies_on_other_counters_and_says_when_there_is_nothing(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await caller.set_pin()
            await done(served.shop, AddLine(MILK))
            await done(served.shop, SetBasketAside("Table 4"))
            (kept,) = read_parked(served.shop.reader)
            await done(served.shop, TakeBasketUp(kept.number))
            shown = (await caller.get("/fragments/counter/parked")).text
            assert "No parked sales." in shown and "Table 4" not in shown, "it lies on this counter"
            await done(served.shop, TakeBasketUp(kept.number, take_over=True), SECOND)
            shown = (await caller.get("/fragments/counter/parked")).text
            assert "Table 4" in shown and "No parked sales." not in shown

    run(scenario())


def test_a_receipt_says_nothing_of_voided_lines_where_the_shop_wants_it_so(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        async def receipt() -> list[str]:
            await done(shop, AddOpenAmount("Vase", "standard", 900))
            struck = (await done(shop, AddOpenAmount("Plate", "standard", 400))).result.lines[-1].id
            await done(shop, VoidLine(struck), MANAGER)
            await paid(shop, "card")
            return [line for line in paper(shop) if "Plate" in line]

        assert await receipt() == ["Plate voided"]
        await done(shop, SetSetting("till.receipt_without", ("voided",)), SYSTEM)
        assert await receipt() == []

    in_a_shop(scenario, tmp_path)
