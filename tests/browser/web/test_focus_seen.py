"""By keyboard alone: whatever has the focus on a long page is in sight, and nothing lies over it."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from tests.browser.browsing import till
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.shop_fixture import SYSTEM, done, run

pytestmark = pytest.mark.needs("chromium")
STEPS = 70
HIDDEN = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return "";
  const { left, right, top, bottom } = at.getBoundingClientRect();
  const over = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
  const seen = over && (at.contains(over) || over.contains(at) || over.closest("label")?.contains(at));
  return seen ? "" : `${at.tagName} ${at.name || at.textContent.trim()} at ${Math.round(top)}`;
}"""
"""What has the focus, where its middle is covered or out of sight."""


def test_nothing_lies_over_what_has_the_focus(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till() as opened:
            await caller.set_pin()
            await done(served.shop, SetProducts((Product("tea", {"en": "Green tea"}, (), 500),)), SYSTEM)
            await opened.open(served, "lang=en&sku=tea", path="/manager/product")
            await opened.see("#part-changes")
            hidden = []
            for _ in range(STEPS):
                await opened.page.keyboard.press("Tab")
                hidden.append(await opened.page.evaluate(HIDDEN))
            assert [one for one in hidden if one] == []
            assert opened.complaints == []

    run(scenario())
