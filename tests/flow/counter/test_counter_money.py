"""Money at the counter: vouchers, foreign notes, tips, gift cards, store credit, what is counted and corrected."""

from __future__ import annotations

from pathlib import Path

from edge.accounting import books
from edge.core.command_bus import CommandBus
from edge.core.journal.rows import facts
from edge.core.messages import Actor, Refused
from edge.counter.shifts.commands import CloseShift, MoveCash, OpenShift, OtherCounted
from edge.counter.shifts.events import ShiftClosed
from edge.counter.till.commands import (
    AbandonBasket,
    AddLine,
    AddLoad,
    AddOpenAmount,
    AddTip,
    CorrectTender,
    DiscountBasket,
    DiscountLine,
    OverridePrice,
    Pay,
    PrintCardCode,
    PrintGiftReceipt,
    PrintReport,
    RefundedLine,
    RefundSale,
    RefundWithoutReceipt,
    VoidLastSale,
)
from edge.counter.till.events import ReportPrinted, SaleRefunded, SaleVoided
from edge.counter.till.queries import read_period
from edge.counter.till.rules.day_totals import sums
from edge.foundation.printing.queries import last_print_job
from edge.goods.stock.commands import RecordMovement
from edge.money.gift_cards.commands import BookExpiredCard
from edge.money.gift_cards.queries import find_card
from edge.money.tenders.commands import SetRate, SetTender
from edge.money.tenders.tender import ShopTender
from tests.counter_shop import SECOND, books_of, event_of, in_a_shop, paid, paper
from tests.shop_fixture import CASHIER, CONFIG, MANAGER, MILK, SYSTEM, FakeClock, agreed, done, question_of

CODE = "GIFT-0001-2345"


def test_a_voucher_says_what_becomes_of_the_rest_and_whether_money_goes_back_to_it(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, SetTender(ShopTender("meal", {"en": "Meal card"}, "change")), SYSTEM)
        await done(shop, SetTender(ShopTender("voucher", {"en": "Voucher"}, "kept", back=False)), SYSTEM)
        await done(shop, SetTender(ShopTender("bank", {"en": "Bank transfer"})), SYSTEM)
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
        assert "Unused voucher value in total 0.80" in paper(shop, "report")

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
        assert "Tips included in total 5.00" in paper(shop, "report")

    in_a_shop(scenario, tmp_path)


def test_tips_are_told_by_the_tenders_that_brought_them(tmp_path: Path) -> None:
    async def tipped(shop: CommandBus, *tenders: tuple[str, int | None]) -> None:
        await done(shop, AddOpenAmount("Lunch", "standard", 5_000))
        await done(shop, AddTip(500))
        for kind, minor in tenders:
            await done(shop, Pay(kind, minor))

    def tips(shop: CommandBus) -> dict[str, int]:
        return sums(read_period(shop.reader, "1").day).tips

    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, OpenShift(10_000))
        await tipped(shop, ("card", None))
        await tipped(shop, ("cash", 6_000))  # of which 5.00 is change
        assert tips(shop) == {"card": 500, "cash": 500}
        await done(shop, CorrectTender(2, "card"), MANAGER)
        assert tips(shop) == {"card": 1_000}
        await tipped(shop, ("card", 2_200), ("cash", None))
        assert tips(shop) == {"card": 1_200, "cash": 300}
        await done(shop, VoidLastSale(), MANAGER)
        assert tips(shop) == {"card": 1_000}
        await done(shop, RefundSale(1), MANAGER)
        assert tips(shop) == {"card": 500}
        closed = event_of(await done(shop, CloseShift(10_000), MANAGER), ShiftClosed)
        assert closed.tips == {"card": 500}
        assert "Tips by Card 5.00" in paper(shop, "shift")
        report = event_of(await done(shop, PrintReport("z"), MANAGER), ReportPrinted)
        assert report.sums.tips == {"card": 500}
        said = paper(shop, "report")
        assert said[said.index("Tips included in total 5.00") + 1] == "Card 5.00"
        assert tips(shop) == {}

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
        await done(shop, AddLoad("OTHER-CARD-1", 500))
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


def test_gift_cards_tips_and_vouchers_stand_apart_in_the_books(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, SetTender(ShopTender("voucher", {"en": "Voucher"}, "kept")), SYSTEM)
        await sold_card(shop)
        await done(shop, AddLine(MILK))
        await done(shop, AddTip(30))
        await done(shop, Pay("gift", 100, CODE))
        await paid(shop, "voucher", 100)
        sums = books_of(shop)
        assert sums["liabilities", "gift cards"] == -900
        assert sums["liabilities", "tips"] == -30
        assert sums["income", "vouchers not used up"] == -50
        assert sums["assets", "tenders", "voucher"] == 100
        assert sum(sums.values()) == 0

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


def test_what_expired_stays_on_a_card_until_the_office_books_it(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, AddLoad(CODE, 1_000))
        await paid(shop, "cash")
        card = find_card(shop.reader, CODE)
        assert card is not None
        early = await shop.do(BookExpiredCard(card.id), SYSTEM)
        assert early == Refused("card_not_over", {"tail": "2345"})
        clock.advance(80 * 86_400)
        await done(shop, AddLine(MILK))
        over = await shop.do(Pay("gift", reference=CODE), CASHIER)
        assert isinstance(over, Refused)
        assert over.code == "card_expired"
        assert books_of(shop)["liabilities", "gift cards"] == -1_000
        for _ in range(2):  # a second time there is nothing to book
            await done(shop, BookExpiredCard(card.id), SYSTEM)
        booked = books_of(shop)
        assert (booked.get(("liabilities", "gift cards"), 0), booked["income", "gift cards expired"]) == (0, -1_000)
        card = find_card(shop.reader, CODE)
        assert card is not None
        assert card.balance_minor == 0

    in_a_shop(scenario, tmp_path, CONFIG + "[gift_cards]\nvalid_months = 2\n")


def test_a_new_card_is_printed_with_a_code_of_the_shops_own_and_sold(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        code = (await done(shop, PrintCardCode())).result
        assert code in paper(shop) and find_card(shop.reader, code) is None, "no money is on it yet"
        await done(shop, AddLoad(code, 2_000))
        await paid(shop)
        card = find_card(shop.reader, code)
        assert card is not None and card.balance_minor == 2_000
        assert (await done(shop, PrintCardCode())).result != code

    in_a_shop(scenario, tmp_path)


def test_goods_come_back_as_store_credit_that_pays(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, AddLine(MILK))
        await paid(shop)
        await done(shop, RefundSale(1, kind="credit"), MANAGER)
        code = next(line for line in paper(shop) if len(line) == 16 and line.isalnum())
        await done(shop, AddLine(MILK))
        sale = await paid(shop, "gift", reference=code)
        assert [(one.kind, one.amount_minor) for one in sale.tenders] == [("credit", 120)]
        assert await shop.do(AddLoad(code, 100), CASHIER) == Refused("card_is_credit", {"tail": code[-4:]})

    in_a_shop(scenario, tmp_path)


def test_by_a_gift_receipt_it_is_store_credit_whatever_had_paid(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, AddLine(MILK, quantity=2_000))
        await paid(shop)
        await done(shop, PrintGiftReceipt(1))
        assert any("RG/1-000001" in line for line in paper(shop))
        scanned = await shop.do(AddLine("RG/1-000001"), CASHIER)
        assert scanned == Refused("code_is_receipt", {"number": "RG/1-000001"})
        asked = RefundSale(1, lines=(RefundedLine(1, 1_000),), kind="cash", reason="please", gift=True)
        refund = event_of(await done(shop, asked, MANAGER), SaleRefunded)
        assert [(one.kind, one.amount_minor) for one in refund.tenders] == [("credit", 120)]
        assert "STORE CREDIT 1.20" in paper(shop)

    in_a_shop(scenario, tmp_path)


def test_without_a_receipt_it_is_todays_price_as_store_credit(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, AddLine(MILK))
        await agreed(shop, OverridePrice(1, 300), MANAGER)
        await done(shop, DiscountBasket(share=50_000, reason="staff"), MANAGER)
        refund = event_of(await done(shop, RefundWithoutReceipt(), MANAGER), SaleRefunded)
        assert [(one.kind, one.amount_minor) for one in refund.tenders] == [("credit", 120)]
        await done(shop, AddLine(MILK))
        cash = event_of(await done(shop, RefundWithoutReceipt("cash", reason="old"), MANAGER), SaleRefunded)
        assert [(one.kind, one.amount_minor) for one in cash.tenders] == [("cash", 120)]

    in_a_shop(scenario, tmp_path, "till.refunds_without_receipt = true\n" + CONFIG)


def test_a_sale_that_comes_to_nothing_has_a_number_no_tender_and_a_shut_drawer(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, AddLine(MILK))
        await done(shop, DiscountBasket(share=100_000, reason="goodwill"), MANAGER)
        sale = await paid(shop)
        assert (sale.number, sale.total_minor, sale.tenders, sale.change_minor) == (1, 0, (), 0)
        assert last_print_job(shop.reader, "1", "drawer") is None

    in_a_shop(scenario, tmp_path)


def test_open_amounts_are_counted(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        for minor in (300, 400):
            await done(shop, AddOpenAmount("Soup", "standard", minor))
            await paid(shop)
        await done(shop, PrintReport("x"), MANAGER)
        assert "Open amounts 2 7.00" in paper(shop, "report")

    in_a_shop(scenario, tmp_path)


def test_below_what_it_cost_is_asked_about_noted_and_never_refused(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, RecordMovement("milk", "in", units=10_000, unit_cost_minor=100), SYSTEM)
        await done(shop, AddLine(MILK))
        asked = await shop.do(DiscountLine(1, sum_minor=30, reason="damaged"), MANAGER)
        assert question_of(asked) == Refused(
            "confirm_below_cost", {"name": "Milk", "name_fr": "Lait", "name_he": "חלב"}
        )
        basket = (await agreed(shop, DiscountLine(1, sum_minor=30, reason="damaged"), MANAGER)).result
        assert basket.lines[0].below_cost
        assert (await paid(shop)).lines[0].below_cost

    in_a_shop(scenario, tmp_path)
