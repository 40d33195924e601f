"""A week of a chain of three shops, run only from head office's pages.

A person clicks in a browser, and the shops are real, with ledgers. A fourth shop is added from nothing. A support
question is answered, and a neighbouring tenant sees none of it.
"""

from __future__ import annotations

import asyncio
import os
import re
from pathlib import Path
from typing import Literal

import pytest
from msgspec.structs import replace
from playwright.async_api import Page, expect

from edge.counter.till.commands import AddLine, Pay, VoidLastSale
from edge.foundation.access.queries import name_of
from edge.foundation.alerts.commands import RaiseAlert
from edge.goods.catalog.commands import SetProducts
from edge.goods.stock.commands import RecordMovement
from edge.goods.transfers.queries import read_transfers
from tests.browser.browsing import browser
from tests.browser.web.test_axe import violations
from tests.contract.hub.test_hub_areas import choose_setting, go, opened
from tests.contract.hub.test_hub_page import DEADLINE_MS, words
from tests.contract.hub.test_hub_staff import hire
from tests.contract.hub.test_hub_tenant_records import with_factor
from tests.hub_chain import TENANT, Chain, a_chain, is_helped, is_walled, release
from tests.shop_fixture import CASHIER, MANAGER, MILK, PRODUCTS, SYSTEM, agreed, done

LIMIT_S = 900.0
"""Time limit in seconds. A week takes 450 s on a machine with ten other jobs."""
SAID = words()["en"]
NAMES = {"alder": "Alder Street", "birch": "Birch Square", "cedar": "Cedar Road"}


async def again(page: Page, area: str) -> None:
    """Load an area again."""
    await go(page, "people" if area != "people" else "today")
    await go(page, area)


async def save(page: Page) -> None:
    await page.click("#edit button.strong")
    await expect(page.locator("#edit")).to_be_hidden(timeout=DEADLINE_MS)


async def press(page: Page, title: str, step: str, shown: str = "") -> None:
    """Take a step of a publication, after checking what it shows."""
    row = page.locator("#publications tbody tr", has_text=title)
    await row.get_by_role("button", name=SAID[f"step_{step}"], exact=True).click()
    if shown:
        await expect(page.locator("#edit .fields")).to_contain_text(shown, timeout=DEADLINE_MS)
    await save(page)


async def begin(page: Page, kind: str, title: str, words: str = "milk") -> None:
    """Begin a publication of this kind, for the product found by these words."""
    await again(page, "publications")
    await page.click("#new-publication")
    await page.select_option("#composer [name=kind]", kind)
    await page.fill("#composer [name=title]", title)
    if words:
        await page.fill("#composer [name=search]", words)
        await page.click("#composer-find")
        await page.locator("#composer-found tbody tr", has_text=f"· {words}").get_by_role("button").click()


async def keep(page: Page, first: str = "") -> None:
    """Save the publication as a draft, for store `first` first, without a pause."""
    await page.select_option("#composer [name=first]", first)
    await page.fill("#composer [name=pause_hours]", "0")
    await page.click("#composer-save")
    await expect(page.locator("#composer-saved")).to_have_text(SAID["draft_saved"], timeout=DEADLINE_MS)
    await page.click("#composer-close")


async def writes(page: Page, title: str, said: dict[str, str], first: str = "") -> None:
    """Write a publication of settings, by their labels."""
    await begin(page, "settings", title, words="")
    for at, (called, value) in enumerate(said.items()):
        if at:
            await page.get_by_role("button", name=SAID["another_setting"]).click()
        await choose_setting(page, at, called, value)
    await keep(page, first)


async def stands(page: Page, title: str, state: str) -> None:
    await again(page, "publications")
    row = page.locator("#publications tbody tr", has_text=title)
    await expect(row).to_contain_text(SAID[f"publication_{state}"], timeout=DEADLINE_MS)


async def opens_every_figure(page: Page) -> None:
    """Open each figure of the day down to its receipts, and check that the parts add up to it."""
    figures = page.get_by_title(SAID["open_figure"])
    dialog = page.locator("#edit")
    assert await figures.count() > 20
    for at in range(await figures.count()):
        await figures.nth(at).click()
        await expect(dialog).to_be_visible(timeout=DEADLINE_MS)
        while await dialog.locator("tbody button").count():
            await expect(dialog.locator(".hint")).to_have_text(SAID["opened_adds_up"])
            title = await dialog.locator("h2").text_content()
            await dialog.locator("tbody button").first.click()
            await expect(dialog.locator("h2")).not_to_have_text(title or "")
        if await dialog.locator("tbody tr").count():
            await expect(dialog.locator("h2")).to_contain_text(SAID["receipt"])
        await page.keyboard.press("Escape")


async def monday(page: Page, chain: Chain) -> None:
    """Name the three known shops, and set their currency."""
    for store, name in NAMES.items():
        await again(page, "stores")
        await page.locator("#stores tbody tr", has_text=store).get_by_role("button").first.click()
        await page.fill("#edit [name=name]", name)
        await page.fill("#edit [name=currency]", "EUR")
        await save(page)
    for name in NAMES.values():
        await expect(page.locator("#stores tbody")).to_contain_text(name, timeout=DEADLINE_MS)


async def tuesday(page: Page, chain: Chain) -> None:
    """Publish a text for all receipts. Its effect is shown before the approval."""
    await writes(page, "Open on the feast", {"Receipt footer": "Open on the feast\nUntil ten"})
    await press(
        page,
        "Open on the feast",
        "submit",
        "Receipt footerfrom config.tomlOpen on the feast, Until ten",
    )
    await press(page, "Open on the feast", "approve", NAMES["alder"])
    await chain.go()
    await stands(page, "Open on the feast", "done")
    assert [shop.footer for shop in chain.shops.values()] == [["Open on the feast", "Until ten"]] * 3


async def wednesday(page: Page, chain: Chain) -> None:
    """Look at the sales, and change prices. A price jump is named before the approval."""
    shop = chain.shops["birch"]
    for _ in range(2):
        await agreed(shop.bus, AddLine(MILK), CASHIER)
        await agreed(shop.bus, Pay("cash"), CASHIER)
    await agreed(shop.bus, VoidLastSale(), MANAGER)
    await shop.turn()
    day = await chain.house.owner.fetchval("SELECT business_date::text FROM sale WHERE store = 'birch'")
    await again(page, "today")
    await page.fill("#date", day)
    await expect(page.locator("#today tbody tr", has_text="Birch")).to_contain_text("€1.20", timeout=DEADLINE_MS)
    await opens_every_figure(page)
    await begin(page, "prices", "Milk is dearer")
    await page.locator("#composer-items tbody input.sum").fill("2.40")
    await keep(page)
    await press(page, "Milk is dearer", "submit", SAID["finding_price_jump"])
    await press(page, "Milk is dearer", "approve")
    await chain.go()
    await stands(page, "Milk is dearer", "done")
    price = await chain.house.owner.fetchval("SELECT price_minor FROM product WHERE store = 'cedar' AND sku = 'milk'")
    assert price == 240
    await offers_and_recalls(page, chain)
    await moves_goods(page, chain)
    await asks(page)


async def publishes(page: Page, chain: Chain, title: str) -> None:
    """Submit and approve a draft, and wait until all stores have applied it."""
    for step in ("submit", "approve"):
        await press(page, title, step)
    await chain.go()
    await stands(page, title, "done")


async def offers_and_recalls(page: Page, chain: Chain) -> None:
    """Offer milk for 10 % less, which the next sale gets; then recall a batch of it at all tills."""
    await begin(page, "promotions", "Milk days")
    await page.fill("#composer [name=promotion_name]", "Milk days")
    await page.fill("#composer [name=deal_value]", "10")
    await keep(page)
    await publishes(page, chain, "Milk days")
    shop = chain.shops["birch"]
    await agreed(shop.bus, AddLine(MILK), CASHIER)
    await agreed(shop.bus, Pay("cash"), CASHIER)
    await shop.turn()
    newest = "SELECT total_minor FROM sale WHERE store = 'birch' ORDER BY number DESC LIMIT 1"
    assert await chain.house.owner.fetchval(newest) == 216
    await begin(page, "recalls", "Glass in A7")
    await page.get_by_label(f"{SAID['batch_number']} Milk").fill("A7")
    await keep(page)
    await publishes(page, chain, "Glass in A7")
    for one in chain.shops.values():
        assert [tuple(row) for row in one.bus.reader.execute("SELECT sku, lot FROM stock_recall")] == [("milk", "A7")]


async def moves_goods(page: Page, chain: Chain) -> None:
    """Request goods for alder, which has run out of them, from cedar, which gets a draft to send."""
    for name, units in (("alder", 1_000), ("cedar", 60_000)):
        shop = chain.shops[name]
        (milk,) = (one for one in PRODUCTS if one.sku == "milk")
        await done(shop.bus, SetProducts((replace(milk, price_minor=240, minimum=10_000),)), SYSTEM)
        await done(shop.bus, RecordMovement("milk", "in", units=units), SYSTEM)
        await shop.turn()
    await again(page, "today")
    short = page.locator("#shortages tbody tr", has_text=NAMES["alder"])
    await expect(short).to_contain_text(NAMES["cedar"], timeout=DEADLINE_MS)
    await short.get_by_role("button", name=SAID["move"]).click()
    await page.fill("#edit [name=move_amount]", "20")
    await page.click("#edit button.strong")
    await chain.go(1)
    await page.click("#edit button.strong")
    told = SAID["move_drafted"].format(store=NAMES["cedar"])
    await expect(page.locator("#edit h2")).to_have_text(told, timeout=DEADLINE_MS)
    await page.keyboard.press("Escape")
    (draft,) = read_transfers(chain.shops["cedar"].bus.reader, state="drafted")
    assert (draft.store, [(one.sku, one.quantity) for one in draft.lines]) == ("alder", [("milk", 20_000)])
    await again(page, "stock")
    await page.select_option("#stock-show", "excess")
    stock = page.locator("#stock tbody tr", has_text="cedar").get_by_title(SAID["open_figure"])
    await stock.click(timeout=DEADLINE_MS)
    await expect(page.locator("#edit .hint")).to_have_text(SAID["opened_adds_up"], timeout=DEADLINE_MS)
    reason = page.locator("#edit tbody button").first
    title = f"{await reason.text_content()}"
    await reason.click()
    await expect(page.locator("#edit h2")).to_contain_text(f"· {title}", timeout=DEADLINE_MS)
    await expect(page.locator("#edit .hint")).to_have_text(SAID["opened_adds_up"])
    await page.keyboard.press("Escape")


async def asks(page: Page) -> None:
    """Ask about today's sales in words."""
    await go(page, "questions")
    await page.fill("#question input", "sales today by store")
    await page.click("#question button.strong")
    answers = page.locator("#ask-answers tbody")
    await expect(answers).to_contain_text(f"{NAMES['birch']}€", timeout=DEADLINE_MS)
    understood = await page.locator("#ask-answers .hint").first.inner_text()
    assert re.search(r"\b\d{1,2} \w+ 20\d\d$", understood), "a date as Europe writes it in English"


async def stops_a_rollout(page: Page, chain: Chain) -> None:
    """Roll out a version that works in the first store and is rolled back in the second. The third isn't updated."""
    await release(chain)
    await again(page, "boxes")
    await page.click("#roll-out")
    await page.select_option("#edit [name=first]", label=NAMES["birch"])
    await page.fill("#edit [name=pause_hours]", "0")
    await save(page)
    title = f"{SAID['software']} 9.1.0"
    await again(page, "publications")
    for step in ("submit", "approve"):
        await press(page, title, step)
    await chain.go(2)
    await chain.shops["birch"].software("fetched", "rehearsed", "swapping", "healthy")
    await chain.go(5)
    await chain.shops["alder"].software("fetched", "rehearsed", "swapping", "went_back", reason="unwell")
    await chain.go(3)
    await stands(page, title, "stopped")
    failed = SAID["publication_failed"].format(stores=NAMES["alder"])
    await expect(page.locator("#publications tbody tr", has_text=title)).to_contain_text(failed)
    why = SAID["cause_software"].format(
        device="box1", release="9.1.0", step=SAID["software_went_back"], why=SAID["unfit_unwell"]
    )
    await expect(page.locator("#held tbody tr", has_text=title)).to_contain_text(why)
    await again(page, "boxes")
    boxes = page.locator("#software tbody tr")
    await expect(boxes).to_have_count(2, timeout=DEADLINE_MS)
    await expect(boxes.filter(has_text="alder")).to_contain_text(SAID["software_went_back"])


async def thursday(page: Page, chain: Chain) -> None:
    """Take care of an alert in a shop from head office."""
    shop = chain.shops["cedar"]
    await done(shop.bus, RaiseAlert("clock_doubted"), SYSTEM)
    await shop.turn()
    await again(page, "alerts")
    row = page.locator("#alerts tbody tr", has_text="cedar").first
    await row.get_by_role("button").click()
    await expect(page.locator("#alerts tbody")).to_contain_text(SAID["asked_box"], timeout=DEADLINE_MS)
    await chain.go(1)
    assert await chain.house.owner.fetchval("SELECT count(*) FROM alert WHERE state = 'acknowledged'") == 1


async def friday(page: Page, chain: Chain) -> None:
    """Publish settings that a shop can't apply. The publication stops with the reason, and is taken back."""
    said = {"Receipt footer": "New\nWords", "Require sign-in to sell": "Yes"}
    await writes(page, "Signing in", said, first="alder")
    await press(page, "Signing in", "submit")
    await press(page, "Signing in", "approve")
    await chain.go()
    await stands(page, "Signing in", "stopped")
    await expect(page.locator("#held tbody")).to_contain_text("Alder", timeout=DEADLINE_MS)
    await press(page, "Signing in", "take_back", "Receipt footer")
    await chain.go()
    await stands(page, "Signing in", "taken_back")
    assert [shop.footer for shop in chain.shops.values()] == [["Open on the feast", "Until ten"]] * 3
    await stops_a_rollout(page, chain)


async def sunday(page: Page, chain: Chain) -> None:
    """Add the new shop's manager, for this shop and another one."""
    await again(page, "employees")
    await page.click("#new-employee")
    await page.fill("#edit [name=employee_name]", "Noa")
    for store in ("dogwood", "cedar"):
        await page.select_option(f'#edit [name="role {store}"]', "manager")
    await save(page)
    await chain.go(1)
    await again(page, "employees")
    await expect(page.locator("#employees tbody")).to_contain_text(SAID["staff_applied"], timeout=DEADLINE_MS)
    for store in ("dogwood", "cedar"):
        reader = chain.shops[store].bus.reader
        assert [name_of(reader, one) for (one,) in reader.execute("SELECT id FROM access_user")] == ["Noa"]


async def saturday(page: Page, chain: Chain) -> None:
    """Add a fourth shop: its record on the page, then its box, which receives everything published for all stores."""
    await again(page, "stores")
    await page.click("#new-store")
    for field, value in (("store", "dogwood"), ("name", "Dogwood Lane"), ("country", "FR")):
        await page.fill(f"#edit [name={field}]", value)
    await page.press("#edit [name=country]", "Tab")
    await expect(page.locator("#edit [name=currency]")).to_have_value("EUR")
    await page.select_option("#edit [name=state]", "open")
    await save(page)
    shop = await chain.open("dogwood")
    await chain.go(4)
    assert shop.footer == ["Open on the feast", "Until ten"]
    await again(page, "boxes")
    await expect(page.locator("#boxes tbody tr")).to_have_count(4, timeout=DEADLINE_MS)


LEFTOVERS = """said => {
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const text = walk.currentNode.textContent.trim();
    const holder = walk.currentNode.parentElement;
    const shown = holder.checkVisibility() && !holder.closest("#ask-answers"); // given in the question's language
    if (shown && (said.includes(text) || /[{}]|undefined|\\[object|NaN/.test(text))) found.push(text);
  }
  return found;
}"""
"""Finds visible texts that are still English or not really text."""
WIDTHS = (390, 1366, 1920)
READ_IN: tuple[tuple[str, int, Literal["light", "dark"]], ...] = (("fr", 390, "light"), ("he", 1920, "dark"))
IDS = re.compile(r"\b[a-z]+-mx\w{6}\b|\bh[0-9a-z]{12,}\b|\bstore\.[a-z_]+\b|[{}]")
"""Ids of publications and employees, names of settings, and JSON."""


async def is_read_in(page: Page, language: str, widths: tuple[int, ...]) -> None:
    """Check each area in another language: no English text, nothing too wide, and no axe violations."""
    foreign = words()[language]
    apart = {"own_name"}
    english = [text for key, text in SAID.items() if text not in foreign.values() and key not in apart]
    await page.select_option("#language", language)
    areas = await page.eval_on_selector_all(".groups [data-area]", "links => links.map(link => link.dataset.area)")
    wrong: list[str] = []
    for area in areas:
        await page.set_viewport_size({"width": 1366, "height": 900})
        await go(page, area)
        await page.wait_for_load_state("networkidle")
        wrong += [f"{area}: {text}" for text in await page.evaluate(LEFTOVERS, english)]
        wrong += [f"{area}: id {found}" for found in IDS.findall(await page.inner_text("#shops"))]
        wrong += [f"{area}: {fault}" for fault in await violations(page, area)]
        for width in widths:
            await page.set_viewport_size({"width": width, "height": 900})
            if (wide := await page.evaluate("document.documentElement.scrollWidth - innerWidth")) > 0:
                wrong.append(f"{area}: {wide} px too wide at {width}")
            await picture(page, f"chain_{language}_{area}_{width}")
    assert wrong == []


async def picture(page: Page, name: str) -> None:
    if folder := os.environ.get("EDGE_PICTURES"):
        await page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.mark.needs("chromium")
@pytest.mark.timeout(LIMIT_S + 60)
def test_a_week_of_a_chain_by_hand(tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with a_chain(tmp_path, database) as chain, browser() as launched:
            await hire(database, monkeypatch, **{TENANT: "owner"})
            page = await launched.new_page(viewport={"width": 1280, "height": 900}, locale="en-GB")
            owner = await with_factor(chain.house)
            complaints = await opened(page, chain.house, owner)
            for day in (monday, tuesday, wednesday, thursday, friday, saturday, sunday):
                await day(page, chain)
            for language, width, scheme in READ_IN:
                await page.emulate_media(color_scheme=scheme)
                await is_read_in(page, language, WIDTHS if "EDGE_PICTURES" in os.environ else (width,))
            assert complaints == []
            await is_helped(chain, owner)
            await is_walled(chain)

    asyncio.run(asyncio.wait_for(scenario(), LIMIT_S))
