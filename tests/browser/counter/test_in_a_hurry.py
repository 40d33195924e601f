"""A cashier in a hurry: keys pressed early, names for codes, sums to be read at a glance."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Route

from edge.counter.till.commands import AddLine, Pay
from edge.counter.till.queries import read_basket
from tests.browser.browsing import PERSON_MS, till
from tests.browser.serving import serve
from tests.catch_up import catch_up
from tests.scheduling import one_by_day
from tests.shop_fixture import CASHIER, CONFIG, MILK, TOMATO, answered, run


@pytest.mark.parametrize("currency", one_by_day(["CAD", "EUR", "ILS"]))
def test_the_change_is_never_behind_the_paper(tmp_path: Path, currency: str) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, text=CONFIG.replace("EUR", currency)) as served, till() as page:
            for given in (1000, 10000, 100000, 9999900):
                await served.shop.do(AddLine(MILK), CASHIER)
                await answered(served.shop, Pay("cash", given), CASHIER)
                for language in ("en", "fr", "he"):
                    await page.open(served, f"register=1&lang={language}")
                    change = await (await page.see("#change bdi")).bounding_box()
                    paper = await (await page.see("#paper .paper")).bounding_box()
                    assert change
                    assert paper
                    over = change["x"] + change["width"] > paper["x"] and paper["x"] + paper["width"] > change["x"]
                    assert not over, (given, language, change, paper)

    run(scenario())


@pytest.mark.parametrize("width", [1366, 1024])
def test_a_large_sum_is_not_cut_off(tmp_path: Path, width: int) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, text=CONFIG.replace("EUR", "CAD")) as served, till() as page:
            await page.page.set_viewport_size({"width": width, "height": 768})
            await answered(served.shop, AddLine(TOMATO, quantity=999_000_000), CASHIER)
            await page.open(served)
            amount = await (await page.see("#lines .amount bdi", "CA$3,986,010.00")).bounding_box()
            lines = await (await page.see("#lines")).bounding_box()
            assert amount
            assert lines
            assert amount["x"] + amount["width"] < lines["x"] + lines["width"]

    run(scenario())


def test_a_name_typed_for_a_code_is_what_is_looked_for(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as page:
            await catch_up(served.shop)
            await page.open(served)
            await page.keys("tom", "F6")
            await page.see(".found", "Tomatoes")
            await page.keys("Escape")
            await page.gone("#find-dialog")
            await page.keys("mil", "Enter")
            await page.see("#question .unknown[open]")
            await page.keys("F6")
            await page.see(".found", "Milk")
            await page.keys("Enter")
            await page.see("#lines li", "Milk")
            assert page.complaints == []

    run(scenario())


def test_the_key_pressed_right_behind_the_scan_still_asks_how_much(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as page:
            await page.open(served)
            kept: list[Route] = []
            await page.page.route("**/AddLine", lambda route: kept.append(route))  # the network takes its time
            await page.page.keyboard.type(MILK, delay=PERSON_MS)
            await page.keys("Enter", "F8")
            await page.see("#cash-dialog[open]")
            (line,) = kept
            await line.continue_()
            await page.see("#cash-dialog .huge", "€1.20")
            await page.keys("5", "Enter")
            await page.see("#change", "€3.80")
            assert page.complaints == []

    run(scenario())


def test_none_of_it_stays_in_the_box_and_what_was_read_goes_away(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as page:
            await page.open(served)
            await page.page.keyboard.type(f"0*{MILK}", delay=PERSON_MS)
            await page.keys("Enter")
            assert await page.page.input_value("#code") == f"0*{MILK}"
            await page.keys("Escape", "F8")
            await page.see("#notice", "The basket is empty.")
            await page.keys("Escape")
            await page.gone("#notice")
            await page.keys("F8")
            await page.see("#notice", "The basket is empty.")
            assert read_basket(served.shop.reader, "1").empty

    run(scenario())


def test_a_scan_is_whole_while_a_dialog_closes_in_the_midst_of_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as page:
            await page.open(served)
            await page.keys("?")
            await page.see("#keys-dialog[open]")
            close = """() => {
                let left = 5;
                addEventListener("keydown", () => --left || document.getElementById("keys-dialog").close(), true);
            }"""
            await page.page.evaluate(close)
            await page.scan(MILK)
            await page.see("#lines .line .name", "Milk")
            assert await page.page.input_value("#code") == ""
            assert page.complaints == []

    run(scenario())


@pytest.mark.parametrize("language", one_by_day(["en", "he", "fr"]))
def test_a_basket_cleared_while_it_is_paid_says_what_to_give_back(tmp_path: Path, language: str) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as page:
            await page.open(served, f"register=1&lang={language}")
            texts = served.site.renderer.texts[language]
            for command in (AddLine(MILK), Pay("cash", 50)):
                await served.shop.do(command, CASHIER)
            await page.see("#sums", texts.money(70))
            await page.keys("F12")
            await page.see("#abandon-dialog[open]")
            await page.keys("Enter")
            await page.see(".ended h2", texts.say("page.basket_cleared"))
            await page.see(".ended .huge", texts.money(50))
            await page.scan(MILK)
            await page.see("#lines li")
            await page.gone(".ended")
            assert page.complaints == []

    run(scenario())
