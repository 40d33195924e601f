"""Dates and times as the shop's country writes them, and what is wrong with a field in the page's language."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.browsing import till
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.shop_fixture import run

pytestmark = pytest.mark.needs("chromium")

READ = """
    async (typed) => {
        const { readDate, readTime } = await import("/static/dates.js");
        const { parseSigned } = await import("/static/amounts.js");
        const read = { date: readDate, time: readTime, signed: parseSigned };
        return typed.map(([kind, text]) => read[kind](text));
    }
"""
COPIED = """
    const row = document.querySelector("input[name=day]").parentNode;
    row.after(Object.assign(row.cloneNode(true), { id: "copied" }));
"""
"""A row of a page once more, as a script does it for another day."""
TYPED = {
    **{("date", "24/11/2026"): "2026-11-24", ("date", "24.11.26"): "2026-11-24", ("date", "2026-11-24"): "2026-11-24"},
    **{("date", "24112026"): "2026-11-24", ("date", "241126"): "2026-11-24", ("date", "٢٤/١١/٢٠٢٦"): "2026-11-24"},
    **{("date", "20101224"): "2010-12-24", ("date", "20112024"): "2024-11-20", ("date", "20101324"): None},
    **{("date", "1 2 2026"): "2026-02-01", ("date", "31/02/2026"): None, ("date", "soon"): None, ("date", "11"): None},
    **{("time", "9"): "09:00", ("time", "9:30"): "09:30", ("time", "930"): "09:30", ("time", "9h30"): "09:30"},
    **{("time", "9 pm"): "21:00", ("time", "12 am"): "00:00", ("time", "24:00"): None, ("time", "9:61"): None},
    **{("signed", "-1,5"): -1500, ("signed", "\u22121.5"): -1500, ("signed", "\u200e+2"): 2000},
}
"""What is typed where days stand before months, and what it is; a minus sign may be U+2212."""


def test_a_day_is_written_and_read_as_in_the_shops_country(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till() as at:
            await caller.set_pin()
            page = at.page
            await at.open(served, "register=1&lang=fr", "/manager/journal")
            await at.see("input[data-moment-of=date]")
            read = await page.evaluate(READ, [list(one) for one in TYPED])
            assert dict(zip(TYPED, read, strict=True)) == TYPED
            typed, kept = page.locator("input[data-moment-of=date]"), page.locator("input[name=day]")
            await typed.fill("24/11/2026")
            await typed.press("Tab")
            assert await kept.input_value() == "2026-11-24"
            await page.evaluate(COPIED)
            await typed.nth(1).fill("25/11/2026")
            await typed.nth(1).press("Tab")
            assert [await kept.nth(n).input_value() for n in (0, 1)] == ["2026-11-24", "2026-11-25"], "its own day"
            await page.evaluate("document.querySelector('#copied').remove()")
            await typed.fill("31/02/2026")
            await typed.press("Enter")
            await at.see("#fault", "Saisissez une date valide.")
            await typed.fill("")
            await typed.click()
            await page.locator("#month [aria-current=date]").click()
            assert await kept.input_value()
            assert not await page.locator("#month").is_visible()
            await typed.press("ArrowDown")
            await typed.press("Enter")
            await at.see("h1")

    run(scenario())


def test_what_is_missing_is_said_in_the_pages_language(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till() as at:
            await caller.set_pin()
            missing = {"en": "Fill in this field.", "fr": "Remplissez ce champ.", "he": "מלאו את השדה הזה."}
            for language, words in missing.items():
                await at.open(served, f"register=1&lang={language}", "/manager/forecast")
                field = at.page.locator("input[name=first] >> xpath=preceding-sibling::input")
                await at.page.locator("#occasion [name=name]").fill("Fair")
                await field.fill("")
                await at.page.locator("#occasion [type=submit]").click()
                await at.see("#fault", words)
                await field.press("ArrowUp")
                assert not await at.page.locator("#fault").is_visible()

    run(scenario())
