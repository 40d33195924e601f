"""Selling at the page, by the keyboard alone, in every language."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.counter.till.commands import AddLine, Pay, SetQuantity
from edge.counter.till.events import SaleCompleted
from edge.counter.till.queries import last_receipt, read_basket
from tests.browser.browsing import till
from tests.browser.calling import PIN, calling
from tests.browser.serving import Served, serve
from tests.catch_up import catch_up
from tests.scheduling import one_by_day
from tests.shop_fixture import BEER, CASHIER, MILK, MYSTERY, TOMATO, run


@pytest.mark.parametrize("language", one_by_day(["en", "fr", "he"]))
def test_a_sale_by_keyboard_alone(tmp_path: Path, language: str) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as page:
            await page.open(served, f"register=1&lang={language}")
            assert await page.page.evaluate("document.documentElement.dir") == ("rtl" if language == "he" else "ltr")
            await page.scan(MILK)
            await page.keys("3*" + MILK, "Enter")
            await page.see(".how-much", "4")
            await page.scan(BEER)
            await page.see("dialog.age[open]")
            await page.keys("Enter")
            await page.gone("dialog.age")
            await page.keys("ArrowUp", "F2")
            await page.see("#quantity-dialog[open]")
            await page.keys("2", "Enter")
            await page.see("#lines li >> nth=0 >> .how-much", "2")
            await page.keys("ArrowDown", "Delete")
            await page.see("li.voided")
            await page.scan(TOMATO)
            await page.see("dialog.measure[open]")
            await page.keys("1" if language == "en" else "1,13", "Enter")
            await page.gone("dialog.measure")
            await page.keys("F8")
            await page.see("#cash-dialog[open]")
            await page.keys("20", "Enter")
            await page.see("#change")
            sale = last_sale(served)
            assert [(line.sku, line.voided) for line in sale.lines] == [
                ("milk", False),
                ("beer", True),
                ("tomato", False),
            ]
            assert sale.change_minor == 2000 - sale.total_minor
            await page.see("#change", served.site.renderer.texts[language].money(sale.change_minor))
            await page.scan(MILK)
            await page.gone("#change")
            assert page.complaints == []

    run(scenario())


def last_sale(served: Served) -> SaleCompleted:
    receipt = last_receipt(served.shop.reader, "1")
    assert receipt is not None
    row = served.shop.reader.execute("SELECT body FROM journal WHERE seq = ?", (receipt.seq,)).fetchone()
    event = served.shop.registry.decode("SaleCompleted", 1, row[0])
    assert isinstance(event, SaleCompleted)
    return event


def test_card_exact_cash_and_amounts_typed_before_the_key(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as page:
            await page.open(served)
            await page.scan(MILK)
            await page.see("#lines li")
            await page.keys("F8", "Enter")
            await page.see(".ended", "Receipt 1-000001 is paid")
            await page.scan(MILK)
            await page.see("#lines li")
            await page.keys("5", "F8")
            await page.see("#change", "€3.80")
            await page.scan(MILK)
            await page.see("#lines li")
            await page.keys("F8")
            await page.page.get_by_role("button", name="€10.00").click()
            await page.see("#change", "€8.80")
            await page.scan(MILK)
            await page.see("#lines li")
            await page.keys("F9")
            await page.see("#card-dialog[open]")
            await page.keys("1", "Enter")
            await page.see("#sums", "Already paid")
            await page.keys("F9", "Enter")
            await page.see(".ended", "Receipt 1-000004 is paid")
            assert last_sale(served).tenders[0].amount_minor == 100
            assert page.complaints == []

    run(scenario())


def test_questions_are_asked_and_answered(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as page:
            await page.open(served)
            await page.scan("1234")
            await page.see("dialog.unknown[open]", "1234")
            await page.keys("Enter")
            await page.gone("dialog.unknown")
            await page.scan(MYSTERY)
            await page.see("dialog.price[open]", "No price yet")
            await page.keys("Enter")
            await page.keys("4.5", "Enter")
            await page.see("#lines", "€4.50")
            await page.see("#lines", "price entered manually")
            await page.scan(BEER)
            await page.see("dialog.age[open]", "18+")
            await page.keys("Escape")
            await page.gone("dialog.age")
            assert [line.sku for line in read_basket(served.shop.reader, "1").lines] == ["mystery"]
            assert page.complaints == []

    run(scenario())


def test_a_second_question_waits_and_keeps_what_was_typed(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as page:
            await page.open(served)
            await page.scan(TOMATO)
            await page.see("dialog.measure[open]")
            await page.keys("0.5")
            await served.shop.do(AddLine(BEER), CASHIER)
            await page.keys("Enter")
            await page.see("dialog.age[open]")
            await page.see("#lines", "0.5")
            assert read_basket(served.shop.reader, "1").lines[0].quantity == 500

    run(scenario())


def test_another_price_needs_the_pin(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till() as page:
            await caller.set_pin()
            await page.open(served)
            await page.scan(MILK)
            await page.see("#lines li")
            await page.keys("F4")
            await page.see("#price-dialog[open]", "Milk")
            await page.keys("1", "Enter")
            await page.see("#price-dialog .error", "Choose or enter a reason")
            await page.page.locator('#price-dialog [name="reason"]').fill("dented")
            await page.keys("Enter")
            await page.see("#pin-dialog[open]")
            await page.keys("9999", "Enter")
            await page.see("#pin-dialog .error", "Wrong PIN. Try again.")
            await page.keys(PIN, "Enter")
            await page.see("#lines", "was €1.20")
            await page.gone("#price-dialog")
            await page.keys("F4", "0.9")
            await page.page.locator('#price-dialog [name="reason"]').fill("dented")
            await page.keys("Enter")
            await page.see("#pin-dialog[open]")  # what was approved was the first one
            await page.keys(PIN, "Enter")
            await page.see("#lines", "€0.90")
            await page.gone("#pin-dialog")
            await page.keys("F8", "Enter")
            await page.see(".ended")
            await page.keys("F10")
            await page.see("#void-sale .subject", "Receipt 1-000001")
            await page.keys("Enter")
            await page.see("#pin-dialog[open]")
            await page.keys(PIN, "Enter")
            await page.see(".ended", "Receipt 1-000001 voided")
            await page.see(".ended .huge", "€0.90")

    run(scenario())


def test_what_a_scanner_does_shows_at_once_and_refusals_are_said(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as page:
            await page.open(served, "register=1&lang=fr")
            await page.keys("3*")
            await served.shop.do(AddLine(MILK), CASHIER)
            await page.see(".how-much", "3")
            assert await page.page.input_value("#code") == ""
            await served.shop.do(AddLine(""), CASHIER)
            await page.see("#notice", "Scannez ou saisissez un code.")
            await served.shop.do(SetQuantity(1, 1000), CASHIER)
            await page.gone("#notice")

    run(scenario())


def test_a_scanner_that_types_answers_no_question_and_pays_nothing(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as page:
            await page.open(served)
            await page.scan(BEER)
            await page.see("dialog.age[open]", "18+")
            await page.scan(MILK)
            await page.see("#lines li", "Milk")
            await page.see("dialog.age[open]")  # nobody looked at the customer yet
            await page.keys("Enter")
            await page.see("#lines li >> nth=1", "Beer")
            await page.gone("dialog.age")
            await page.keys("F8")
            await page.see("#cash-dialog[open]")
            await page.keys("5")
            await page.scan(MILK)
            await page.see("#cash-dialog[open]", "€4.90")
            assert await page.page.input_value("#cash-dialog input") == "5"
            await page.keys("Enter")
            await page.see("#change", "€0.10")
            assert last_sale(served).tenders[0].amount_minor == 500
            assert page.complaints == []

    run(scenario())


def test_a_scanner_that_types_keeps_the_parts_of_a_code_apart(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as page:
            await page.open(served)
            await page.page.keyboard.type(f"01{MILK.zfill(14)}10L7")
            await page.page.keyboard.press("Control+BracketRight")
            await page.scan("21S9")
            await page.see("#lines li", "Serial number S9")
            await page.see("#lines li", "Lot L7")

    run(scenario())


COUNT_TONES = """
const tone = AudioContext.prototype.createOscillator;
AudioContext.prototype.createOscillator = function () {
  document.documentElement.dataset.tones = 1 + Number(document.documentElement.dataset.tones ?? 0);
  return tone.call(this);
};
"""


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        (MILK[:7], "dialog.unknown[open]"),  # half a code of which nobody knows the kind
        (f"]E0{MILK[:-2]}", "#notice"),
        (MILK[:-1] + "2", "#notice"),
        (MILK + MILK, "#notice"),
    ],
)
def test_what_is_no_line_is_heard_and_said(tmp_path: Path, code: str, shown: str) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as page:
            await page.page.add_init_script(COUNT_TONES)
            await page.open(served)
            await page.scan(MILK)
            await page.see("#lines li", "Milk")
            assert await page.page.get_attribute("html", "data-tones") is None
            await served.shop.do(AddLine(code), CASHIER)
            await page.see(shown)
            await page.see('html[data-tones="2"]')
            assert [line.quantity for line in read_basket(served.shop.reader, "1").lines] == [1000]

    run(scenario())


def test_an_empty_box_asks_for_nothing(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as page:
            await page.open(served)
            await page.keys("Enter", " ", "Enter", "3*", "Enter", "Escape")
            await page.scan(MILK)
            await page.see("#lines li", "Milk")
            assert await page.page.get_attribute("#notice", "data-number") == "0"

    run(scenario())


def test_enter_before_the_answer_takes_what_all_letters_find(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as page:
            await catch_up(served.shop)
            await page.open(served)
            await page.keys("F6")
            await page.see("#find-dialog[open]")
            await page.keys("t")
            await page.see(".found", "Tomatoes")
            await page.page.fill("#find-dialog [name=text]", "milk")
            await page.keys("Enter")
            await page.see("#lines li", "Milk")
            await page.gone("#find-dialog")

    run(scenario())


def test_find_by_name_clear_the_basket_and_print_again(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as page:
            await page.open(served)
            await page.keys("F6")
            await page.see("#find-dialog[open]")
            await page.keys("mil")
            await page.see(".found", "Milk")
            await page.keys("Enter")
            await page.see("#lines li", "Milk")
            await page.gone("#find-dialog")
            await page.keys("F12")
            await page.see("#abandon-dialog[open]")
            await page.keys("Escape")
            await page.gone("#abandon-dialog")
            await page.keys("F12", "Enter")
            await page.see(".idle")
            await served.shop.do(AddLine(MILK), CASHIER)
            await served.shop.do(Pay("cash", 200), CASHIER)
            await page.see("#paper", "RECEIPT")
            await page.keys("F7")
            await page.see("#paper", "COPY 1")
            await page.keys("?")
            await page.see("#keys-dialog[open]")
            assert page.complaints == []

    run(scenario())
