"""Foreign notes, vouchers that give change, and the drawer: what is undone goes back as it came, and papers say so."""

from __future__ import annotations

from pathlib import Path

from edge.core.command_bus import CommandBus
from edge.core.messages import Refused
from edge.counter.shifts.commands import CloseShift, MoveCash, OpenShift, OtherCounted
from edge.counter.shifts.events import ShiftClosed
from edge.counter.till.commands import (
    AbandonBasket,
    AddLine,
    AddOpenAmount,
    AddReturn,
    DiscountBasket,
    Pay,
    PrintReport,
    ReprintReceipt,
    VoidLastSale,
)
from edge.counter.till.events import BasketAbandoned, ReportPrinted, SaleVoided
from edge.money.tenders.commands import SetRate, SetTender
from edge.money.tenders.tender import ShopTender
from tests.counter_shop import books_of, event_of, in_a_shop, paid, paper
from tests.shop_fixture import CASHIER, CONFIG, MANAGER, MILK, SYSTEM, FakeClock, done

COINS = CONFIG.replace('currency = "EUR"', 'currency = "EUR"\ncash_step_minor = 5')
VOUCHER = SetTender(ShopTender("meal", {"en": "Meal card"}, "change"))


def opened(shop: CommandBus) -> int:
    """How often the drawer was told to open."""
    return int(shop.reader.execute("SELECT count(*) FROM print_job WHERE kind = 'drawer'").fetchone()[0])


def test_the_drawer_opens_for_foreign_notes_and_for_the_change_of_a_voucher(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, SetRate("USD", 915_000), SYSTEM)
        await done(shop, VOUCHER, SYSTEM)
        for kind, minor, opens in (("cash_usd", 500, 1), ("meal", 200, 1), ("meal", 120, 0), ("card", 120, 0)):
            before = opened(shop)
            await done(shop, AddLine(MILK))
            await paid(shop, kind, minor)
            assert opened(shop) - before == opens, (kind, minor)

    in_a_shop(scenario, tmp_path)


def test_a_sale_undone_gives_the_notes_back_and_takes_the_change_again_as_the_drawer_is_counted(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, OpenShift(10_000))
        await done(shop, SetRate("USD", 915_000), SYSTEM)
        await done(shop, AddLine(MILK))
        await paid(shop, "cash_usd", 500)
        before = opened(shop)
        void = event_of(await done(shop, VoidLastSale(), MANAGER), SaleVoided)
        said = [(one.kind, one.amount_minor, one.foreign_minor) for one in void.tenders]
        assert said == [("cash_usd", 458, 500), ("cash", -338, 0)]
        assert opened(shop) == before + 1
        assert {"Refunded: USD -4.58", "5.00 USD at 0.915", "Taken again 3.38"} <= set(paper(shop))
        counted = CloseShift(10_000, others=(OtherCounted("cash_usd", 0),))
        closed = event_of(await done(shop, counted), ShiftClosed)
        assert (closed.difference_minor, [one.difference_minor for one in closed.others]) == (0, [0])
        assert not any(minor for account, minor in books_of(shop).items() if account[1] == "foreign cash")

    in_a_shop(scenario, tmp_path)


def test_a_voucher_that_gave_change_comes_back_whole_when_its_sale_is_undone(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, VOUCHER, SYSTEM)
        await done(shop, AddLine(MILK))
        await paid(shop, "meal", 200)
        void = event_of(await done(shop, VoidLastSale(), MANAGER), SaleVoided)
        assert [(one.kind, one.amount_minor) for one in void.tenders] == [("meal", 200), ("cash", -80)]
        assert {"Refunded: Meal card -2.00", "Taken again 0.80"} <= set(paper(shop))
        await done(shop, PrintReport("x"), MANAGER)
        assert "Cash taken 0.00" in paper(shop, "report")

    in_a_shop(scenario, tmp_path)


def test_a_cleared_basket_gives_the_notes_back_that_were_given(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, SetRate("USD", 915_000), SYSTEM)
        await done(shop, AddOpenAmount("Vase", "standard", 3_000))
        await done(shop, Pay("cash_usd", 1_000))
        await done(shop, Pay("cash", 500))
        gone = event_of(await done(shop, AbandonBasket()), BasketAbandoned)
        assert [(one.kind, one.amount_minor) for one in gone.tenders] == [("cash_usd", 915), ("cash", 500)]
        assert {"Refunded: USD -9.15", "10.00 USD at 0.915", "Refunded in cash -5.00"} <= set(paper(shop))

    in_a_shop(scenario, tmp_path)


def test_how_many_notes_there_are_is_said_and_never_guessed(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, SetRate("USD", 915_000), SYSTEM)
        await done(shop, AddLine(MILK))
        assert await shop.do(Pay("cash_usd"), CASHIER) == Refused("amount_missing")
        assert (await paid(shop, "cash_usd", 132)).change_minor == 1
        await done(shop, SetRate("EUR", 900_000), SYSTEM)
        await done(shop, AddLine(MILK))
        assert await shop.do(Pay("cash_eur", 200), CASHIER) == Refused("tender_unknown", {"tender": "cash_eur"})

    in_a_shop(scenario, tmp_path)


def test_yen_have_no_hundredths_on_any_paper(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, OpenShift(0))
        await done(shop, SetRate("JPY", 612_345), SYSTEM)
        await done(shop, AddOpenAmount("Vase", "standard", 600))
        sale = await paid(shop, "cash_jpy", 1_000)
        assert (sale.tenders[0].amount_minor, sale.change_minor) == (612, 12)
        assert "1000 JPY at 0.00612345" in paper(shop)
        await done(shop, PrintReport("x"), MANAGER)
        assert "in notes 1000 JPY" in paper(shop, "report")
        await done(shop, CloseShift(0, others=(OtherCounted("cash_jpy", 990),)))
        assert {"Expected 1000", "Counted 990", "Difference -10"} <= set(paper(shop, "shift"))

    in_a_shop(scenario, tmp_path)


def test_a_float_and_what_is_put_into_the_drawer_are_made_of_coins_that_exist(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        wrong = Refused("no_such_coin", {"given_minor": 10_003, "coin_minor": 5})
        assert await shop.do(OpenShift(10_003), CASHIER) == wrong
        await done(shop, OpenShift(10_000))
        wrong = Refused("no_such_coin", {"given_minor": 501, "coin_minor": 5})
        assert await shop.do(MoveCash("payout", 501, "Stamps"), MANAGER) == wrong
        await done(shop, MoveCash("payout", 505, "Stamps"), MANAGER)
        closed = event_of(await done(shop, CloseShift(9_495)), ShiftClosed)
        assert (closed.expected_minor, closed.difference_minor) == (9_495, 0)

    in_a_shop(scenario, tmp_path, COINS)


def test_what_no_till_takes_is_not_counted_and_nothing_twice(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, OpenShift(0))
        for wrong in ("bitcoin", "cash"):
            counted = CloseShift(0, others=(OtherCounted(wrong, 100),))
            assert await shop.do(counted, CASHIER) == Refused("tender_unknown", {"tender": wrong})
        twice = CloseShift(0, others=(OtherCounted("card", 100), OtherCounted("card", 200)))
        assert await shop.do(twice, CASHIER) == Refused("counted_twice")
        closed = event_of(await done(shop, CloseShift(0, others=(OtherCounted("card", 0),))), ShiftClosed)
        assert [(one.kind, one.difference_minor) for one in closed.others] == [("card", 0)]

    in_a_shop(scenario, tmp_path)


def test_the_paper_says_what_is_saved_with_its_tax_as_the_screen_does(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, AddOpenAmount("Vase", "standard", 999))
        await done(shop, AddOpenAmount("Bowl", "reduced", 501))
        await done(shop, DiscountBasket(sum_minor=100, reason="staff"), MANAGER)
        sale = await paid(shop, "card")
        assert (sale.net_minor, sale.total_minor) == (1_400, 1_612), "of 17.28"
        assert "Saved, including tax 1.16" in paper(shop)
        await done(shop, ReprintReceipt(1))
        assert "Saved, including tax 1.16" in paper(shop)

    in_a_shop(scenario, tmp_path, CONFIG.replace("inclusive = true", "inclusive = false"))


def test_an_exchange_worth_less_than_a_coin_more_is_whole_in_drawer_and_books(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, AddOpenAmount("Vase", "standard", 1_000))
        await paid(shop)
        await done(shop, AddOpenAmount("Bowl", "standard", 999))
        await done(shop, AddReturn(1), MANAGER)
        sale = await paid(shop)
        assert (sale.total_minor, sale.rounding_minor, sale.tenders, sale.back) == (-1, 1, (), ())
        report = event_of(await done(shop, PrintReport("z"), MANAGER), ReportPrinted)
        assert (report.total_minor, report.sums.drawer_minor) == (1_000, 1_000)
        assert sum(books_of(shop).values()) == 0

    in_a_shop(scenario, tmp_path, COINS)
