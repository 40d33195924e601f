"""The manager's page of questions: what was understood, its groups as bars on one scale, and its rows as a table."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.conversation.copilot import copilot
from edge.counter.till.commands import AddLine, Pay
from edge.goods.catalog.commands import SetCategories, SetProducts
from tests.browser.browsing import till
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.catch_up import catch_up
from tests.flow.conversation.test_meanings import CODES, GOODS, GROUPS
from tests.shop_fixture import CASHIER, SYSTEM, done, run

pytestmark = pytest.mark.needs("chromium")
PHONE = (390, 664)


@pytest.fixture(autouse=True)
def tools_have_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is shown is looked at here, not how long a busy machine takes for it."""
    monkeypatch.setattr(copilot, "TOOL_S", 30.0)


def test_a_form_is_filled_in_and_waits_for_whoever_asked(tmp_path: Path) -> None:
    """A promotion and a count, from the links that the copilot answers with: nothing is saved before somebody does."""

    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till() as desk:
            await done(served.shop, SetCategories(GROUPS), SYSTEM)
            await done(served.shop, SetProducts(GOODS), SYSTEM)
            await catch_up(served.shop)
            await caller.set_pin()
            filled = "goods.skus=bread&names.en=Bread&until=2027-01-17T23%3A59&kind=fixed_price&price=2.50"
            await desk.open(served, f"register=1&lang=en#{filled}", "/manager/promotions")
            await desk.see("#promotion .chip", "Bread")
            typed = await desk.page.evaluate(
                """() => {
                  const { elements } = document.forms.promotion;
                  return ["kind", "price", "until", "goods.skus", "names.en"].map((name) => elements[name].value);
                }"""
            )
            assert typed == ["fixed_price", "2.50", "2027-01-17T23:59", "bread", "Bread"]
            assert await desk.page.locator("[name=price]").is_visible()
            assert await desk.page.locator("tr[data-promotion]").count() == 0, "nothing was saved"
            await desk.open(served, "register=1&lang=en&sku=bread#act=adjust&units=12", "/manager/stock/item")
            await desk.see("#move-dialog[open] [data-title=adjust]:not([hidden])")
            assert await desk.page.locator("#move-dialog [name=units]").input_value() == "12"
            await desk.open(served, "register=1&lang=en#category=dairy", "/manager/stock/counts")
            assert await desk.page.locator("#start [name=category]").input_value() == "dairy"

    run(scenario(), 60)


@pytest.mark.parametrize(
    ("language", "question", "first_line"),
    [
        ("en", "sales by product today as a table", "Sales by product, whole shop, "),
        ("fr", "les ventes par produit aujourd'hui en tableau", "Ventes par produit, tout le magasin, "),
        ("he", "המכירות היום לפי מוצר בטבלה", "מכירות לפי מוצר, כל החנות, "),
    ],
)
def test_groups_are_bars_on_one_scale(tmp_path: Path, language: str, question: str, first_line: str) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till(PHONE) as phone:
            await done(served.shop, SetCategories(GROUPS), SYSTEM)
            await done(served.shop, SetProducts(GOODS), SYSTEM)
            for pieces, sku in enumerate(("milk", "bread", "brie"), start=1):
                await done(served.shop, AddLine(CODES[sku], quantity=1000 * pieces), CASHIER)
            await done(served.shop, Pay("card"), CASHIER)
            await catch_up(served.shop)
            await caller.set_pin()
            await phone.open(served, f"register=1&lang={language}", "/manager/copilot")
            assert await phone.page.locator("#nothing [data-example]").count() == 4
            await phone.page.locator("#say input").fill(question)
            await phone.page.keyboard.press("Enter")
            await phone.see(".turn.told p", first_line)
            bars = phone.page.locator(".turn .bars meter")
            values = [await bars.nth(at).evaluate("bar => bar.value") for at in range(await bars.count())]
            assert values == [1350, 600, 120]
            widths = [await bars.nth(at).evaluate("bar => bar.offsetWidth") for at in range(3)]
            assert len(set(widths)) == 1, "a bar says something beside the others alone"
            assert await phone.page.locator(".turn details[open] td").count() == 6, "as a table: it stands open"
            assert await phone.page.evaluate("document.documentElement.scrollWidth") <= PHONE[0], "nothing is cut off"

    run(scenario(), 60)
