"""What is in sight on a till, a tablet and a phone: boxes of named parts, nothing cut, nothing over another, no word
broken."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.core.process.parts import Part
from edge.counter.quick_keys.commands import SetQuickKeys
from edge.counter.quick_keys.layout import Key, KeyPage
from edge.counter.till.commands import AddLine, Pay
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.lib.errors import DeviceLost
from edge.lib.i18n import LANGUAGES
from tests.browser.browsing import Till, till
from tests.browser.calling import PIN, calling
from tests.browser.serving import Served, serve
from tests.shop_fixture import MILK, SYSTEM, done, run

pytestmark = pytest.mark.needs("chromium")

NAMES = (
    *("Wholemeal bread", "Energy drink 250 ml", "Instant coffee 200 g", "Croissant", "Cheesecake slice", "Baguette"),
    *("Sourdough loaf", "Sparkling water 1.5 l", "Dish soap 500 ml", "Free-range eggs", "Dark chocolate 70%"),
)
GOODS = tuple(Product(f"g{n}", {"en": name}, (f"4{n:03}",), 590 + n) for n, name in enumerate(NAMES))
KEYS = (KeyPage({"en": "Daily"}, (*(Key(n, f"g{n}") for n in range(len(GOODS))), Key(17, "milk"))),)

BOXES = """(names) => Object.fromEntries(names.map((name) => {
    const { left, top, right, bottom } = document.querySelector(name).getBoundingClientRect();
    return [name, [left, top, right, bottom]];
}))"""
BROKEN = """() => [...document.querySelectorAll(".key .said bdi")].flatMap((one) => {
    const text = one.firstChild, lines = (from, to) => {
        const range = document.createRange();
        range.setStart(text, from);
        range.setEnd(text, to);
        return new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size;
    };
    return [...text.textContent.matchAll(/\\S+/g)].filter(({ 0: word, index }) => lines(index, index + word.length) > 1)
        .map(([word]) => word);
})"""
"""Words of tiles that stand on more than one line."""
CUT = """() => [...document.querySelectorAll(".till button, .top button, .top a, .line .what, .due")]
    .filter((one) => one.checkVisibility() && one.scrollWidth > one.clientWidth + 1)
    .map((one) => one.outerHTML.slice(0, 80))"""
WHOLE = """() => {
    const list = document.getElementById("basket-lines").getBoundingClientRect();
    return [...document.querySelectorAll("#basket-lines [data-line]")].map((one) => one.getBoundingClientRect())
        .filter(({ top, bottom }) => top >= list.top - 1 && bottom <= list.bottom + 1).length;
}"""
"""How many lines of the basket are wholly in sight."""
SIDEWAYS = "() => { const side = document.querySelector('.side'); return side.scrollWidth - side.clientWidth; }"
Box = tuple[float, float, float, float]
TILL_PARTS = (".basket-desk", "#sums", "#scan", ".tiles", ".acts", ".pay", ".strip")
PHONE_PARTS = (".views", ".basket-desk", "#scan", ".acts", "#sums", ".pay", ".strip")


async def boxes(page: Till, names: tuple[str, ...]) -> dict[str, Box]:
    found: dict[str, Box] = await page.page.evaluate(BOXES, list(names))
    return found


def over(one: Box, other: Box) -> bool:
    return one[0] < other[2] - 1 and other[0] < one[2] - 1 and one[1] < other[3] - 1 and other[1] < one[3] - 1


def outside(shown: dict[str, Box], size: tuple[int, int]) -> list[str]:
    """Parts that are not wholly on the screen, and those that lie over another."""
    wrong = [
        name for name, (left, top, *end) in shown.items() if min(left, top) < 0 or end[0] > size[0] or end[1] > size[1]
    ]
    pairs = [(one, other) for one in shown for other in shown if one < other and over(shown[one], shown[other])]
    return wrong + [f"{one} over {other}" for one, other in pairs]


async def filled(served: Served) -> None:
    await done(served.shop, SetProducts(GOODS), SYSTEM)
    await done(served.shop, SetQuickKeys(KEYS), SYSTEM)


@pytest.mark.parametrize(("size", "least"), [((1024, 768), 9), ((1280, 800), 9), ((1920, 1080), 9), ((390, 664), 5)])
def test_the_basket_has_its_room_and_nothing_lies_over_another(
    tmp_path: Path, size: tuple[int, int], least: int
) -> None:
    async def no_paper(ready: object) -> None:
        raise DeviceLost("The receipt printer has no paper.", "Insert a new roll and close the lid.")

    async def scenario() -> None:
        async with serve(tmp_path) as served, till(size) as page:
            await filled(served)
            await page.open(served)
            parts = PHONE_PARTS if size[0] < 900 else TILL_PARTS
            await page.see("#lines .idle")
            before = await boxes(page, parts)
            assert outside(before, size) == []
            for one in GOODS:
                await done(served.shop, AddLine(one.codes[0]))
            await done(served.shop, AddLine(MILK, quantity=2000))
            await page.see(f'#lines[data-count="{len(GOODS) + 1}"]')
            assert await page.page.evaluate(WHOLE) >= least
            served.supervisor.start(Part("receipt printer", no_paper))
            await page.see("#alerts .alert", "no paper")
            assert await boxes(page, parts) == before, "nothing moves for goods, nor for what is told"
            assert await page.page.evaluate(CUT) == []
            assert await page.page.evaluate("document.documentElement.scrollHeight") <= size[1]
            await page.page.locator(".told-line").focus()
            await page.see("#alerts .advice", "Insert a new roll")
            if size[0] < 900:
                await page.page.locator('.views [data-desk="products"]').click()
            await page.see('[data-quick="g0"]')
            assert await page.page.evaluate(BROKEN) == []
            assert page.complaints == []

    run(scenario())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_price_on_a_tile_is_whole(tmp_path: Path, language: str) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till((1024, 768)) as page:
            dear = Product("g0", {"en": "Chocolate cake"}, ("4000",), 1_324_90, "reduced")
            weighed = Product("g1", {"en": "Cherry tomatoes"}, ("4001",), 129_90, "reduced", unit="kg")
            await done(served.shop, SetProducts((*GOODS[2:], dear, weighed)), SYSTEM)
            await done(served.shop, SetQuickKeys(KEYS), SYSTEM)
            await page.open(served, f"lang={language}")
            await page.see('[data-quick="g0"]')
            cut = (
                "() => [...document.querySelectorAll('.key .price')].filter((one) => one.scrollWidth > one.clientWidth)"
            )
            assert await page.page.evaluate(f"({cut})().map((one) => one.textContent)") == []
            faces = await boxes(page, ('[data-quick="g1"] .face', '[data-quick="g3"] .face'))
            assert all(min(right - left, bottom - top) >= 36 for left, top, right, bottom in faces.values()), faces

    run(scenario())


async def managed(page: Till, served: Served, path: str) -> None:
    await page.open(served, path=path)
    await page.see("nav.groups [aria-current]")


def test_the_managers_menu_is_at_the_side_and_on_a_phone_within_a_thumb(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till((1366, 768)) as page:
            await caller.set_pin()
            await managed(page, served, "/manager")
            assert await page.page.locator("nav.groups > a").count() == 8
            shown = await boxes(page, (".side", ".page-body", ".top"))
            assert shown[".side"][2] - shown[".side"][0] == 240
            assert not over(shown[".side"], shown[".page-body"])
            for language in LANGUAGES:
                await page.open(served, f"register=1&lang={language}", "/manager/customers")
                assert await page.page.evaluate(SIDEWAYS) == 0, f"a page's name is longer than the menu in {language}"
            await page.page.set_viewport_size({"width": 390, "height": 664})
            await page.see("#more-areas")
            bar = (await boxes(page, ("nav.groups",)))["nav.groups"]
            assert bar[3] == 664 and bar[1] > 580
            five = page.page.locator("nav.groups > :is(a, button):visible")
            assert await five.count() == 5
            await page.page.locator("#more-areas").click()
            await page.page.locator('nav.groups > a[href^="/manager/settings"]').click()
            await page.page.wait_for_url("**/manager/settings**")
            assert await five.count() == 5, "where one is, is among them"

    run(scenario())


SOUGHT = (
    ("backup", "/manager/backups"),
    ("opening hours", "/manager/hours"),
    ("z report", "/manager/shifts"),
    ("refund policy", "/manager/settings"),
    ("printer", "/manager/papers"),
    ("vat", "/manager/taxes"),
    ("users", "/manager/users"),
    ("certificate", "/manager/certificate"),
    ("scale", "/manager/setup"),
    ("wifi", "/manager/network"),
)
"""What people call a page that is called otherwise."""


SOUGHT_IN = {
    "fr": ("sauvegarde", "horaires d'ouverture", "rapport z", "imprimante", "tva", "utilisateurs"),
    "he": ("גיבוי", "שעות פתיחה", "דוח z", "מדפסת", 'מע"מ', "משתמשים"),
}
SOUGHT_PATHS = ("backups", "hours", "shifts", "papers", "taxes", "users")


@pytest.mark.parametrize("language", SOUGHT_IN)
def test_pages_are_found_first_by_what_owners_call_them_in_their_language(tmp_path: Path, language: str) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till((1366, 768)) as page:
            await caller.set_pin()
            await page.open(served, f"register=1&lang={language}", "/manager/settings")
            for text, path in zip(SOUGHT_IN[language], SOUGHT_PATHS, strict=True):
                await page.page.locator("#seek-text").fill(text)
                await page.page.wait_for_selector(f'#seek-found [aria-selected="true"][href^="/manager/{path}?"]')

    run(scenario())


def test_what_is_sought_in_the_head_is_a_page_a_product_or_a_receipt(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till((1366, 768)) as page:
            await caller.set_pin()
            await done(served.shop, AddLine(MILK))
            await done(served.shop, Pay("card"))
            await managed(page, served, "/manager/settings")
            await page.keys("/")
            await page.page.locator("#seek-text").press_sequentially("milk")
            await page.see("#seek-found a", "Milk")
            await page.page.locator("#seek-text").fill("1-000001")
            await page.see('#seek-found a[href^="/manager/sale?"]', "1-000001")
            for text, path in SOUGHT:
                await page.page.locator("#seek-text").fill(text)
                await page.page.wait_for_selector(f'#seek-found [aria-selected="true"][href^="{path}?"]')
            await done(served.shop, SetProducts((Product("puff", {"en": "Puff pastry"}, ("4999",), 590),)), SYSTEM)
            await page.page.locator("#seek-text").fill("update")
            await page.page.wait_for_selector('#seek-found [aria-selected="true"][href^="/manager/software?"]')
            assert await page.page.locator("#seek-found", has_text="Puff pastry").count() == 0
            await page.page.locator("#seek-text").fill("promo")
            await page.see('#seek-found [aria-selected="true"]', "Promotions")
            await page.keys("Enter")
            await page.page.wait_for_url("**/manager/promotions**")
            await page.see('body[data-link="open"]')
            await page.page.keyboard.press("Control+k")
            assert await page.page.evaluate("document.activeElement.id") == "seek-text"
            assert page.complaints == []

    run(scenario())


class Finger:
    """Touches, counted. What a scanner reads and what is typed by letters is not."""

    def __init__(self, page: Till) -> None:
        self.page = page
        self.taps = 0

    async def tap(self, selector: str) -> None:
        await self.page.page.locator(selector).locator("visible=true").first.tap()
        self.taps += 1

    def spent(self) -> int:
        taps, self.taps = self.taps, 0
        return taps


async def pin(finger: Finger) -> int:
    """Enter the manager's PIN; so many touches, which are those of who approves."""
    await finger.page.see("#pin-dialog[open]")
    for digit in PIN:
        await finger.tap(f'#pin-dialog [data-key="{digit}"]')
    await finger.tap('#pin-dialog [type="submit"]')
    await finger.page.gone("#pin-dialog[open]")
    return len(PIN) + 1
