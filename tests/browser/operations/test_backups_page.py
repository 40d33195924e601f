"""Backups by button: where they go is chosen on a page, one is made there at once, and the newest is tried."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from edge.core.process.parts import Part
from edge.counter.till.commands import AddLine, Pay
from edge.operations.maintenance.backups import backup
from edge.operations.maintenance.part import MaintenancePart
from edge.operations.maintenance.restoring.carry_out import carry_out
from edge.runtime import config
from edge.runtime.backup_state import waiting_rows
from edge.runtime.backup_state.desk import BACKUPS
from tests.browser.browsing import till
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.browser.web.test_axe import violations
from tests.shop_fixture import CONFIG, MILK, FakeClock, done, run

pytestmark = pytest.mark.needs("chromium")


def test_backups_are_set_up_made_and_tried_by_buttons(tmp_path: Path) -> None:
    async def scenario() -> None:
        file = tmp_path / "config.toml"
        file.write_text(CONFIG)
        async with serve(tmp_path, CONFIG) as served, calling(served) as caller, till() as opened:
            await caller.set_pin()
            desk = served.site.services.of(BACKUPS)
            part = MaintenancePart(served.config, served.shop.clock, served.shop, desk=desk)
            served.supervisor.start(Part("backup", part.run))
            page = opened.page
            await opened.open(served, "lang=en", path="/manager")
            await opened.see("#needs", "Backups are off")
            await page.locator('#needs a[href*="backups"]').click()
            await opened.see("#backup", "Backups are off")
            assert await page.locator('[data-task="backup"]').is_hidden(), "there is no place for one yet"
            await page.locator("#place [name=how]").select_option("same_disk")
            await page.locator("#place [name=folder]").fill(str(tmp_path / "copies"))
            await page.locator("#place [name=at]").fill("04:15")
            await page.locator("#place [type=submit]").click()
            await opened.see("#backup", "Latest backup")
            made = config.load(file).backup
            assert (made.folder, made.same_disk, made.at) == (str(tmp_path / "copies"), True, "04:15")
            await opened.see("#backup", "passed")
            await opened.see("main", "MiB")
            await opened.see('[data-task="drill"]:not([hidden])')

            [before] = (tmp_path / "copies").glob("*.edgebackup")
            await page.locator('[data-task="backup"]').click()
            await opened.see("#backup .busy", "Making a backup")
            await opened.gone("#backup .busy")
            [after] = (tmp_path / "copies").glob("*.edgebackup")
            assert after.name > before.name, "the newer one of a day is kept"

            (tmp_path / "file").write_text("no folder")
            await page.locator("#place [name=folder]").fill(str(tmp_path / "file" / "copies"))
            await page.locator("#place [type=submit]").click()
            await opened.see("#backup .alert", "Backup folder")
            for language, width in (("he", 390), ("fr", 1024), ("en", 1366)):
                await page.set_viewport_size({"width": width, "height": 768})
                await opened.open(served, f"lang={language}", path="/manager/backups")
                await opened.see("#place [type=submit]")
                assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth"), language

    run(scenario())


def test_a_backup_is_looked_into_and_restored_by_buttons(tmp_path: Path) -> None:
    text = f'{CONFIG}[backup]\nfolder = "{tmp_path / "copies"}"\nsame_disk = true\n'
    (tmp_path / "config.toml").write_text(text)

    async def scenario() -> None:
        asked: list[float] = []
        async with serve(tmp_path, text) as served, calling(served) as caller, till() as opened:
            await caller.set_pin()
            desk = served.site.services.of(BACKUPS)
            desk.begin_anew = asked.append
            made = await asyncio.to_thread(backup.make, served.config, served.shop.clock.read().at_us)
            await done(served.shop, AddLine(MILK))
            await done(served.shop, Pay("cash"))
            part = MaintenancePart(served.config, served.shop.clock, served.shop, desk=desk)
            served.supervisor.start(Part("backup", part.run))
            page = opened.page
            await opened.open(served, "lang=en", path="/manager/backups")
            await page.locator(f'[data-look="{made.path}"]').click()
            await opened.see("#restore-form")
            assert await page.evaluate("document.activeElement.closest('#restore') !== null"), "it is led there"
            await opened.see("#restore .facts", "Corner Shop")
            await opened.see("#restore .since", "Sales: 1, €1.20 in total")
            for language, width in (("he", 390), ("fr", 1024), ("en", 1366)):
                await page.set_viewport_size({"width": width, "height": 768})
                await opened.open(served, f"lang={language}", path="/manager/backups")
                await opened.see("#restore-form")
                assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth"), language
                assert not await violations(page, f"backups {language}"), language
            await page.locator("#restore-form [value=leave]").check()
            await page.locator("#restore-form [name=shop]").fill("Another shop")
            await page.locator("#restore-form [type=submit]").click()
            await opened.see("#restore-form .error", "This isn't the shop's name")
            assert not asked
            await page.locator("#restore-form [name=shop]").fill("corner shop")
            await page.locator("#restore-form [type=submit]").click()
            await opened.see("main", "restarting and restoring")
            assert asked, "it restarts"

        loaded = config.load(tmp_path / "config.toml")
        ended = carry_out(loaded, FakeClock())
        assert ended is not None and ended.fault is None
        async with serve(tmp_path, text) as served, till() as opened:
            page = opened.page
            await opened.open(served, "lang=en", path="/manager/backups")
            await opened.see("#restored", "The backup was restored")
            await opened.see(".left-out", "Sales: 1, €1.20 in total")
            await page.locator("[data-dismiss]").click()
            await opened.gone("#restored")
            assert not await page.locator("[data-replaced]").count(), "its entries left out are nowhere else"
            await page.locator(".write-off [name=reason]").fill("entered again from the receipts")
            await page.locator(".write-off [type=submit]").click()
            await opened.agree()
            await opened.gone(".left-out")
            assert waiting_rows.load(loaded.folder) == []
            await opened.see("#replaced", "Entries written off")
            for language, width in (("he", 390), ("fr", 1024), ("en", 1366)):
                await page.set_viewport_size({"width": width, "height": 768})
                await opened.open(served, f"lang={language}", path="/manager/backups")
                await opened.see("[data-replaced]")
                assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth"), language
                assert not await violations(page, f"replaced {language}"), language
            await page.locator("[data-replaced]").click()
            await opened.see("dialog[open]", "exist nowhere else")
            await opened.agree()
            await opened.gone("#replaced")
            assert not list(loaded.folder.glob("*aside-*"))

    run(scenario())
