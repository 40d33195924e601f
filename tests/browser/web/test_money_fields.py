"""Sums as people write them, in each field that asks for one: found by what the fields themselves declare."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from edge.core.messages import Done
from edge.counter.till.commands import AddLine, Pay
from edge.foundation.access.commands import SetPin
from edge.foundation.access.credentials.pin import hash_pin
from edge.goods.catalog.queries import find_by_sku
from edge.web.app import declare_endpoints
from tests.browser.browsing import Till, till
from tests.browser.calling import calling
from tests.browser.serving import Served, serve
from tests.browser.shelves import stock_shelves
from tests.browser.web.test_axe import DIALOGS, KEYS
from tests.http_client import PIN
from tests.shop_fixture import MILK, SYSTEM, done, run

pytestmark = pytest.mark.needs("chromium")

WRITTEN = {
    **{"14": "14.00", "14.5": "14.50", "14,50": "14.50", "14.": "14.00", ".5": "0.50", " 14 ": "14.00"},
    **{"1,400.00": "1400.00", "1.400,00": "1400.00", "1 400,00": "1400.00", "1\u202f400,00": "1400.00"},
    **{"1'400.50": "1400.50", "1,400,000": "1400000.00", "1,40,000.00": "140000.00", "1 400": "1400.00"},
    **{"١٤": "14.00", "١٤٫٥٠": "14.50", "۱۴٫۵": "14.50", "1٬400٫50": "1400.50", "\u200e14\u200f": "14.00"},
}
"""What is typed of two digits, and what then stands in the field."""
REFUSED = {
    **{
        "1,400": "could mean",
        "1.400": "could mean",
        "14.505": "could mean",
        "0.405": "too many decimals",
        "1400.505": "too many decimals",
    },
    **{
        "abc": "Enter an amount",
        "-": "Enter an amount",
        "1.2.3": "Enter an amount",
        "14 50": "Enter an amount",
        "₿14": "Enter an amount in",
    },
}
TYPE = """
    async ([written, refused]) => {
        const { amountFault } = await import("/static/amounts.js");
        const found = [];
        const type = (field, text) => {
            field.value = text;
            field.dispatchEvent(new Event("change", { bubbles: true }));
            return field.value;
        };
        for (const add of document.querySelectorAll("[data-add]")) add.click();
        const all = [...document.querySelectorAll("input[data-money]")];
        for (const field of all) {
            const by = `[name="${field.dataset.moneyBy}"]`;
            for (const one of field.form?.querySelectorAll(`${by} option, ${by}[type=radio]`) ?? [])
                if (!("percent" in one.dataset) && !one.dataset.currency) one.selected = one.checked = true;
            const kept = field.value;
            for (const [text, shown] of Object.entries(written)) {
                const is = type(field, text);
                if (is !== shown) found.push(`${field.name}: ${text} became ${is}`);
            }
            for (const [text, why] of Object.entries(refused)) {
                const said = type(field, text) === text ? amountFault(text, field) : "";
                if (!said.includes(why)) found.push(`${field.name}: ${text} is told "${said}"`);
            }
            field.value = kept;
        }
        return [all.length, found];
    }
"""


async def typed(page: Till, where: str) -> tuple[int, list[str]]:
    """How many fields of money a page has as it is now, and what they make of a sum that they should not."""
    count, found = await page.page.evaluate(TYPE, [WRITTEN, REFUSED])
    return count, [f"{where} {one}" for one in found]


async def on_pages(page: Till, served: Served) -> tuple[int, list[str]]:
    seen, found = 0, list[str]()
    for one in declare_endpoints().pages.values():
        if "{" in one.path:
            continue
        sku = "&sku=cola" if one.path == "/manager/product" else ""
        address = f"{served.url}{one.path}?register=1&lang=en{sku}"
        text = await (await page.page.request.get(address)).text()  # only what has such a field is drawn
        if 'class="locked' not in text and "data-money" not in text:
            continue
        await page.page.goto(address)
        if await page.page.locator("body.locked").count():
            await page.enter_pin()
            await page.page.goto(address)
        if not await page.page.locator("input[data-money]").count():
            continue
        count, wrong = await typed(page, one.path)
        seen, found = seen + count, found + wrong
    return seen, found


async def in_dialogs(page: Till, served: Served) -> tuple[int, list[str]]:
    seen, found = 0, list[str]()
    await page.open(served)
    await page.see("#lines .line[data-line]")
    for key, dialog in KEYS.items():
        await page.page.locator("#code").focus()
        await page.page.keyboard.press(key)
        await page.see(f"{dialog}[open]")
        count, wrong = await typed(page, dialog)
        seen, found = seen + count, found + wrong
        await page.page.evaluate("(dialog) => document.querySelector(dialog).close()", dialog)
    for what in DIALOGS:
        await page.page.evaluate("(what) => import('/static/counter.js').then((it) => void it.counter(what))", what)
        await page.see(f'#counter-dialog[open] [data-counter="{what}"]')
        count, wrong = await typed(page, what)
        seen, found = seen + count, found + wrong
        await page.page.evaluate("document.getElementById('counter-dialog').close()")
        await page.gone("#counter-dialog[open]")
    return seen, found


def test_each_field_takes_a_sum_as_people_write_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till() as page:
            await caller.set_pin()
            await stock_shelves(served.shop)
            await done(served.shop, AddLine(MILK))
            await done(served.shop, Pay("cash"))
            await done(served.shop, AddLine(MILK))
            dialogs, wrong = await in_dialogs(page, served)
            pages, more = await on_pages(page, served)
            assert not wrong + more, "\n".join(wrong + more)
            assert dialogs >= 20 and pages >= 15, (dialogs, pages)

    run(scenario(), limit_s=240)


def test_a_price_typed_without_decimals_is_saved_as_it_was_meant(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as page:
            await stock_shelves(served.shop)
            assert isinstance(await served.shop.do(SetPin(hash_pin(PIN)), SYSTEM), Done)
            await page.open(served, path="/manager")
            await page.page.goto(f"{served.url}/manager/product?register=1&sku=cola")
            for name, text in (("price_minor", "14"), ("deposit_minor", "2")):
                await page.page.locator(f"#product [name={name}]").fill(text)
            await page.page.locator("#product button[type=submit]").click()
            await page.see(".price", "14.00")
            found = find_by_sku(served.shop.reader, "cola")
            assert found is not None
            assert (found.price_minor, found.deposit_minor) == (1400, 200)
            await page.page.locator("#product [name=price_minor]").fill("1,400")
            await page.page.locator("#product button[type=submit]").click()
            said = await page.page.locator("#product [name=price_minor]").evaluate("(field) => field.validationMessage")
            assert said == "1,400 could mean 1400 or 1.40. Enter one of these."

    run(scenario())


READ_ALL = """
    async (cases) => {
        const { readAmount } = await import("/static/read_amount.js");
        return cases.map(([digits, text]) => readAmount(text, { digits, signs: ["cad", "ca$", "$"] }));
    }
"""
READ: list[tuple[int, str, dict[str, Any]]] = [
    *((0, text, {"minor": 1400}) for text in ("1400", "1,400", "1.400", "1 400", "١٤٠٠")),
    (0, "14.5", {"wrong": "fine"}),
    *((3, text, {"minor": 1400}) for text in ("1.4", "1,40", "1.400", "١٫٤٠٠")),
    (3, "1,400", {"wrong": "ambiguous", "whole": "1400", "fraction": "1.400"}),
    (3, "1,400.000", {"minor": 1_400_000}),
    (3, "1.4005", {"wrong": "fine"}),
    *((2, text, {"minor": 1400}) for text in ("$14", "14 $", "CA$14.00", "CAD 14", "14,00 cad")),
    *((2, text, {"wrong": "foreign"}) for text in ("€14", "14 USD")),
    *((2, text, {"wrong": "unread"}) for text in ("", "$", "+14", "1e3", "0x10", "12345678901", "½")),
]


def test_a_sum_has_the_digits_and_the_signs_of_its_currency(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as page:
            await page.open(served)
            found = await page.page.evaluate(READ_ALL, [[digits, text] for digits, text, _ in READ])
            assert [(case[:2], one) for case, one in zip(READ, found, strict=True) if case[2] != one] == []

    run(scenario())
