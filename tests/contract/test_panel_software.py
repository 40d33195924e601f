"""The pages of the software and of support, over HTTP: what holds stands on them."""

from __future__ import annotations

from pathlib import Path

from edge.core.messages import Done
from edge.shop.settings.commands import SetSetting
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.shop_fixture import CONFIG, SYSTEM, run


def test_days_set_aside_and_a_pin_stand_in_their_fields(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            for name, value in (("blocked_days", "12-24, 2027-04-03"), ("pinned_until", "2027-01-31")):
                assert isinstance(await served.shop.do(SetSetting(f"software.{name}", value), SYSTEM), Done)
            page = await caller.get("/manager/software?lang=en")
            assert page.status == 200, page.text
            assert 'value="12-24, 2027-04-03"' in page.text and 'value="2027-01-31"' in page.text

    run(scenario())


def test_the_page_says_that_support_asks_without_a_yes(tmp_path: Path) -> None:
    async def scenario() -> None:
        for text, said in ((CONFIG, False), (f"{CONFIG}[support]\nallow = true\n", True)):
            async with serve(tmp_path / str(said), text) as served, calling(served) as caller:
                page = await caller.get("/manager/support?lang=en")
                assert page.status == 200, page.text
                assert ("config.toml lets" in page.text) is said

    run(scenario())
