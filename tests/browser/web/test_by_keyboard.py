"""By keyboard alone: Tab reaches every control of every page, in the order in which the page is read, and its place is
seen; after a change the focus is where it was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from edge.counter.till.commands import AddLine, Pay
from edge.lib.i18n import LANGUAGES
from edge.money.tenders.commands import SetTender
from edge.money.tenders.queries import read_tenders
from edge.money.tenders.tender import ShopTender
from edge.web.app import declare_endpoints
from tests.browser.browsing import Till, till
from tests.browser.calling import calling
from tests.browser.serving import Served, serve
from tests.shop_fixture import MILK, SYSTEM, done, run

pytestmark = pytest.mark.needs("chromium")
PARTS = 4
STEPS_MOST = 600
OTHERWISE = ("/", "/display")
"""A till is worked by its keys (tests/browser/counter/test_counter.py), and a customer's display has no control."""
TOP = """() => {
  const top = Object.assign(document.createElement("i"), { tabIndex: -1 });
  document.body.prepend(top);
  top.focus();
}"""
"""Whatever had the focus, the next Tab begins at the top."""
STEP = r"""() => {
  const walk = (globalThis.walk ??= { seen: new Set(), last: null, looks: null, found: [] });
  const looks = (one) => [one, one.closest("label"), one.parentElement, one.nextElementSibling].filter(Boolean)
    .map((part) => {
      const { outline, boxShadow, borderColor, backgroundColor, color, textDecoration, clipPath } =
        getComputedStyle(part);
      return [outline, boxShadow, borderColor, backgroundColor, color, textDecoration, clipPath].join();
    }).join("|");
  const said = (one) => `${one.localName} ${one.id || one.name || one.textContent.trim().slice(0, 40)}`;
  const last = walk.last?.isConnected ? walk.last : null;
  if (last && looks(last) === walk.looks) walk.found.push(`not seen to have the focus: ${said(last)}`);
  const at = document.activeElement;
  if (!at || at === document.body || walk.seen.has(at)) return true;
  if (last && !(last.compareDocumentPosition(at) & Node.DOCUMENT_POSITION_FOLLOWING)) {
    walk.found.push(`out of order: ${said(at)} after ${said(last)}`);
  }
  const { left, right, top, bottom } = at.getBoundingClientRect();
  const over = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
  const label = over?.closest("label");
  const isClear = over && (at.contains(over) || over.contains(at) || label?.contains(at) || label?.control === at);
  if (!isClear && at.localName !== "iframe") {
    walk.found.push(`out of sight or covered: ${said(at)} at ${Math.round(left)}, ${Math.round(top)}`);
  }
  walk.seen.add(at);
  [walk.last, walk.looks] = [at, looks(at)];
  return false;
}"""
"""Look at what has the focus now. Returns whether the walk is over."""
MISSED = """() => {
  const { seen, found } = globalThis.walk;
  const said = (one) => `${one.localName} ${one.id || one.name || one.textContent.trim().slice(0, 40)}`;
  const isLive = (one) => one.checkVisibility({ visibilityProperty: true }) && !one.matches(":disabled")
    && one.tabIndex >= 0 && !one.closest("[inert], [popover]:not(:popover-open)");
  const isOfOne = (one) => one.matches("[role=tab], [role=option]") || one.type === "radio"
    && [...seen].some(({ type, name, form }) => type === "radio" && name === one.name && form === one.form);
  const all = document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]");
  const missed = [...all].filter((one) => isLive(one) && !seen.has(one) && !isOfOne(one));
  const unnamed = document.querySelectorAll("dialog:not([aria-label], [aria-labelledby])");
  return [...found, ...missed.map((one) => `never reached: ${said(one)}`),
    ...[...unnamed].map((one) => `a dialog without a name: ${one.id}`)];
}"""
"""What is wrong with the walk, what it did not reach, and dialogs that a screen reader can't name."""


async def walked(opened: Till, where: str) -> list[str]:
    """What is wrong on the way by Tab through a page, from its top until it begins anew."""
    page = opened.page
    await page.evaluate(TOP)
    for _ in range(STEPS_MOST):
        await page.keyboard.press("Tab")
        if await page.evaluate(STEP):
            break
    else:
        return [f"{where}: no end after {STEPS_MOST} steps"]
    return [f"{where}: {one}" for one in await page.evaluate(MISSED)]


async def pages(opened: Till, served: Served, language: str, part: int) -> list[str]:
    found: list[str] = []
    await opened.open(served, f"register=1&lang={language}", "/manager")
    shown = [one.path for one in declare_endpoints().pages.values() if one.path and "{" not in one.path]
    for path in [path for path in shown if path not in OTHERWISE][part::PARTS]:
        await opened.page.goto(f"{served.url}{path}?register=1&lang={language}")
        await opened.page.wait_for_load_state("networkidle")
        found += await walked(opened, f"{path} {language}")
    return found


@pytest.mark.nightly
@pytest.mark.parametrize(("language", "part"), [(language, part) for language in LANGUAGES for part in range(PARTS)])
def test_tab_reaches_every_control_of_every_page_in_order_and_in_sight(
    tmp_path: Path, language: str, part: int
) -> None:
    async def scenario() -> list[str]:
        async with serve(tmp_path) as served, calling(served) as caller, till((1366, 768)) as opened:
            await caller.set_pin()
            await done(served.shop, AddLine(MILK))
            await done(served.shop, Pay("cash"))
            return await pages(opened, served, language, part)

    found = run(scenario(), 240)
    assert found == [], "\n".join(found)


def test_a_change_by_keys_keeps_the_focus_is_undone_by_keys_and_the_menu_is_skipped(tmp_path: Path) -> None:
    async def focused(opened: Till) -> Any:
        return await opened.page.evaluate("document.activeElement.value ?? document.activeElement.id")

    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till() as opened:
            await caller.set_pin()
            names = {"a": "Voucher", "b": "Meal card"}
            kept = tuple(ShopTender(id, {"en": name}, "kept", back=False) for id, name in names.items())
            for one in kept:
                await done(served.shop, SetTender(one), SYSTEM)
            await opened.open(served, "lang=en", "/manager/tenders")
            await opened.keys("Tab")
            await opened.see(".skip:focus", "Skip to content")
            await opened.keys("Enter")
            assert await focused(opened) == "content"
            field = opened.page.locator('[data-id="b"] [name="names.en"]')
            await field.focus()
            await opened.keys("Control+a", "lunch card", "Enter")
            await opened.see('[data-id="b"] [name="names.en"][value="lunch card"]')
            await opened.see("#toast-bar button", "Alt+Z")
            await opened.page.wait_for_function("document.activeElement.value === 'lunch card'")
            await opened.keys("Alt+z")
            await opened.see("#toast-bar", "Undone")
            await opened.see('[data-id="b"] [name="names.en"][value="Meal card"]')
            assert read_tenders(served.shop.reader) == kept

            end = opened.page.locator('[data-id="a"] [data-end]')
            await end.focus()
            await opened.keys("Enter")
            await opened.gone('[data-id="a"]')
            await opened.page.wait_for_function("document.activeElement.closest('[data-id=b]') !== null")
            assert opened.complaints == []

    run(scenario())
