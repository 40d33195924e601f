"""Cash is rounded once, and of a receipt never more goes back than was paid, by whatever tenders and papers."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from edge.core.command_bus import CommandBus
from edge.core.journal.rows import facts
from edge.core.messages import Command, Done, Refused
from edge.counter.shifts.commands import OpenShift
from edge.counter.shifts.queries import read_drawer
from edge.counter.till.commands import (
    AddOpenAmount,
    AddReturn,
    AddTip,
    CorrectTender,
    DiscountBasket,
    Pay,
    PrintReport,
    RefundedLine,
    RefundSale,
    SetQuantity,
    VoidLastSale,
)
from edge.counter.till.events import ReportPrinted, SaleCompleted, SaleRefunded, SaleVoided, TenderCorrected
from edge.counter.till.queries import read_basket, read_receipts
from edge.money.tenders.commands import SetRate, SetTender
from edge.money.tenders.tender import ShopTender, is_foreign
from tests.counter_shop import event_of, in_a_shop, paid
from tests.scheduling import one_by_day
from tests.shop_fixture import CONFIG, MANAGER, SYSTEM, FakeClock, answered, done


def coins(step_minor: int) -> str:
    return CONFIG.replace('currency = "EUR"', f'currency = "EUR"\ncash_step_minor = {step_minor}')


async def sold(shop: CommandBus, *amounts: int, kind: str = "cash", minor: int | None = None) -> SaleCompleted:
    for amount in amounts:
        await done(shop, AddOpenAmount("Vase", "standard", amount))
    return await paid(shop, kind, minor)


async def given_back(shop: CommandBus, command: RefundSale) -> list[tuple[str, int]]:
    refund = event_of(await done(shop, command, MANAGER), SaleRefunded)
    return [(one.kind, one.amount_minor) for one in refund.tenders]


def test_credit_and_cash_together_are_no_more_than_was_paid(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        sale = await sold(shop, 52, 52)
        assert sale.tenders[0].amount_minor == 105
        assert await given_back(shop, RefundSale(1, lines=(RefundedLine(1),), kind="credit")) == [("credit", 52)]
        assert await given_back(shop, RefundSale(1)) == [("cash", 50)]
        again = await sold(shop, 52, 52)
        await done(shop, AddOpenAmount("Bowl", "standard", 52))
        await done(shop, AddReturn(again.number, lines=(RefundedLine(1),)), MANAGER)
        assert (await paid(shop)).tenders == ()
        assert await given_back(shop, RefundSale(again.number)) == [("cash", 50)]

    in_a_shop(scenario, tmp_path, coins(5))


@pytest.mark.parametrize("percent", [0, 100])
def test_an_exchange_knows_what_was_paid_in_coins(tmp_path: Path, percent: int) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        assert (await sold(shop, 102)).tenders[0].amount_minor == 100
        await done(shop, AddOpenAmount("Card", "standard", 1))
        if percent:
            await done(shop, DiscountBasket(reason="damaged", share=percent * 1_000), MANAGER)
        await done(shop, AddReturn(1), MANAGER)
        exchange = await paid(shop)
        assert [(one.kind, one.amount_minor) for one in exchange.back] == [("cash", 100)]
        await done(shop, VoidLastSale(), MANAGER)
        assert await given_back(shop, RefundSale(1)) == [("cash", 100)], "its void takes back what was handed on"

    in_a_shop(scenario, tmp_path, coins(5))


@pytest.mark.parametrize(
    ("coin", "due", "given", "change"),
    [(5, 5_252, 6_003, 750), (10, 83, 2_145, 2_060), (5, 83, 84, 0), (10, 83, 81, 0), (1, 83, 100, 17)],
)
def test_the_change_of_foreign_notes_is_rounded_once(
    tmp_path: Path, coin: int, due: int, given: int, change: int
) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, SetRate("USD", 1_000_000), SYSTEM)
        sale = await sold(shop, due, kind="cash_usd", minor=given)
        assert (sale.change_minor, sale.rounding_minor) == (change, given - change - due)

    in_a_shop(scenario, tmp_path, coins(coin))


def test_a_tender_that_kept_a_surplus_is_not_corrected(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, SetTender(ShopTender("meal", {"en": "Meal card"}, "kept")), SYSTEM)
        await sold(shop, 1_000, kind="meal", minor=1_500)
        refused = await shop.do(CorrectTender(1, "cash"), MANAGER)
        assert isinstance(refused, Refused) and refused.code == "tender_fixed"
        assert read_drawer(shop.reader, "1").expected_minor == 0

    in_a_shop(scenario, tmp_path)


def test_a_tip_that_comes_back_for_goods_is_taken_off_how_it_came(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, AddOpenAmount("Lunch", "standard", 1_000))
        await done(shop, AddTip(200))
        await paid(shop, "card")
        await done(shop, PrintReport("z"), MANAGER)
        await done(shop, AddOpenAmount("Dinner", "standard", 1_200))
        await done(shop, AddReturn(1), MANAGER)
        assert (await paid(shop)).total_minor == 0
        sums = event_of(await done(shop, PrintReport("z"), MANAGER), ReportPrinted).sums
        assert (sums.apart, sums.tips) == ({"tip": -200}, {"card": -200})

    in_a_shop(scenario, tmp_path)


KINDS = ("cash", "cash", "card", "cash_usd", "meal")


class History:
    """One customer's papers in a random order, until all goods are back in the shop."""

    def __init__(self, shop: CommandBus, seed: str, coin: int) -> None:
        self._shop = shop
        self._rng = random.Random(seed)
        self._coin = coin

    async def run(self) -> None:
        await self._buy()
        for _ in range(self._rng.randrange(2, 7)):
            await self._rng.choice((self._buy, self._refund, self._refund, self._exchange, self._void, self._correct))()
        for receipt in read_receipts(self._shop.reader, "1", limit=200):
            await self._try(RefundSale(receipt.number))
            await self._try(RefundSale(receipt.number, kind="credit"))

    async def _try(self, command: Command) -> bool:
        return isinstance(await answered(self._shop, command, MANAGER), Done)

    async def _fill(self) -> None:
        for line in range(1, self._rng.randrange(2, 4)):
            await done(self._shop, AddOpenAmount("Vase", "standard", self._rng.randrange(1, 300)))
            await self._try(SetQuantity(line, 1_000 * self._rng.randrange(1, 4)))
        if not self._rng.randrange(4):
            await self._try(DiscountBasket(reason="damaged", share=self._rng.choice((33_000, 100_000))))

    async def _pay(self) -> None:
        for _ in range(4):
            kind = self._rng.choice(KINDS)
            minor = None
            if kind == "cash":
                minor = self._rng.choice((None, self._coin * self._rng.randrange(1, 80)))
            elif kind != "card":
                minor = self._rng.randrange(1, 900)
            await self._try(Pay(kind, minor))
            if read_basket(self._shop.reader, "1").empty:
                return
        await done(self._shop, Pay("card"))

    async def _buy(self) -> None:
        await self._fill()
        await self._pay()

    def _some(self) -> tuple[int, tuple[RefundedLine, ...]]:
        number = self._rng.choice(read_receipts(self._shop.reader, "1", limit=5)).number
        line = RefundedLine(1, self._rng.choice((None, 1_000)))
        return number, self._rng.choice(((), (line,)))

    async def _refund(self) -> None:
        number, lines = self._some()
        await self._try(
            RefundSale(number, "", lines, self._rng.choice((None, None, "cash", "credit")), reason="broken")
        )

    async def _exchange(self) -> None:
        await self._fill()
        for _ in range(self._rng.randrange(1, 3)):
            number, lines = self._some()
            await self._try(AddReturn(number, "", lines, gift=not self._rng.randrange(5)))
        await self._pay()

    async def _void(self) -> None:
        await self._try(VoidLastSale())

    async def _correct(self) -> None:
        receipts = read_receipts(self._shop.reader, "1", limit=3)
        await self._try(CorrectTender(self._rng.choice(receipts).number, self._rng.choice(("cash", "card"))))


def kept_and_cash(shop: CommandBus) -> tuple[int, int]:
    """What the shop has of all papers, store credit taken for money that went out, and the cash of its own money."""
    kept = cash = 0
    for fact in facts(shop.reader, shop.registry, 1):
        event = fact.event
        moves: list[tuple[str, int]] = []
        if isinstance(event, SaleCompleted):
            moves = [(one.kind, one.amount_minor) for one in event.tenders]
            moves += [(one.kind, -one.amount_minor) for one in event.back] + [("cash", -event.change_minor)]
        elif isinstance(event, SaleRefunded):
            moves = [(one.kind, -one.amount_minor) for one in event.tenders]
        elif isinstance(event, SaleVoided):
            moves = [(one.kind, -one.amount_minor) for one in event.tenders]
            moves += [(one.kind, one.amount_minor) for undone in event.refunds for one in undone.tenders]
        elif isinstance(event, TenderCorrected):
            moves = [(one.kind, -one.amount_minor) for one in event.was] + [("cash", event.was_change_minor)]
            moves += [(one.kind, one.amount_minor) for one in event.tenders]
        kept += sum(minor for _, minor in moves)
        cash += sum(minor for kind, minor in moves if kind == "cash" and not is_foreign(kind))
    return kept, cash


@pytest.mark.parametrize("coin", one_by_day([1, 10, 50, 5]))
def test_never_more_goes_back_than_was_paid_and_the_drawer_is_the_sum_of_its_papers(tmp_path: Path, coin: int) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, OpenShift(0))
        await done(shop, SetRate("USD", 915_000), SYSTEM)
        await done(shop, SetTender(ShopTender("meal", {"en": "Meal card"}, "change", back=False)), SYSTEM)
        before = 0
        for seed in range(25):
            await History(shop, f"{coin} {seed}", coin).run()
            kept, cash = kept_and_cash(shop)
            assert kept >= before, f"history {seed} gave back {before - kept} more than was paid"
            assert read_drawer(shop.reader, "1").expected_minor == cash, seed
            before = kept
            for receipt in read_receipts(shop.reader, "1", limit=200):
                if receipt.kind == "sale" and receipt.voided_by is None:
                    assert receipt.refunded_minor >= 0, receipt
            await done(shop, PrintReport("z"), MANAGER)

    in_a_shop(scenario, tmp_path, coins(coin))
