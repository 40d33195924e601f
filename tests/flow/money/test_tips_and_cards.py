"""What follows what: a tip by percent the basket, and a sum that was typed what is free on a card."""

from __future__ import annotations

from pathlib import Path

from edge.core.command_bus import CommandBus
from edge.core.messages import Actor, Command, Refused
from edge.counter.basket.basket import Basket
from edge.counter.till.commands import (
    AbandonBasket,
    AddLoad,
    AddOpenAmount,
    AddTip,
    DiscountBasket,
    Pay,
    SetBasketAside,
    TakeBasketUp,
    VoidLine,
)
from tests.counter_shop import in_a_shop, paid
from tests.shop_fixture import CASHIER, CONFIG, MANAGER, FakeClock, agreed, done, question_of

CODE = "GIFT-0001-2345"


def test_a_tip_by_percent_follows_what_is_to_be_paid(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        basket = Basket("1")

        async def tip(command: Command, by: Actor = CASHIER) -> list[int]:
            nonlocal basket
            basket = (await done(shop, command, by)).result
            return [line.amount_minor for line in basket.sold_lines if line.kind == "tip"]

        assert await tip(AddOpenAmount("Lunch", "standard", 5_000)) == []
        assert await tip(AddTip(share=10_000)) == [500]
        before = basket
        assert await tip(AddOpenAmount("Coffee", "standard", 1_000)) == [600]
        latest = basket.changed_since(before)
        assert latest is not None and latest.names["en"] == "Coffee", "what was added is shown as that"
        assert await tip(DiscountBasket(share=50_000, reason="regular"), MANAGER) == [300]
        assert await tip(DiscountBasket(), MANAGER) == [600]
        await done(shop, SetBasketAside("4"))
        await done(shop, TakeBasketUp(1))
        assert await tip(AddOpenAmount("Cake", "standard", 500)) == [650], "also behind having been put aside"
        assert await tip(AddTip(200)) == [200]
        assert await tip(AddOpenAmount("Cake", "standard", 500)) == [200], "a sum is a sum"
        assert await tip(AddTip(share=10_000)) == [700]
        tips = [await tip(VoidLine(line.id), MANAGER) for line in basket.sold_lines if line.kind == "open"]
        assert tips == [[200], [100], [50], []], "of nothing there is none"

    in_a_shop(scenario, tmp_path)


def test_a_shop_that_takes_no_tips_refuses_one_from_a_program_too(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, AddOpenAmount("Lunch", "standard", 5_000))
        for asked in (AddTip(200), AddTip(share=10_000)):
            assert await shop.do(asked, CASHIER) == Refused("no_tips")
        basket = (await done(shop, AddTip())).result
        assert [line.kind for line in basket.sold_lines] == ["open"]
        assert (await paid(shop)).total_minor == 5_000

    in_a_shop(scenario, tmp_path, f'{CONFIG}\n[payments]\ntips = "none"\n')


def test_a_typed_sum_above_what_is_free_on_a_card_is_asked_about(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, AddLoad(CODE, 1_000))
        await done(shop, Pay("cash"))
        await done(shop, AddOpenAmount("Big", "standard", 5_000))
        wanted = Pay("gift", 3_000, CODE)
        asked = question_of(await shop.do(wanted, CASHIER))
        assert asked == Refused("confirm_less", {"tail": "2345", "wanted_minor": 3_000, "free_minor": 1_000})
        assert not held_for_basket(shop), "a question holds nothing"
        basket = (await agreed(shop, wanted)).result
        assert [tender.amount_minor for tender in basket.tenders] == [1_000]
        await done(shop, AbandonBasket())
        await done(shop, AddOpenAmount("Small", "standard", 600))
        sale = await paid(shop, "gift", 700, CODE)
        assert sale.tenders[0].amount_minor == 600, "what is due is no cut"

    def held_for_basket(shop: CommandBus) -> int:
        return int(shop.reader.execute("SELECT count(*) FROM gift_hold").fetchone()[0])

    in_a_shop(scenario, tmp_path)
