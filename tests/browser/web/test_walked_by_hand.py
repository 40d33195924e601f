"""What was found by hand at the till, as someone meets it: what asks says of what, what can't be done is not live."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.counter.till.commands import AddLine, Pay, SetBasketAside
from tests.browser.browsing import till
from tests.browser.calling import PIN, calling
from tests.browser.serving import serve
from tests.shop_fixture import MILK, done, run

pytestmark = pytest.mark.needs("chromium")


def test_what_an_empty_basket_cannot_do_is_not_live_and_all_that_there_is_stands_in_groups(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till((1024, 768), touched=True) as page:
            await page.open(served)
            await page.page.locator('[data-act="other"]').click()
            assert await page.page.locator("dialog[open]").count() == 0, "nothing is to be paid"
            await page.page.locator('[data-act="more"]').click()
            await page.see("#counter-dialog[open] .more h3 >> nth=4")
            for what in ("discount", "park_named", "tip", "split", "bill"):
                assert await page.page.locator(f'#counter-dialog [data-go="{what}"]').is_disabled(), what
            assert await page.page.locator('#counter-dialog [data-go="refund"]').is_enabled()
            assert page.complaints == []

    run(scenario())


def test_a_till_that_sold_nothing_yet_says_how_to_begin(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till((1024, 768), touched=True) as page:
            await page.open(served)
            await page.see("#lines .idle", "or search by name")
            await page.see("#sales .no-keys", "quick keys")
            assert page.complaints == []

    run(scenario())


def test_todays_page_of_a_shop_that_sold_nothing_shows_no_empty_card_and_its_pin_is_typed_on_a_phone(
    tmp_path: Path,
) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till((390, 664), touched=True) as page:
            await caller.set_pin()
            await page.open(served, path="/manager")
            await page.see("#tenders")
            for empty in ("#best", "#cashiers", "#taxes"):
                assert await page.page.locator(empty).count() == 0, empty
            cards = await page.page.locator("#today .card").evaluate_all(
                "(all) => all.filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => one.innerText)"
            )
            assert cards == [], "nothing is cut"
            assert await page.page.locator("#new-pin").count() == 0, "who has a PIN is asked for none on Today"
            await page.open(served, path="/manager/tools")
            field = await page.page.locator("#new-pin").bounding_box()
            assert field is not None and field["width"] > 150
            assert page.complaints == []

    run(scenario())


def test_lock_ends_the_session_on_each_page_that_shows_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till() as page:
            await caller.set_pin()
            for path in ("factor", "invoices", "suppliers", "products"):
                await page.open(served, path="/manager")
                await page.open(served, path=f"/manager/{path}")
                await page.page.locator("#lock").click()
                await page.gone("body[data-managing]")
                assert list(served.access.sessions.all()) == [], path

    run(scenario())


def test_a_manager_reads_what_a_pin_approves_and_a_pad_has_no_key_that_does_nothing(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till((1024, 768), touched=True) as page:
            await caller.set_pin()
            await done(served.shop, AddLine(MILK))
            await page.open(served)
            await page.page.locator('[data-act="cash"]').click()
            await page.see("#cash-dialog[open] [type=submit] [data-fill]", "1.20")
            pad = page.page.locator("#cash-dialog [data-key]:visible")
            assert await pad.first.inner_text() == "7"
            assert await page.page.locator('#cash-dialog [data-key="next"]:visible').count() == 0, "there is one field"
            await page.page.locator("#cash-dialog [name=value]").fill("5")
            assert not await page.page.locator("#cash-dialog [type=submit] [data-fill]").is_visible()
            await page.page.locator("#cash-dialog [data-close]").click()
            await page.page.locator('[data-act="price"]').click()
            await page.page.locator("#price-dialog [name=value]").fill("1.00")
            await page.page.locator("#price-dialog [name=reason]").fill("dented")
            await page.page.locator("#price-dialog [type=submit]").click()
            await page.see("#pin-dialog[open] [data-approves]", "Milk")
            keys = await page.page.locator("#pin-dialog [data-key]:visible").all_inner_texts()
            assert keys[:1] == ["7"] and not {"00", "."} & set(keys)
            await page.keys(PIN, "Enter")
            await page.see("#sums .due", "1.00")
            assert page.complaints == []

    run(scenario())


def test_what_a_z_closes_over_is_named_and_a_sale_in_cash_is_asked_for_no_terminals_number(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till() as page:
            await caller.set_pin()
            await done(served.shop, AddLine(MILK))
            await done(served.shop, SetBasketAside("Table 3"))
            await done(served.shop, AddLine(MILK))
            await done(served.shop, Pay("cash"))
            await page.open(served)
            await page.keys("#")
            await page.page.locator('#reports-dialog [data-to="sure"]').click()
            await page.see("#reports-dialog [data-parked-still]", "A sale is still parked: Table 3")
            await page.page.locator('#reports-dialog [data-to="choose"]:visible').click()
            await page.keys("Escape")
            await page.gone("#reports-dialog[open]")
            await page.keys("F3")
            await page.see("#refundable .found")
            await page.keys("Enter")
            await page.see("#refund-sale li")
            await page.keys("+")
            await page.see("#refund-sums .huge", "1.20")
            await page.keys("Enter")
            await page.see("#refund-dialog [name=reason]")
            assert await page.page.locator("#refund-dialog [name=reference]:visible").count() == 0
            assert page.complaints == []

    run(scenario())
