"""The page of the software, over HTTP: when it may be exchanged stands in its fields."""

from __future__ import annotations

from pathlib import Path

from edge.core.messages import Done
from edge.shop.settings.commands import SetSetting
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.shop_fixture import SYSTEM, run


def test_days_set_aside_and_a_pin_stand_in_their_fields(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            for name, value in (("blocked_days", "12-24, 2027-04-03"), ("pinned_until", "2027-01-31")):
                assert isinstance(await served.shop.do(SetSetting(f"software.{name}", value), SYSTEM), Done)
            page = await caller.get("/manager/software?lang=en")
            assert page.status == 200, page.text
            assert 'value="12-24, 2027-04-03"' in page.text and 'value="2027-01-31"' in page.text

    run(scenario())
