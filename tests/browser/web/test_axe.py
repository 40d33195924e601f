"""What axe-core (deque.com) finds on every page and in every dialog of the till: nothing, in each language.

A page that a capability brings is found by itself: no list here has to be edited.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.async_api import Page

from edge.counter.till.commands import AddLine, Pay
from edge.lib.i18n import LANGUAGES
from edge.web.app import declare_endpoints
from tests.browser.browsing import Till, till
from tests.browser.calling import calling
from tests.browser.serving import Served, serve
from tests.scheduling import each_by_day
from tests.shop_fixture import MILK, done, run

pytestmark = pytest.mark.needs("chromium")

OPTIONS: dict[str, Any] = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
"""All rules are looked at; only what is against one is written out, which is most of the work on a long page."""
DIALOGS = (
    *("more", "discount", "open", "tip", "gift", "other", "parked", "park_named", "price"),
    *("add_code", "correct", "training"),
)
KEYS = {
    "F2": "#quantity-dialog",
    "F3": "#refund-dialog",
    "F4": "#price-dialog",
    "F6": "#find-dialog",
    "F8": "#cash-dialog",
    "F9": "#card-dialog",
    "F12": "#abandon-dialog",
    "$": "#shift-dialog",
    "#": "#reports-dialog",
    "?": "#keys-dialog",
}


ALONE = """
    const rest = new CSSStyleSheet();
    const others = "body :not(dialog[open], dialog[open] *) { visibility: hidden !important }";
    rest.replaceSync(`${others} dialog[open] { visibility: visible }`);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, rest];
"""
"""Nothing is seen but an open dialog."""
SHOW = """
    (id) => {
        const one = document.getElementById(id);
        if (one && !one.open) one.showModal();
        if (one) one.close = () => {};
        return Boolean(one);
    }
"""
"""Whether it is still there. What a page closes by its clock stays open while it is looked at."""
STORED = "all => all.map((one) => [one.id, one.outerHTML])"
SHUT = "(id) => { const one = document.getElementById(id); if (one) delete one.close, one.close(); }"


TILL = (1024, 768)
Looks = Callable[[int], bool]
"""Whether the page or dialog of this place is looked at."""
PARTS = 4
"""In which all pages of a language are looked at, side by side and each within its time."""


async def violations(
    page: Page, where: str, but: tuple[str, ...] = (), within: str = "html", rules: tuple[str, ...] = ()
) -> list[str]:
    """What axe finds on a page as it is now, or in a part of it: by all rules `but` these, or by `rules` alone."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE_SCRIPT)
    await page.evaluate("scrollTo({top: 0, behavior: 'instant'})")  # a button half below the top bar is not a small one
    options = OPTIONS | ({"runOnly": {"type": "rule", "values": rules}} if rules else {})
    found: dict[str, Any] = await page.evaluate(f"axe.run({json.dumps(within)}, {json.dumps(options)})")
    return [
        f"{where}: {one['id']} ({one['impact']}): {node['html'][:160]}: {node['failureSummary'][-200:]}"
        for one in found["violations"]
        if one["id"] not in but
        for node in one["nodes"]
    ]


async def too_wide(page: Page, where: str) -> list[str]:
    """The screens on which a page goes beyond the edge: that of a phone, and the commonest of tills."""
    found: list[str] = []
    for width, height in ((390, 844), TILL):
        await page.set_viewport_size({"width": width, "height": height})
        beyond: int = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
        found += [f"{where}: {beyond} pixels wider than {width}"] if beyond > 0 else []
    return found


async def shut_dialogs(page: Page, where: str, seen: set[str]) -> list[str]:
    """What axe finds in the dialogs that a page has in store, each shown as it stands there, and nothing beside it: axe
    knows of no top layer, and takes what a dialog covers for its background. One that was `seen` on another page with
    the same in it, as those of the frame, is not looked at again."""
    found: list[str] = []
    await page.evaluate(ALONE)
    for id, held in await page.locator("dialog[id]:not([open])").evaluate_all(STORED):
        if held not in seen and await page.evaluate(SHOW, id):
            within = f"#{id}"
            found += await violations(
                page, f"{where} {within}", but=("empty-heading",), within=within
            )  # said when asked
            await page.evaluate(SHUT, id)
        seen.add(held)
    await page.evaluate("document.adoptedStyleSheets = document.adoptedStyleSheets.slice(0, -1)")
    return found


async def pages(till: Till, served: Served, language: str, looks: Looks) -> list[str]:
    found: list[str] = []
    seen: set[str] = set()
    for at, one in enumerate(page for page in declare_endpoints().pages.values() if page.path):
        if "{" in one.path or not looks(at):
            continue  # those of a secret or a number are shown by the tests of their capability
        answer = await till.page.goto(f"{served.url}{one.path}?register=1&lang={language}")
        if await till.page.locator("body.locked").count():
            found += await violations(till.page, f"locked {language}")
            await till.page.goto(f"{served.url}/manager?register=1&lang={language}")
            await till.see('body[data-link="open"]')
            await till.enter_pin()
            answer = await till.page.goto(f"{served.url}{one.path}?register=1&lang={language}")
        assert answer is not None
        if answer.status >= 500:  # what is told then has no faults to find
            found.append(f"{one.path} {language}: {answer.status}")
        await till.page.wait_for_load_state("networkidle")  # what its scripts fetch is there
        found += await violations(till.page, f"{one.path} {language}")
        found += await too_wide(till.page, f"{one.path} {language}")
        if one.path not in ("/", "/display"):  # the till's are opened as a cashier does
            found += await shut_dialogs(till.page, f"{one.path} {language}", seen)
    return found


async def dialogs(till: Till, served: Served, language: str, looks: Looks, shut: bool) -> list[str]:
    found: list[str] = []
    await till.open(served, f"register=1&lang={language}")
    await till.see("#lines .line[data-line]")
    for key, dialog in (entry for at, entry in enumerate(KEYS.items()) if looks(at)):
        await till.page.locator("#code").focus()
        await till.page.keyboard.press(key)
        await till.see(f"{dialog}[open]")
        found += await violations(till.page, f"{dialog} {language}")
        await till.page.keyboard.press("Escape")
        if await till.page.locator(f"{dialog}[open]").count():
            await till.page.evaluate("(dialog) => document.querySelector(dialog).close()", dialog)
        await till.gone(f"{dialog}[open]")
    found += await shut_dialogs(till.page, f"till {language}", set()) if shut else []
    for what in (what for at, what in enumerate(DIALOGS) if looks(at)):
        await till.page.evaluate("(what) => import('/static/counter.js').then((it) => void it.counter(what))", what)
        await till.see(f'#counter-dialog[open] [data-counter="{what}"]')
        found += await violations(till.page, f"counter/{what} {language}")
        await till.page.evaluate("document.getElementById('counter-dialog').close()")
        await till.gone("#counter-dialog[open]")
    return found


async def looked_at(folder: Path, language: str, looks: Looks, shut: bool) -> list[str]:
    async with serve(folder) as served, calling(served) as caller, till(TILL) as page:
        await caller.set_pin()
        await done(served.shop, AddLine(MILK))
        await done(served.shop, Pay("cash"))
        await done(served.shop, AddLine(MILK))
        found = await dialogs(page, served, language, looks, shut)
        return found + await pages(page, served, language, looks)


@pytest.mark.slow
@pytest.mark.parametrize(("language", "part"), each_by_day(list(LANGUAGES), range(PARTS)))
def test_axe_finds_nothing_on_any_page_in_any_language(tmp_path: Path, language: str, part: int) -> None:
    found = run(looked_at(tmp_path, language, lambda at: at % PARTS == part, shut=part == 0), limit_s=240)
    assert found == [], "\n".join(found)
