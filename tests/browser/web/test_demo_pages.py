"""Every manager's page of the demo, which has more in it than any shop of a test: nothing fails, is cut or is raw."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from playwright.async_api import Page

from edge.core.storage.database import open_reader
from edge.counter.till.pages.template_words import elements
from edge.foundation.alerts.pages import URGENT
from edge.foundation.printing.document import Bars, Document, Qr
from edge.foundation.printing.personal import readable
from edge.foundation.settings.definitions import settings_by_name
from edge.lib.i18n import ENGLISH, words
from edge.web.app import declare_endpoints
from sim.ports import free_port
from tests.browser.aloud import unclear
from tests.browser.browsing import browser
from tests.browser.serving import DEADLINE_S
from tests.browser.views import AT_REST, PIN
from tests.flow.app.test_demo import demo
from tests.flow.app.test_demo import folder as folder
from tests.golden.papers import Golden, goldens
from tests.shop_fixture import run

pytestmark = pytest.mark.needs("chromium", "postgres")

PHONE = {"width": 390, "height": 664}
SECTIONS = sorted(
    {key.partition(".")[0] for key in words(ENGLISH)} - {setting.partition(".")[0] for setting in settings_by_name()}
)
OURS = re.compile(rf"\b(?:{'|'.join(SECTIONS)})\.[a-z][a-z_]+\b")
"""A key whose sentence is missing; names of settings, which stand at the foot of their page, are none."""
INTERNAL = {
    "ciphertext": re.compile(r"\b(?:2\.[a-z0-9][a-z0-9_-]*\.)?1\.[A-Za-z0-9_-]{20,}"),
    "an id": re.compile(
        r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{16,}\b|\b[a-p]{32}\b"
    ),
    "a file": re.compile(r"\b(?!(?:ב-|-)?config\.toml)[\w-]+\.(?:webp|png|jpe?g|svg|toml|sql|py|json|gguf|onnx)\b"),
    "a name of the program's": re.compile(r"(?<![\w./@-])[a-z]+(?:_[a-z]+)+(?![\w./@-])"),
}
"""What no screen shows: it reads like a break-in, or like a fault. `config.toml` is a name that shops know."""
COLUMNS = {"/manager/settlements"}
"""Where the columns of a file stand that someone brings."""
TYPED = """[...document.querySelectorAll(
  'main :is(input:not([type]), [type=text], [type=search], textarea)')].filter((one) => one.checkVisibility())
  .map((one) => one.value).join("\\n")"""
ISO_DAY = re.compile(r"(?<![\w-])20\d\d-[01]\d-[0-3]\d(?![\w-])")
PAPERS = {f"/manager/fiscal/{name}" for name in ("attestation", "tape", "user-report")}
TECHNICAL = {"/manager/technical", "/manager/software", *PAPERS}
"""Where a page speaks of the program, in its words, or shows a paper as its law writes it."""
WITH_IDS = {"/manager/journal", "/manager/stock/places", "/manager/technical"}
"""Which say what was written, or by which id a thing is known."""
SEEN = "[...document.querySelectorAll('main')].map((one) => one.innerText).join('\\n')"
FILES = """[...document.querySelectorAll("main input[type=file]")].filter((one) => one.offsetWidth > 24
  && getComputedStyle(one).opacity !== "0").map((one) => one.outerHTML)"""
GLUED = """[...document.querySelectorAll("main .card")].filter((one) => one.checkVisibility()
  && (one.getBoundingClientRect().left < 4 || one.getBoundingClientRect().right > innerWidth - 4)
  && getComputedStyle(one).position === "static" && !one.closest("dialog, .shelf"))
  .map((one) => one.outerHTML.slice(0, 60))"""
"""Cards that leave no room between themselves and the edge of the screen."""
AS_DRAWN = """() => {
  const seen = (all) => [...document.querySelectorAll(all)].filter((one) => one.checkVisibility());
  const titled = (one) => one.closest("section, .card")?.querySelector("h2, h3")?.innerText.trim();
  const strong = seen("main :is(button, a).strong");
  const found = {
    "a title twice": seen("main caption").filter((one) => one.offsetHeight > 2 && one.innerText.trim() === titled(one)),
    "a select as the browser draws it": seen("main select")
      .filter((one) => one.offsetHeight < 40 || getComputedStyle(one).borderRadius === "0px"),
    "a tick as large as a field": seen("main input:is([type=checkbox], [type=radio])")
      .filter((one) => one.offsetWidth > 32),
    "two strong buttons side by side": strong
      .filter((one) => strong.some((other) => other !== one && other.parentElement === one.parentElement)),
    "out of the head": seen(".top > *").filter((one) => {
      const { left, right } = one.getBoundingClientRect();
      return left < -1 || right > innerWidth + 1;
    }),
  };
  return Object.entries(found).flatMap(([what, all]) => all.map((one) => `${what}: ${one.name || one.innerText}`));
}"""
RAW = {
    "main",
    "nexo",
    "clover",
    "stripe_terminal",
    "stripe_checkout",
    "receipt printer",
    "loudspeaker",
    "shelf camera",
    "card terminal",
    "live",
}
"""Ids and names of the program's, which have words."""
OF_PROVIDERS = {"/manager/payments", "/manager/settlements"}
"""Where "main" is what the shop itself calls a provider of payments."""
SAID_ALONE = (
    "[...document.querySelectorAll('main bdi, main option, main b, main strong')].map((one) => one.textContent.trim())"
)
LIMIT_S = 540.0
"""With the start of the demo, beside other tests."""
BELL_MOST = 4
"""What is critical or grave on the demo's first day; of more no one reads any."""
LINKS = (
    "[...document.querySelectorAll('main a[href^=\"/manager/\"][href*=\"?\"]')].map((one) => one.getAttribute('href'))"
)


FACES = (
    *("/", "/tabs", "/display", "/kiosk", "/shop", "/privacy", "/account", "/account/notifications", "/chat"),
    *("/quality", "/import"),
)
"""What cashiers, customers and guests look at, and what managers do without a place in the menu."""
SEEN_THERE = "[...document.querySelectorAll('body, dialog')].map((one) => one.innerText).join('\\n')"
LINKED = r"""[...document.querySelectorAll("a[href]")].map((one) => one.getAttribute("href"))
  .filter((href) => /^\/(?:receipt|order|told)\//.test(href)).slice(0, 3)"""


def internal_in(text: str, where: str) -> list[str]:
    """What no screen or paper shows, and this does."""
    forms = (*INTERNAL.items(), ("a key", OURS))
    return [f"{where}: {what}: {one}" for what, form in forms for one in sorted(set(form.findall(text)))[:5]]


def texts_in(value: object) -> Iterator[str]:
    """All texts of a paper's rows, but what codes of pictures say."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Qr | Bars):
        return
    elif isinstance(value, msgspec.Struct):
        yield from texts_in(msgspec.structs.astuple(value))
    elif isinstance(value, list | tuple):
        for one in value:
            yield from texts_in(one)


def papers_of(ledger: Path) -> Iterator[str]:
    """Each paper that a shop has printed, as it is read."""
    db = open_reader(ledger)
    try:
        for number, body in db.execute("SELECT id, document FROM print_job").fetchall():
            document = msgspec.json.decode(body, type=Document)
            yield "\n".join((f"paper {number}", *texts_in(elements(readable(db, document), ""))))
    finally:
        db.close()


async def unlocked(page: Page, address: str) -> None:
    await page.goto(f"{address}/manager?register=1&lang=he")
    await page.locator("#pin-dialog[open]").wait_for()
    await page.keyboard.type(PIN, delay=30)
    await page.keyboard.press("Enter")
    await page.locator("body:not(.locked)").wait_for(state="attached")


async def faults_of(page: Page, path: str) -> list[str]:
    """What is wrong with a page as it stands."""
    found = await unclear(page, path)
    beyond: int = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
    found += [f"{path}: {beyond} pixels wider than a phone"] if beyond > 0 else []
    for one in await page.evaluate(FILES):
        found.append(f"{path}: a field of files that speaks the browser's language: {one}")
    for one in await page.evaluate(GLUED):
        found.append(f"{path}: a card at the edge of the screen: {one}")
    found += [f"{path}: {one}" for one in await page.evaluate(AS_DRAWN)]
    if path not in WITH_IDS:
        raw = RAW - ({"main"} if path in OF_PROVIDERS else set())
        found += [f"{path}: raw {one}" for one in sorted(raw & {*await page.evaluate(SAID_ALONE)})]
    text: str = await page.evaluate(SEEN)
    found += [f"{path}: {key}" for key in sorted(set(OURS.findall(text)))]
    if path not in TECHNICAL | WITH_IDS | COLUMNS:
        told = f"{text}\n{await page.evaluate(TYPED)}"
        for what, form in INTERNAL.items():
            found += [f"{path}: {what}: {one}" for one in sorted(set(form.findall(told)))[:5]]
    if path not in TECHNICAL:
        found += [f"{path}: the day {day}" for day in sorted(set(ISO_DAY.findall(text)))[:3]]
    return found


@pytest.mark.timeout(LIMIT_S + 60)
def test_every_page_of_the_demo_opens_whole_on_a_phone_in_hebrew(folder: Path) -> None:
    async def scenario() -> None:
        pages = [page for page in declare_endpoints().pages.values() if page.path.startswith("/manager")]
        listed = {page.path for page in pages if page.menu}
        assert len(listed) > 50
        found: list[str] = []
        async with demo(folder / "demo", free_port()) as running, browser() as launched:
            page = await launched.new_page(viewport=PHONE)
            page.set_default_timeout(DEADLINE_S * 1000)
            await unlocked(page, address := f"http://127.0.0.1:{running.port}")
            page.on("pageerror", lambda error: found.append(f"{page.url}: {error}"))
            page.on("response", lambda one: found.append(f"{one.status} {one.url}") if one.status >= 500 else None)
            details: dict[str, str] = {}
            for path in [page.path for page in pages]:
                answer = await page.goto(f"{address}{path}?register=1&lang=he")
                if path not in listed and (answer is None or not answer.ok):
                    continue  # a page of one thing, which a link says
                await page.wait_for_function(AT_REST)
                found += await faults_of(page, path)
                details |= {href.partition("?")[0]: href for href in await page.evaluate(LINKS)}
            rings = int(await page.locator("#bell b").inner_text())
            assert 1 <= rings <= BELL_MOST, f"the bell of a first day counts {rings}"
            urgent = [one["kind"] for one in await running.api.query("alerts") if one["severity"] in URGENT]
            assert len({*urgent}) == len(urgent), f"each is of another kind: {urgent}"
            assert len(details.keys() - listed) > 10, "a product, a sale, a customer"
            for path in sorted(details.keys() - listed):
                await page.goto(f"{address}{details[path]}&lang=he")
                await page.wait_for_function(AT_REST)
                found += await faults_of(page, path)
            for path in FACES:
                await page.goto(f"{address}{path}?register=1&lang=he")
                await page.wait_for_function(AT_REST)
                found += internal_in(await page.evaluate(SEEN_THERE), path)
                for href in await page.evaluate(LINKED):
                    await page.goto(f"{address}{href}")
                    found += internal_in(await page.evaluate(SEEN_THERE), href)
            read = list(papers_of(running.folder / "data" / "ledger.db"))
            assert len(read) > 20, "receipts, slips, reports, labels"
            found += [one for text in read for one in internal_in(text, text[:30])]
        assert not found, "\n".join(found)

    run(scenario(), limit_s=LIMIT_S)


@pytest.mark.parametrize("golden", list(goldens()), ids=lambda golden: golden.name)
def test_no_kind_of_paper_has_a_word_of_the_programs(golden: Golden) -> None:
    text = "\n".join(texts_in(elements(golden.document, "")))
    assert text and not internal_in(text, golden.name)
