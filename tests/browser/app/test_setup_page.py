"""The page of set-up: a test page on a printer, a key of config.toml changed; in three languages."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from drivers import registry
from drivers.roles import DeviceError
from drivers.terminals.nexo import NexoTerminal
from edge.core.messages import Done
from edge.core.process.parts import Part
from edge.counter.till.devices.terminal_part import TerminalPart
from edge.foundation.access.commands import SetPin
from edge.foundation.access.credentials.pin import hash_pin
from edge.foundation.printing.queries import next_print_job
from edge.foundation.printing.service.devices.device_trials import TRIALS
from edge.money.payments.queries import read_payments
from edge.runtime import config
from edge.runtime.secrets import driver_of, secrets_of
from sim.terminal.json_lines import SECRET, SimJsonTerminal
from tests.browser.browsing import till
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.card_shop import DEVICE
from tests.http_client import PIN, when
from tests.shop_fixture import CONFIG, SYSTEM, run

PRINTER = """
[[device]]
role = "receipt_printer"
driver = "network"
name = "the bar's"
register = "1"
host = "192.0.2.7"
"""
NAMED_BY_WHAT_IT_IS = """
[[device]]
role = "receipt_printer"
driver = "network"
name = "receipt printer"
register = "2"
host = "192.0.2.8"
"""
CALLED = {"en": "Receipt printer", "fr": "Imprimante de tickets", "he": "מדפסת קבלות"}
TEXT = "# ours\n" + CONFIG + PRINTER
NEXO = {
    **{"host": "192.0.2.9", "poi_id": "P400Plus-275039202", "key_identifier": "till-key"},
    "passphrase": "a phrase that nobody else knows",
}
SHOTS = os.environ.get("EDGE_SHOTS", "")


def test_a_printer_is_tried_and_a_key_is_changed(tmp_path: Path) -> None:
    async def scenario() -> None:
        file = tmp_path / "config.toml"
        file.write_text(TEXT)
        async with serve(tmp_path, TEXT) as served, till() as opened:
            page = opened.page
            assert isinstance(await served.shop.do(SetPin(hash_pin(PIN)), SYSTEM), Done)
            await opened.open(served, "lang=en", path="/manager/setup")
            await page.locator('[data-try="the bar\'s"]').first.click()
            await opened.see("#setup-said", "The test page was sent.")
            assert not await page.locator(".notice-restart").count(), "nothing has changed since the start"

            async def queued() -> list[tuple[str]]:  # an answer comes ahead of its commit
                return served.shop.reader.execute("SELECT kind FROM print_job ORDER BY id").fetchall()

            await when(queued, lambda kinds: kinds == [("test",)], "the page is queued")
            job = next_print_job(served.shop.reader, "1")
            assert job is not None
            assert "Test page of the bar's" in msgspec.json.encode(job.document).decode()
            await page.locator('[data-what="drawer"]').click()
            await opened.see("#setup-said", "The drawer should open")
            await when(queued, lambda kinds: kinds == [("test",), ("drawer",)], "the drawer is queued")
            await page.locator('[name="backup.folder"]').fill("/mnt/copies")
            await page.locator('[name="backup.keep_daily"]').fill("9")
            await page.locator("#configuration [type=submit]").click()
            await opened.see("#setup-said", "Saved")
            await opened.see(".notice-restart")
            made = config.load(file)
            assert (made.backup.folder, made.backup.keep_daily) == ("/mnt/copies", 9)
            assert file.read_text().startswith("# ours\n")
            await page.locator('[name="store.zone"]').select_option("Asia/Jerusalem")
            await page.locator('[name="labels.printer"]').select_option("the bar's")
            await page.locator('[name="backup.at"]').fill("04:15")
            await page.locator('[name="panel.host"]').select_option("Registers and phones on the shop's network")
            await page.evaluate("document.getElementById('setup-said').textContent = ''")
            await page.locator("#configuration [type=submit]").click()
            await opened.see("#setup-said", "Saved")
            made = config.load(file)
            assert (made.store.zone, made.said_of("labels.printer"), made.backup.at) == (
                "Asia/Jerusalem",
                "the bar's",
                "04:15",
            )
            assert made.panel.host == "0.0.0.0" and made.panel.beyond, "once it is restarted"
            await page.locator('[name="backup.keep_daily"]').fill("-1")
            await page.locator("#configuration [type=submit]").click()
            await opened.see("#setup-error", "keep_daily")
            assert config.load(file).backup.keep_daily == 9
            for language, width in (("he", 1024), ("fr", 390), ("en", 1024)):
                await page.set_viewport_size({"width": width, "height": 768})
                await opened.open(served, f"lang={language}", path="/manager/setup")
                await opened.see(".devices li")
                assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth"), language
                if SHOTS:
                    await page.screenshot(path=f"{SHOTS}/setup-{language}.png", full_page=True)

    run(scenario())


def test_a_device_that_is_named_by_what_it_is_is_called_so_in_each_language(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, TEXT + NAMED_BY_WHAT_IT_IS) as served, calling(served) as caller:
            for language, called in CALLED.items():
                shown = (await caller.get(f"/fragments/setup?lang={language}")).text
                devices = shown.split('<ul class="devices">')[1].split("</ul>")[0]
                own, bare = (one.split("</span>")[0] for one in devices.split("<li>")[1:])
                assert "the bar&#39;s" in own and called.lower() in own, "an owner's name, and what it is"
                assert called in bare and bare.lower().count(called.lower()) == 1, "and no name twice"

    run(scenario())


OTHERS = """
[[device]]
role = "scanner"
driver = "serial"
name = "gun"
register = "1"
path = "/dev/ttyS9"

[[device]]
role = "speaker"
driver = "wav"
path = "/tmp/none.wav"
name = "horn"
register = "1"

[[device]]
role = "customer_display"
driver = "serial"
name = "pole"
register = "1"
path = "/dev/ttyS8"
"""


def test_a_sound_and_a_text_on_the_display_are_tried_and_what_fails_is_said(tmp_path: Path) -> None:
    async def scenario() -> None:
        text = CONFIG + OTHERS
        (tmp_path / "config.toml").write_text(text)
        async with serve(tmp_path, text) as served, till() as opened:
            page, tried = opened.page, []

            async def sounds() -> None:
                tried.append("horn")

            async def shows() -> None:
                tried.append("pole")
                if len(tried) > 2:
                    raise DeviceError("The display isn't responding.", "Check its cable.", "failed")

            served.site.services.of(TRIALS).update({"horn": sounds, "pole": shows})
            assert isinstance(await served.shop.do(SetPin(hash_pin(PIN)), SYSTEM), Done)
            await opened.open(served, "lang=en", path="/manager/setup")
            await page.locator('[data-try="horn"]').click()
            await opened.see("#setup-said", "Did you hear it?")
            await page.locator('[data-try="pole"]').click()
            await opened.see("#setup-said", "on the display for a moment")
            await page.locator('[data-try="pole"]').click()
            await opened.see("#setup-error", "pole isn't responding: The device isn't working")
            await page.locator('[data-try="gun"]').click()
            await opened.see("#setup-error", "beeps only when it scans")
            assert tried == ["horn", "pole", "pole"]

    run(scenario())


def test_a_payment_terminal_is_added_and_one_is_tried(tmp_path: Path) -> None:
    async def scenario() -> None:
        file = tmp_path / "config.toml"
        text = "# ours\n" + CONFIG.replace('registers = ["1"]', 'registers = ["1", "2"]') + DEVICE.format(driver="sim")
        file.write_text(text)
        terminal = SimJsonTerminal()
        await terminal.start()
        try:
            async with serve(tmp_path, text) as served, till() as opened:
                page = opened.page
                assert isinstance(await served.shop.do(SetPin(hash_pin(PIN)), SYSTEM), Done)
                options = {"host": "127.0.0.1", "port": terminal.port, "secret": SECRET}
                part = TerminalPart(served.shop, registry.create("payment_terminal", "sim", options), "1")
                served.supervisor.start(Part("pad", part.run))
                await opened.open(served, "lang=en", path="/manager/setup")
                await page.locator('[data-try="pad"]').click()
                await opened.see("#setup-said", "Present a card")

                async def tried() -> list[tuple[str, str]]:
                    return [(one.purpose, one.state) for one in read_payments(served.shop.reader)]

                await when(tried, lambda found: found == [("trial", "refunded")], "it was tried, and went back")
                assert (terminal.requests, terminal.moved_minor) == (2, 0)
                form = page.locator('form[data-terminal="nexo"]')
                await page.locator('details:has(form[data-terminal="nexo"]) summary').click()
                await form.locator('[name="register"]').select_option("2")
                for name, value in NEXO.items():
                    await form.locator(f'[name="{name}"]').fill(value)
                await form.locator("[type=submit]").click()
                await opened.see("#setup-said", "Saved")
                await opened.see(".notice-restart")
                made = next(one for one in config.load(file).devices if one.driver == "nexo")
                assert (made.register, made.options["passphrase"]) == ("2", "secret:passphrase-nexo-2")
                store = secrets_of(served.config.folder)
                assert store.open("passphrase-nexo-2") == NEXO["passphrase"]
                assert isinstance(driver_of(made, store), NexoTerminal)
                assert NEXO["passphrase"] not in file.read_text() + await page.content()
                assert opened.complaints == []
                for language, (wide, high) in (("en", (1024, 768)), ("fr", (390, 664)), ("he", (390, 664))):
                    await page.set_viewport_size({"width": wide, "height": high})
                    await opened.open(served, f"register=1&lang={language}", path="/manager/setup")
                    await page.locator('details:has(form[data-terminal="nexo"]) summary').click()
                    await page.locator('form[data-terminal="nexo"] [name="passphrase"]').scroll_into_view_if_needed()
                    if SHOTS:
                        await page.screenshot(path=f"{SHOTS}/terminal-{language}.png")
                    assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth"), language
        finally:
            await terminal.stop()

    run(scenario())
