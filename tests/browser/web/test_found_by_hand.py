"""What an evening of trying the till by hand had found, and no other test looks at: docs/tried-by-hand.md."""

from __future__ import annotations

from pathlib import Path

import pytest

from drivers import registry
from edge.core.process.parts import Part
from edge.counter.quick_keys.commands import SetQuickKeys
from edge.counter.quick_keys.layout import Key, KeyPage
from edge.counter.till.commands import AddLine, Pay
from edge.counter.till.devices.scale_part import ScalePart
from edge.foundation.access.commands import SetUser
from edge.foundation.access.credentials.pin import hash_pin
from edge.foundation.printing.queries import count_papers
from edge.lib.errors import DeviceLost
from sim.counter import Counter
from sim.printer.server import SimPrinter
from sim.scale import SimScale
from sim.scanners.serial import SimScanner
from tests.browser.browsing import till
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.browser.web.test_layout import BROKEN, filled
from tests.shop_fixture import CONFIG, MILK, SYSTEM, done, run

pytestmark = pytest.mark.needs("chromium")

WHERE = """
    (all) => all.map((one) => one.getBoundingClientRect()).map(({ x, y, width, height }) => [x, y, width, height])
"""
SHORT = """
    () => [...document.querySelectorAll(".key .said")].filter((one) => {
        const text = document.createRange();
        text.selectNodeContents(one);
        return text.getBoundingClientRect().bottom > one.getBoundingClientRect().bottom + 6;
    }).map((one) => one.textContent)
"""
"""Names of tiles that are cut."""
GROUND = """
    [...getComputedStyle(document.body).backgroundColor.matchAll(/[0-9]+/g)]
        .slice(0, 3).reduce((sum, [one]) => sum + +one, 0)
"""
"""How light the ground of a page is: 765 is white."""


def test_buttons_that_take_money_never_move(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till((1024, 768)) as page:
            await done(served.shop, SetUser("ron", "Ronaldo", "cashier", hash_pin("4711")), SYSTEM)
            served.access.sessions.sign_in("1", "ron")
            await page.open(served)
            await page.see("#signed_in", "Ronaldo")  # whose till it is, at the commonest size
            pay = page.page.locator('[data-act="cash"], [data-act="card"]')
            await page.see("#lines .idle")
            before = await pay.evaluate_all(WHERE)
            for _ in range(12):
                await done(served.shop, AddLine(MILK))
            await page.see("#sums .due", "14.40")
            assert await pay.evaluate_all(WHERE) == before
            await done(served.shop, Pay("card", 500))
            await page.see("#sums .due", "9.40")
            assert await pay.evaluate_all(WHERE) == before, "nor while something is paid already"
            hints = await page.page.locator(".acts kbd, .pay kbd").all()
            assert len(hints) > 8
            assert all([await one.is_visible() for one in hints]), "the commonest till has a keyboard"

    run(scenario())


def test_on_a_low_screen_what_is_given_back_is_seen_whatever_else_is_told(tmp_path: Path) -> None:
    """1024 by 768 with keys, a scale and a printer that is away."""

    async def no_paper(ready: object) -> None:
        raise DeviceLost("The receipt printer has no paper.", "Put in a roll and close the lid.")

    async def scenario() -> None:
        async with serve(tmp_path) as served, till((1024, 768)) as page:
            await done(served.shop, SetQuickKeys((KeyPage({"en": "Dairy"}, (Key(0, "milk"),)),)), SYSTEM)
            sim = SimScale("sics", tmp_path / "scale")
            part = ScalePart(served.shop, registry.create("scale", "sics", {"path": sim.path}), "1")
            served.tills.scales["1"] = part
            served.supervisor.start(Part("scale", part.run))
            served.supervisor.start(Part("receipt printer", no_paper))
            try:
                await page.open(served, "register=1&lang=fr")
                await page.see(".alert", "Imprimante de tickets")
                await page.see("#scale output", "0,000 kg")
                await done(served.shop, AddLine(MILK))
                await done(served.shop, Pay("cash", 10_000))
                change = await (await page.see("#change bdi")).bounding_box()
                box = await page.page.locator("#lines").bounding_box()
                assert change is not None and box is not None
                assert box["y"] <= change["y"] and change["y"] + change["height"] <= box["y"] + box["height"]
                assert await page.page.evaluate("document.documentElement.scrollHeight") <= 768
                await page.see("#paper .queued", "pas d'imprimante")  # for whose paper nobody waits
                assert count_papers(served.shop.reader, "1") == 1, "the drawer's pulse is none"
            finally:
                sim.close()

    run(scenario())


def test_dialogs_say_what_is_now_and_what_a_receipt_says(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till() as page:
            await caller.set_pin()
            await done(served.shop, AddLine(MILK))
            await done(served.shop, Pay("card"))
            await done(served.shop, AddLine(MILK))
            await done(served.shop, Pay("cash", 5000))
            await done(served.shop, AddLine(MILK))
            await page.open(served)
            await page.see("#lines .line[data-line]")
            for key, dialog in (("F2", "#quantity-dialog"), ("F4", "#price-dialog")):
                await page.keys(key)
                shown = await (await page.see(f"{dialog}[open] .subject", "Milk")).inner_text()
                assert "Milk · 1 × €1.20" in shown
                await page.keys("Escape")
            await page.keys("F3")
            await page.see("#refund-dialog[open]", "1-000001")
            assert "Receipt 1-1" not in await page.page.locator("body").inner_text(), "one receipt has one spelling"
            await page.page.locator("#refundable [data-number]").first.click()
            await page.see("#refund-dialog .back-lines .take", "1.20")
            await page.see("#refund-dialog .subject", "Cash €1.20")  # what was paid, not what was handed over
            await page.keys("Escape")
            await page.page.locator("#refundable [data-number]").nth(1).click()
            await page.see("#refund-dialog .subject", "Card")

    run(scenario())


def test_pages_are_dark_where_the_machine_is_and_print_without_their_buttons(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till() as page:
            await caller.set_pin()
            await page.open(served, path="/manager/products")
            assert await page.page.evaluate(GROUND) > 600
            await page.page.emulate_media(color_scheme="dark")
            assert await page.page.evaluate(GROUND) < 150
            await page.page.emulate_media(media="print", color_scheme="dark")
            for part in ("nav.groups", "header.top"):
                assert not await page.page.locator(part).is_visible()
            ink = "getComputedStyle(document.querySelector('table.goods td.end')).color"
            assert await page.page.evaluate(ink) == "rgb(0, 0, 0)", "black on what is white"
            await page.page.locator("table.goods").wait_for(state="visible")

    run(scenario())


def test_a_right_pin_of_somebody_who_may_not_is_said_to_be_that(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till() as page:
            await caller.set_pin()
            await done(served.shop, SetUser("ron", "Ron", "cashier", hash_pin("4711")), SYSTEM)
            await done(served.shop, AddLine(MILK))
            await page.open(served)
            await page.see("#lines .line[data-line]")
            await page.keys("F4")
            await page.see("#price-dialog[open]")
            await page.page.locator('#price-dialog [value="damaged"]').check()
            await page.page.locator('#price-dialog [name="value"]').fill("1")
            await page.keys("Enter")
            await page.see("#pin-dialog[open]")
            await page.keys("4711", "Enter")
            await page.see("#pin-dialog .error", "doesn't have the permission")

    run(scenario())


def test_a_manager_who_goes_back_to_the_till_finds_no_refusal_there(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till() as page:
            await caller.set_pin()
            await page.open(served, path="/manager")  # which asks for a PIN first
            await page.open(served)
            await page.see("#lines .idle")
            assert await page.page.locator("#notice").inner_text() == ""

    run(scenario())


def test_a_click_beside_the_demos_buttons_leaves_what_is_typed_to_the_till(tmp_path: Path) -> None:
    async def scenario() -> None:
        gun = SimScanner()
        async with SimPrinter() as printer, Counter(gun, printer, ()) as counter:
            beside = CONFIG.replace("[panel]", f'[panel]\naside = "http://127.0.0.1:{counter.port}/"')
            async with serve(tmp_path, beside) as served, till() as page:
                await filled(served)
                await page.open(served)
                aside = page.page.frame_locator("iframe.aside")
                await aside.locator("h2").first.click()
                await page.keys(MILK, "Enter")
                await page.see("#lines .line[data-line]", "Milk")
                hints = page.page.locator(".acts kbd")
                assert await hints.count() >= 8
                assert all([await one.is_visible() for one in await hints.all()]), "keys are told beside it too"
                for width, height in ((1280, 800), (1366, 768), (1920, 1080)):
                    await page.page.set_viewport_size({"width": width, "height": height})
                    await page.see('[data-quick="g0"]')
                    assert await page.page.evaluate(BROKEN) == [], f"whole words beside it at {width}"
                    assert await page.page.evaluate(SHORT) == [], f"whole names at {width}"
        gun.close()

    run(scenario())
