"""In right-to-left languages, the previous day is on the right, and its arrow points there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.shop_fixture import run


@pytest.mark.parametrize("language", ("en", "he"))
def test_the_arrow_to_the_day_before_points_away_from_the_day(tmp_path: Path, language: str) -> None:
    """Renderers mirror U+2039 in right-to-left text (Unicode, BidiMirroring.txt), so the other sign would be mirrored
    back.
    """

    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            page = await caller.get(f"/manager/today?lang={language}", Grant=served.site.door.token)
            links = re.findall(r'<a class="button" href="/manager/today\?[^"]*day=[^>]*>([^<]+)</a>', page.text)
            assert links[0] == "‹"

    run(scenario())
