"""What a screen reader says on the pages that managers use most: every button says what it is of, in each language."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.counter.till.commands import AddLine, Pay
from edge.goods.purchasing.commands import SetSupplier, SetSupplierPrice
from edge.lib.i18n import LANGUAGES
from edge.money.tenders.commands import SetTender
from edge.money.tenders.tender import ShopTender
from tests.browser.aloud import unclear
from tests.browser.browsing import till
from tests.browser.calling import calling
from tests.browser.serving import Served, serve
from tests.customers import known
from tests.shop_fixture import MILK, SYSTEM, done, run

pytestmark = pytest.mark.needs("chromium")
PAGES = (
    *("", "/sales", "/products", "/product?sku=milk", "/stock", "/stock/item?sku=milk", "/purchasing", "/orders"),
    *(
        "/insight",
        "/report",
        "/forecast",
        "/settings",
        "/users",
        "/tenders",
        "/hours",
        "/customers",
        "/supplier?id=mill",
    ),
)


async def filled(served: Served) -> None:
    for id, name in (("voucher", "Voucher"), ("meal", "Meal card")):
        await done(served.shop, SetTender(ShopTender(id, {"en": name})), SYSTEM)
    await done(served.shop, SetSupplier("mill", {"en": "Old Mill"}), SYSTEM)
    await done(served.shop, SetSupplierPrice("mill", "milk", 80), SYSTEM)
    await known(served.shop, name="Noa Levi")
    for _ in range(2):
        await done(served.shop, AddLine(MILK))
        await done(served.shop, Pay("cash"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_whatever_is_read_alone_says_what_it_is_for(tmp_path: Path, language: str) -> None:
    async def scenario() -> list[str]:
        found: list[str] = []
        async with serve(tmp_path) as served, calling(served) as caller, till((1366, 768)) as opened:
            await caller.set_pin()
            await filled(served)
            for path, _, query in (one.partition("?") for one in PAGES):
                await opened.open(served, f"lang={language}&{query}", f"/manager{path}")
                found += await unclear(opened.page, f"{path} {language}")
            found += opened.complaints
        return found

    found = run(scenario(), 200)
    assert found == [], "\n".join(found)


def test_what_comes_later_is_named_and_what_changes_its_words_keeps_a_name_that_fits(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till((1366, 768)) as opened:
            await caller.set_pin()
            await filled(served)
            await opened.open(served, "lang=en", "/manager/tenders")
            button = opened.page.get_by_role("button", name="Save, Voucher", exact=True)
            await button.wait_for()
            await button.evaluate("(one) => (one.textContent = 'Keep')")
            await opened.page.get_by_role("button", name="Keep, Voucher", exact=True).wait_for()
            await opened.page.evaluate("""() => {
                const row = document.querySelector("[data-id=meal]").cloneNode(true);
                row.querySelector("[data-field=names]").value = "Transfer";
                document.querySelector("[data-id=meal]").after(row);
            }""")
            await opened.page.get_by_role("button", name="Save, Transfer", exact=True).wait_for()
            assert opened.complaints == []

    run(scenario())
