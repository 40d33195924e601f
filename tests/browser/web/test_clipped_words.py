"""Words on the most used pages are never cut off: on a phone, a tablet and a till, in each language."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.counter.till.commands import AddLine, Pay
from edge.lib.i18n import LANGUAGES
from tests.browser.browsing import till
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.shop_fixture import MILK, done, run

pytestmark = pytest.mark.needs("chromium")

PAGES = (
    *("/", "/manager", "/manager/products", "/manager/sales", "/manager/stock", "/manager/purchasing"),
    *("/manager/settings", "/manager/users", "/manager/hours", "/manager/shifts", "/manager/papers", "/manager/alerts"),
)
WIDTHS = (1366, 1024, 390)

CLIPPED = """() => {
    const found = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let text = walker.nextNode(); text; text = walker.nextNode()) {
        const own = text.parentElement;
        if (!text.data.trim() || !own.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
        if (own.closest("script, style, option, select, textarea, svg, canvas")) continue;
        const range = document.createRange();
        range.selectNodeContents(text);
        const { left, right, width, height } = range.getBoundingClientRect();
        if (width < 2 || height < 2) continue;
        for (let box = own; box; box = box.parentElement) {
            const style = getComputedStyle(box), around = box.getBoundingClientRect();
            if (style.clipPath !== "none" || style.position === "fixed") break;  // for screen readers, or over the page
            if (["auto", "scroll"].includes(style.overflowX)) break;  // can be scrolled to
            const isCut = ["hidden", "clip"].includes(style.overflowX) || box === document.body;
            if (isCut && (right > around.right + 1.5 || left < around.left - 1.5)) {
                found.push(`${own.tagName.toLowerCase()}.${own.className}: ${text.data.trim().slice(0, 60)}`);
                break;
            }
        }
    }
    return found;
}"""
"""Texts that are wider than what cuts them off: a box that hides the rest, or the page."""
PLANTED = """() => {
    const box = document.querySelector(".page-body").appendChild(document.createElement("p"));
    Object.assign(box.style, { inlineSize: "40px", overflow: "hidden", whiteSpace: "nowrap" });
    box.textContent = "Wider than its box";
}"""


LONGEST = "fr"  # its words are the widest; the others are measured at night


@pytest.mark.parametrize(
    "language", [one if one == LONGEST else pytest.param(one, marks=pytest.mark.nightly) for one in LANGUAGES]
)
def test_no_word_on_the_most_used_pages_is_cut_off(tmp_path: Path, language: str) -> None:
    found: list[str] = []

    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till((WIDTHS[0], 768)) as page:
            await caller.set_pin()
            await done(served.shop, AddLine(MILK))
            await done(served.shop, Pay("card"))
            await done(served.shop, AddLine(MILK))
            for path in PAGES:
                await page.open(served, f"register=1&lang={language}", path)
                for width in WIDTHS:
                    await page.page.set_viewport_size({"width": width, "height": 768})
                    await page.page.evaluate("() => new Promise((next) => requestAnimationFrame(() => next()))")
                    found.extend(f"{path} at {width}: {text}" for text in await page.page.evaluate(CLIPPED))
                await page.page.set_viewport_size({"width": WIDTHS[0], "height": 768})
            await page.page.evaluate(PLANTED)
            assert await page.page.evaluate(CLIPPED) == ["p.: Wider than its box"], "a cut word is found"

    run(scenario())
    assert not found, "\n".join(found)
