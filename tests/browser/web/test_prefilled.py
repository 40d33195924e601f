"""What was said in the chat stands in the form that it leads to; nothing is made before someone saves it."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.goods.purchasing.queries import read_suppliers
from tests.browser.browsing import till
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.shop_fixture import run

pytestmark = pytest.mark.needs("chromium")
NAMED = """(name) => document.querySelector('#supplier [name="names.en"]')?.value === name"""
"""What was said is written into the form by a script, once the page is there."""


def test_a_form_begins_with_what_was_said(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till((390, 800)) as phone:
            await caller.set_pin()
            await phone.open(served, "register=1&lang=en", "/manager/chat")
            page = phone.page
            await page.locator("#say input").fill("new supplier called Acme & Sons")
            await page.keyboard.press("Enter")
            link = await phone.see("#options a", "New supplier")
            await link.click()
            await phone.see('#supplier [name="names.en"]')
            await page.wait_for_function(NAMED, arg="Acme & Sons")
            assert "#" not in page.url, "a page that is loaded again begins empty"
            assert not read_suppliers(served.shop.reader)
            await page.goto(f"{served.url}/manager/supplier?register=1&lang=en#names.en=Other&id=x&nothing=y")
            await page.wait_for_function(NAMED, arg="Other")

    run(scenario(), 60)
