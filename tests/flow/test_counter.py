"""The counter: what people take off, baskets set aside, goods without a code, tips, vouchers, notes, gift cards."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from edge.core.command_bus import CommandBus
from edge.core.journal.rows import facts
from edge.core.journal.verify import verify
from edge.core.messages import Actor, Done, Refused
from edge.shop import books
from edge.shop.access.rights import anonymous_actor
from edge.shop.catalog.commands import SetProducts
from edge.shop.catalog.product import Product
from edge.shop.gift_cards.queries import find_card
from edge.shop.printing.layout import plain_text
from edge.shop.printing.queries import last_print_job
from edge.shop.settings.commands import SetSetting
from edge.shop.shifts.commands import CloseShift, MoveCash, OpenDrawer, OpenShift, OtherCounted
from edge.shop.shifts.events import ShiftClosed
from edge.shop.tenders.commands import SetRate, SetTender
from edge.shop.tenders.tender import ShopTender
from edge.shop.till.commands import (
    AbandonBasket,
    AddLine,
    AddLoad,
    AddOpenAmount,
    AddReturn,
    AddTip,
    CorrectTender,
    DiscountBasket,
    DiscountLine,
    Pay,
    PrintReport,
    RefundedLine,
    RefundSale,
    SetBasketAside,
    TakeBasketUp,
    VoidLastSale,
    VoidLine,
)
from edge.shop.till.events import ReportPrinted, SaleCompleted, SaleRefunded, SaleVoided
from edge.shop.till.parking import read_parked
from edge.shop.till.queries import read_basket
from tests.shop_fixture import CASHIER, CONFIG, MANAGER, MILK, SYSTEM, FakeClock, done, open_shop, run

SECOND = anonymous_actor("2")
CODE = "GIFT-0001-2345"


def in_a_shop(scenario: Callable[[CommandBus, FakeClock], Awaitable[None]], folder: Path, text: str = CONFIG) -> None:
    """A scenario, behind which the ledger verifies."""

    async def main() -> None:
        clock = FakeClock()
        async with open_shop(folder, clock, text=text) as shop:
            await scenario(shop, clock)
            assert verify(shop.reader, shop.registry).faults == ()

    run(main())


def event_of(outcome: Done, kind: type[Any]) -> Any:
    return next(event for event in outcome.events if isinstance(event, kind))


async def paid(shop: CommandBus, kind: str = "cash", minor: int | None = None, reference: str = "") -> SaleCompleted:
    sale: SaleCompleted = event_of(await done(shop, Pay(kind, minor, reference)), SaleCompleted)
    return sale


def paper(shop: CommandBus, kind: str = "receipt") -> list[str]:
    """The register's newest paper of a kind, line by line."""
    job = last_print_job(shop.reader, "1", kind)
    assert job is not None
    return [" ".join(line.split()) for line in plain_text(job.document).splitlines()]


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
        assert {"Discount: Damaged -3.00", "Discount on all: Staff -1.00", "You saved 4.00"} <= set(said)
        report: ReportPrinted = event_of(await done(shop, PrintReport("z"), MANAGER), ReportPrinted)
        assert report.sums is not None
        assert {reason: sum.minor for reason, sum in report.sums.given.items()} == {"damaged": 300, "staff": 100}
        assert "Discount: Staff 1 -1.00" in paper(shop, "report")

    in_a_shop(scenario, tmp_path)


def test_a_discounted_line_is_never_widened_and_more_than_all_is_refused(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, AddLine(MILK))
        assert isinstance(await shop.do(DiscountLine(1, share=10_000, reason="damaged"), CASHIER), Refused)
        assert await shop.do(DiscountLine(1, sum_minor=121, reason="damaged"), MANAGER) == Refused(
            "discount_range", {"left_minor": 120}
        )
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
        await done(shop, PrintReport("x"), MANAGER)
        assert "Set aside" in paper(shop, "report")
        await done(shop, TakeBasketUp(kept.number), SECOND)
        basket = read_basket(shop.reader, "2")
        assert (basket.register, basket.name, basket.total_minor) == ("2", "Table 4", 120)
        taken = await shop.do(TakeBasketUp(kept.number), CASHIER)
        assert isinstance(taken, Refused)
        assert (taken.code, taken.values["register"]) == ("parked_taken", "2")
        assert event_of(await done(shop, Pay("cash"), SECOND), SaleCompleted).total_minor == 120

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


def test_a_voucher_says_what_becomes_of_the_rest_and_whether_money_goes_back_to_it(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, SetTender(ShopTender("meal", {"en": "Meal card"}, "change")), SYSTEM)
        await done(shop, SetTender(ShopTender("voucher", {"en": "Voucher"}, "kept", back=False)), SYSTEM)
        await done(shop, SetTender(ShopTender("bank", {"en": "Transfer"})), SYSTEM)
        await done(shop, AddLine(MILK))
        assert await shop.do(Pay("bank", 200), CASHIER) == Refused("tender_too_much", {"due_minor": 120})
        sale = await paid(shop, "meal", 200)
        assert (sale.total_minor, sale.change_minor) == (120, 80)
        assert "Meal card 2.00" in paper(shop)
        await done(shop, AddLine(MILK))
        sale = await paid(shop, "voucher", 200)
        assert (sale.total_minor, sale.change_minor, sale.taxes[0].tax_minor) == (200, 0, 6)
        refund = event_of(await done(shop, RefundSale(2, lines=(RefundedLine(1),)), MANAGER), SaleRefunded)
        assert [(tender.kind, tender.amount_minor) for tender in refund.tenders] == [("credit", 120)]
        code = next(line for line in paper(shop) if len(line) == 16 and line.isalnum())
        card = find_card(shop.reader, code)
        assert card is not None
        assert (card.kind, card.balance_minor) == ("credit", 120)
        await done(shop, PrintReport("x"), MANAGER)
        assert "Vouchers not used up in the total 0.80" in paper(shop, "report")

    in_a_shop(scenario, tmp_path)


def test_foreign_notes_count_at_the_rate_of_today_alone(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, AddLine(MILK))
        assert await shop.do(Pay("cash_usd", 500), CASHIER) == Refused("no_rate_today", {"currency": "USD"})
        await done(shop, SetRate("USD", 915_000), SYSTEM)
        sale = await paid(shop, "cash_usd", 500)
        assert (sale.tenders[0].amount_minor, sale.tenders[0].foreign_minor, sale.change_minor) == (458, 500, 338)
        await done(shop, PrintReport("x"), MANAGER)
        assert {"in notes 5.00 USD", "USD 1 4.58"} <= set(paper(shop, "report"))
        clock.advance(86_400)
        await done(shop, AddLine(MILK))
        assert isinstance(await shop.do(Pay("cash_usd", 500), CASHIER), Refused)

    in_a_shop(scenario, tmp_path)


def test_a_tip_is_no_revenue(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, AddOpenAmount("Lunch", "standard", 5_000))
        await done(shop, AddTip(share=10_000))
        sale = await paid(shop, "card")
        assert (sale.total_minor, sum(tax.tax_minor for tax in sale.taxes)) == (5_500, 833)
        await done(shop, PrintReport("x"), MANAGER)
        assert "Tips in the total 5.00" in paper(shop, "report")

    in_a_shop(scenario, tmp_path)


async def sold_card(shop: CommandBus, actor: Actor = CASHIER) -> None:
    await done(shop, AddLoad(CODE, 1_000), actor)
    await done(shop, Pay("cash"), actor)


def held(shop: CommandBus) -> int:
    card = find_card(shop.reader, CODE)
    assert card is not None
    return card.balance_minor


def test_a_gift_card_is_sold_spent_and_given_back_to(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await sold_card(shop)
        assert held(shop) == 1_000
        await done(shop, AddLine(MILK))
        await paid(shop, "gift", reference=CODE)
        assert held(shop) == 880
        assert await shop.do(VoidLastSale(), MANAGER) is not None
        assert held(shop) == 1_000
        await done(shop, AddLoad("OTHER-CARD", 500))
        refused = await shop.do(Pay("gift", reference=CODE), CASHIER)
        assert refused == Refused("card_for_card")

    in_a_shop(scenario, tmp_path)


def test_two_tills_never_spend_the_same_money(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await sold_card(shop)
        for actor in (CASHIER, SECOND):
            await done(shop, AddOpenAmount("Big", "standard", 1_500), actor)
        await done(shop, Pay("gift", reference=CODE), CASHIER)
        second = await shop.do(Pay("gift", reference=CODE), SECOND)
        assert isinstance(second, Refused)
        assert second.code == "card_empty"
        await done(shop, AbandonBasket(), CASHIER)
        await done(shop, Pay("gift", reference=CODE), SECOND)
        await done(shop, Pay("cash"), SECOND)
        assert held(shop) == 0

    in_a_shop(scenario, tmp_path)


def test_a_load_that_was_spent_is_not_undone(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await sold_card(shop)
        await done(shop, AddLine(MILK), SECOND)
        await done(shop, Pay("gift", reference=CODE), SECOND)
        undone = await shop.do(VoidLastSale(), MANAGER)
        assert isinstance(undone, Refused)
        assert undone.code == "card_spent"
        assert held(shop) == 880

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


def test_gift_cards_tips_and_vouchers_stand_apart_in_the_books(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, SetTender(ShopTender("voucher", {"en": "Voucher"}, "kept")), SYSTEM)
        await sold_card(shop)
        await done(shop, AddLine(MILK))
        await done(shop, AddTip(30))
        await done(shop, Pay("gift", 100, CODE))
        await paid(shop, "voucher", 100)
        sums: dict[tuple[str, ...], int] = {}
        for entry in books.entries(facts(shop.reader, shop.registry, 1)):
            for posting in entry.postings:
                sums[posting.account] = sums.get(posting.account, 0) + posting.minor
        assert sums["liabilities", "gift cards"] == -900
        assert sums["liabilities", "tips"] == -30
        assert sums["income", "vouchers not used up"] == -50
        assert sums["assets", "tenders", "voucher"] == 100
        assert sum(sums.values()) == 0

    in_a_shop(scenario, tmp_path)


def test_an_exchange_is_one_paper_and_the_rest_is_paid(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, AddLine(MILK, quantity=3_000))
        await paid(shop, "card")
        await done(shop, AddOpenAmount("Vase", "standard", 1_000))
        await done(shop, AddReturn(1, lines=(RefundedLine(1, 2_000),)), MANAGER)
        sale = await paid(shop, "cash", 1_000)
        assert (sale.number, sale.total_minor, sale.change_minor) == (2, 760, 240)
        assert {"Back from receipt 1-000001", "Milk -2.40"} <= set(paper(shop))
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


def test_slips_and_notes_are_counted_at_the_end_of_a_shift(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, OpenShift(10_000))
        await done(shop, SetRate("USD", 915_000), SYSTEM)
        await done(shop, AddLine(MILK))
        await paid(shop, "card")
        await done(shop, AddLine(MILK))
        await paid(shop, "cash_usd", 500)
        await done(shop, MoveCash("tips", 500), MANAGER)
        others = (OtherCounted("card", 100), OtherCounted("cash_usd", 500))
        closed = event_of(await done(shop, CloseShift(9_162, others=others)), ShiftClosed)
        assert closed.difference_minor == 0  # the change of 3.38 and the tips are out of it
        assert [other.difference_minor for other in closed.others] == [-20, 0]
        assert {"Difference -0.20", "Difference 0.00"} <= set(paper(shop, "shift"))

    in_a_shop(scenario, tmp_path)


def test_a_shop_may_ask_a_pin_for_striking_and_clearing(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, SetSetting("till.pin_for", ("void_line", "clear_basket", "open_drawer")), SYSTEM)
        await done(shop, AddLine(MILK))
        for command in (VoidLine(1), AbandonBasket(), OpenDrawer()):
            assert await shop.do(command, CASHIER) == Refused("confirm_pin")
            await done(shop, command, MANAGER)

    in_a_shop(scenario, tmp_path)


def test_a_sale_rung_up_as_cash_was_paid_by_card(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, OpenShift(0))
        await done(shop, AddLine(MILK))
        await paid(shop, "cash", 500)
        await done(shop, CorrectTender(1, "card"), MANAGER)
        assert "PAYMENT OF 1-000001 CORRECTED" in paper(shop)
        report = event_of(await done(shop, PrintReport("x"), MANAGER), ReportPrinted)
        assert report.total_minor == 120
        assert "Cash in the drawer 0.00" in paper(shop, "report") or "Card 1 1.20" in paper(shop, "report")
        void = event_of(await done(shop, VoidLastSale(), MANAGER), SaleVoided)
        assert [(one.kind, one.amount_minor) for one in void.tenders] == [("card", 120)]
        closed = event_of(await done(shop, CloseShift(0)), ShiftClosed)
        assert closed.difference_minor == 0
        sums: dict[tuple[str, ...], int] = {}
        for entry in books.entries(facts(shop.reader, shop.registry, 1)):
            for posting in entry.postings:
                sums[posting.account] = sums.get(posting.account, 0) + posting.minor
        assert not any(sums.values())

    in_a_shop(scenario, tmp_path)


def test_what_a_z_covers_is_not_corrected(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, AddLine(MILK))
        await paid(shop)
        await done(shop, PrintReport("z"), MANAGER)
        refused = await shop.do(CorrectTender(1, "card"), MANAGER)
        assert isinstance(refused, Refused)
        assert refused.code == "sale_in_z"

    in_a_shop(scenario, tmp_path)
