"""Orders are sent to the bar from the open basket; the page says what was sent, and what waits for a printer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from edge.core.process.parts import Part
from edge.counter.kitchen.queries import read_order
from edge.lib.errors import DeviceLost
from tests.browser.browsing import till
from tests.browser.serving import serve
from tests.scheduling import one_by_day
from tests.shop_fixture import BAR, CONFIG, MILK, TOMATO, run


async def off(ready: Callable[[], None]) -> None:
    raise DeviceLost("It is unplugged.", "Plug it in.", "printer.gone")


@pytest.mark.parametrize("language", one_by_day(["en", "he", "fr"]))
def test_an_order_is_sent_once_and_the_rest_when_it_is_paid(tmp_path: Path, language: str) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, text=CONFIG + BAR) as served, till() as page:
            say = served.site.renderer.texts[language].say
            await page.open(served, f"register=1&lang={language}")
            await page.scan(MILK)
            await page.see("#lines li")
            await page.page.keyboard.type("T5", delay=60)
            await page.keys("F1")
            await page.see("#lines li .tag", say("page.sent"))
            assert await page.page.input_value("#code") == ""
            assert read_order(served.shop.reader, "1").note == "T5"
            await page.keys("F1")
            await page.see("#notice", say("refused.nothing_to_send"))
            await page.scan(TOMATO)
            await page.see("dialog.measure[open]")
            await page.keys("1", "Enter")
            await page.see("#lines li >> nth=1")
            await page.page.locator('[data-act="send"]').click()
            await page.see("#lines li >> nth=1 >> .tag", say("page.sent"))
            served.supervisor.start(Part("bar", off))
            await page.see(".alert", say("page.slips_wait", count=2))
            await page.keys("F8", "Enter")
            await page.see(".ended")
            assert not read_order(served.shop.reader, "1").open
            assert [said for said in page.complaints if "422" not in said] == []  # the refusal is no fault

    run(scenario())


def test_a_shop_without_slips_has_no_such_button(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as page:
            await page.open(served)
            assert await page.page.locator('[data-act="send"]').count() == 0

    run(scenario())
