"""A box from nothing: the page asks, a test page comes out of the printer, the shop opens, and its manager gets in."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import sys
from pathlib import Path

import cv2
import numpy
import zxingcpp
from playwright.async_api import Page, expect

from edge.app.first_start_page import FirstStart
from edge.app.first_start_phone import PATH, WRONG_MOST, PhoneAccess, shown_code
from edge.runtime import config
from sim.child import Child
from sim.ports import free_port
from sim.printer.server import SimPrinter
from tests.browser.browsing import browser, till
from tests.browser.web.test_axe import violations
from tests.http_client import when
from tests.shop_fixture import run
from tests.unit.app.test_first_start import post

SHOTS = os.environ.get("EDGE_SHOTS", "")
PIN = "864209"
START_S = 60


def test_a_new_box_is_set_up_on_a_page_and_sells(tmp_path: Path) -> None:
    async def scenario() -> None:
        port = free_port()
        file = tmp_path / "shop" / "config.toml"
        appliance = Child("appliance", tmp_path / "log")
        appliance.spawn(
            [sys.executable, "-m", "edge", "--config", str(file), "run", "--first-port", str(port)], dict(os.environ)
        )
        try:
            async with SimPrinter(folder=tmp_path / "papers") as printer, till() as opened:
                page = opened.page
                # not by the browser: one that shows an error page may still be on its way to that
                await when(lambda: listens(port), bool, "the first page", START_S)
                await _pictures(page, port)
                await _answer(page, printer.port)
                await page.locator("#try").click()
                await opened.see("#printed", "Did the page print?")
                await page.locator("[name=again]").fill("1")
                await page.locator("#open").click()
                await opened.see('[data-error="pin"]', "don't match")
                assert not file.exists()
                await page.locator("[name=again]").fill(PIN)
                await page.locator("[name=backup]").select_option("folder")
                await page.locator("#open").click()
                await opened.see('[data-error="backup_place"]', "Enter a backup folder")
                await page.locator("[name=backup]").select_option("same_disk")
                await page.locator("#open").click()
                await page.wait_for_url("**/manager?**", timeout=START_S * 1000)
                opened.complaints.clear()
                await opened.see('body:not(.locked)[data-link="open"]')
                await opened.see(".top .shop", "Café Dana")
                if SHOTS:
                    await page.screenshot(path=f"{SHOTS}/first-manager.png", full_page=True)
            made = config.load(file)
            assert (made.store.header, made.store.currency) == (("Café Dana", "1 rue Haute"), "EUR")
            assert (made.store.zone, made.store.country, made.registers) == ("Europe/Paris", "FR", ("1", "2"))
            assert [(one.role, one.options["port"]) for one in made.devices] == [("receipt_printer", printer.port)]
            assert made.backup.same_disk
            assert oct(file.stat().st_mode & 0o077) == "0o0"
            assert list((tmp_path / "papers").iterdir()), "the test page is on paper"
        finally:
            await asyncio.to_thread(appliance.stop, signal.SIGTERM)

    run(scenario())


def test_a_phone_sets_the_box_up_while_its_screen_shows_how(tmp_path: Path) -> None:
    """The phone comes from this machine, too: the box counts its own screen only where it has another address."""

    async def scenario() -> None:
        phones = PhoneAccess(lambda: ("127.0.0.1", "192.0.2.7"))
        first = FirstStart(tmp_path / "c.toml", "data", 0, phones, lambda address: address == "127.0.0.2", lambda: None)
        ready: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        asking = asyncio.create_task(first.ask(ready.set_result))
        try:
            async with (
                browser() as launched,
                await launched.new_context(
                    ignore_https_errors=True, viewport={"width": 390, "height": 844}, locale="fr-FR"
                ) as context,
            ):
                page = await context.new_page()
                at = f"https://127.0.0.1:{await ready}"
                await page.goto(f"{at}/")
                await expect(page.locator("h1")).to_have_text("Configurer votre magasin")
                assert await violations(page, "the code") == []
                await page.locator("[name=code]").fill("AAAA-AAAA")
                await page.get_by_role("button", name="Valider").click()
                await expect(page.locator("#phone-wrong")).to_contain_text("n'est pas valide")
                await page.goto("about:blank")
                await page.goto(f"{at}{PATH}#{phones.code}")  # as the QR code leads it
                await page.wait_for_url("**/?lang=fr")
                assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth")
                await expect(page.locator("#phone-card")).to_have_count(0)
                await page.locator("[name=name]").fill("Chez Dana")
                for field in ("pin", "again"):
                    await page.locator(f"[name={field}]").fill(PIN)
                await page.locator("[name=backup]").select_option("none")
                await page.locator("#open").click()
                await expect(page.locator("#phone-done")).to_contain_text("sur l'écran du boîtier")
                await expect(page.locator("#phone-trust")).to_have_attribute("href", re.compile("^http://.+/trust$"))
                assert await violations(page, "a phone is done") == []
                made, _ = await asking
                assert made.store.header == ("Chez Dana",) and made.panel.host == "0.0.0.0"
        finally:
            asking.cancel()

    run(scenario())


def test_the_boxs_screen_shows_the_way_for_a_phone(tmp_path: Path) -> None:
    async def scenario() -> None:
        phones = PhoneAccess(lambda: ("127.0.0.1", "192.0.2.7"))
        first = FirstStart(tmp_path / "c.toml", "data", 0, phones, attached=lambda: None)
        ready: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        asking = asyncio.create_task(first.ask(ready.set_result))
        try:
            async with till() as opened:
                page, port = opened.page, await ready
                for language, width in (("he", 390), ("fr", 1024), ("en", 1024)):
                    await page.set_viewport_size({"width": width, "height": 768})
                    await page.goto(f"http://127.0.0.1:{port}/?lang={language}")
                    await opened.see("#phone-code", shown_code(phones.code))
                    assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth"), language
                    assert await violations(page, f"phone {language}") == []
                    if SHOTS:
                        await page.screenshot(path=f"{SHOTS}/first-phone-{language}.png")
                await opened.see("#phone-address", f"https://192.0.2.7:{port}")
                seen = zxingcpp.read_barcodes(
                    cv2.imdecode(
                        numpy.frombuffer(await page.locator("#phone-picture").screenshot(), numpy.uint8),
                        cv2.IMREAD_GRAYSCALE,
                    )
                )
                assert [one.text for one in seen] == [phones.link(port)]
                before = phones.code
                await page.get_by_role("button", name="New code").click()
                await opened.gone(f"#phone-code:text('{shown_code(before)}')")
                for _ in range(WRONG_MOST):
                    phones.admit("wrong")
                await opened.see("#phone-said", "too many wrong codes")
                await opened.gone("#phone-picture")
                await page.get_by_role("button", name="New code").click()
                await opened.see("#phone-picture")
                assert phones.admit(phones.code)
                await opened.see("#phone-said", "A phone is connected")
        finally:
            asking.cancel()

    run(scenario())


def test_the_boxs_screen_goes_on_to_the_till_once_the_shop_was_set_up_elsewhere(tmp_path: Path) -> None:
    async def scenario() -> None:
        port = free_port()
        file = tmp_path / "shop" / "config.toml"
        words = ("-m", "edge", "--config", str(file), "run", "--first-port", str(port))
        appliance = Child("appliance", tmp_path / "log")
        appliance.spawn([sys.executable, *words], dict(os.environ))
        try:
            async with till() as opened:
                await when(lambda: listens(port), bool, "the first page", START_S)
                await opened.page.goto(f"http://127.0.0.1:{port}/?lang=en")
                await opened.see("h1", "Set up your shop")
                assert await asyncio.to_thread(post, f"http://127.0.0.1:{port}") == 200
                await opened.page.wait_for_url(f"http://127.0.0.1:{port}/", timeout=START_S * 1000)
                await opened.see('body[data-link="open"]')
                await opened.see(".top .shop", "Corner")
        finally:
            await asyncio.to_thread(appliance.stop, signal.SIGTERM)

    run(scenario())


async def listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


async def _answer(page: Page, printer: int) -> None:
    await page.locator("[name=name]").fill("Café Dana")
    await page.locator("[name=address]").fill("1 rue Haute")
    await page.locator("[name=country]").select_option("FR")
    await page.locator("[name=tax_place]").select_option("country FR")
    await page.locator("[name=tills]").fill("2")
    await page.locator("[name=printer]").select_option("network")
    await page.locator("[name=host]").fill(f"127.0.0.1:{printer}")
    await page.locator("[name=manager]").fill("Dana")
    for field in ("pin", "again"):
        await page.locator(f"[name={field}]").fill(PIN)
    await page.locator("[name=backup]").select_option("same_disk")


async def _pictures(page: Page, port: int) -> None:
    """In every language, also on a phone: nothing is wider than the screen, and the money follows the country."""
    for language, width in (("he", 390), ("fr", 1024), ("en", 1024)):
        await page.set_viewport_size({"width": width, "height": 768})
        await page.goto(f"http://127.0.0.1:{port}/?lang={language}")
        await page.locator("[name=country]").select_option("IL")
        assert await page.locator("[name=currency]").input_value() == "ILS"
        known = json.loads(await page.locator("#countries").text_content() or "")
        assert known["CA"]["taxes"][0]["id"] == "ON"
        assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth"), language
        assert await violations(page, f"first start {language}") == []
        if SHOTS:
            await page.screenshot(path=f"{SHOTS}/first-{language}.png", full_page=True)
