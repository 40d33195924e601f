"""Single-use coupons at the till: made, scanned, used once, free by a void; and told of where they were used twice."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import msgspec

from edge.backoffice.directives.kinds import KINDS
from edge.core.command_bus import CommandBus
from edge.core.messages import Actor, Command, Refused
from edge.counter.till.commands import (
    AddLine,
    AddOpenAmount,
    DropCoupon,
    LineSold,
    Pay,
    PrintReport,
    RefundSale,
    SellBasket,
    SetBasketAside,
    TakeBasketUp,
    TenderGiven,
    VoidLastSale,
)
from edge.counter.till.events import ReportPrinted
from edge.people.coupons.code import CouponTerms, code_of, read_code
from edge.people.coupons.commands import EndCoupons, MakeCoupons, NoteCouponUse, PrintCoupons, TakeCouponKey
from edge.people.coupons.queries import read_series, unused_codes
from edge.people.coupons.watches import WATCHES
from tests.counter_shop import SECOND, event_of, in_a_shop, paid, paper
from tests.shop_fixture import CASHIER, MANAGER, MILK, SYSTEM, FakeClock, done

OTHER_KEY = "5e" * 32


async def made(shop: CommandBus, count: int = 2, share: int = 0, sum_minor: int = 0, **days: date) -> list[str]:
    """The codes of a new series, good this month and next."""
    starts, ends = days.get("starts", date(2027, 1, 1)), days.get("ends", date(2027, 2, 28))
    await done(shop, MakeCoupons("Winter", starts, ends, count, share, sum_minor), SYSTEM)
    return [code.text for code in unused_codes(shop.reader, read_series(shop.reader)[0], "EUR")]


async def refused(shop: CommandBus, command: Command, actor: Actor = CASHIER) -> str:
    """Why a command is not done."""
    outcome = await shop.do(command, actor)
    assert isinstance(outcome, Refused), outcome
    return outcome.code


def test_a_coupon_is_used_once_and_free_again_by_a_void_alone(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        code, _ = await made(shop, share=10_000)
        await done(shop, AddLine(MILK, quantity=10_000))
        basket = (await done(shop, AddLine(code.lower()))).result
        assert (basket.total_minor, basket.coupons[0].minor) == (1_080, 120)
        assert await refused(shop, AddLine(code)) == "coupon_twice"
        await done(shop, SetBasketAside("T4"))
        assert (await done(shop, AddLine(code), SECOND)).result.coupons  # what is set aside uses none
        await done(shop, TakeBasketUp(1))
        sale = await paid(shop)
        assert sale.total_minor == 1_080
        assert "Coupon Winter …" + code[-4:] + " -1.20" in paper(shop)
        await done(shop, AddLine(MILK), SECOND)
        late = await shop.do(Pay("cash"), SECOND)  # looked at again at that moment
        assert late == Refused("coupon_used", {"tail": code[-4:], "receipt": "1-000001"})
        await done(shop, VoidLastSale(), MANAGER)
        assert (await done(shop, Pay("cash"), SECOND)).result.empty
        report = event_of(await done(shop, PrintReport("z"), MANAGER), ReportPrinted)
        assert {name: (sum.count, sum.minor) for name, sum in report.sums.coupons.items()} == {"Winter": (1, 120)}
        assert "Coupon: Winter 1 -1.20" in paper(shop, "report")

    in_a_shop(scenario, tmp_path)


def test_a_refund_does_not_free_it_and_gives_back_what_was_paid(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        code, _ = await made(shop, sum_minor=1_000)
        await done(shop, AddLine(MILK, quantity=2_000))
        await done(shop, AddLine(code))
        sale = await paid(shop)
        assert (sale.total_minor, sale.tenders) == (0, ())  # cut to what is left, and the rest is lost
        await done(shop, RefundSale(1), MANAGER)
        assert await refused(shop, AddLine(code)) == "coupon_used"

    in_a_shop(scenario, tmp_path)


def test_days_ends_and_strangers(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        today = date(2027, 1, 15)
        last, _ = await made(shop, share=5_000, starts=today, ends=today)
        early, _ = await made(shop, share=5_000, starts=date(2027, 1, 16))
        await done(shop, AddOpenAmount("Soup", "standard", 1_000))
        assert (await done(shop, AddLine(last))).result.total_minor == 950  # through the whole of its last day
        assert await refused(shop, AddLine(early)) == "coupon_early"
        id = read_code(last).id  # type: ignore[union-attr]
        assert (await done(shop, DropCoupon(id))).result.total_minor == 1_000
        clock.advance(24 * 3600)
        assert await refused(shop, AddLine(last)) == "coupon_over"
        await done(shop, EndCoupons(read_series(shop.reader)[0].series), SYSTEM)
        assert await refused(shop, AddLine(early)) == "coupon_ended"
        terms = CouponTerms(50_000, 0, today, date(2027, 2, 28))
        stranger = code_of(terms, 9, 1, bytes.fromhex(OTHER_KEY))
        assert await shop.do(AddLine(stranger.text), CASHIER) == Refused("coupon_unknown")
        sold = SellBasket((LineSold(code=early),), (TenderGiven("cash"),))
        assert await refused(shop, sold) == "code_is_signed_coupon"

    in_a_shop(scenario, tmp_path)


def test_a_basket_that_lay_behind_the_last_day_of_its_coupon_is_paid_without_it(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        today = date(2027, 1, 15)
        code, _ = await made(shop, share=50_000, starts=today, ends=today)
        await done(shop, AddLine(MILK))
        await done(shop, AddLine(code))
        await done(shop, SetBasketAside("T4"))
        clock.advance(24 * 3600)
        basket = (await done(shop, TakeBasketUp(1))).result
        late = await shop.do(Pay("cash"), CASHIER)
        assert late == Refused("coupon_over", {"tail": code[-4:], "day": "2027-01-15"})
        await done(shop, DropCoupon(basket.coupons[0].id))
        assert (await paid(shop)).total_minor == 120

    in_a_shop(scenario, tmp_path)


def test_another_boxs_coupon_holds_by_its_signature_and_a_second_use_is_told(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, TakeCouponKey(OTHER_KEY), SYSTEM)
        terms = CouponTerms(50_000, 0, date(2027, 1, 1), date(2027, 2, 28))
        code = code_of(terms, 9, 1, bytes.fromhex(OTHER_KEY))
        two = CouponTerms(0, 200, terms.starts, terms.ends)
        shekels, euros = (code_of(two, 9, 2, bytes.fromhex(OTHER_KEY), one) for one in ("ILS", "EUR"))
        await done(shop, AddOpenAmount("Soup", "standard", 1_000))
        assert await refused(shop, AddLine(shekels.text)) == "coupon_unknown", "two shekels aren't two euros"
        assert (await done(shop, AddLine(euros.text))).result.total_minor == 800
        await done(shop, DropCoupon(euros.id))
        await done(shop, AddLine(code.text))
        assert (await paid(shop)).total_minor == 500
        (watch,) = WATCHES
        assert list(watch.read(shop.reader, clock.at_us, "2027-01-15")) == []
        use = NoteCouponUse(code.id, code.tail, "north", "2-000007", clock.at_us - 1)
        assert b"freed" not in msgspec.json.encode(use), "boxes of older versions do not know it"
        fault = KINDS["coupon_uses"].fault(b'{"uses": [{"coupon": "nonsense"}]}')
        assert fault is not None
        for _ in range(2):  # head office may say it twice
            await done(shop, use, SYSTEM)
        (condition,) = watch.read(shop.reader, clock.at_us, "2027-01-15")
        assert dict(condition.values) == {"tail": code.tail, "uses": 2, "receipts": "1-000001, north 2-000007"}
        assert await refused(shop, AddLine(code.text)) == "coupon_used"

    in_a_shop(scenario, tmp_path)


def test_they_are_printed_until_they_are_used(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        codes = await made(shop, share=10_000)
        series = read_series(shop.reader)[0].series
        register = CASHIER.with_rights("manage")
        assert (await done(shop, PrintCoupons(series), register)).result == 2
        said = paper(shop, "coupons")
        assert {*codes, "10% OFF", "Valid from 01/01/2027 to 28/02/2027"} <= set(said)
        assert await shop.do(MakeCoupons("Both", date(2027, 1, 1), date(2027, 2, 1), 1, 5, 5), SYSTEM) == Refused(
            "coupon_worth"
        )
        gone = MakeCoupons("Gone", date(2026, 1, 1), date(2026, 2, 1), 1, 5)
        assert await refused(shop, gone, SYSTEM) == "coupon_days"

    in_a_shop(scenario, tmp_path)
