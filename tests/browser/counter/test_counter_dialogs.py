"""Dialogs of the till with lists and choices, by keys: what was chosen is what is done."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from edge.core.journal.rows import facts
from edge.core.people.remarks import read_remark
from edge.counter.till.commands import AddLine, Pay, SetBasketAside, TakeBasketUp
from edge.counter.till.events import SaleCompleted, TenderCorrected
from edge.counter.till.lines.parked_baskets import read_parked
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.money.tenders.commands import SetRate, SetTender
from edge.money.tenders.tender import ShopTender
from tests.browser.browsing import Till, till
from tests.browser.calling import PIN, calling
from tests.browser.serving import Served, serve
from tests.shop_fixture import BEER, CASHIER, MILK, SYSTEM, FakeClock, done, run

pytestmark = pytest.mark.needs("chromium")


TWO_DAYS_S = 2 * 86_400


async def counter(page: Till, letter: str, what: str) -> None:
    """A dialog of the menu of all that a counter does."""
    await page.keys("+", letter)
    await page.see(f'#counter-dialog[open] [data-counter="{what}"]')


def sales(served: Served) -> list[SaleCompleted]:
    read = facts(served.shop.reader, served.shop.registry)
    return [one.event for one in read if isinstance(one.event, SaleCompleted)]


def test_of_several_baskets_the_one_that_was_chosen_is_taken_up(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as page:
            for pieces, name in ((1, "Table 3"), (2, "Dana"), (3, "")):
                await done(served.shop, AddLine(MILK, quantity=pieces * 1000))
                await done(served.shop, SetBasketAside(name))
            await page.open(served)
            await counter(page, "p", "parked")
            listed = await page.page.locator("[data-parked]").all_inner_texts()
            assert [("Table 3" in one, "Dana" in one) for one in listed].count((True, False)) == 1
            assert len(listed) == 3
            await page.page.locator("[data-parked]", has_text="Dana").focus()
            await page.keys("Enter")
            await page.see("#sums .due", "2.40")
            await page.keys("F9", "Enter")
            await page.see("#sales", "1-000001")
            await counter(page, "p", "parked")
            left = await page.page.locator("[data-parked]").all_inner_texts()
            assert len(left) == 2 and not any("Dana" in one for one in left)
            assert page.complaints == []

    run(scenario())


def test_nothing_set_aside_is_said(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as page:
            await page.open(served)
            await counter(page, "p", "parked")
            await page.see("#counter-dialog .hint", "No")
            await page.keys("Escape")
            await page.gone("#counter-dialog[open]")

    run(scenario())


def test_a_dialog_with_nothing_to_do_has_no_button_that_does_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as page:
            await done(served.shop, AddLine(MILK))
            await page.open(served)
            for what in ("modifiers", "rewards", "mail"):
                await page.page.locator('[data-act="more"]').click()
                await page.page.locator(f'[data-go="{what}"]').click()
                await page.see("#counter-dialog[open] [data-nothing]")
                assert await page.page.locator("#counter-yes").is_hidden(), what
                await page.keys("Escape")
                await page.gone("#counter-dialog[open]")

    run(scenario())


def test_a_tip_a_price_asked_for_and_a_tender_of_the_shop(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till() as page:
            await caller.set_pin()
            await done(served.shop, SetTender(ShopTender("meal", {"en": "Meal card"})), SYSTEM)
            await page.open(served)
            await counter(page, "c", "price")
            await page.keys(BEER)
            await page.see("#price-found", "Beer")
            await page.scan(MILK)
            await page.see("#price-found", "Milk")
            await page.keys("Escape")
            await page.gone("#counter-dialog[open]")
            await page.see("#lines .idle")
            await page.keys(MILK, "Enter")
            await page.see("#sums .due", "1.20")
            await counter(page, "t", "tip")
            await page.keys("0.30", "Enter")
            await page.see("#sums .due", "1.50")
            await counter(page, "w", "other")
            await page.page.locator('#counter-dialog [name="reference"]').fill("A-77")
            await page.keys("Enter")
            await page.see("#sales", "1-000001")
            (sale,) = sales(served)
            assert [(one.kind, one.amount_minor, one.reference) for one in sale.tenders] == [("meal", 150, "A-77")]
            assert page.complaints == []

    run(scenario())


def test_a_sale_that_was_rung_up_as_card_is_corrected_to_cash(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till() as page:
            await caller.set_pin()
            await done(served.shop, AddLine(MILK))
            await done(served.shop, Pay("card"))
            await page.open(served)
            await counter(page, "r", "correct")
            await page.see("#counter-dialog .huge", "1.20")
            await page.page.locator('#counter-dialog [value="cash"]').check()
            await page.page.locator("#counter-yes").click()
            await page.see("#pin-dialog[open]")
            await page.keys(PIN, "Enter")
            await page.gone("#counter-dialog[open]")
            read = facts(served.shop.reader, served.shop.registry)
            (event,) = [one.event for one in read if isinstance(one.event, TenderCorrected)]
            assert [one.kind for one in event.tenders] == ["cash"]

    run(scenario())


def test_an_unknown_code_is_added_with_its_name_and_price(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till() as page:
            await caller.set_pin()
            await page.open(served)
            await page.keys("7290000000015", "Enter")
            await page.page.locator('dialog[open] [data-answer="add"]').click()
            await page.see('#counter-dialog[open] [data-counter="add_code"] .code', "7290000000015")
            await page.page.locator('#counter-dialog [name="name"]').fill("Sourdough bread")
            await page.page.locator('#counter-dialog [name="amount"]').fill("4.50")
            await page.keys("Enter")
            await page.see("#pin-dialog[open]")
            await page.keys(PIN, "Enter")
            await page.see("#lines .line .name", "Sourdough bread")
            await page.see("#sums .due", "4.50")
            assert page.complaints == []

    run(scenario())


def test_a_new_price_keeps_the_reason_that_was_chosen_or_typed(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till() as page:
            await caller.set_pin()
            await page.open(served)
            for number, way in enumerate(("chosen", "typed"), 1):
                await page.keys(MILK, "Enter")
                await page.see("#lines .line[data-line]")
                await page.keys("F4")
                await page.see("#price-dialog[open]")
                if way == "chosen":
                    await page.page.locator('#price-dialog [value="damaged"]').check()
                else:
                    await page.page.locator('#price-dialog [name="reason"]').fill("a dented can")
                await page.page.locator('#price-dialog [name="value"]').fill("0.90")
                await page.keys("Enter")
                await page.see("#pin-dialog[open]")
                await page.keys(PIN, "Enter")
                await page.see("#sums .due", "0.90")
                await page.keys("F9", "Enter")
                await page.see("#sales", f"1-00000{number}")
            lines = [line for one in sales(served) for line in one.lines]
            said = [read_remark(served.shop.reader, line.reason) for line in lines]
            kept = [(line.price_minor, line.listed_minor, why) for line, why in zip(lines, said, strict=True)]
            assert kept == [(90, 120, "damaged"), (90, 120, "a dented can")]

    run(scenario())


def test_a_basket_of_an_earlier_day_asks_whose_prices_hold(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with serve(tmp_path, clock=clock) as served, till() as page:
            for name in ("Table 3", "Dana"):
                await done(served.shop, AddLine(MILK))
                await done(served.shop, SetBasketAside(name))
            clock.advance(TWO_DAYS_S)
            await done(served.shop, SetProducts((Product("milk", price_minor=150),)), SYSTEM)
            await page.open(served)
            for name, prices, due in (("Table 3", "kept", "1.20"), ("Dana", "today", "1.50")):
                await counter(page, "p", "parked")
                await page.page.locator("[data-parked]", has_text=name).click()
                await page.see("[data-old] .subject", "earlier day. Which prices should apply?")
                await page.page.locator(f'[data-prices="{prices}"]').click()
                await page.gone("#counter-dialog[open]")
                await page.see("#sums .due", due)
                await page.keys("F9", "Enter")
                await page.see("#change")
            assert [one.total_minor for one in sales(served)] == [120, 150]

    run(scenario())


def test_a_basket_that_lies_at_another_register_is_taken_over_by_a_yes(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as page:
            await done(served.shop, AddLine(MILK))
            await done(served.shop, SetBasketAside("Table 3"))
            (aside,) = read_parked(served.shop.reader)
            await done(served.shop, TakeBasketUp(aside.number), replace(CASHIER, register="2"))
            await page.open(served)
            for way, due in (("Escape", "0.00"), ("yes", "1.20")):
                await counter(page, "p", "parked")
                await page.page.locator("[data-parked]", has_text="Table 3").click()
                await page.see("#sure-dialog[open] .subject", "register 2. Take it over?")
                if way == "yes":
                    await page.page.locator("#sure-dialog [type=submit]").click()
                else:
                    await page.keys("Escape", "Escape")
                await page.gone("#counter-dialog[open]")
                await page.see("#sums .due", due)

    run(scenario())


def test_notes_of_another_currency_at_the_rate_of_today(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as page:
            await done(served.shop, SetRate("USD", 915_300), SYSTEM)
            await done(served.shop, AddLine(MILK))
            await page.open(served)
            await counter(page, "w", "other")
            await page.see("#counter-dialog .pick", "1 USD = 0.9153")
            await page.keys("5", "Enter")
            await page.see("#change", "3.38")
            (sale,) = sales(served)
            assert [(one.kind, one.foreign_minor, one.amount_minor) for one in sale.tenders] == [("cash_usd", 500, 458)]
            await done(served.shop, SetRate("USD", 0), SYSTEM)  # no more of them today
            await page.keys("+", "w")
            await page.gone("#counter-dialog[open]")  # nothing is to be paid
            await page.keys(MILK, "Enter")
            await page.see("#sums .due", "1.20")
            await counter(page, "w", "other")
            await page.see("#counter-dialog .hint", "No other payment methods")
            assert page.complaints == []

    run(scenario())


def test_where_nobody_answers_a_dialog_says_so_in_words(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till() as page:
            await caller.set_pin()
            await done(served.shop, AddLine(MILK))
            await page.open(served)
            await page.see("#lines .line[data-line]")
            await page.keys("F4")
            await page.see("#price-dialog[open]")
            await page.page.locator('#price-dialog [value="damaged"]').check()
            await page.page.locator('#price-dialog [name="value"]').fill("1")
            await page.keys("Enter")
            await page.see("#pin-dialog[open]")
            await page.page.route("**/api/v1/grants", lambda route: route.abort())
            await page.keys(PIN, "Enter")
            await page.see("#pin-dialog .error", "Connection lost")

    run(scenario())
